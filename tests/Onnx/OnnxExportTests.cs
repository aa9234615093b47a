using Mimesh.Faces;
using Mimesh.Imaging;
using Mimesh.Kernels;
using Mimesh.Layers;
using Mimesh.Onnx;
using Mimesh.People;
using Mimesh.Reenactment;
using Mimesh.Training;
using Mimesh.Verification;
using NUnit.Framework;

namespace Mimesh.Tests.Onnx;

/// <summary>ONNX Runtime's answers with the exported models, beside ours: shipped weights at their size, untrained ones at another.</summary>
[TestFixture(128, true)]
[TestFixture(96, false)]
public sealed class OnnxExportTests(int size, bool trained)
{
    private static readonly FaceModel Model = FaceModel.BuiltIn;

    private TemporaryDirectory _directory = null!;
    private Device _device = null!;
    private Reenactor _reenactor = null!;
    private OnnxModels _models = null!;

    [OneTimeSetUp]
    public void Export()
    {
        _directory = new TemporaryDirectory();
        _device = Device.Open("cpu");
        _reenactor = trained ? Reenactor.Load(_device, WeightsDirectory.Find()) : Reenactor.Untrained(_device, Preset.Small);
        if (!trained)
        {
            // A decoder that has learnt nothing adds nothing to the drawn flow, which would hide it.
            var last = _reenactor.Generator.Motion.NamedParameters.Single(p => p.Name == "flow.weight").Parameter;
            last.Assign(Noise((int)last.Count, -0.05f, 0.05f));
        }

        using (var outputs = new OutputFiles())
        {
            OnnxExport.Write(_reenactor, size, _directory.Root, outputs);
            outputs.Commit();
        }

        _models = new OnnxModels(_directory.Root);
    }

    [OneTimeTearDown]
    public void Close()
    {
        _models.Dispose();
        _reenactor.Dispose();
        _device.Dispose();
        _directory.Dispose();
    }

    [Test]
    public void TheRegressorAgrees([Values(1, 3)] int n, [Values] bool rendered)
    {
        using var tape = Tape.Start();

        // The noise is coarse: where the look samples depends on a glance, and from pixel to pixel white noise jumps, which
        // makes a crop that is off by a rounding error another picture.
        float[] images = rendered
            ? Rendered(n)
            : Tensor.From(_device, [n, 16, 16, 3], Noise(n * 16 * 16 * 3, 0f, 1f)).Resize(size, size).ToArray();
        var ours = _reenactor.Regressor.Forward(Tensor.From(_device, [n, size, size, 3], images));
        var theirs = _models.Run(OnnxExport.RegressorFile, Pictures("image", images, n));
        float[] cameras = ours.PictureCameras();
        Assert.Multiple(() =>
        {
            Agrees("identity", theirs["identity"], [n, Model.Identity.Length], ours.Identity.ToArray());
            Agrees("expression", theirs["expression"], [n, Model.Expression.Length], ours.Expression.ToArray());

            // The translation's scale is half the picture, 1; the rotation's is a hundred times smaller.
            static float[] Rotation(float[] p) => [.. p.Where((_, i) => i % 4 != 3)];
            Agrees("camera", theirs["camera"], [n, Pose.MatrixLength], cameras, scale: 1);
            Agrees("rotation", ([n, 9], Rotation(theirs["camera"].Values)), [n, 9], Rotation(cameras));
        });
    }

    [Test]
    public void TheFaceModelAgrees([Values(1, 3)] int n)
    {
        var rng = new Rng(5);
        float[] identity = new float[n * Model.Identity.Length], cameras = [.. Enumerable.Range(0, n).SelectMany(
            i => new Pose(0.3f * i, -0.1f, 0.2f, 0.008f, 0.1f, -0.2f).ToMatrix())];
        for (int i = 0; i < identity.Length; i++)
        {
            identity[i] = rng.NextGaussian(1f, 3f);
        }

        float[] expression = Noise(n * Model.Expression.Length, 0f, 1f); // every muscle at once: the lids are pushed off the eyes
        float[] ours = [.. Enumerable.Range(0, n).SelectMany(i => MeshRegression.Project(
            Model, Row(identity, n, i), Row(expression, n, i), Row(cameras, n, i)))];
        var theirs = _models.Run(
            OnnxExport.FaceModelFile,
            ("identity", [n, Model.Identity.Length], identity),
            ("expression", [n, Model.Expression.Length], expression),
            ("camera", [n, Pose.MatrixLength], cameras));
        Agrees("mesh", theirs["mesh"], [n, Model.VertexCount, 3], ours);
    }

