using System.Numerics;
using Mimesh.Faces;

namespace Mimesh.People;

/// <summary>
/// Renders people. An instance owns its buffers and serves one thread; make one for each.
/// </summary>
/// <param name="model">A model with landmarks, regions and eyes.</param>
public sealed class Renderer(FaceModel model)
{
    private const int Samples = 2; // a side, per pixel

    private readonly Anatomy anatomy = Anatomy.Of(model);
    private readonly Rasterizer raster = new();
    private readonly PosedMesh posed = new(model);
    private static readonly Vector3 skyDirection = Vector3.Normalize(new Vector3(0, 0.8f, 0.6f));

    private readonly ShadowMap shadows = new(), dome = new();
    private readonly Vector3[] shape = new Vector3[model.VertexCount];
    private float[] sky = [];
    private Vector3[] light = [], scratch = [], backdrop = [];
    private (Background Background, int Size)? drawn;

    /// <summary>Renders a person with any expression (one's own, or another person's) and pose.</summary>
    /// <param name="person">Who; sampled from the renderer's model.</param>
    /// <param name="expression">Expression coefficients, (K_exp).</param>
    /// <param name="pose">The head's pose.</param>
    /// <param name="size">Pixels a side, at least 8.</param>
    /// <returns>The picture and its truth.</returns>
    /// <exception cref="ArgumentException">The person belongs to another model.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is below 8.</exception>
    public Frame Render(Person person, ReadOnlySpan<float> expression, Pose pose, int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 8);
        if (!ReferenceEquals(person.Model, model))
        {
            throw new ArgumentException("The person was sampled from another face model.", nameof(person));
        }

        Geometry geometry = person.Geometry;
        float[] identity = [.. person.Identity];
        model.Shape(identity, expression, shape);
        var projected = new Vector3[model.VertexCount];
        FaceModel.Project(shape, pose.ToMatrix(), projected);
        ReadOnlySpan<Vector3> teeth = person.ToothOffsets;
        for (int i = model.GraphVertexCount; i < shape.Length; i++)
        {
            shape[i] += teeth[i];
        }

        posed.Place(person, shape, pose);
        Vector3[] view = posed.View, normals = posed.Normals;

        var screen = new Vector3[geometry.VertexCount];
        for (int i = 0; i < screen.Length; i++)
        {
            screen[i] = view[i] with { Y = -view[i].Y };
        }

        raster.Begin(screen, size * Samples);
        foreach (Chunk chunk in geometry.Chunks)
        {
            if (chunk.Material is Material.Hair)
            {
                raster.Draw(geometry.Triangles, chunk.First, chunk.Count, chunk.TwoSided, new Fray(geometry, person.Hair));
            }
            else if (chunk.Material is Material.Beard)
            {
                raster.Draw(geometry.Triangles, chunk.First, chunk.Count, chunk.TwoSided, new Whiskers(geometry, person.Hair));
            }
            else if (chunk.Material is Material.Lash)
            {
                raster.Draw(geometry.Triangles, chunk.First, chunk.Count, chunk.TwoSided, new LashGaps(geometry, person.Skin.LashDensity));
            }
            else
            {
                raster.Draw(geometry.Triangles, chunk.First, chunk.Count, chunk.TwoSided, default(Opaque));
            }
        }

        sky = sky.Length < view.Length ? new float[view.Length] : sky;
        var middle = new Vector3(pose.X, -pose.Y, 0);
        dome.Draw(view.AsSpan(0, geometry.VertexCount), geometry, skyDirection, 1, middle, pose.Scale);
        for (int i = 0; i < geometry.VertexCount; i++)
        {
            if (i == model.GraphVertexCount)
            {
                i = geometry.HeadVertexCount - 1; // inside the mouth the lips decide
                continue;
            }

            bool hair = i >= geometry.HeadVertexCount && geometry.Rigs[i - geometry.HeadVertexCount].Carrier != Carrier.Torso;
            sky[i] = hair ? 1 : 0.5f + (0.5f * dome.At(view[i], normals[i]));
        }

        shadows.Draw(view.AsSpan(0, geometry.VertexCount), geometry, person.Light.KeyDirection, person.Light.Softness, middle,
            pose.Scale);
        Resize(ref light, size * size);
        Resize(ref scratch, size * size);
        ShadePixels(person, geometry, CreasesOf(expression), size);
        person.Glare?.Add(person.Light, pose, raster, Samples, light, size);
        uint seed = GrainSeed(person.Seed, pose, expression);

