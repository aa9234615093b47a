using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Mimesh.Faces;
using Mimesh.Imaging;
using Mimesh.Layers;

namespace Mimesh.People;

/// <summary>
/// What is known about rendered frames, as two files. <c>*.json</c> has for each frame its picture, person, pose (degrees, and
/// scale and place in the [−1, 1] grid), camera matrix, identity coefficients, expression weights by name, and the 68
/// landmarks in pixels (a pixel's centre is at whole numbers). <c>*.safetensors</c> has for each frame NAME the tensors
/// <c>NAME.parts</c> (H,W; numbers of <see cref="Part"/>), <c>NAME.depth</c> (H,W; grid units, larger is nearer, negative
/// infinity for background), <c>NAME.triangle</c> (H,W; −1 for background), <c>NAME.barycentric</c> (H,W,2; weights of the
/// triangle's second and third vertex) and <c>NAME.vertices</c> (V,3; the face mesh in the grid), and for each flow
/// <c>NAME.flow</c> (H,W,2; grid units) and <c>NAME.visible</c> (H,W).
/// </summary>
/// <param name="model">The face model of the frames.</param>
public sealed class GroundTruth(FaceModel model)
{
    private static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase
    };
    private readonly List<FrameFacts> _frames = [];
    private readonly Safetensors _tensors = new();

    /// <summary>Adds a frame's coefficients and pose.</summary>
    /// <param name="picture">The picture's file name.</param>
    /// <param name="frame">The frame.</param>
    public void Add(string picture, Frame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        var pose = frame.Pose;
        float half = frame.Image.Width / 2f;
        _frames.Add(new FrameFacts(
            picture,
            frame.Person.Seed.ToString("x16", System.Globalization.CultureInfo.InvariantCulture),
            PoseFacts.Of(pose),
            pose.ToMatrix(),
            frame.Identity,
            model.ExpressionNames.Zip(frame.Expression).ToDictionary(e => e.First, e => e.Second),
            [.. model.Landmarks.Select(v => frame.Projected[v]).Select(
                p => new[] { ((p.X + 1) * half) - 0.5f, ((p.Y + 1) * half) - 0.5f })]));
    }

    /// <summary>Adds a frame with what each of its pixels shows.</summary>
    /// <param name="picture">The picture's file name; its tensors are named as it is, without the extension.</param>
    /// <param name="frame">The frame.</param>
    public void AddWithPixels(string picture, Frame frame)
    {
        Add(picture, frame);
        string name = Path.GetFileNameWithoutExtension(picture);
        int size = frame.Image.Width;
        _tensors.Tensors[$"{name}.parts"] = ([size, size], Array.ConvertAll(frame.Parts, p => (float)p));
        _tensors.Tensors[$"{name}.depth"] = ([size, size], frame.Depth);
        _tensors.Tensors[$"{name}.triangle"] = ([size, size], Array.ConvertAll(frame.Triangle, t => (float)t));
        _tensors.Tensors[$"{name}.barycentric"] = (
            [size, size, 2], MemoryMarshal.Cast<Vector2, float>(frame.Barycentric).ToArray());
        _tensors.Tensors[$"{name}.vertices"] = (
            [frame.Projected.Length, 3], MemoryMarshal.Cast<Vector3, float>(frame.Projected).ToArray());
    }

    /// <summary>Adds the motion that leads from a source frame to a frame.</summary>
    /// <param name="name">The frame's name.</param>
    /// <param name="flow">Its motion.</param>
    public void AddFlow(string name, FlowTruth flow)
    {
        ArgumentNullException.ThrowIfNull(flow);
        int size = (int)Math.Sqrt(flow.Visible.Length);
        _tensors.Tensors[$"{name}.flow"] = ([size, size, 2], flow.Offset);
        _tensors.Tensors[$"{name}.visible"] = ([size, size], flow.Visible);
    }

    /// <summary>Writes the JSON file and, if there is anything known about pixels, the safetensors file.</summary>
    /// <param name="path">Both files' path without their extension.</param>
    /// <param name="outputs">What they appear together with.</param>
    /// <exception cref="InputException">A file cannot be written there.</exception>
    public void Save(string path, OutputFiles outputs)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        var facts = new { Parts = Enum.GetNames<Part>(), Frames = _frames };
        outputs.Write(path + ".json", JsonSerializer.Serialize(facts, Format) + "\n");
        if (_tensors.Tensors.Count > 0)
        {
            outputs.Write(path + ".safetensors", stream => _tensors.Write(stream));
        }
    }

    private sealed record FrameFacts(
        string Picture, string Person, PoseFacts Pose, float[] Camera, float[] Identity, Dictionary<string, float> Expression,
            float[][] Landmarks);
}
