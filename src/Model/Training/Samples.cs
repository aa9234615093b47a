using Mimesh.Faces;
using Mimesh.Imaging;
using Mimesh.Kernels;
using Mimesh.Layers;
using Mimesh.People;
using Mimesh.Reenactment;

namespace Mimesh.Training;

/// <summary>A rendered picture of a person with the coefficients that made it.</summary>
/// <param name="Image"><c>(S, S, 3)</c>.</param>
/// <param name="Identity">Identity coefficients.</param>
/// <param name="Expression">Expression weights.</param>
/// <param name="Pose">Head pose.</param>
/// <param name="Crop">Where the face is.</param>
/// <param name="Wide">A picture of more than the head, <c>(G, G, 3)</c> of side <see cref="Regressor.GlanceSize"/>.</param>
/// <param name="WidePose">Head pose there.</param>
internal sealed record Portrait(
    float[] Image, float[] Identity, float[] Expression, Pose Pose, FaceCrop Crop, float[] Wide, Pose WidePose)
{
    // Standard deviations of a trained glance's errors, and more: shares of the crop's half side, and radians.
    private const float ShiftError = 0.05f, SizeError = 0.06f, RollError = 0.07f;

    public static Portrait Render(Split split, ulong seed, long index, int size)
    {
        ulong sample = SampleSeed.Of(seed, index);
        var sampler = Samplers.For(split);
        var frame = sampler.Single(sample, size);
        var rng = new Rng(sample);
        var wide = sampler.Wide(frame.Person, rng.NextBits(), Regressor.GlanceSize);
        if (rng.NextBool(0.5f))
        {
            CoverMargins(wide.Image, rng.NextBool(0.75f), rng.NextFloat(0.5f, 1f));
        }

        return new Portrait(
            frame.Image.Pixels, frame.Identity, frame.Expression, frame.Pose, FaceCrop.Around(frame.Pose.ToMatrix()), wide.Image.Pixels, wide.Pose);
    }

    /// <summary>The same with its crop as far off as a glance might put it.</summary>
    /// <param name="seed">Decides how.</param>
    public Portrait Glanced(ulong seed) => this with { Crop = Glanced(Crop, seed) };

    /// <summary>A crop as far off as a glance might put it.</summary>
    /// <param name="crop">The true crop.</param>
    /// <param name="seed">Decides how.</param>
    public static FaceCrop Glanced(FaceCrop crop, ulong seed)
    {
        var rng = new Rng(seed);
        return new FaceCrop(
            crop.X + (crop.HalfSide * rng.NextGaussian(ShiftError, 3 * ShiftError)),
            crop.Y + (crop.HalfSide * rng.NextGaussian(ShiftError, 3 * ShiftError)),
            crop.Roll + rng.NextGaussian(RollError, 3 * RollError),
            crop.HalfSide * MathF.Exp(rng.NextGaussian(SizeError, 3 * SizeError)));
    }

    // What Resample.Fit makes of a picture that is not square: its edges, drawn out over both margins.
    private static void CoverMargins(Image image, bool sides, float aspect)
    {
        int n = image.Width, margin = (int)(n * (1f - aspect) / 2f);
        for (int y = 0; y < n; y++)
        {
            for (int x = 0; x < n; x++)
            {
                int fromX = sides ? Math.Clamp(x, margin, n - 1 - margin) : x, fromY = sides ? y : Math.Clamp(y, margin, n - 1 - margin);
                image.Pixels.AsSpan(3 * ((fromY * n) + fromX), 3).CopyTo(image.Pixels.AsSpan(3 * ((y * n) + x), 3));
            }
        }
    }

    public static PortraitBatch Upload(Device device, Portrait[] batch)
    {
        int n = batch.Length, size = (int)Math.Sqrt(batch[0].Image.Length / 3);
        return new PortraitBatch(
            Batch.Upload(device, [n, size, size, 3], batch, p => p.Image),
            [.. batch.Select(p => p.Crop)],
            Batch.Upload(device, [n, batch[0].Identity.Length], batch, p => p.Identity),
            Batch.Upload(device, [n, batch[0].Expression.Length], batch, p => p.Expression),
            Batch.Upload(device, [n, Pose.MatrixLength], batch, p => Camera(p.Pose.ToMatrix())),
            Batch.Upload(device, [n, Pose.MatrixLength], batch, p =>
            {
                float[] camera = p.Pose.ToMatrix();
                p.Crop.ToCrop(camera);
                return Camera(camera);
            }),
            Batch.Upload(device, [n, Regressor.GlanceSize, Regressor.GlanceSize, 3], batch, p => p.Wide),
            Batch.Upload(device, [n, Pose.MatrixLength], batch, p => Camera(p.WidePose.ToMatrix())));
    }

    private static float[] Camera(float[] camera)
    {
        Regressor.NormalizeCamera(camera, camera);
        return camera;
    }
}

