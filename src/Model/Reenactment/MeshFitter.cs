using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Mimesh.Faces;
using Mimesh.Imaging;
using Mimesh.Kernels;

namespace Mimesh.Reenactment;

/// <summary>The regressor alone, on pictures of any kind: finds faces as a reenactment does, and fits the face mesh to them.</summary>
public sealed class MeshFitter : IDisposable
{
    private readonly Device _device;
    private readonly Regressor _regressor;

    private MeshFitter(Device device, Regressor regressor, FaceFinder finder) => (_device, _regressor, Finder) = (device, regressor, finder);

    /// <summary>What finds the faces of pictures.</summary>
    public FaceFinder Finder { get; }

    /// <summary>The face model whose coefficients are fitted.</summary>
    public FaceModel Model { get; } = FaceModel.BuiltIn;

    /// <summary>Loads trained weights.</summary>
    /// <param name="device">Where to run; it must outlive the fitter.</param>
    /// <param name="directory">Holds <see cref="Weights.RegressorFile"/>; for the finder see <see cref="FaceFinder.Load"/>.</param>
    /// <exception cref="InputException">A file is missing, cut short, or does not hold what it should.</exception>
    public static MeshFitter Load(Device device, string directory)
    {
        var regressor = Weights.LoadRegressor(device, FaceModel.BuiltIn, directory);
        try
        {
            return new MeshFitter(device, regressor, FaceFinder.Load(device, directory));
        }
        catch
        {
            regressor.Dispose();
            throw;
        }
    }

    /// <summary>Fits the mesh to a face of a picture.</summary>
    /// <param name="picture">Any picture; of it a square around the face is cut.</param>
    /// <param name="face">A face that <see cref="Finder"/> found there; null takes the picture's middle.</param>
    /// <param name="size">Side at which the regressor sees the square.</param>
    public MeshFit Fit(Image picture, FoundFace? face, int size = Regressor.LookSize)
    {
        ArgumentNullException.ThrowIfNull(picture);
        var (left, top, side) = Framing.Around(picture, face);
        var seen = new Face(Model);
        using (var arena = new Arena(_device))
        {
            using var reader = new FaceReader(_regressor, size, arena);
            reader.Read(Resample.Square(picture, left, top, side, size).Pixels, face?.In(left, top, side), seen);
        }

        float[] mesh = MeshRegression.Project(Model, seen.Identity, seen.Expression, seen.Camera);
        return new MeshFit(
            face, (left, top, side), seen.Identity, seen.Expression, seen.Camera, MemoryMarshal.Cast<float, Vector3>(mesh)[..Model.GraphVertexCount].ToArray(),
            face is not null && seen.IsThere);
    }

    /// <summary>Frees the weights.</summary>
    public void Dispose()
    {
        _regressor.Dispose();
        Finder.Dispose();
    }
}

