namespace Mimesh.Kernels;

/// <summary>Records every call: its name, what it reads and writes, its specification, and how to make it again.</summary>
internal sealed class RecordingKernels(List<Launch> launches) : IKernels
{
    /// <inheritdoc/>
    public void Conv2d(DeviceBuffer x, DeviceBuffer w, DeviceBuffer? b, DeviceBuffer y, in Conv2dSpec s) =>
        Add(nameof(Conv2d), [x, w, b], [y], s, static (k, o, in s) => k.Conv2d(o[0], o[1], o[2], o[3], s), s.Flops);

    /// <inheritdoc/>
    public void Conv2d(DeviceBuffer x, DeviceBuffer w, DeviceBuffer? b, DeviceBuffer y, in Conv2dSpec s, in ConvFusion f) =>
        Add(
            nameof(Conv2d), [x, w, b, f.Statistics, f.Residual], [y, f.OutputStatistics], new FusedConv(s, f),
            static (k, o, in s) => k.Conv2d(o[0], o[1], o[2], o[5], s.Spec, s.Fusion with { Statistics = o[3], Residual = o[4], OutputStatistics = o[6] }),
            s.Flops);

    /// <inheritdoc/>
    public void Conv2dInputGrad(DeviceBuffer gy, DeviceBuffer w, DeviceBuffer gx, in Conv2dSpec s) =>
        Add(nameof(Conv2dInputGrad), [gy, w], [gx], s, static (k, o, in s) => k.Conv2dInputGrad(o[0], o[1], o[2], s), s.Flops);

    /// <inheritdoc/>
    public void Conv2dWeightGrad(DeviceBuffer x, DeviceBuffer gy, DeviceBuffer gw, in Conv2dSpec s) =>
        Add(nameof(Conv2dWeightGrad), [x, gy], [gw], s, static (k, o, in s) => k.Conv2dWeightGrad(o[0], o[1], o[2], s), s.Flops);

    /// <inheritdoc/>
    public void Conv2dWeightGrad(DeviceBuffer x, DeviceBuffer gy, DeviceBuffer gw, in Conv2dSpec s, in ConvFusion f) =>
        Add(
            nameof(Conv2dWeightGrad), [x, gy, f.Statistics], [gw], new FusedConv(s, f.WayIn()),
            static (k, o, in s) => k.Conv2dWeightGrad(o[0], o[1], o[3], s.Spec, s.Fusion with { Statistics = o[2] }),
            s.Flops);

    /// <inheritdoc/>
    public void MatMul(DeviceBuffer a, DeviceBuffer b, DeviceBuffer c, in MatMulSpec s) =>
        Add(nameof(MatMul), [a, b], [c], s, static (k, o, in s) => k.MatMul(o[0], o[1], o[2], s), s.Flops);

    /// <inheritdoc/>
    public void SparseProduct(DeviceCsr a, DeviceBuffer x, DeviceBuffer? z, DeviceBuffer y, in SparseProductSpec s) =>
        Add(nameof(SparseProduct), [x, z], [y], new SparseStep(a, s), static (k, o, in s) => k.SparseProduct(s.Matrix, o[0], o[1], o[2], s.Spec));

    /// <inheritdoc/>
    public void GridSample(DeviceBuffer x, DeviceBuffer grid, DeviceBuffer? mask, DeviceBuffer y, in GridSampleSpec s) =>
        Add(nameof(GridSample), [x, grid, mask], [y], s, static (k, o, in s) => k.GridSample(o[0], o[1], o[2], o[3], s));

    /// <inheritdoc/>
    public void GridSampleInputGrad(DeviceBuffer gy, DeviceBuffer grid, DeviceBuffer? mask, DeviceBuffer gx, in GridSampleSpec s) =>
        Add(nameof(GridSampleInputGrad), [gy, grid, mask], [gx], s, static (k, o, in s) => k.GridSampleInputGrad(o[0], o[1], o[2], o[3], s));

    /// <inheritdoc/>
    public void GridSampleGridGrad(DeviceBuffer x, DeviceBuffer grid, DeviceBuffer? mask, DeviceBuffer gy, DeviceBuffer ggrid, in GridSampleSpec s) =>
        Add(
            nameof(GridSampleGridGrad), [x, grid, mask, gy], [ggrid], s,
            static (k, o, in s) => k.GridSampleGridGrad(o[0], o[1], o[2], o[3], o[4], s));

    /// <inheritdoc/>
    public void GridSampleMaskGrad(DeviceBuffer x, DeviceBuffer grid, DeviceBuffer gy, DeviceBuffer gmask, in GridSampleSpec s) =>
        Add(nameof(GridSampleMaskGrad), [x, grid, gy], [gmask], s, static (k, o, in s) => k.GridSampleMaskGrad(o[0], o[1], o[2], o[3], s));

    /// <inheritdoc/>
    public void InstanceNorm(DeviceBuffer x, DeviceBuffer y, DeviceBuffer statistics, in InstanceNormSpec s) =>
        Add(nameof(InstanceNorm), [x], [y, statistics], s, static (k, o, in s) => k.InstanceNorm(o[0], o[1], o[2], s));

    /// <inheritdoc/>
    public void InstanceStatistics(DeviceBuffer x, DeviceBuffer statistics, in InstanceNormSpec s) =>
        Add(nameof(InstanceStatistics), [x], [statistics], s, static (k, o, in s) => k.InstanceStatistics(o[0], o[1], s));

