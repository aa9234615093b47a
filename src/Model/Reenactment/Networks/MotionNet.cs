using Mimesh.Faces;
using Mimesh.Kernels;
using Mimesh.Layers;

namespace Mimesh.Reenactment;

/// <summary>
/// The motion net: both meshes, stacked to (V, 6), go through four levels of Chebyshev graph convolution to a latent motion
/// feature F_m; a residual convolutional decoder turns it into the dense optical flow T*, an offset to the identity grid in
/// [−1, 1] units.
/// </summary>
/// <remarks>
/// An extension of ours, not the paper's: where the driving mesh covers the picture its motion is known, and is drawn
/// (<see cref="MeshMotion"/>); around it the head's own motion is, fading. The decoder's last stage sees the drawing, and its answer is
/// added to it: <c>T* = drawn + decoder(F_m, drawing)</c>. A latent of 512 numbers alone takes far longer to learn where lips and
/// lids are. The last layer starts at zero, so training starts at the drawn motion.
/// </remarks>
public sealed class MotionNet : Module
{
    /// <summary>How often the mesh is quartered on the way to the latent feature.</summary>
    public const int Levels = 4;

    private const int Order = 6;
    private const int LatentSize = 512;
    private static readonly int[] s_meshWidths = [16, 32, 64, 128];
    private readonly ChebyshevConv[] _graph;
    private readonly SparseMatrix[] _pool;
    private readonly Linear _latent, _seed;
    private readonly Layers.Conv2d[] _narrow;
    private readonly ResidualBlock[] _residual;
    private readonly Layers.Conv2d _flow;
    private readonly int _seedWidth, _vertices, _side;

    /// <summary>Creates an untrained motion net.</summary>
    /// <param name="init">First values.</param>
    /// <param name="preset">Decides the flow's own resolution, a quarter of the preset's picture, and the decoder's width.</param>
    /// <param name="hierarchy">The mesh and its <see cref="Levels"/> coarser levels.</param>
    public MotionNet(Initializer init, Preset preset, IReadOnlyList<MeshLevel> hierarchy)
        : base(init)
    {
        ArgumentNullException.ThrowIfNull(preset);
        ArgumentNullException.ThrowIfNull(hierarchy);
        ArgumentOutOfRangeException.ThrowIfNotEqual(hierarchy.Count, Levels + 1);
        (_vertices, _side) = (hierarchy[0].VertexCount, preset.Size / 4);
        _graph = new ChebyshevConv[Levels];
        _pool = new SparseMatrix[Levels];
        for (int i = 0; i < _graph.Length; i++)
        {
            var laplacian = Constant(new SparseMatrix(Init.Device, hierarchy[i].Laplacian));
            _graph[i] = Child($"graph{i}", new ChebyshevConv(init, laplacian, i == 0 ? 6 : s_meshWidths[i - 1], s_meshWidths[i], Order));
            _pool[i] = Constant(new SparseMatrix(Init.Device, Selection(hierarchy[i].VertexCount, hierarchy[i + 1].Kept)));
        }

        _latent = Child("latent", new Linear(init, hierarchy[^1].VertexCount * s_meshWidths[^1], LatentSize));
        int stages = StagesOf(preset);
        _seedWidth = 8 * preset.Width;
        _seed = Child("seed", new Linear(init, LatentSize, 4 * 4 * _seedWidth, gain: 1.4f));
        _narrow = new Layers.Conv2d[stages];
        _residual = new ResidualBlock[stages];
        int width = _seedWidth;
        for (int i = 0; i < stages; i++)
        {
            int next = Math.Max(2 * preset.Width, width / 2);
            int seen = width + (i == stages - 1 ? MeshMotion.MotionChannels : 0);
            _narrow[i] = Child($"up{i}", new Layers.Conv2d(init, seen, next, 3));
            _residual[i] = Child($"residual{i}", new ResidualBlock(init, next));
            width = next;
        }

        _flow = Child("flow", new Layers.Conv2d(init, width, 2, 3, gain: 0f));
    }

    /// <summary>The flow T* between two meshes.</summary>
    /// <param name="source">Projected vertices <c>(N, V, 3)</c> of the source mesh, in grid units; the graph's come first.</param>
    /// <param name="driving">Projected vertices <c>(N, V, 3)</c> of the driving mesh that wears the source's identity.</param>
    /// <param name="drawn">The <see cref="MeshMotion"/> of the two, <c>(N, S, S, Channels)</c>.</param>
    /// <returns>For each pixel of the result, at a quarter of the picture's side, the offset to where it is found in the source: <c>(N, S/4, S/4, 2)</c>.</returns>
    public Tensor Forward(Tensor source, Tensor driving, Tensor drawn)
    {
        ArgumentNullException.ThrowIfNull(drawn);
        var known = drawn.Slice(-1, 0, MeshMotion.MotionChannels).AveragePool(4); // (N, S/4, S/4, 4)
        int side = known.Shape[1];
        var seen = side == _side ? known : known.Resize(_side, _side);
        var x = Ops.Concat(-1, source, driving).Slice(1, 0, _vertices); // (N, V, 6)
        for (int i = 0; i < _graph.Length; i++)
        {
            x = Ops.SparseProduct(_pool[i], _graph[i].Forward(x).Elu());
        }

        int n = x.Shape[0];
        var latent = _latent.Forward(x.Reshape(n, -1)); // (N, 512) = F_m
        x = _seed.Forward(latent).LeakyRelu(0.1f).Reshape(n, 4, 4, _seedWidth);
        for (int i = 0; i < _narrow.Length; i++)
        {
            bool last = i == _narrow.Length - 1;
            x = last ? Ops.Concat(-1, x.Upsample(), seen) : x;
            x = _residual[i].Forward(_narrow[i].Forward(x, new Fusion { Upsample = !last, OutputSlope = 0.1f, Measure = true }));
        }

        var correction = _flow.Forward(x); // (N, side, side, 2)
        return (side == _side ? correction : correction.Resize(side, side)).Add(known.Slice(-1, MeshMotion.Offset, 2));
    }

    /// <summary>Stages of a preset's decoder, which doubles 4×4 until it reaches a quarter of the preset's picture.</summary>
    public static int StagesOf(Preset preset) => int.Log2(preset.Size / 4) - 2;

    // Keeping a subset of the vertices, as a matrix of ones.
    private static CsrMatrix Selection(int vertexCount, int[] kept) =>
        new(kept.Length, vertexCount, [.. Enumerable.Range(0, kept.Length + 1)], kept, [.. Enumerable.Repeat(1f, kept.Length)]);
}
