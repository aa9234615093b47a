using Mimesh.Model;
using NUnit.Framework;

namespace Mimesh.Tests.Imaging;

public sealed class AtomicFileTests
{
    [Test]
    public void AFailureLeavesTheOldFileAndNothingElse()
    {
        using var directory = new TemporaryDirectory();
        AtomicFile.Write(directory["a"], "old");
        Assert.That(
            () => AtomicFile.Write(directory["a"], stream =>
            {
                stream.WriteByte(1);
                throw new OperationCanceledException();
            }),
            Throws.TypeOf<OperationCanceledException>());
        Assert.Multiple(() =>
        {
            Assert.That(File.ReadAllText(directory["a"]), Is.EqualTo("old"));
            Assert.That(directory.Entries, Is.EqualTo(new[] { "a" }));
        });
        AtomicFile.Write(directory["a"], "new");
        Assert.That(File.ReadAllText(directory["a"]), Is.EqualTo("new"));
    }

    [Test]
    public void APlaceThatCannotBeWrittenIsTheUsersError()
    {
        using var directory = new TemporaryDirectory();
        Directory.CreateDirectory(directory["d"]);
        Assert.Multiple(() =>
        {
            Assert.That(() => AtomicFile.Write(directory["d"], "x"), Throws.TypeOf<InputException>().With.Message.Contains("is a directory"));
            Assert.That(() => AtomicFile.Write(directory["no/x"], "x"), Throws.TypeOf<InputException>().With.Message.Contains("does not exist"));
            Assert.That(directory.Entries, Is.EqualTo(new[] { "d" }));
        });
    }
}
