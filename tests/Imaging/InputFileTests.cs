using System.Diagnostics;
using Mimesh.Imaging;
using NUnit.Framework;

namespace Mimesh.Tests.Imaging;

/// <summary>Whatever a name stands for, reading it takes bounded memory and time.</summary>
[Platform(Exclude = "Win", Reason = "pipes and devices of Unix")]
public sealed class InputFileTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(0.5);

    [Test]
    public void AFileComesWhole([Values(0, 1, 65_536, 3_000_001)] int length)
    {
        using var directory = new TemporaryDirectory();
        byte[] content = new byte[length];
        new Random(1).NextBytes(content);
        File.CreateSymbolicLink(directory["link"], directory.Write("file", content));
        Assert.That(InputFile.Read(directory["file"], 1 << 22), Is.EqualTo(content));
        Assert.That(InputFile.Read(directory["link"], 1 << 22), Is.EqualTo(content));
    }

    [Test]
    public void AFileOfMoreThanTheMostIsRefusedUnread()
    {
        using var directory = new TemporaryDirectory();
        using (var sparse = File.Create(directory["huge"]))
        {
            sparse.SetLength(1L << 40);
        }

        Assert.That(() => InputFile.Read(directory["huge"], 1 << 20), Throws.TypeOf<InputException>().With.Message.Contains("longer than 1 MiB"));
    }

    [Test]
    public void ADeviceThatNeverEndsIsReadUpToTheMost([Values(1 << 20, int.MaxValue)] int most)
    {
        long before = GC.GetTotalAllocatedBytes(precise: true);
        Assert.That(() => InputFile.Read("/dev/zero", most), Throws.TypeOf<InputException>().With.Message.Contains("longer than"));
        Assert.That(GC.GetTotalAllocatedBytes(precise: true) - before, Is.LessThan(2.2 * InputFile.MostUnsized));
    }

    [Test]
    public void APipeComesWholeHoweverSlowly()
    {
        using var directory = new TemporaryDirectory();
        string pipe = Pipe(directory);
        var writing = Task.Run(() =>
        {
            using var stream = new FileStream(pipe, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0);
            for (int i = 0; i < 5; i++)
            {
                stream.WriteByte((byte)i);
                Thread.Sleep(s_patience / 2);
            }
        });
        Assert.That(InputFile.Read(pipe, 1 << 20, null, s_patience), Is.EqualTo(new byte[] { 0, 1, 2, 3, 4 }));
        writing.GetAwaiter().GetResult();
    }

    [Test]
    public void APipeThatNobodyWritesToIsGivenUp()
    {
        using var directory = new TemporaryDirectory();
        string pipe = Pipe(directory);
        Assert.That(
            () => InputFile.Read(pipe, 1 << 20, null, s_patience),
            Throws.TypeOf<InputException>().With.Message.Contains("Nothing has come out"));
        Assert.That(() => InputFile.CheckRegular(pipe, s_patience), Throws.TypeOf<InputException>().With.Message.Contains("Nothing has come out"));
        using var release = new FileStream(pipe, FileMode.Open, FileAccess.Write); // the thread that waits for it
    }

    [Test]
    public void OnlyAFileIsRegular()
    {
        using var directory = new TemporaryDirectory();
        InputFile.CheckRegular(directory.Write("file", [1]));
        Assert.That(() => InputFile.CheckRegular("/dev/zero"), Throws.TypeOf<InputException>().With.Message.Contains("device"));
        Assert.That(() => InputFile.CheckRegular(directory.Write("empty", [])), Throws.TypeOf<InputException>().With.Message.Contains("empty"));
    }

    [Test]
    public void WhatIsNotThereIsTheUsersError()
    {
        using var directory = new TemporaryDirectory();
        Assert.Multiple(() =>
        {
            Assert.That(() => InputFile.Read("", 1), Throws.TypeOf<InputException>().With.Message.Contains("empty"));
            Assert.That(() => InputFile.Read(directory["none"], 1), Throws.TypeOf<InputException>().With.Message.Contains("no file"));
            Assert.That(() => InputFile.Read(directory["none"], 1, "Nothing here."), Throws.TypeOf<InputException>().With.Message.EqualTo("Nothing here."));
            Assert.That(() => InputFile.Read(directory.Root, 1), Throws.TypeOf<InputException>().With.Message.Contains("directory"));
        });
    }

    [Test]
    public void AMessageIsOneLineWithoutControlCharacters()
    {
        Assert.That(new InputException("a\r\nb\u001b[2Jc\td").Message, Is.EqualTo("a b\uFFFD[2Jc\uFFFDd"));
    }

    private static string Pipe(TemporaryDirectory directory)
    {
        using var process = Process.Start("mkfifo", [directory["pipe"]]);
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero);
        return directory["pipe"];
    }
}
