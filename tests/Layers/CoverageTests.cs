using System.Reflection;
using System.Text;
using Mimesh.Layers;
using Mimesh.Verification;
using NUnit.Framework;

namespace Mimesh.Tests.Layers;

/// <summary>Which operations have cases, and whether <c>docs/COVERAGE.md</c> says so.</summary>
public sealed class CoverageTests
{
    private static readonly string File = Path.Combine(RepositoryRoot.Path, "docs", "COVERAGE.md");

    [OneTimeSetUp]
    public void PrintCounts()
    {
        foreach (var family in Verifier.Cases.GroupBy(c => c.Fixture))
        {
            var counts = TestDevices.Names.Select(device => $"{device} {ParityTests.On(device).Count(family.Contains)}");
            TestContext.Error.WriteLine($"{family.Key}: {string.Join(", ", counts)} cases of {family.Max(c => c.Orders.Count) + 1} checks at most");
        }
    }

    [Test]
    public void EveryOperationHasACase()
    {
        var covered = Verifier.Cases.Select(Function).OfType<Delegate>().SelectMany(f => Called(f.Method)).ToHashSet();
        var missing = typeof(Ops).GetMethods(BindingFlags.Public | BindingFlags.Static).Where(op => !covered.Contains(op));
        Assert.That(missing, Is.Empty);
    }

    [Test]
    public void TheTableIsUpToDate() => Assert.That(
        System.IO.File.Exists(File) ? System.IO.File.ReadAllText(File) : "", Is.EqualTo(Table()),
        $"run: dotnet test -c Release --filter {nameof(WriteTheTable)}");

    [Test]
    [Explicit("It writes docs/COVERAGE.md.")]
    public void WriteTheTable()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        System.IO.File.WriteAllText(File, Table());
    }

    // Operation × device × order, the number of cases in each cell.
    private static string Table()
    {
        // ParityTests run cpu, at this processor's width, the simulator and cuda; VerifyTests run the narrower vectors.
        (string Name, string Device)[] devices =
            [("cpu, 512-bit", "cpu"), ("cpu, 256-bit", "cpu"), ("cpu, 128-bit", "cpu"), ("simulator", "simulator"), ("cuda", "cuda")];
        var text = new StringBuilder($"""
            # What is verified

            Written by `dotnet test -c Release --filter {nameof(WriteTheTable)}` from the cases in `src/Model/Verification`, and checked by
            `tests/Layers/CoverageTests.cs`, which also fails when a public operation has no case. A cell counts the cases whose
            **values · gradients · gradients of gradients** are compared with PyTorch's in float64 on that device; each case is computed
            twice and must give the same bits, and where there are second derivatives the adjoint identity ⟨J·r, s⟩ = ⟨r, Jᵀ·s⟩ must
            hold too. The processor's widths are the vectors that its kernels use. The tests run the processor and the simulator
            everywhere, and `cuda` where there is an NVIDIA GPU; `mimesh verify --device cuda` runs the same cases there without the
            tests. Tolerances are in `src/Model/Verification/Tolerance.cs`.

            | operation | {string.Join(" | ", devices.Select(d => d.Name))} |
            |---|{string.Concat(Enumerable.Repeat("---|", devices.Length))}

            """);
        foreach (var op in Verifier.Cases.GroupBy(c => c.Op))
        {
            Row(op.Key, op);
        }

        Row("**all**", Verifier.Cases);
        text.Append("""

            Grid-sample is differentiable once through its grid, and any number of times through its images alone: the cases with a
            constant grid have the second derivatives. The cases of large layers have first ones only; the simulator is too slow for
            them in a test, not for `mimesh verify --device simulator`. Random numbers have no derivatives. `Adam` and
            `GradientPenalty` are whole computations, compared by losses, gradients and parameters.

            """);
        return text.ToString();

        void Row(string name, IEnumerable<VerificationCase> cases) =>
            text.Append($"| {name} | {string.Join(" | ", devices.Select(d => Cell([.. ParityTests.On(d.Device).Where(cases.Contains)])))} |\n");

        static string Cell(IReadOnlyList<VerificationCase> cases) => string.Join(
            " · ",
            new[] { VerificationOrder.Forward, VerificationOrder.Gradient, VerificationOrder.SecondOrder }.Select(
                order => cases.Count(c => c.Orders.Contains(order)) is > 0 and int count ? $"{count}" : "–"));
    }

    private static Delegate? Function(VerificationCase c) => c switch
    {
        OpCase op => op.Function,
        LayerCase layer => layer.Function,
        RandomCase random => random.Function,
        _ => null,
    };

    // The methods that a body calls: a call instruction is the byte 0x28 and the token of a method (table 0x06) or of another assembly's
    // (0x0A). That byte may be part of something else, then what follows is hardly ever the token of an operation.
    private static IEnumerable<MethodBase> Called(MethodInfo method)
    {
        byte[] code = method.GetMethodBody()!.GetILAsByteArray()!;
        for (int i = 0; i + 5 <= code.Length; i++)
        {
            int token = code[i] == 0x28 ? BitConverter.ToInt32(code, i + 1) : 0;
            if (token >> 24 is 0x06 or 0x0A && TryResolve(token) is { } called)
            {
                yield return called;
            }
        }

        MethodBase? TryResolve(int token)
        {
            try
            {
                return method.Module.ResolveMethod(token);
            }
            catch (ArgumentException)
            {
                return null;
            }
        }
    }
}