/// <summary>
/// Portraits on a device: images <c>(N, S, S, 3)</c> and the regressor's targets; the cameras are the pictures', the crops' and those
/// of the wide pictures.
/// </summary>
internal sealed record PortraitBatch(
    Tensor Images, FaceCrop[] Crops, Tensor Identity, Tensor Expression, Tensor PictureCamera, Tensor CropCamera, Tensor Wide, Tensor WideCamera);

/// <summary>
/// Two frames of one person, and what is known of a rendered one: the meshes, and the true flow between them at a quarter of their
/// side. A real pair has empty arrays in their place.
/// </summary>
/// <param name="Source">I_s, <c>(S, S, 3)</c>.</param>
/// <param name="Driving">I_d, <c>(S, S, 3)</c>.</param>
/// <param name="SourceMesh">True M_s: projected graph vertices, <c>(V, 3)</c>.</param>
/// <param name="DrivingMesh">True M_d, <c>(V, 3)</c>.</param>
/// <param name="Flow">True T* where it is known, <c>(S/4, S/4, 2)</c>.</param>
/// <param name="FlowMask">The parts of each cell's pixels where it is known: that move, that stand still; <c>(S/4, S/4, 2)</c>.</param>
/// <param name="Regions">What I_d shows, (S, S).</param>
internal sealed record FramePair(
    float[] Source, float[] Driving, float[] SourceMesh, float[] DrivingMesh, float[] Flow, float[] FlowMask, PictureRegion[] Regions)
{
    /// <summary>1 where I_d shows an eye or a mouth, else 0; <c>(S, S, 1)</c>.</summary>
    public float[] Details => Regions.Length == 0
        ? new float[Source.Length / 3]
        : Array.ConvertAll(Regions, r => r is PictureRegion.Eyes or PictureRegion.Mouth ? 1f : 0f);

    /// <summary>Whether meshes and flow are there.</summary>
    public bool HasTruth => SourceMesh.Length > 0;

    /// <summary>A pair of which nothing is known.</summary>
    public static FramePair Of(float[] source, float[] driving) => new(source, driving, [], [], [], [], []);

    public static FramePair Render(FaceModel model, Split split, ulong seed, long index, int size)
    {
        var pair = Samplers.For(split).Pair(SampleSeed.Of(seed, index), size);
        var (flow, mask) = Quarter(pair, size);
        return new FramePair(
            pair.Source.Image.Pixels,
            pair.Driving.Image.Pixels,
            MeshRegression.Project(model, pair.Source.Identity, pair.Source.Expression, pair.Source.Pose.ToMatrix()),
            MeshRegression.Project(model, pair.Driving.Identity, pair.Driving.Expression, pair.Driving.Pose.ToMatrix()),
            flow,
            mask,
            PictureRegions.Of(FaceModel.BuiltIn, pair));
    }

    // Means of the known offsets of each 4×4 block.
    private static (float[] Flow, float[] Mask) Quarter(ClipPair pair, int size)
    {
        int side = size / 4;
        float[] flow = new float[side * side * 2], mask = new float[side * side * 2];
        var truth = pair.Flow;
        for (int i = 0; i < size * size; i++)
        {
            int cell = (i / size / 4 * side) + (i % size / 4);
            float known = truth.Visible[i];
            mask[(2 * cell) + (pair.Driving.Triangle[i] < 0 ? 1 : 0)] += known / 16f;
            flow[2 * cell] += known * truth.Offset[2 * i];
            flow[(2 * cell) + 1] += known * truth.Offset[(2 * i) + 1];
        }

        for (int cell = 0; cell < side * side; cell++)
        {
            float count = Math.Max(1f, (mask[2 * cell] + mask[(2 * cell) + 1]) * 16f);
            flow[2 * cell] /= count;
            flow[(2 * cell) + 1] /= count;
        }

        return (flow, mask);
    }
}

/// <summary>One clip sampler a thread and split.</summary>
public static class Samplers
{
    private static readonly ThreadLocal<Dictionary<Split, ClipSampler>> s_samplers = new(() => []);

    /// <inheritdoc/>
    public static ClipSampler For(Split split)
    {
        var samplers = s_samplers.Value!;
        if (!samplers.TryGetValue(split, out var sampler))
        {
            samplers[split] = sampler = new ClipSampler(FaceModel.BuiltIn, split);
        }

        return sampler;
    }
}
