using Mimesh.Imaging;
using NUnit.Framework;

namespace Mimesh.Tests.Imaging;

public sealed class OutputFilesTests
{
    private TemporaryDirectory _directory = null!;

    [SetUp]
    public void Create() => _directory = new TemporaryDirectory();

    [TearDown]
    public void Delete() => _directory.Dispose();

    [Test]
    public void TheyAppearTogether()
    {
        _directory.Write("a", "old"u8.ToArray());
        using (var files = new OutputFiles())
        {
            files.Expect(_directory["a"], null, _directory["b"]);
            files.CreateDirectory(_directory["c/d"]);
            files.Write(_directory["a"], "new");
            files.Write(_directory["b"], "new");
            files.Write(_directory["c/d/e"], "new");
            Assert.That(File.ReadAllText(_directory["a"]), Is.EqualTo("old"));
            Assert.That(File.Exists(_directory["b"]), Is.False);
            files.Commit();
        }

        Assert.That(new[] { "a", "b", "c/d/e" }.Select(f => File.ReadAllText(_directory[f])), Is.All.EqualTo("new"));
        Assert.That(_directory.Entries, Is.EqualTo(new[] { "a", "b", "c", "c/d", "c/d/e" }));
    }

    [Test]
    public void OrNotAtAll()
    {
        _directory.Write("a", "old"u8.ToArray());
        Directory.CreateDirectory(_directory["taken"]);
        using (var files = new OutputFiles())
        {
            files.CreateDirectory(_directory["c/d"]);
            files.Write(_directory["a"], "new");
            files.Write(_directory["c/d/e"], "new");
            Assert.Throws<InputException>(() => files.Write(_directory["taken"], "new"));
            Assert.Throws<OperationCanceledException>(() => files.Write(_directory["b"], _ => throw new OperationCanceledException()));
        }

        Assert.That(File.ReadAllText(_directory["a"]), Is.EqualTo("old"));
        Assert.That(_directory.Entries, Is.EqualTo(new[] { "a", "taken" }));
    }

    [Test]
    public void NoneIsReadAndNoneIsTwice()
    {
        _directory.Write("read", [1]);
        File.CreateSymbolicLink(_directory["link"], "read");
        File.CreateSymbolicLink(_directory["folder"], _directory.Root);
        using var files = new OutputFiles(_directory["read"], "");
        files.Expect(_directory["a"]);
        Assert.Multiple(() =>
        {
            Assert.That(() => files.Expect(_directory["./read"]), Refused("is read here"));
            Assert.That(() => files.Expect(_directory["link"]), Refused("is read here"));
            Assert.That(() => files.Expect(_directory["folder/link"]), Refused("is read here"));
            Assert.That(() => files.Expect(_directory["folder/a"]), Refused("twice"));
            Assert.That(() => files.Write(_directory["read"], "x"), Refused("is read here"));
            Assert.That(() => files.Expect(_directory["./a"]), Refused("twice"));
            files.Write(_directory["a"], "x");
            Assert.That(() => files.Write(_directory["a"], "y"), Refused("twice"));
            Assert.DoesNotThrow(() => files.Expect("/dev/null", "/dev/null"));
        });

        static NUnit.Framework.Constraints.Constraint Refused(string why) => Throws.TypeOf<InputException>().With.Message.Contains(why);
    }
}