    [Test]
    public void TheMotionNetAgrees([Values(1, 3)] int n, [Values] bool rendered)
    {
        Shape shape = [n, Model.VertexCount, 3];
        float[] source, driving;
        if (rendered)
        {
            FramePair[] pairs = [.. Enumerable.Range(0, n).Select(i => FramePair.Render(Model, Split.Test, 9, i, 32))];
            (source, driving) = ([.. pairs.SelectMany(p => p.SourceMesh)], [.. pairs.SelectMany(p => p.DrivingMesh)]);
        }
        else
        {
            (source, driving) = (Noise((int)shape.Count, -1f, 1f), Noise((int)shape.Count, -1f, 1f, seed: 2));
        }

        using var tape = Tape.Start();
        Tensor from = Tensor.From(_device, shape, source), to = Tensor.From(_device, shape, driving);
        var drawing = Draw(from, to);
        var ours = _reenactor.Generator.Motion.Forward(from, to, drawing);
        var theirs = _models.Run(
            OnnxExport.MotionNetFile, ("source_mesh", shape.ToArray(), source), ("driving_mesh", shape.ToArray(), driving), Maps("drawing", drawing));
        AgreesAsPlanes("flow", theirs, ours);
    }

    [Test]
    public void TheReenactingModuleAgrees([Values(1, 3)] int n, [Values] bool rendered)
    {
        float[] images = rendered ? Rendered(n) : Noise(n * size * size * 3, 0f, 1f);
        Shape shape = [n, size / 4, size / 4, 2];
        using var tape = Tape.Start();
        var flow = Tensor.From(_device, shape, Noise((int)shape.Count, -0.3f, 0.3f)); // some of it points out of the picture
        var drawing = Tensor.From(_device, [n, size, size, MeshMotion.Channels], Noise(n * size * size * MeshMotion.Channels, 0f, 1f));
        var ours = _reenactor.Generator.Reenacting.Forward(Tensor.From(_device, [n, size, size, 3], images), flow, drawing);
        var theirs = _models.Run(OnnxExport.ReenactingModuleFile, Pictures("source", images, n), Maps("flow", flow), Maps("drawing", drawing));
        Assert.Multiple(() =>
        {
            AgreesAsPlanes("image", theirs, ours.Image);
            AgreesAsPlanes("warped", theirs, ours.Warped);
            AgreesAsPlanes("flow_mask", theirs, ours.FlowMask);
            AgreesAsPlanes("occlusion", theirs, ours.Occlusion);
        });
    }

    [Test]
    public void TheWholeWayAgrees()
    {
        // The example of docs/ONNX.md.
        string samples = Path.Combine(RepositoryRoot.Path, "samples");
        Image source = ImageFile.Load(Path.Combine(samples, "source.png")), driving = ImageFile.Load(Path.Combine(samples, "driving.png"));
        var ours = _reenactor.Reenact(source, null, driving, null, size);
        (long[] Sizes, float[] Values) image = OnnxExample.Reenact(_directory.Root, Planes(ours.Source), Planes(ours.Driving), size);
        Agrees("image", image, [1, 3, size, size], Planes(ours.Image));
    }

    private float[] Planes(Image image) => OnnxModels.ToPlanes(image.Pixels, [1, size, size, 3]);

    private float[] Rendered(int n) =>
        [.. Enumerable.Range(0, n).SelectMany(i => Portrait.Render(Split.Test, 3, i, size).Image)];

    private (string Name, int[] Sizes, float[] Values) Pictures(string name, float[] images, int n) =>
        (name, [n, 3, size, size], OnnxModels.ToPlanes(images, [n, size, size, 3]));

    private static (string Name, int[] Sizes, float[] Values) Maps(string name, Tensor maps)
    {
        var s = maps.Shape;
        return (name, [s[0], s[3], s[1], s[2]], OnnxModels.ToPlanes(maps.ToArray(), s));
    }

    private Tensor Draw(Tensor source, Tensor driving) =>
        _reenactor.Generator.Meshes.Draw(source, driving, size);

    private static float[] Noise(int length, float low, float high, ulong seed = 1)
    {
        var rng = new Rng(seed);
        return [.. Enumerable.Range(0, length).Select(_ => rng.NextFloat(low, high))];
    }

    private static ReadOnlySpan<float> Row(float[] values, int n, int i) => values.AsSpan(i * (values.Length / n), values.Length / n);

    private static void AgreesAsPlanes(string name, Dictionary<string, (long[] Sizes, float[] Values)> theirs, Tensor ours)
    {
        var s = ours.Shape;
        Agrees(name, theirs[name], [s[0], s[3], s[1], s[2]], OnnxModels.ToPlanes(ours.ToArray(), s));
    }

    private static void Agrees(string name, (long[] Sizes, float[] Values) theirs, long[] sizes, float[] ours, double? scale = null)
    {
        Assert.That(theirs.Sizes, Is.EqualTo(sizes), name);
        scale ??= ours.Max(v => Math.Abs((double)v));
        double error = theirs.Values.Zip(ours).Max(pair => Math.Abs((double)pair.First - pair.Second)) / scale.Value;
        Assert.That(error, Is.LessThanOrEqualTo(Tolerance.OnnxRuntime), name); // 0/0, nothing to compare, fails too
    }
}