        var frame = new Frame
        {
            Image = person.Camera.Develop(light, size, seed, scratch),
            Person = person,
            Identity = identity,
            Expression = expression.ToArray(),
            Pose = pose,
            Projected = projected,
            Parts = new Part[size * size],
            Depth = new float[size * size],
            Triangle = new int[size * size],
            Barycentric = new Vector2[size * size],
            Screen = screen,
        };
        ReadTruth(frame, geometry, size);
        return frame;
    }

    private void ShadePixels(Person person, Geometry geometry, Creases creases, int size)
    {
        var shaders = new Shaders(person, anatomy, posed.Eyes);
        int side = size * Samples;
        float step = 2f / size;
        Resize(ref backdrop, size * size);
        if (drawn != (person.Background, size))
        {
            // A clip's background stays: what one picture needed of it serves the next.
            drawn = (person.Background, size);
            backdrop.AsSpan(0, size * size).Fill(new Vector3(float.NaN));
        }

        for (int y = 0; y < size; y++)
        {
            for (int x = 0; x < size; x++)
            {
                int corner = (y * Samples * side) + (x * Samples);
                Vector3 sum = Vector3.Zero;
                int m0 = MaterialAt(geometry, corner), m1 = MaterialAt(geometry, corner + 1);
                int m2 = MaterialAt(geometry, corner + side), m3 = MaterialAt(geometry, corner + side + 1);
                bool uniform = m0 == m1 && m0 == m2 && m0 == m3;
                int empty = (m0 < 0 ? 1 : 0) + (m1 < 0 ? 1 : 0) + (m2 < 0 ? 1 : 0) + (m3 < 0 ? 1 : 0);

                if (empty < 4 && uniform)
                {
                    // Inside one material one shading does, at the pixel's centre: the middle of two samples on the diagonal, or
                    // half a sample from the first one, where its triangle may have ended just before.
                    int to = corner + side + 1, t = raster.Triangle[corner];
                    (float b, float c) = t == raster.Triangle[to]
                        ? ((raster.B[corner] + raster.B[to]) / 2, (raster.C[corner] + raster.C[to]) / 2)
                        : raster.WeightsAt(geometry.Triangles, t, (x * Samples) + 0.5f, (y * Samples) + 0.5f);
                    b = Math.Clamp(b, 0, 1);
                    Surface s = Visible(geometry, t, b, Math.Clamp(c, 0, 1 - b), out Material material);
                    sum = Shade(shaders, s, material, person.Light, creases);
                }
                else if (empty < 4)
                {
                    for (int k = 0; k < 4; k++)
                    {
                        int at = corner + ((k >> 1) * side) + (k & 1);
                        if (raster.Triangle[at] >= 0)
                        {
                            Surface s = Visible(geometry, at, out Material material);
                            sum += 0.25f * Shade(shaders, s, material, person.Light, creases);
                        }
                    }
                }

                if (empty > 0)
                {
                    ref Vector3 behind = ref backdrop[(y * size) + x];
                    if (float.IsNaN(behind.X))
                    {
                        behind = person.Background.At(((x + 0.5f) * step) - 1, ((y + 0.5f) * step) - 1);
                    }

                    sum += behind * (empty * 0.25f);
                }

                light[(y * size) + x] = sum;
            }
        }
    }

    private Vector3 Shade(Shaders shaders, in Surface s, Material material, Lighting lighting, in Creases creases)
    {
        Surface lit = s;
        lit.Normal = Vector3.Normalize(s.Normal);
        // Sheets have two sides; both are lit as if seen from outside.
        lit.Normal = lit.Normal.Z < 0 && material is >= Material.Hair or Material.Gums or Material.Teeth ? -lit.Normal : lit.Normal;
        lit.Shadow = Vector3.Dot(lit.Normal, lighting.KeyDirection) < -0.3f ? 0 : shadows.At(s.Place, lit.Normal);
        return shaders.Shade(material, lit, creases);
    }

    private Surface Visible(Geometry geometry, int at, out Material material) =>
        Visible(geometry, raster.Triangle[at], raster.B[at], raster.C[at], out material);

    private Surface Visible(Geometry geometry, int t, float b, float c, out Material material)
    {
        material = geometry.MaterialOf[t];
        int i = geometry.Triangles[3 * t], j = geometry.Triangles[(3 * t) + 1], k = geometry.Triangles[(3 * t) + 2];
        float a = 1 - b - c;
        Vector3[] view = posed.View, normals = posed.Normals;
        var s = new Surface
        {
            Place = (view[i] * a) + (view[j] * b) + (view[k] * c),
            Normal = (normals[i] * a) + (normals[j] * b) + (normals[k] * c),
            Canonical = (geometry.Canonical[i] * a) + (geometry.Canonical[j] * b) + (geometry.Canonical[k] * c),
            A = (geometry.PaintA[i] * a) + (geometry.PaintA[j] * b) + (geometry.PaintA[k] * c),
        };
        if (material is Material.Teeth)
        {
            s.A.Z = geometry.PaintA[i].Z;
        }

        s.A.W *= (sky[i] * a) + (sky[j] * b) + (sky[k] * c);
        if (material == Material.Skin)
        {
            s.B = (geometry.PaintB[i] * a) + (geometry.PaintB[j] * b) + (geometry.PaintB[k] * c);
            s.C = (geometry.PaintC[i] * a) + (geometry.PaintC[j] * b) + (geometry.PaintC[k] * c);
        }
        else if (material is Material.MouthBag or Material.Gums or Material.Teeth or Material.Tongue)
        {
            Vector3[] mouth = posed.Mouth;
            s.B = new Vector4((mouth[i] * a) + (mouth[j] * b) + (mouth[k] * c), 0);
        }
        else if (material is Material.Hair or Material.Beard)
        {
            Vector3[] tangents = posed.Tangents;
            s.Tangent = (tangents[i] * a) + (tangents[j] * b) + (tangents[k] * c);
            if (material is Material.Beard)
            {
                s.B = (geometry.PaintB[i] * a) + (geometry.PaintB[j] * b) + (geometry.PaintB[k] * c);
            }
        }

        return s;
    }

    private void ReadTruth(Frame frame, Geometry geometry, int size)
    {
        int side = size * Samples;
        for (int y = 0; y < size; y++)
        {
            for (int x = 0; x < size; x++)
            {
                int corner = (y * Samples * side) + (x * Samples);
                int best = Representative(geometry, corner, side);
                int pixel = (y * size) + x, t = raster.Triangle[best];
                frame.Triangle[pixel] = t;
                frame.Depth[pixel] = float.NegativeInfinity;
                if (t >= 0)
                {
                    frame.Parts[pixel] = geometry.Chunks[geometry.ChunkOf[t]].Part;
                    // The pixel's centre is half a sample from each of its four samples.
                    (float b, float c) = raster.WeightsAt(geometry.Triangles, t, (x * Samples) + 0.5f, (y * Samples) + 0.5f);
                    frame.Barycentric[pixel] = new Vector2(b, c);
                    // Where a surface is steep the nearest sample lies well before the centre, and would hide it.
                    frame.Depth[pixel] = MathF.Min(raster.Depth[best], DepthAt(geometry.Triangles, t, b, c, frame.Screen));
                }
            }
        }
    }

    private static float DepthAt(int[] triangles, int t, float b, float c, Vector3[] screen)
    {
        float z = screen[triangles[3 * t]].Z;
        return z + (b * (screen[triangles[(3 * t) + 1]].Z - z)) + (c * (screen[triangles[(3 * t) + 2]].Z - z));
    }

    // Of the material that most of a pixel's samples show, the nearest sample.
    private int Representative(Geometry geometry, int corner, int side)
    {
        Span<int> at = [corner, corner + 1, corner + side, corner + side + 1];
        Span<int> material = [MaterialAt(geometry, at[0]), MaterialAt(geometry, at[1]), MaterialAt(geometry, at[2]),
            MaterialAt(geometry, at[3])];
        bool uniform = material[0] == material[1] && material[0] == material[2] && material[0] == material[3];
        int best = 0, bestVotes = 0;
        for (int k = 0; k < 4; k++)
        {
            int votes = uniform ? 4 : 0;
            if (!uniform)
            {
                foreach (int m in material)
                {
                    votes += m == material[k] ? 1 : 0;
                }
            }

            if (votes > bestVotes || (votes == bestVotes && raster.Depth[at[k]] > raster.Depth[at[best]]))
            {
                (best, bestVotes) = (k, votes);
            }
        }

        return at[best];
    }

    private int MaterialAt(Geometry geometry, int at) =>
        raster.Triangle[at] < 0 ? -1 : (int)geometry.MaterialOf[raster.Triangle[at]];

    private Creases CreasesOf(ReadOnlySpan<float> expression)
    {
        float brow = 0, frown = 0, smile = 0;
        for (int i = 0; i < expression.Length; i++)
        {
            float w = expression[i];
            switch (model.ExpressionNames[i])
            {
                case "browInnerUp":
                    brow += 0.7f * w;
                    break;
                case "browOuterUpLeft" or "browOuterUpRight":
                    brow += 0.3f * w;
                    break;
                case "browDownLeft" or "browDownRight":
                    frown += 0.5f * w;
                    break;
                case "mouthSmileLeft" or "mouthSmileRight":
                    smile += 0.5f * w;
                    break;
                case "eyeSquintLeft" or "eyeSquintRight" or "noseSneerLeft" or "noseSneerRight":
                    smile += 0.15f * w;
                    break;
            }
        }

        return new Creases(brow, frown, smile);
    }

    private static uint GrainSeed(ulong seed, Pose pose, ReadOnlySpan<float> expression)
    {
        uint h = (uint)seed ^ (uint)(seed >> 32);
        foreach (float f in (ReadOnlySpan<float>)[pose.Yaw, pose.Pitch, pose.Roll, pose.X, pose.Y, pose.Scale])
        {
            h = Noise.Hash(h ^ BitConverter.SingleToUInt32Bits(f));
        }

        foreach (float f in expression)
        {
            h = Noise.Hash(h ^ BitConverter.SingleToUInt32Bits(f));
        }

        return h;
    }

    private static void Resize(ref Vector3[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            buffer = new Vector3[length];
        }
    }
}
