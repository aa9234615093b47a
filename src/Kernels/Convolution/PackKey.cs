namespace Mimesh.Kernels;

/// <summary>Which packed form of a convolution's weights: they depend on the filter, not on the images.</summary>
internal readonly record struct PackKey(PackKind Kind, int C, int K, int R, int S, int Stride, int Pad)
{
    public PackKey(PackKind kind, in Conv2dSpec s)
        : this(kind, s.C, s.K, s.R, s.S, s.Stride, s.Pad)
    {
    }

    /// <summary>Which of an input gradient's Stride² interleaved images.</summary>
    public int Phase { get; init; }
}

/// <summary>What reads the packed weights.</summary>
internal enum PackKind
{
    Direct,
    InputGrad,
    Winograd,
    WinogradInputGrad,
    Overlap,
    OverlapInputGrad,
}