/// <summary>A face mesh fitted to a picture.</summary>
/// <param name="Found">The face as it was found; null if the picture's middle was taken.</param>
/// <param name="Square">The square around the face, in pixels of the picture; the grid [−1, 1]² of camera and mesh spans it.</param>
/// <param name="Identity">Identity coefficients, in standard deviations.</param>
/// <param name="Expression">Expression weights.</param>
/// <param name="Camera">The 3×4 camera, see <see cref="Pose.ToMatrix"/>.</param>
/// <param name="Mesh">The graph's vertices, projected to the grid.</param>
/// <param name="HasFace">Whether a face was found and the regressor sees one there too, see <see cref="ReenactmentResult.SourceHasFace"/>.</param>
public sealed record MeshFit(
    FoundFace? Found, (int Left, int Top, int Side) Square, float[] Identity, float[] Expression, float[] Camera, Vector3[] Mesh, bool HasFace)
{
    private const int Strongest = 7;
    private const float LeastWeight = 0.1f;
    private static readonly JsonSerializerOptions s_format = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };
    private static readonly Rgb s_dot = new(1f, 0.85f, 0.2f), s_bar = new(0.3f, 0.55f, 0.85f);

    /// <summary>
    /// Draws the cut square; below it the same with the mesh over it and its 68 landmarks; below that pose and strongest expressions.
    /// </summary>
    /// <param name="picture">The picture that was fitted.</param>
    /// <param name="model">The fitted model.</param>
    /// <param name="size">Side of each square; the drawing is as wide, and of a height that depends on it alone.</param>
    public Image Draw(Image picture, FaceModel model, int size)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(model);
        var cut = Resample.Square(picture, Square.Left, Square.Top, Square.Side, size);
        var overlay = MeshOverlay.Draw(cut, Mesh, model.GraphTriangles);
        MeshOverlay.Mark(overlay, model.Landmarks.Select(v => Mesh[v]), s_dot);

        int scale = Math.Max(1, size / 200), line = (BitmapFont.Height + 3) * scale, gap = 2 * scale;
        var drawing = new Image(size, (2 * size) + gap + ((Strongest + 1) * line) + gap);
        Canvas.Fill(drawing, Rgb.White);
        Canvas.Paste(drawing, cut, 0, 0);
        Canvas.Paste(drawing, overlay, 0, size);
        int top = (2 * size) + gap;
        var pose = PoseFacts.Of(Pose.FromMatrix(Camera));
        Write(FormattableString.Invariant($"yaw {pose.Yaw:+0;-0;0} pitch {pose.Pitch:+0;-0;0} roll {pose.Roll:+0;-0;0}"));
        foreach (var (name, weight) in model.ExpressionNames.Zip(Expression).Where(e => e.Second >= LeastWeight)
            .OrderByDescending(e => e.Second).Take(Strongest))
        {
            // The bar lies behind its name, as long as the width at weight 1.
            for (int y = 0; y < line - scale; y++)
            {
                for (int x = 0; x < Math.Min(1f, weight) * size; x++)
                {
                    Canvas.Blend(drawing, x, top + y, s_bar, 0.4f);
                }
            }

            Write(FormattableString.Invariant($"{weight:0.00} {name}"));
        }

        return drawing;

        void Write(string text)
        {
            BitmapFont.Draw(drawing, text, gap, top + scale, scale, Rgb.Grey(0.1f));
            top += line;
        }
    }

    /// <summary>
    /// Fits as JSON, with the keys of <c>mimesh synth</c>'s files: for each its picture, the face as it was found (middle and side
    /// in pixels, tilt in degrees, score; null if none was), whether the regressor sees one there too, the square, pose (degrees, and
    /// scale and place in the square's [−1, 1] grid), camera matrix, identity coefficients, expression weights by name, and the 68
    /// landmarks in pixels of the picture (a pixel's centre is at whole numbers).
    /// </summary>
    /// <param name="model">The fitted model.</param>
    /// <param name="fits">Each picture's name, and the fit.</param>
    public static string ToJson(FaceModel model, IEnumerable<(string Picture, MeshFit Fit)> fits)
    {
        ArgumentNullException.ThrowIfNull(model);
        var facts = new
        {
            Frames = fits.Select(f => new
            {
                f.Picture,
                Found = f.Fit.Found is { } face
                    ? new { face.X, face.Y, face.Side, Roll = face.Roll * 180 / MathF.PI, face.Score } : null,
                f.Fit.HasFace,
                Square = new { f.Fit.Square.Left, f.Fit.Square.Top, f.Fit.Square.Side },
                Pose = PoseFacts.Of(Pose.FromMatrix(f.Fit.Camera)),
                f.Fit.Camera,
                f.Fit.Identity,
                Expression = model.ExpressionNames.Zip(f.Fit.Expression).ToDictionary(e => e.First, e => e.Second),
                Landmarks = model.Landmarks.Select(v => f.Fit.InPicture(f.Fit.Mesh[v])),
            }),
        };
        return JsonSerializer.Serialize(facts, s_format) + "\n";
    }

    private float[] InPicture(Vector3 p) =>
        [Square.Left + ((p.X + 1) * Square.Side / 2f) - 0.5f, Square.Top + ((p.Y + 1) * Square.Side / 2f) - 0.5f];
}
