using Mimesh.Evaluation;
using Mimesh.Imaging;
using Mimesh.People;
using NUnit.Framework;

namespace Mimesh.Tests.Evaluation;

public sealed class PairListTests
{
    [Test]
    public void TheListThatComesAlongHasTwoThousandPairsOfEachKind()
    {
        var list = PairList.Test;
        Assert.Multiple(() =>
        {
            Assert.That(list.Name, Is.EqualTo("test"));
            foreach (var pairs in new[] { list.Self, list.Cross })
            {
                var rendered = pairs.Cast<RenderedPair>().ToArray();
                Assert.That(rendered, Has.Length.EqualTo(2000));
                Assert.That(rendered, Is.Unique);
                Assert.That(rendered.Select(p => p.Person).Distinct().Count(), Is.EqualTo(2000));
                Assert.That(rendered.Select(p => p.DrivingPerson).Distinct().Count(), Is.EqualTo(2000));
                Assert.That(rendered.Where(p => (p.Person, p.Moment) == (p.DrivingPerson, p.DrivingMoment)), Is.Empty);
            }

            Assert.That(list.Self.All(p => p.IsSelf) && !list.Cross.Any(p => p.IsSelf));
        });
    }

    [Test]
    public void RenderedPairsGoRound()
    {
        const string text = "person,moment,driving_person,driving_moment\n7,0,7,3\n1152921504606846975,2,0,18446744073709551615\n";
        var list = PairList.Parse("mine", text, ".");
        Assert.That(list.ToCsv(), Is.EqualTo(text));
        Assert.That(list.Self, Is.EqualTo(new[] { new RenderedPair(7, 0, 7, 3) }));
        Assert.That(list.Cross, Is.EqualTo(new[] { new RenderedPair(ClipSampler.LastPerson, 2, 0, ulong.MaxValue) }));
        Assert.That(PairList.Parse("test", PairList.Test.ToCsv(), ".").Cross, Is.EqualTo(PairList.Test.Cross));
    }

    [Test]
    public void PicturePairsGoRoundAndAreRelativeToTheList()
    {
        using var directory = new TemporaryDirectory();
        string[] names = ["a.png", "b, c.png", "say \"d\".png"];
        foreach (string name in names)
        {
            directory.Write(name, []);
        }

        directory.Write("list.csv", "source,driving,truth\r\na.png,\"b, c.png\",\"b, c.png\"\r\n\r\na.png,\"say \"\"d\"\".png\",\r\n"u8.ToArray());
        var list = PairList.Read(directory["list.csv"]);
        Assert.That(list.Self, Is.EqualTo(new[] { new PicturePair(directory[names[0]], directory[names[1]], directory[names[1]]) }));
        Assert.That(list.Cross, Is.EqualTo(new[] { new PicturePair(directory[names[0]], directory[names[2]], null) }));
        var again = PairList.Parse("again", list.ToCsv(), directory.Root);
        Assert.That((again.Self, again.Cross), Is.EqualTo((list.Self, list.Cross)));
        Assert.That(list.First(1).Self.Count + list.First(1).Cross.Count, Is.EqualTo(2));
    }

    [TestCase("", "first line")]
    [TestCase("a,b\n1,2", "first line")]
    [TestCase("person,moment,driving_person,driving_moment\n", "no pairs")]
    [TestCase("person,moment,driving_person,driving_moment\n1,0,1,1\n\n1,0,2", "line 4: it has 3 fields, not 4")]
    [TestCase("person,moment,driving_person,driving_moment\n1,0,-1,1", "line 2: '-1' is not a whole number")]
    [TestCase("person,moment,driving_person,driving_moment\n1152921504606846976,0,1,1", "line 2: '1152921504606846976'")]
    [TestCase("person,moment,driving_person,driving_moment\n1,0,1.5,1", "line 2: '1.5'")]
    [TestCase("source,driving,truth\nnowhere.png,nowhere.png,", "line 2: there is no picture")]
    [TestCase("source,driving,truth\n,b.png,", "line 2: a source and a driving picture")]
    [TestCase("source,driving,truth\n\"a,b.png,", "line 2: its quotation marks")]
    public void AWrongLineIsNamed(string text, string says)
    {
        var refusal = Assert.Throws<InputException>(() => PairList.Parse("list.csv", text, "."));
        Assert.That(refusal!.Message, Does.Contain("'list.csv'").And.Contain(says).And.Not.Contain("\n"));
    }
}
