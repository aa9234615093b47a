using System.Globalization;
using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;

namespace Mimesh.Kernels;

/// <summary>
/// An NVIDIA GPU, or ILGPU's simulator of one on the processor; both run the same kernels. A kernel is compiled when it is
/// first launched. A buffer holds at most 2³⁰ words.
/// </summary>
public sealed class GpuDevice : Device
{
    // Indices in kernels are 32-bit: with this limit, one more step of any grid-stride loop still does not overflow.
    private const long MaxWords = 1L << 30;

    private readonly Context _context;
    private readonly GpuProgram _program;
    private readonly string _name;
    private readonly string _description;
    private readonly bool _ownsAccelerator;

    static GpuDevice()
    {
        // ILGPU asks for libcuda.so, a name that only development packages install; the driver itself is libcuda.so.1.
        if (OperatingSystem.IsLinux())
        {
            NativeLibrary.SetDllImportResolver(typeof(CudaDevice).Assembly, static (name, _, _) =>
                name == "cuda" && NativeLibrary.TryLoad("libcuda.so.1", out nint driver) ? driver : 0);
        }
    }

    private GpuDevice(Context context, Accelerator accelerator, string name, string description, int side)
    {
        _context = context;
        _name = name;
        _description = description;
        Accelerator = accelerator;
        Stream = accelerator.DefaultStream;
        Side = side;
        _program = new GpuProgram();
        Launcher = new GpuKernels(this, _program);
        _ownsAccelerator = true;
    }

    private GpuDevice(GpuDevice parent)
        : base(parent)
    {
        (_context, _name, _description) = (parent._context, parent._name, parent._description);
        (Accelerator, Side, _program) = (parent.Accelerator, parent.Side, parent._program);
        Bind();
        parent.Wait(); // for what it has uploaded
        Stream = Accelerator.CreateStream();
        Launcher = new GpuKernels(this, _program);
    }

    /// <inheritdoc/>
    public override string Name => _name;

    /// <inheritdoc/>
    public override string Description => _description;

    /// <inheritdoc/>
    protected override IKernels Launcher { get; }

    internal Accelerator Accelerator { get; }

    /// <summary>The queue.</summary>
    internal AcceleratorStream Stream { get; }

    /// <summary>A group has Side² threads.</summary>
    internal int Side { get; }

    /// <summary>Opens an NVIDIA GPU.</summary>
    /// <param name="index">Its number, from 0.</param>
    /// <exception cref="DeviceException">No driver, no such GPU, or the driver refuses.</exception>
    public static GpuDevice Cuda(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        Context? context = null;
        try
        {
            context = NewContext(b => b.Cuda());
            var gpus = context.GetCudaDevices();
            if (index >= gpus.Count)
            {
                throw new DeviceException(gpus.Count == 0
                    ? $"no CUDA GPU or no driver (libcuda) found for 'cuda:{index}'; devices here: {Names()}"
                    : $"there is no GPU {index}; devices here: {Names()}");
            }

            return new GpuDevice(context, gpus[index].CreateCudaAccelerator(context), $"cuda:{index}", Describe(gpus[index]), 16);
        }
        catch (Exception e)
        {
            context?.Dispose();
            throw e as DeviceException ?? new DeviceException($"cannot open 'cuda:{index}': {OneLine(e)}; devices here: {Names()}", e);
        }
    }

    /// <summary>Opens the simulator: every simulated thread is a thread of the processor, so it is for small shapes.</summary>
    public static GpuDevice Simulator() => Simulator(2);

    /// <summary>
    /// The simulator with groups of side² threads. A barrier costs what the operating system takes to wake them all:
    /// about 20 μs for 4, 4 ms for 256.
    /// </summary>
    /// <param name="side">2, 4, 8 or 16; 16 is the group of a real GPU.</param>
    internal static GpuDevice Simulator(int side)
    {
        var context = NewContext(b => b.CPU(new CPUDevice(side * side, 1, side < 16 ? Environment.ProcessorCount : 1)));
        return new GpuDevice(
            context, context.GetCPUDevice(0).CreateCPUAccelerator(context), "simulator", "the GPU kernels on the processor, to check them; slow", side);
    }

