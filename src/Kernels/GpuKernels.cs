using System.Collections.Concurrent;
using ILGPU;
using ILGPU.Runtime;

namespace Mimesh.Kernels;

/// <summary>
/// The kernels of a GPU, one file a family: the static methods are what the GPU runs, the public ones launch them.
/// Kernels are explicitly grouped, step through their work by the size of the grid, and add in an order that depends only
/// on the shapes and the group size.
/// </summary>
internal sealed partial class GpuKernels(GpuDevice device, GpuProgram program) : IKernels
{
    internal int CompiledKernels => program.CompiledKernels;

    private int GroupSize => device.Side * device.Side;

    // What a kernel reads.
    private static ArrayView<float> View(DeviceBuffer buffer) => GpuDevice.View(buffer);

    private static ArrayView<T> View<T>(DeviceBuffer buffer)
        where T : unmanaged => View(buffer).Cast<T>();

    // What a kernel writes, whether or not it reads it too.
    private static ArrayView<float> Output(DeviceBuffer buffer)
    {
        buffer.Version++;
        return View(buffer);
    }

    private static ArrayView<T> Output<T>(DeviceBuffer buffer)
        where T : unmanaged => Output(buffer).Cast<T>();

    private static int CeilDiv(long a, long b) => (int)((a + b - 1) / b);

    // This thread's place in the grid, and the step from one of its elements to the next.
    private static int First => (Grid.IdxX * Group.DimX) + Group.IdxX;

    private static int Step => Grid.DimX * Group.DimX;

    // Enough groups for every element to have a thread, up to what fills the device several times over.
    private KernelConfig Threads(long elements) => Groups(CeilDiv(elements, GroupSize));

    private KernelConfig Groups(int groups)
    {
        int perProcessor = device.Side < 16 ? 1 : 32;
        return new(Math.Clamp(groups, 1, device.Accelerator.NumMultiprocessors * perProcessor), GroupSize);
    }

    private void Launch<T1, T2>(Action<T1, T2> kernel, KernelConfig config, T1 a, T2 b)
        where T1 : struct
        where T2 : struct =>
        (program.Held<Action<AcceleratorStream, KernelConfig, T1, T2>>(kernel)
            ?? program.Hold(kernel, device.Accelerator.LoadKernel(kernel)))(device.Stream, config, a, b);

    private void Launch<T1, T2, T3>(Action<T1, T2, T3> kernel, KernelConfig config, T1 a, T2 b, T3 c)
        where T1 : struct
        where T2 : struct
        where T3 : struct =>
        (program.Held<Action<AcceleratorStream, KernelConfig, T1, T2, T3>>(kernel)
            ?? program.Hold(kernel, device.Accelerator.LoadKernel(kernel)))(device.Stream, config, a, b, c);

    private void Launch<T1, T2, T3, T4>(Action<T1, T2, T3, T4> kernel, KernelConfig config, T1 a, T2 b, T3 c, T4 d)
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct =>
        (program.Held<Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4>>(kernel)
            ?? program.Hold(kernel, device.Accelerator.LoadKernel(kernel)))(device.Stream, config, a, b, c, d);

    private void Launch<T1, T2, T3, T4, T5>(
        Action<T1, T2, T3, T4, T5> kernel, KernelConfig config, T1 a, T2 b, T3 c, T4 d, T5 e)
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
        where T5 : struct =>
        (program.Held<Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4, T5>>(kernel)
            ?? program.Hold(kernel, device.Accelerator.LoadKernel(kernel)))(device.Stream, config, a, b, c, d, e);

    private void Launch<T1, T2, T3, T4, T5, T6>(
        Action<T1, T2, T3, T4, T5, T6> kernel, KernelConfig config, T1 a, T2 b, T3 c, T4 d, T5 e, T6 f)
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
        where T5 : struct
        where T6 : struct =>
        (program.Held<Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4, T5, T6>>(kernel)
            ?? program.Hold(kernel, device.Accelerator.LoadKernel(kernel)))(device.Stream, config, a, b, c, d, e, f);

    private void Launch<T1, T2, T3, T4, T5, T6, T7>(
        Action<T1, T2, T3, T4, T5, T6, T7> kernel, KernelConfig config, T1 a, T2 b, T3 c, T4 d, T5 e, T6 f, T7 g)
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
        where T5 : struct
        where T6 : struct
        where T7 : struct =>
        (program.Held<Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4, T5, T6, T7>>(kernel)
            ?? program.Hold(kernel, device.Accelerator.LoadKernel(kernel)))(device.Stream, config, a, b, c, d, e, f, g);

    private void Launch<T1, T2, T3, T4, T5, T6, T7, T8>(
        Action<T1, T2, T3, T4, T5, T6, T7, T8> kernel, KernelConfig config, T1 a, T2 b, T3 c, T4 d, T5 e, T6 f, T7 g, T8 h)
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
        where T5 : struct
        where T6 : struct
        where T7 : struct
        where T8 : struct =>
        (program.Held<Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4, T5, T6, T7, T8>>(kernel)
            ?? program.Hold(kernel, device.Accelerator.LoadKernel(kernel)))(device.Stream, config, a, b, c, d, e, f, g, h);
}

/// <summary>The kernels that were compiled for a GPU; all queues of it launch them.</summary>
internal sealed class GpuProgram
{
    // ILGPU forgets a compiled kernel that nobody holds. The compiler makes one delegate of each static method, and of each
    // instance of a generic one, so references are enough to tell kernels apart.
    private readonly ConcurrentDictionary<Delegate, Delegate> _launchers = new(ReferenceEqualityComparer.Instance);

    public int CompiledKernels => _launchers.Count;

    public TLauncher? Held<TLauncher>(Delegate kernel)
        where TLauncher : Delegate => _launchers.TryGetValue(kernel, out var launcher) ? (TLauncher)launcher : null;

    public TLauncher Hold<TLauncher>(Delegate kernel, TLauncher launcher)
        where TLauncher : Delegate => (TLauncher)_launchers.GetOrAdd(kernel, launcher);
}
