using System.ComponentModel;
using System.Diagnostics;
using Mimesh.Onnx;
using Mimesh.Tests.Cli;
using NUnit.Framework;

namespace Mimesh.Tests.Onnx;

/// <summary>The command, and what ONNX's own checker says of its files.</summary>
public sealed class OnnxFileTests
{
    private static readonly string[] Files =
        [OnnxExport.FaceModelFile, OnnxExport.MotionNetFile, OnnxExport.ReenactingModuleFile, OnnxExport.RegressorFile];

    private TemporaryDirectory _directory = null!;
    private CliRun _shipped = null!, _untrained = null!;

    [OneTimeSetUp]
    public void Export()
    {
        _directory = new TemporaryDirectory();
        _shipped = CliRun.Of("export", "onnx", "--output", _directory["shipped"]);
        _untrained = CliRun.Of("export", "onnx", "--output", _directory["untrained"], "--preset", "small", "--size", "48");
    }

    [OneTimeTearDown]
    public void Delete() => _directory.Dispose();

    [Test]
    public void TheCommandWritesFourFiles() => Assert.Multiple(() =>
    {
        Assert.That(_shipped.Error + _untrained.Error, Is.Empty);
        Assert.That((_shipped.Code, _untrained.Code), Is.EqualTo((0, 0)));
        Assert.That(Directory.GetFiles(_directory["shipped"]).Select(Path.GetFileName).Order(StringComparer.Ordinal), Is.EqualTo(Files));
        Assert.That(_shipped.Output, Does.Not.Contain("untrained"));
        Assert.That(_untrained.Output, Does.Contain("preset small, 48×48, untrained"));
    });

    [Test]
    public void TheDocumentShowsTheTestedExample()
    {
        static string[] Lines(string text) => [.. text.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0)];
        string code = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "tests", "Onnx", "OnnxExample.cs"));
        string document = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "ONNX.md"));
        string[] example = Lines(code.Split("// docs/ONNX.md: begin")[1].Split("// docs/ONNX.md: end")[0]);
        Assert.That(string.Join('\n', Lines(document)), Does.Contain(string.Join('\n', example)));
    }

    [Test]
    public void OnnxsOwnCheckerAcceptsThem()
    {
        string python = new[] { "python3", "/usr/bin/python3" }.FirstOrDefault(p => Python(p, "import onnx").Code == 0) ?? "";
        if (python.Length == 0)
        {
            Assert.Ignore("There is no Python with the package onnx here.");
        }

        const string Check = "import sys, onnx\nfor path in sys.argv[1:]: onnx.checker.check_model(onnx.load(path), full_check=True)";
        var (code, error) = Python(python, Check, Directory.GetFiles(_directory.Root, "*.onnx", SearchOption.AllDirectories));
        Assert.That(code, Is.Zero, error);
    }

    private static (int Code, string Error) Python(string python, string script, params string[] args)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(python, ["-c", script, .. args]) { RedirectStandardError = true })!;
            string error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, error);
        }
        catch (Win32Exception)
        {
            return (-1, "not there");
        }
    }
}
