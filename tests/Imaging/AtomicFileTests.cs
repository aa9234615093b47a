using System.Runtime.Versioning;
using Mimesh.Imaging;
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

    [Test]
    [Platform(Exclude = "Win", Reason = "links of Unix")]
    public void ALinkIsFollowed()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory["real.txt"], "old");
        File.CreateSymbolicLink(directory["link.txt"], directory["real.txt"]);
        AtomicFile.Write(directory["link.txt"], "new");
        Assert.That(File.ReadAllText(directory["real.txt"]), Is.EqualTo("new"));
        Assert.That(new FileInfo(directory["link.txt"]).LinkTarget, Is.Not.Null);
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "rights of Unix")]
    [UnsupportedOSPlatform("windows")]
    public void AFileThatIsReplacedKeepsItsRights([Values(384, 420, 438, 457)] int rights)
    {
        using var directory = new TemporaryDirectory();
        AtomicFile.Write(directory["a"], "old");
        AtomicFile.Write(directory["b"], "new too");
        var usual = File.GetUnixFileMode(directory["b"]);
        File.SetUnixFileMode(directory["a"], (UnixFileMode)rights);
        UnixFileMode meanwhile = default;
        AtomicFile.Write(directory["a"], _ => meanwhile = File.GetUnixFileMode(Directory.GetFiles(directory.Root, ".*.tmp").Single()));
        Assert.Multiple(() =>
        {
            Assert.That(meanwhile, Is.EqualTo((UnixFileMode)rights), "before anything is in it");
            Assert.That(File.GetUnixFileMode(directory["a"]), Is.EqualTo((UnixFileMode)rights));
            Assert.That(usual & ~(UnixFileMode)438, Is.EqualTo(UnixFileMode.None), "a new file has the usual ones");
        });
    }

    [Test]
    public void AsLongANameAsThereMayBe()
    {
        using var directory = new TemporaryDirectory();
        AtomicFile.Write(directory[new string('x', 255)], "new");
        Assert.That(directory.Entries, Is.EqualTo(new[] { new string('x', 255) }));
    }

    [Test]
    [Platform(Include = "Linux", Reason = "memory of Linux")]
    public void SharedMemoryHoldsFiles()
    {
        string path = $"/dev/shm/mimesh-{Guid.NewGuid():N}";
        AtomicFile.Write(path, "longer");
        AtomicFile.Write(path, "new");
        Assert.That(File.ReadAllText(path), Is.EqualTo("new"));
        File.Delete(path);
    }

    [Test]
    [Platform(Include = "Linux", Reason = "devices of Linux")]
    public void ADeviceIsWrittenAndStays()
    {
        AtomicFile.Write("/dev/null", "nothing");
        Assert.That(File.ReadAllText("/dev/null"), Is.Empty);
        Assert.That(() => AtomicFile.Write("/dev/full", "much"), Throws.TypeOf<InputException>());
        Assert.That(() => AtomicFile.Write("/dev/mimesh-is-no-device", "much"), Throws.TypeOf<InputException>());
    }
}
