using Mimesh.Training;
using NUnit.Framework;

namespace Mimesh.Tests.Evaluation;

public sealed class SeparationTests
{
    [Test]
    public void PeopleApartAreToldApart()
    {
        var found = Separation.Of([[1, 0], [0.8f, 0.6f], [-1, 0], [-0.8f, -0.6f]], [0, 0, 1, 1]);
        Assert.Multiple(() =>
        {
            Assert.That(found.Auc, Is.EqualTo(1));
            Assert.That(found.Eer, Is.Zero);
            Assert.That(found.Same, Is.EqualTo(0.8).Within(1e-6));
            Assert.That(found.Different, Is.EqualTo((-1 - 0.8 - 0.8 - 1) / 4).Within(1e-6));
        });
    }

    [Test]
    public void AreaAndErrorAreThoseOfCounting()
    {
        // Pictures by their angle in degrees; no two pairs are as far apart.
        float[] angles = [0, 11, 43, 90, 31, 107];
        int[] people = [0, 0, 1, 1, 2, 2];
        float[][] vectors = [.. angles.Select(a => new[] { MathF.Cos(float.DegreesToRadians(a)), MathF.Sin(float.DegreesToRadians(a)) })];
        List<double> same = [], different = [];
        for (int i = 0; i < 6; i++)
        {
            for (int j = 0; j < i; j++)
            {
                (people[i] == people[j] ? same : different).Add(Math.Abs(angles[i] - angles[j]));
            }
        }

        double area = same.Average(s => different.Average(d => s < d ? 1 : 0));
        var rates = same.Concat(different).Append(1000)
            .Select(t => (Refused: same.Count(s => s >= t) / 3.0, Accepted: different.Count(d => d < t) / 12.0)).ToArray();
        double least = rates.Min(r => Math.Abs(r.Refused - r.Accepted));
        double[] errors = [.. rates.Where(r => Math.Abs(r.Refused - r.Accepted) <= least + 1e-9).Select(r => (r.Refused + r.Accepted) / 2)];
        var found = Separation.Of(vectors, people);
        Assert.That(found.Auc, Is.EqualTo(area).Within(1e-9));
        Assert.That(errors.Min(e => Math.Abs(e - found.Eer)), Is.LessThan(1e-9), $"{found.Eer} of {string.Join(" ", errors)}");
    }

    [Test]
    public void ChanceIsOneHalf()
    {
        float[] one = [1, 0];
        Assert.That(Separation.Of([one, one, one, one], [0, 0, 1, 1]), Is.EqualTo(new Separation(0.5, 0.5, 1, 1)));
    }

    [Test]
    public void WithoutPairsThereIsNothingToSay() =>
        Assert.Throws<ArgumentException>(() => Separation.Of([[1f], [1f]], [0, 1]));
}
