using System.Globalization;
using System.Text.RegularExpressions;

namespace Mimesh.Kernels;

/// <summary>One call of a kernel, recorded to be made again and again.</summary>
public abstract partial class Launch
{
    private readonly DeviceBuffer[] _operands;
    private readonly int _reads;

    private protected Launch(string kernel, DeviceBuffer?[] reads, DeviceBuffer?[] writes, long flops)
    {
        Kernel = kernel;
        Flops = flops;
        _operands = [.. reads!, .. writes!];
        _reads = reads.Length;
        Places = [.. _operands];
    }

    /// <summary>The kernel's name in <see cref="IKernels"/>, or the function's that it applies.</summary>
    public string Kernel { get; }

    /// <summary>The specification in words: sizes by their names.</summary>
    public abstract string Shape { get; }

    /// <summary>Floating-point operations; 0 where memory is what counts.</summary>
    public long Flops { get; }

    /// <summary>What it reads, as recorded; null for an operand that was left out.</summary>
    internal ReadOnlySpan<DeviceBuffer?> Reads => _operands.AsSpan(0, _reads);

    /// <summary>What it writes, as recorded; null for one that was not asked for.</summary>
    internal ReadOnlySpan<DeviceBuffer?> Writes => _operands.AsSpan(_reads);

    /// <summary>The operands where they are now, reads before writes.</summary>
    private protected DeviceBuffer[] Places { get; }

    internal bool Uses(DeviceBuffer buffer) => Array.IndexOf(_operands, buffer) >= 0;

    /// <summary>Looks up where the operands are now.</summary>
    internal void FindPlaces()
    {
        for (int i = 0; i < _operands.Length; i++)
        {
            Places[i] = (_operands[i] as PlannedBuffer)?.Place ?? _operands[i];
        }
    }

    /// <summary>Calls the kernel; allocates nothing.</summary>
    internal abstract void Run(IKernels kernels);

    // "BlockSpec { N = 1, H = 64, Scale = 1 }" as "N 1, H 64, Scale 1".
    private protected static string Words<TSpec>(TSpec spec) =>
        NotSizes().Replace(Convert.ToString(spec, CultureInfo.InvariantCulture) ?? "", "").Replace(" = ", " ", StringComparison.Ordinal);

    [GeneratedRegex(@"\w+ \{ ?|, Flops = \d+| ?\}")]
    private static partial Regex NotSizes();
}

/// <summary>A launch with its specification.</summary>
internal sealed class Launch<TSpec>(
    string kernel, DeviceBuffer?[] reads, DeviceBuffer?[] writes, TSpec spec, Launch<TSpec>.Call call, long flops)
    : Launch(kernel, reads, writes, flops)
    where TSpec : struct
{
    private readonly TSpec _spec = spec;

    /// <summary>Calls a kernel.</summary>
    /// <param name="kernels">Whose.</param>
    /// <param name="o">Its buffers, reads before writes; one that was left out is null.</param>
    /// <param name="s">Its specification.</param>
    public delegate void Call(IKernels kernels, DeviceBuffer[] o, in TSpec s);

    /// <inheritdoc/>
    public override string Shape => Words(_spec);

    /// <inheritdoc/>
    internal override void Run(IKernels kernels) => call(kernels, Places, _spec);
}