    /// <summary>What GPUs there are, in words; empty without a driver.</summary>
    internal static IReadOnlyList<string> CudaDevices()
    {
        try
        {
            using var context = Context.Create(b => b.Cuda());
            var descriptions = new List<string>();
            foreach (var gpu in context.GetCudaDevices())
            {
                descriptions.Add(Describe(gpu));
            }

            return descriptions;
        }
        catch (Exception)
        {
            // A driver that is missing, too old or broken in any way means only that there is no GPU to offer.
            return [];
        }
    }

    /// <inheritdoc/>
    public override void Adopt()
    {
        base.Adopt();
        Bind();
    }

    /// <inheritdoc/>
    /// <remarks>It has a stream of its own: what the parent launches later is not ahead of what the fork does.</remarks>
    public override Device Fork() => new GpuDevice(this);

    /// <inheritdoc/>
    protected override void Write<T>(ReadOnlySpan<T> source, DeviceBuffer target)
    {
        var bytes = MemoryMarshal.AsBytes(source);
        if (bytes.Length > 0)
        {
            View(target).Cast<byte>().SubView(0, bytes.Length).CopyFromCPU(Stream, bytes);
        }
    }

    /// <inheritdoc/>
    protected override void Read<T>(DeviceBuffer source, Span<T> target)
    {
        var bytes = MemoryMarshal.AsBytes(target);
        if (bytes.Length > 0)
        {
            View(source).Cast<byte>().SubView(0, bytes.Length).CopyToCPU(Stream, bytes);
        }

        Wait();
    }

    /// <inheritdoc/>
    protected override void Wait() => Stream.Synchronize();

    internal static ArrayView<float> View(DeviceBuffer buffer) => ((GpuBuffer)buffer).View;

    /// <inheritdoc/>
    protected override DeviceBuffer Allocate(long length)
    {
        if (length > MaxWords)
        {
            throw new OutOfMemoryException($"a buffer of {length} words is beyond the limit of {MaxWords} on {Name}");
        }

        try
        {
            var memory = Accelerator.Allocate1D<float>(length);
            return new GpuBuffer(memory.View.BaseView, memory);
        }
        catch (AcceleratorException e)
        {
            throw new OutOfMemoryException($"{Name} cannot allocate {length * sizeof(float)} bytes beside the {AllocatedBytes} it holds", e);
        }
    }

    /// <inheritdoc/>
    protected override void Free(DeviceBuffer buffer) => ((GpuBuffer)buffer).Memory?.Dispose();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (_ownsAccelerator)
        {
            Accelerator.Dispose();
            _context.Dispose();
        }
        else
        {
            Stream.Dispose();
        }
    }

    // A CUDA context is bound to the threads that use it.
    private void Bind() => Accelerator.Bind();

    private static Context NewContext(Action<Context.Builder> devices) => Context.Create(b =>
    {
        // O2 gives global instead of generic loads; the algorithms give exponentials without NVIDIA's device library.
        b.Optimize(OptimizationLevel.O2).EnableAlgorithms();
        devices(b);
    });

    private static string Describe(CudaDevice gpu) => string.Create(
        CultureInfo.InvariantCulture, $"{gpu.Name}, {gpu.MemorySize / (double)(1L << 30):0} GiB, {gpu.NumMultiprocessors} multiprocessors");

    private static string OneLine(Exception e) => e.Message.ReplaceLineEndings(" ");

    // The memory is null in a slice, which does not own it.
    private sealed class GpuBuffer(ArrayView<float> view, MemoryBuffer? memory) : DeviceBuffer(view.Length)
    {
        public ArrayView<float> View => view;

        public MemoryBuffer? Memory => memory;

        internal override DeviceBuffer Slice(long start, long length) => new GpuBuffer(view.SubView(start, length), null);
    }
}
