using System.Diagnostics;
using System.Globalization;
using Mimesh.Imaging;
using Mimesh.Tests.Cli;
using Mimesh.Training;
using Mimesh.Video;
using NUnit.Framework;

namespace Mimesh.Tests.Training;

/// <summary>Videos as clips: how they are decoded, and that nothing in them or in their names reaches beyond them.</summary>
public sealed class VideoDataTests
{
    private TemporaryDirectory _directory = null!;

    [SetUp]
    public void Create() => _directory = new TemporaryDirectory();

    [TearDown]
    public void Delete() => _directory.Dispose();

    [Test]
    public void VideosAreDecodedOnceAndEvenly()
    {
        RequireFfmpeg();
        Video("id1/long.mp4", seconds: 4);
        Video("id2#short#0#9.mp4", seconds: 0.4);
        File.WriteAllBytes(_directory["id1/broken.mp4"], [1, 2, 3]);
        var folder = ClipFolder.Open(_directory.Root);
        var everybody = folder.Training.Concat(folder.HeldOut).ToArray();
        FramePair[][] pairs = [.. new[] { 0, 1 }.Select(_ =>
        {
            var source = Samples(folder).Source(2);
            return Enumerable.Range(0, 8).SelectMany(i => new[] { source.Training(i), source.HeldOut(i) }).ToArray();
        })];
        Assert.Multiple(() =>
        {
            Assert.That((everybody.Length, folder.Clips, folder.Videos), Is.EqualTo((2, 3, 3)));
            Assert.That(Directory.GetFiles(_directory["cache/id1/long.mp4"]), Has.Length.EqualTo(VideoFrames.MaxFrames).Within(1));
            Assert.That(Directory.GetFiles(_directory["cache/id2#short#0#9.mp4"]), Has.Length.EqualTo(10).Within(1));
            Assert.That(pairs[1].Select(p => p.Source), Is.EqualTo(pairs[0].Select(p => p.Source)));
            Assert.That(pairs[0].Select(p => PictureQuality.Psnr(p.Source, p.Driving)), Is.All.LessThan(60), "the frames of a pair differ");
            Assert.That(UnreadableFiles.Of(_directory.Root), Has.One.Contains("broken.mp4"));
            Assert.That(Directory.GetDirectories(_directory["cache"], "*.tmp", SearchOption.AllDirectories), Is.Empty);
        });
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "names that only Unix takes")]
    public void NamesAreNamesWhateverTheyLookLike()
    {
        RequireFfmpeg();
        string victim = _directory.Write("victim", "untouched"u8.ToArray());
        string[] people =
        [
            $"x\" -o \"{victim.Replace('/', '\u2215')}", "it's", "100%d %s", "a:b", "-i", "file:", "http:", "concat:a|b", "$(touch pwned)", "`touch pwned`",
            "new\nline", "\\", "pipe:0", "subfile,,start,0,end,0,,:", "tab\there", "*?[x]",
        ];
        foreach (string person in people)
        {
            Video($"clips/{person}/{person}.mp4", seconds: 0.2);
        }

        // With slashes in it a name becomes folders, and the quotation mark ends an argument in the middle of a path.
        Video($"clips/y\" -o \"{victim}/v.mp4", seconds: 0.2);
        var (code, error) = Train("clips", "run");
        Assert.Multiple(() =>
        {
            Assert.That(code, Is.Zero, error);
            Assert.That(UnreadableFiles.Of(_directory["run"]), Is.Empty);
            Assert.That(Directory.GetFiles(_directory["run/video-frames"], "*.jpg", SearchOption.AllDirectories), Is.Not.Empty);
            Assert.That(File.ReadAllText(victim), Is.EqualTo("untouched"));
            Assert.That(Directory.GetFiles(_directory.Root, "pwned", SearchOption.AllDirectories), Is.Empty);
        });

        // A training draws only some of the clips; here is every one of them.
        var videos = new VideoFrames(_directory["cache"], 32, CancellationToken.None);
        var folder = ClipFolder.Open(_directory["clips"]);
        foreach (var clip in folder.Training.Concat(folder.HeldOut).SelectMany(p => p.Clips))
        {
            Assert.That(videos.Of(clip.Name, clip.Path), Has.Length.EqualTo(5).Within(1), clip.Name);
        }

        Assert.That(File.ReadAllText(victim), Is.EqualTo("untouched"));
    }

    [Test]
    public void AListOfOtherFilesIsNoFilm()
    {
        RequireFfmpeg();
        Video("secret/s.mp4", seconds: 1);
        Run("ffmpeg", "-v", "error", "-i", _directory["secret/s.mp4"], "-c:v", "mpeg2video", _directory["secret/s.ts"]);
        Run("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=size=64x48:rate=25", "-frames:v", "3", _directory["secret/%d.png"]);
        foreach (string person in (string[])["id1", "id2", "id3"])
        {
            Video($"clips/{person}/good.mp4", seconds: 0.2);
            string secret = _directory["secret/s"];
            Write($"clips/{person}/hls.mp4", $"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{secret}.ts\n#EXT-X-ENDLIST\n");
            Write($"clips/{person}/relative.mp4", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n../../secret/s.ts\n#EXT-X-ENDLIST\n");
            Write($"clips/{person}/concat.mkv", $"ffconcat version 1.0\nfile '{secret}.mp4'\n");
            Write($"clips/{person}/dash.webm", $"""
                <?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-on-demand:2011" type="static" mediaPresentationDuration="PT1S"><Period><AdaptationSet mimeType="video/mp4"><Representation id="0" bandwidth="1000" width="64" height="48"><BaseURL>{secret}.mp4</BaseURL></Representation></AdaptationSet></Period></MPD>
                """);
            Write($"clips/{person}/session.avi", "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 9 RTP/AVP 96\na=rtpmap:96 H264/90000\n");
        }

        var (code, error) = Train("clips", "run");
        string[] named = [.. UnreadableFiles.Of(_directory["run"])], cached = Directory.GetDirectories(_directory["run/video-frames"], "*", SearchOption.AllDirectories);
        Assert.Multiple(() =>
        {
            Assert.That(code, Is.Zero, error);
            Assert.That(cached.Select(Path.GetFileName).Where(n => n!.Contains('.')), Is.All.EqualTo("good.mp4"));
            Assert.That(named, Is.Not.Empty.And.None.Contains("good.mp4"));
        });
        var videos = new VideoFrames(_directory["cache"], 32, CancellationToken.None);
        Assert.Multiple(() =>
        {
            foreach (string name in (string[])["hls.mp4", "relative.mp4", "concat.mkv", "dash.webm", "session.avi"])
            {
                Assert.That(() => videos.Of(name, _directory[$"clips/id1/{name}"]), Throws.TypeOf<InputException>().With.Message.Contains(name), name);
            }

            Assert.That(() => videos.Of("hls.mp4", _directory["clips/id1/relative.mp4"]), Throws.TypeOf<InputException>().With.Message.Contains("playlist"));
        });
    }

    [Test]
    public void ADecodingCanBeBrokenOff()
    {
        RequireFfmpeg();
        Video("id1/v.mp4", seconds: 1);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        var videos = new VideoFrames(_directory["cache"], 32, cancelled.Token);
        Assert.That(() => videos.Of("v", _directory["id1/v.mp4"]), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(Directory.GetFileSystemEntries(_directory["cache"]), Is.Empty);
    }

    [Test]
    public void WithoutFfmpegVideosAreTheUsersError()
    {
        Directory.CreateDirectory(_directory["clips"]);
        File.WriteAllBytes(_directory["clips/id1#0.mp4"], [1]);

        // One that lies in the current directory is not run.
        _directory.Write("ffmpeg", "#!/bin/sh\ntouch pwned\n"u8.ToArray());
        _directory.Write("ffprobe", "#!/bin/sh\ntouch pwned\n"u8.ToArray());
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_directory["ffmpeg"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
            File.SetUnixFileMode(_directory["ffprobe"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        using var process = CliRun.Start(
            _directory.Root, [("PATH", $".{Path.PathSeparator}{_directory["clips"]}")],
            "train", "reenactor", "--data", _directory["clips"], "--regressor", _directory.Root, "--output", _directory["run"]);
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.EqualTo(2), error);
        Assert.That(error, Does.Contain("ffmpeg"));
        Assert.That(File.Exists(_directory["pwned"]), Is.False);
    }

    private ClipSamples Samples(ClipFolder folder) => new(folder, 32, _directory["cache"], new UnreadableFiles(_directory.Root));

    // As a process, so that one that hangs can be ended.
    private (int Code, string Error) Train(string data, string run)
    {
        using var process = CliRun.Start(
            _directory.Root,
            "train", "reenactor", "--data", _directory[data], "--regressor", Path.Combine(RepositoryRoot.Path, "weights", "small"),
            "--size", "32", "--batch", "1", "--steps", "6", "--warm-up", "1", "--critic-from", "6", "--output", _directory[run]);
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(3)))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail("The training hangs.");
        }

        return (process.ExitCode, error.GetAwaiter().GetResult());
    }

    private void Video(string name, double seconds)
    {
        string path = _directory[name];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Run(
            "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=size=64x48:rate=25", "-t", seconds.ToString(CultureInfo.InvariantCulture),
            "-c:v", "mpeg4", "-f", "mp4", $"file:{path}");
    }

    private void Write(string name, string content) => _directory.Write(name, System.Text.Encoding.UTF8.GetBytes(content));

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true })!;
        process.StandardInput.Close();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero);
    }

    private static void RequireFfmpeg()
    {
        try
        {
            Ffmpeg.Check("");
        }
        catch (InputException)
        {
            Assert.Ignore("There is no ffmpeg here.");
        }
    }
}
