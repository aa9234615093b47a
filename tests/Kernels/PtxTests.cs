using System.Reflection;
using System.Text.RegularExpressions;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using Mimesh.Kernels;
using NUnit.Framework;

namespace Mimesh.Tests.Kernels;

/// <summary>
/// Every kernel compiles to PTX, which needs no GPU, and the PTX is looked at. Kernels are found by reflection: the static methods of
/// <see cref="GpuKernels"/> that take views and return nothing; generic ones are made with every type that fits.
/// </summary>
[TestFixture]
internal sealed class PtxTests
{
    // What ILGPU itself picks for an A100 or later, and the newest that it can be asked for and the H100 runs.
    private static readonly (CudaArchitecture, CudaInstructionSet)[] Targets =
        [(CudaArchitecture.SM_80, CudaInstructionSet.ISA_70), (CudaArchitecture.SM_90, CudaInstructionSet.ISA_78)];

    // A context in which one kernel failed to compile fails for every later one: the first failure is the one to look at.
    private readonly Context _context = Context.Create(b => b.Optimize(OptimizationLevel.O2).EnableAlgorithms());
    private readonly Dictionary<(CudaArchitecture, CudaInstructionSet), PTXBackend> _backends = [];

    private static IEnumerable<TestCaseData> Kernels =>
        from method in typeof(GpuKernels).GetMethods(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
        where method.IsAssembly && method.ReturnType == typeof(void)
        from kernel in Instances(method)
        select new TestCaseData(kernel).SetArgDisplayNames(Name(kernel));

    [OneTimeTearDown]
    public void Close()
    {
        foreach (var backend in _backends.Values)
        {
            backend.Dispose();
        }

        _context.Dispose();
    }

    [TestCaseSource(nameof(Kernels))]
    public void CompilesToPtx(MethodInfo kernel)
    {
        foreach (var target in Targets)
        {
            string ptx = Ptx(kernel, target);
            Assert.Multiple(() =>
            {
                Assert.That(ptx, Does.Not.Contain(".local"), "registers spilt by the compiler");
                Assert.That(ptx, Does.Not.Match(@"\bcall\b"), "calls a function");
                Assert.That(ptx, Does.Not.Contain(".f64"), "double precision");
                Assert.That(Regex.IsMatch(ptx, @"\b(ld|st)\.(f32|b32|v4)"), Is.False, "generic address space");
                if (Name(kernel).Contains("F4") || Name(kernel).Contains("Quads"))
                {
                    Assert.That(ptx, Does.Contain("ld.global.v4.f32"));
                }

                var program = new PtxProgram(ptx);
                Assert.That(program.BrokenPromises, Is.Empty, "uniform branches on what differs between threads");
                Assert.That(program.LonelyBarriers, Is.Empty, "barriers that not every thread comes to");
            });
        }
    }

    [Test]
    public void EveryLaunchedKernelIsCompiledHere()
    {
        var launched = typeof(GpuKernels).GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            .SelectMany(MethodPointers).Where(m => m.IsStatic && m.DeclaringType == typeof(GpuKernels)).Select(m => m.MetadataToken);
        var compiled = Kernels.Select(k => ((MethodInfo)k.Arguments[0]!).MetadataToken);
        Assert.That(launched.Distinct(), Is.EquivalentTo(compiled.Distinct()));
    }

    [Test]
    public void EveryOperandAndPlanOfAProductIsCompiledHere()
    {
        var compiled = ProductInstances(typeof(GpuKernels).GetMethods(BindingFlags.Static | BindingFlags.NonPublic).First(m => m.Name == nameof(GpuKernels.Product) && m.IsAssembly))
            .SelectMany(m => m.GetGenericArguments()).Where(t => t.IsNested).Distinct();
        var existing = typeof(GpuKernels).GetNestedTypes(BindingFlags.NonPublic)
            .Where(t => t.IsAssignableTo(typeof(IOperand)) || t.IsAssignableTo(typeof(IPlan)));
        Assert.That(compiled, Is.EquivalentTo(existing));
    }

    // A branch that promises to be uniform: on the kernel's parameter, on a loop's counter, on a thread's index, on loaded data, and
    // on a number that a divergent branch chose.
    [TestCase("ld.param.b32 %r1, [_n];", true)]
    [TestCase("mov.b32 %r1, %ctaid.x;", true)]
    [TestCase("mov.b32 %r2, %tid.x; mov.b32 %r1, 0; L_1: add.s32 %r2, %r2, 1; add.s32 %r1, %r1, 1; setp.lt.s32 %p2, %r1, 9; @%p2 bra L_1;", true)]
    [TestCase("mov.b32 %r1, %tid.x;", false)]
    [TestCase("mov.b32 %r2, %tid.x; add.u64 %rd1, %rd2, %r2; ld.global.b32 %r1, [%rd1];", false)]
    [TestCase("ld.param.b64 %rd1, [_x]; ld.global.b32 %r1, [%rd1];", true)]
    [TestCase("mov.b32 %r2, %tid.x; setp.lt.s32 %p2, %r2, 3; mov.b32 %r1, 0; @%p2 bra L_1; mov.b32 %r1, 1; L_1: mov.b32 %r3, 0;", false)]
    [TestCase("mov.b32 %r2, %tid.x; mov.b32 %r1, 0; L_1: add.s32 %r1, %r1, 1; setp.lt.s32 %p2, %r1, %r2; @%p2 bra L_1;", false)]
    public void UniformBranchesAreUnderstood(string before, bool uniform)
    {
        string ptx = $".visible .entry K() {{ {before} setp.eq.s32 %p1, %r1, 0; @%p1 bra.uni L_2; mov.b32 %r9, 1; L_2: ret; }}";
        var program = new PtxProgram(ptx.Replace("{", "{\n").Replace(";", ";\n").Replace(": ", ":\n"));
        Assert.That(program.BrokenPromises, uniform ? Is.Empty : Has.Exactly(1).Items);
    }

    [Test]
    public void ProductsUseVectorsOfSharedMemoryAndMultiplyAdds()
    {
        var kernel = Kernels.Select(k => (MethodInfo)k.Arguments[0]!).First(k =>
            Name(k).Contains("Patches") && Name(k).Contains("Quads"));
        var weightGrad = Kernels.Select(k => (MethodInfo)k.Arguments[0]!).First(k =>
            Name(k).Contains("TransposedPatches") && Name(k).Contains("Quads"));
        string ptx = Ptx(kernel, Targets[0]);
        Assert.Multiple(() =>
        {
            Assert.That(Regex.Count(ptx, @"ld\.shared\.v4\.f32"), Is.EqualTo(4 * 3), "three quads for each of four unrolled steps");
            Assert.That(Regex.Count(ptx, @"ld\.shared\.f32"), Is.Zero);
            Assert.That(Regex.Count(ptx, @"mul\.f32"), Is.EqualTo(4 * 32), "32 multiply-adds a step");
            foreach (var product in Kernels.Select(k => (MethodInfo)k.Arguments[0]!).Where(k => k.Name == nameof(GpuKernels.Product)))
            {
                var loop = new PtxProgram(Ptx(product, Targets[1])).InnerLoop("ld.shared.v4.f32");
                int Count(string pattern) => loop.Count(line => Regex.IsMatch(line, pattern));
                Assert.That(Count(@"^mul\.f32"), Is.EqualTo(128), Name(product));
                Assert.That(Count(@"^add\.f32"), Is.EqualTo(128), Name(product));
                Assert.That(Count(@"^ld\.shared\.v4\.f32"), Is.EqualTo(12), Name(product));
                Assert.That(Count(@"^(ld|st)\.global"), Is.Zero, Name(product));
                Assert.That(Count(@"^(div|rem)\.s32.*%r\d+$"), Is.Zero, $"{Name(product)}: a division by what is no constant");
            }

            Assert.That(Ptx(weightGrad, Targets[0]), Does.Contain("st.shared.v4.f32"), "rows already lie as shared memory wants them");
        });
    }

    // The methods whose address a body takes: ldftn is the bytes FE 06 and the method's token.
    private static IEnumerable<MethodBase> MethodPointers(MethodInfo method)
    {
        byte[] code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (int i = 0; i + 6 <= code.Length; i++)
        {
            if (code[i] == 0xFE && code[i + 1] == 0x06)
            {
                Type[] arguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
                yield return method.Module.ResolveMethod(BitConverter.ToInt32(code, i + 2), null, arguments)!;
            }
        }
    }

    private string Ptx(MethodInfo kernel, (CudaArchitecture, CudaInstructionSet) target)
    {
        if (!_backends.TryGetValue(target, out var backend))
        {
            _backends[target] = backend = new PTXBackend(_context, target.Item1, target.Item2, null!);
        }

        var compiled = backend.Compile(EntryPointDescription.FromExplicitlyGroupedKernel(kernel), new KernelSpecialization(256, 2));
        return ((PTXCompiledKernel)compiled).PTXAssembly;
    }

    private static string Name(MethodInfo kernel) => !kernel.IsGenericMethod
        ? kernel.Name
        : $"{kernel.Name}<{string.Join(",", kernel.GetGenericArguments().Select(t => t.Name))}>";

    private static IEnumerable<MethodInfo> Instances(MethodInfo method)
    {
        if (!method.IsGenericMethodDefinition)
        {
            return [method];
        }

        if (method.Name == nameof(GpuKernels.Product))
        {
            return ProductInstances(method);
        }

        Type parameter = method.GetGenericArguments().Single();
        var constraint = parameter.GetGenericParameterConstraints().FirstOrDefault(c => c.IsInterface);
        var candidates = constraint is null || constraint.IsGenericType
            ? [typeof(F1), typeof(F4)]
            : typeof(GpuKernels).Assembly.GetTypes().Where(t => t.IsValueType && t.IsAssignableTo(constraint));
        return candidates.Select(t => method.MakeGenericMethod(t));
    }

    // The products that the launchers ask for.
    private static IEnumerable<MethodInfo> ProductInstances(MethodInfo method)
    {
        Type[] matrices = [typeof(GpuKernels.MatrixAlongDepth), typeof(GpuKernels.MatrixAlongRows)];
        (Type A, Type B, Type Plan)[] problems =
        [
            (typeof(GpuKernels.Patches), typeof(GpuKernels.MatrixAlongDepth), typeof(GpuKernels.MatrixPlan)),
            (typeof(GpuKernels.GradientPatches), typeof(GpuKernels.ReflectedWeights), typeof(GpuKernels.InterleavedPlan)),
            (typeof(GpuKernels.TransposedPatches), typeof(GpuKernels.MatrixAlongRows), typeof(GpuKernels.MatrixPlan)),
            .. from a in matrices from b in matrices select (a, b, typeof(GpuKernels.MatrixPlan)),
        ];
        return from p in problems
               from access in new[] { typeof(Quads), typeof(Singles) }
               select method.MakeGenericMethod(p.A, p.B, p.Plan, access, typeof(Group16));
    }
}
