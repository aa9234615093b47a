using Mimesh.Faces;
using Mimesh.Imaging;
using Mimesh.Kernels;
using Mimesh.Layers;

namespace Mimesh.Reenactment;

/// <summary>
/// Finds all faces of a picture: of any tilt, and of any size from about 1/32 of the longer side on (smaller ones now and then).
/// Pictures of one shape after another, as in a video, are searched in memory that is already there. One thread at a time.
/// </summary>
/// <example>
/// <code>
/// using var finder = FaceFinder.Load(device, "weights");
/// foreach (FoundFace face in finder.Find(picture)) { … }
/// </code>
/// </example>
public sealed class FaceFinder : IDisposable
{
    /// <summary>What scores less is not taken for a face. A face that is missed is noticed, a false alarm is not, so it is above a half.</summary>
    public const float LeastScore = 0.55f;

    /// <summary>The longer side at which a picture is searched; smaller ones are searched as they are.</summary>
    public const int LongestSide = 512;

    private readonly FinderNet _net;
    private readonly Arena _arena;
    private readonly List<FoundFace> _found = [];
    private Search? _search;

    private readonly bool _ownsNet;

    internal FaceFinder(FinderNet net)
        : this(net, net.Device) => _ownsNet = true;

    private FaceFinder(FinderNet net, Device device) => (_net, _arena) = (net, new Arena(device));

    /// <summary>A finder that shares this one's weights, for another thread.</summary>
    /// <param name="queue">A <see cref="Device.Fork"/> of this one's device.</param>
    /// <returns>A finder to dispose before this one.</returns>
    public FaceFinder On(Device queue)
    {
        ArgumentNullException.ThrowIfNull(queue);
        return new FaceFinder(_net, queue);
    }

    /// <summary>Loads trained weights.</summary>
    /// <param name="device">Where to run; it must outlive the finder.</param>
    /// <param name="directory">A weights directory; where it has no <see cref="Weights.FinderFile"/>, that which comes with Mimesh is taken.</param>
    /// <exception cref="InputException">The file is missing, cut short, or does not hold a finder.</exception>
    public static FaceFinder Load(Device device, string directory)
    {
        string path = Path.Combine(directory, Weights.FinderFile);
        path = File.Exists(path) ? path : Path.Combine(WeightsDirectory.Find(), Weights.FinderFile);
        return new FaceFinder(Weights.Loaded(Weights.Read(path), path, "finder", new FinderNet(new Initializer(device, null))));
    }

    /// <summary>Finds the faces of a picture.</summary>
    /// <param name="picture">Any picture.</param>
    /// <returns>The faces, the largest first.</returns>
    public IReadOnlyList<FoundFace> Find(Image picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        float shrink = MathF.Min(1, (float)LongestSide / Math.Max(picture.Width, picture.Height));
        int width = Math.Max(1, (int)MathF.Round(picture.Width * shrink)), height = Math.Max(1, (int)MathF.Round(picture.Height * shrink));
        if (_search is null || _search.Width != width || _search.Height != height)
        {
            _search?.Dispose();
            _search = null;
            _search = new Search(_net, _arena, width, height);
        }

        var searched = width == picture.Width && height == picture.Height ? picture : Resample.Resize(picture, width, height);
        _search.Run(searched.Pixels, _found);
        float x = (float)picture.Width / width, y = (float)picture.Height / height;
        return [.. _found.Select(f => f with { X = f.X * x, Y = f.Y * y, Side = f.Side * MathF.Sqrt(x * y) }).OrderByDescending(f => f.Side)];
    }

    /// <summary>Frees the weights and the memory.</summary>
    public void Dispose()
    {
        _search?.Dispose();
        _arena.Dispose();
        if (_ownsNet)
        {
            _net.Dispose();
        }
    }

    // The network as a plan for pictures of one shape; a run allocates nothing.
    private sealed class Search : IDisposable
    {
        private readonly PyramidLayout _layout;
        private readonly float[] _pyramid, _cells;
        private readonly Tensor _image;
        private readonly Plan _plan;

        public Search(FinderNet net, Arena arena, int width, int height)
        {
            (Width, Height, _layout) = (width, height, new PyramidLayout(width, height));
            _pyramid = new float[_layout.Height * _layout.Width * 3];
            _image = Tensor.Lasting(arena.Device, [1, _layout.Height, _layout.Width, 3]);
            _plan = Plan.Record(arena, [_image], x => [net.Forward(x[0])]);
            _cells = new float[_plan.Outputs[0].Count];
        }

        public int Width { get; }

        public int Height { get; }

        public void Run(ReadOnlySpan<float> pixels, List<FoundFace> found)
        {
            _layout.Fill(pixels, _pyramid);
            _image.Assign(_pyramid);
            _plan.Run();
            _plan.Outputs[0].CopyTo(_cells);
            FinderCells.Decode(_layout, _cells, LeastScore, found);
        }

        public void Dispose()
        {
            _plan.Dispose();
            _image.Dispose();
        }
    }
}
