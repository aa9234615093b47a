using System.Diagnostics;
using System.IO.Compression;
using NUnit.Framework;

namespace Mimesh.Tests.Packages;

/// <summary>The packages as their users get them: into a folder, and from there into a project outside of the repository, and as a tool.</summary>
public sealed class PackageTests
{
    private TemporaryDirectory _directory = null!;

    private string Packages => _directory["packages"];

    [OneTimeSetUp]
    public void Pack()
    {
        _directory = new TemporaryDirectory();
        Run(RepositoryRoot.Path, "dotnet", "pack", "-c", "Release", "--no-build", "-o", Packages, "-v", "q");
        _directory.Write("nuget.config", System.Text.Encoding.UTF8.GetBytes($"""
            <configuration>
              <packageSources>
                <add key="packed" value="{Packages}" />
              </packageSources>
              <fallbackPackageFolders>
                <add key="user" value="{GlobalPackages()}" />
              </fallbackPackageFolders>
            </configuration>
            """));
    }

    [OneTimeTearDown]
    public void Delete() => _directory.Dispose();

    [Test]
    public void EachHasReadmeLicenceDocumentationAndSymbols() => Assert.Multiple(() =>
    {
        foreach (string id in SourceProjects.Libraries)
        {
            string[] entries = Entries(Package(id));
            Assert.That(entries, Has.Member("PACKAGE.md").And.Member($"lib/net10.0/{id}.dll").And.Member($"lib/net10.0/{id}.xml"), id);
            using var package = ZipFile.OpenRead(Package(id));
            using var reader = new StreamReader(package.GetEntry(id + ".nuspec")!.Open());
            string specification = reader.ReadToEnd();
            Assert.That(specification, Does.Contain("MIT").And.Contain("<description>").And.Contain("<repository").And.Not.Contain("Package Description"), id);
            Assert.That(Entries(Path.ChangeExtension(Package(id), ".snupkg")), Has.Member($"lib/net10.0/{id}.pdb"), id);
        }

        Assert.That(Entries(Package("Mimesh.Weights")), Has.Member("weights/reenactor.safetensors").And.Member("weights/small/regressor.safetensors")
            .And.Member("buildTransitive/Mimesh.Weights.targets").And.None.EndsWith(".dll").And.None.EndsWith(".sh"));
    });

    [Test]
    public void AProjectOutsideOfTheRepositoryReenactsAPicture()
    {
        string project = Directory.CreateDirectory(_directory["user"]).FullName;
        string version = Path.GetFileNameWithoutExtension(Package("Mimesh.Reenactment"))["Mimesh.Reenactment.".Length..];
        File.WriteAllText(Path.Combine(project, "user.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Mimesh.Reenactment" Version="{version}" />
                <PackageReference Include="Mimesh.Weights" Version="{version}" />
              </ItemGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(project, "Program.cs"), Example());
        Run(project, "dotnet", "run", "-c", "Release", "--", Sample("source.png"), Sample("driving.png"), _directory["user.png"]);
        Assert.That(Mimesh.Imaging.ImageFile.Load(_directory["user.png"]).Width, Is.EqualTo(256));
    }

    [Test]
    public void TheToolIsInstalledAndReenactsAPicture()
    {
        Run(_directory.Root, "dotnet", "tool", "install", "mimesh", "--tool-path", _directory["tool"]);
        Run(
            _directory.Root, _directory[Path.Combine("tool", "mimesh")], "reenact", "--source", Sample("source.png"), "--driving", Sample("driving.png"),
            "--output", _directory["tool.png"], "--weights", Path.Combine(RepositoryRoot.Path, "weights", "small"));
        Assert.That(Mimesh.Imaging.ImageFile.Load(_directory["tool.png"]).Width, Is.EqualTo(128));
    }

    // The program in src/PACKAGE.md, which every package shows.
    private static string Example()
    {
        string text = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "src", "PACKAGE.md"));
        int start = text.IndexOf("```csharp\n", StringComparison.Ordinal) + "```csharp\n".Length;
        return text[start..text.IndexOf("```", start, StringComparison.Ordinal)];
    }

    private static string Sample(string name) => Path.Combine(RepositoryRoot.Path, "samples", name);

    // "Mimesh.Kernels.0.1.0.nupkg": no digit begins a part of a package's name.
    private string Package(string id) => Directory.EnumerateFiles(Packages, id + ".*.nupkg").Single(p => char.IsDigit(Path.GetFileName(p)[id.Length + 1]));

    private static string[] Entries(string package)
    {
        using var archive = ZipFile.OpenRead(package);
        return [.. archive.Entries.Select(e => e.FullName)];
    }

    private string GlobalPackages() =>
        Run(RepositoryRoot.Path, "dotnet", "nuget", "locals", "global-packages", "--list")["global-packages:".Length..].Trim();

    private string Run(string directory, string program, params string[] args)
    {
        var start = new ProcessStartInfo(program, args) { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true };

        if (directory != RepositoryRoot.Path)
        {
            // The packages of this build do not go where the user keeps others.
            start.Environment["NUGET_PACKAGES"] = _directory["nuget"];
        }

        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, $"{program} {string.Join(' ', args)}\n{output}{error.Result}");
        return output;
    }
}