    /// <inheritdoc/>
    public void InstanceNormGrad(DeviceBuffer x, DeviceBuffer statistics, DeviceBuffer gy, DeviceBuffer gx, in InstanceNormSpec s) =>
        Add(nameof(InstanceNormGrad), [x, statistics, gy], [gx], s, static (k, o, in s) => k.InstanceNormGrad(o[0], o[1], o[2], o[3], s));

    /// <inheritdoc/>
    public void Map<T>(T f, DeviceBuffer x, DeviceBuffer y, long length)
        where T : unmanaged, IUnary =>
        Add(typeof(T).Name, [x], [y], new MapCall<T>(f, length), static (k, o, in s) => k.Map(s.Function, o[0], o[1], s.Length));

    /// <inheritdoc/>
    public void Zip<T>(T f, DeviceBuffer a, DeviceBuffer b, DeviceBuffer y, in BroadcastSpec s)
        where T : unmanaged, IBinary =>
        Add(typeof(T).Name, [a, b], [y], new ZipCall<T>(f, s), static (k, o, in s) => k.Zip(s.Function, o[0], o[1], o[2], s.Spec));

    /// <inheritdoc/>
    public void Fill(DeviceBuffer y, float value, long length) =>
        Add(nameof(Fill), [], [y], new FillCall(value, length), static (k, o, in s) => k.Fill(o[0], s.Value, s.Length));

    /// <inheritdoc/>
    public void Random(DeviceBuffer y, in RandomSpec s) =>
        Add(nameof(Random), [], [y], s, static (k, o, in s) => k.Random(o[0], s));

    /// <inheritdoc/>
    public void Sum(DeviceBuffer x, DeviceBuffer y, in SumSpec s) =>
        Add(nameof(Sum), [x], [y], s, static (k, o, in s) => k.Sum(o[0], o[1], s));

    /// <inheritdoc/>
    public void StridedCopy(DeviceBuffer x, DeviceBuffer y, in StridedCopySpec s) =>
        Add(nameof(StridedCopy), [x], [y], s, static (k, o, in s) => k.StridedCopy(o[0], o[1], s));

    /// <inheritdoc/>
    public void Upsample(DeviceBuffer x, DeviceBuffer y, in BlockSpec s) =>
        Add(nameof(Upsample), [x], [y], s, static (k, o, in s) => k.Upsample(o[0], o[1], s));

    /// <inheritdoc/>
    public void BlockSum(DeviceBuffer x, DeviceBuffer y, in BlockSpec s) =>
        Add(nameof(BlockSum), [x], [y], s, static (k, o, in s) => k.BlockSum(o[0], o[1], s));

    /// <inheritdoc/>
    public void Resize(DeviceBuffer x, DeviceBuffer y, in ResizeSpec s) =>
        Add(nameof(Resize), [x], [y], s, static (k, o, in s) => k.Resize(o[0], o[1], s));

    /// <inheritdoc/>
    public void ResizeGrad(DeviceBuffer gy, DeviceBuffer gx, in ResizeSpec s) =>
        Add(nameof(ResizeGrad), [gy], [gx], s, static (k, o, in s) => k.ResizeGrad(o[0], o[1], s));

    /// <inheritdoc/>
    public void Adam(DeviceBuffer w, DeviceBuffer g, DeviceBuffer m, DeviceBuffer v, in AdamSpec s) =>
        Add(nameof(Adam), [g], [w, m, v], s, static (k, o, in s) => k.Adam(o[1], o[0], o[2], o[3], s));

    private void Add<TSpec>(string kernel, DeviceBuffer?[] reads, DeviceBuffer?[] writes, TSpec spec, Launch<TSpec>.Call call, long flops = 0)
        where TSpec : struct
    {
        foreach (var written in writes)
        {
            if (written is PlannedBuffer { Place: not null })
            {
                throw new InvalidOperationException($"{kernel} writes over a constant of the recording.");
            }

            if (written is not null)
            {
                written.Version++;
            }
        }

        launches.Add(new Launch<TSpec>(kernel, reads, writes, spec, call, flops));
    }

    private readonly record struct FusedConv(Conv2dSpec Spec, ConvFusion Fusion)
    {
        public override string ToString()
        {
            (bool Present, string Name)[] parts =
            [
                (Fusion.Statistics is not null, "normalise"), (Fusion.InputSlope is not null, "rectify"), (Fusion.Upsample, "upsample"), (true, "convolve"),
                (Fusion.OutputSlope is not null, "rectify"), (Fusion.Residual is not null, "add"), (Fusion.OutputStatistics is not null, "measure"),
            ];
            return $"{Spec}: {string.Join(", ", parts.Where(p => p.Present).Select(p => p.Name))}";
        }
    }

    private readonly record struct MapCall<T>(T Function, long Length)
    {
        public override string ToString() => $"{Length}";
    }

    private readonly record struct ZipCall<T>(T Function, BroadcastSpec Spec)
    {
        public override string ToString() => $"{Spec.D0}×{Spec.D1}×{Spec.D2}×{Spec.D3}";
    }

    private readonly record struct FillCall(float Value, long Length);

    private readonly record struct SparseStep(DeviceCsr Matrix, SparseProductSpec Spec)
    {
        public override string ToString() => $"{Matrix.Rows}×{Matrix.Columns}, {Spec}";
    }
}
