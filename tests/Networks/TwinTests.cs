using Mimesh.Faces;
using Mimesh.Kernels;
using Mimesh.Layers;
using Mimesh.Reenactment;
using Mimesh.Tests.Layers;
using Mimesh.Training;
using Mimesh.Verification;
using NUnit.Framework;

namespace Mimesh.Tests.Networks;

/// <summary>
/// The four networks and their training against their PyTorch twin, <c>fixtures/twin.py</c>: tiny widths and a tiny mesh, every
/// layer and every loss. Both sides draw the same weights, so that the fixture holds none.
/// </summary>
public sealed class TwinTests
{
    private const ulong Seed = 7, NoiseSeed = 8, ProjectionSeed = 9;
    private const int Projections = 4;
    private const int Size = 48;
    private const int Step = 5;
    private static readonly Preset s_tiny = new("tiny", 64, 2);

    private static IReadOnlyList<string> Devices => TestDevices.Fast;

    [Test]
    public void ReenactedImageFlowAndMasksAgree([ValueSource(nameof(Devices))] string deviceName)
    {
        using var networks = new TinyNetworks(TestDevices.Open(deviceName));
        using var tape = Tape.Start();
        var pass = networks.Learner.Forward(networks.Pairs(), Step);
        Assert.Multiple(() =>
        {
            Agrees("flow", pass.Flow);
            Agrees("warped", pass.Painting.Warped);
            Agrees("mask", pass.Painting.FlowMask);
            Agrees("occlusion", pass.Painting.Occlusion);
            Agrees("still", pass.Painting.Still!);
            Agrees("image", pass.Painting.Image);
        });

        static void Agrees(string name, Tensor actual) =>
            Report(name, Check.Close(actual, TinyNetworks.Fixture.Tensors[$"out/{name}"], Tolerance.Standard.Forward, name));
    }

    [Test]
    public void GeneratorLossAndItsGradientsAgree([ValueSource(nameof(Devices))] string deviceName)
    {
        using var networks = new TinyNetworks(TestDevices.Open(deviceName));
        using var tape = Tape.Start();
        var pass = networks.Learner.Forward(networks.Pairs(), Step);
        foreach (var (name, _, loss) in pass.Losses)
        {
            Report(name, Check.Close(loss, TinyNetworks.Fixture.Tensors[$"loss/{name}"], Tolerance.Standard.Forward, name));
        }

        CheckGradients(TinyNetworks.Fixture, "generator", networks.Generator, pass.Total, Tolerance.Standard.Gradient);
    }

    [Test]
    public void CriticLossAndItsGradientsAgree([ValueSource(nameof(Devices))] string deviceName)
    {
        using var networks = new TinyNetworks(TestDevices.Open(deviceName));
        using var tape = Tape.Start();
        var pass = networks.Learner.Forward(networks.Pairs(), Step);
        var (total, wasserstein, penalty) = networks.Learner.CriticLoss(pass, pass.Scores!.Value, Step);
        Check.Close(wasserstein, TinyNetworks.Fixture.Tensors["loss/critic"], Tolerance.Standard.Forward, "E[D(painted)] − E[D(real)]");
        Check.Close(penalty, TinyNetworks.Fixture.Tensors["loss/gp"], Tolerance.Standard.Gradient, "gradient penalty");
        CheckGradients(TinyNetworks.Fixture, "critic", networks.Critic, total, Tolerance.Standard.SecondOrder);
    }

    [Test]
    public void TenTrainingStepsAgree([ValueSource(nameof(Devices))] string deviceName)
    {
        using var networks = new TinyNetworks(TestDevices.Open(deviceName));
        var pairs = networks.Pairs();
        var losses = new Dictionary<string, List<float>>();
        for (int step = 0; step < networks.Options.Run.Steps; step++)
        {
            using var tape = Tape.Start();
            foreach (var (name, value) in networks.Learner.Step(pairs, step).Losses)
            {
                losses.TryAdd(name, []);
                losses[name].Add(value);
            }
        }

        Assert.That(losses.Keys, Is.EquivalentTo(new[] { "rec", "details", "c", "flow", "adv", "fm", "critic", "gp" }));
        Assert.Multiple(() =>
        {
            foreach (var (name, values) in losses)
            {
                Report(name, Check.Close([.. values], TinyNetworks.Fixture.Tensors[$"steps/{name}"].Values, Tolerance.AfterAdam, name));
            }
        });
    }

    [Test]
    public void RegressorLossAndItsGradientsAgree([ValueSource(nameof(Devices))] string deviceName)
    {
        var device = TestDevices.Open(deviceName);
        var fixture = Fixture.Load("regressor");
        using var networks = new TinyNetworks(device);
        var regressor = networks.Regressor;
        using var tape = Tape.Start();
        var image = fixture.On(device, "in/image").Resize(128, 128);

        var glance = regressor.Glance(image);
        Check.Close(glance, fixture.Tensors["out/glance"], Tolerance.Standard.Forward, "glance");
        float[] crops = [.. Regressor.CropsOf(glance).SelectMany(c => new[] { c.X, c.Y, c.Roll, c.HalfSide })];
        Check.Close(crops, fixture.Tensors["out/crops"].Values, Tolerance.Standard.Forward, "crops");
        var seen = regressor.Forward(image);
        Check.Close(seen.Identity, fixture.Tensors["out/identity"], Tolerance.Standard.Forward, "identity");
        Check.Close(seen.Expression, fixture.Tensors["out/expression"], Tolerance.Standard.Forward, "expression");
        Check.Close(seen.Camera, fixture.Tensors["out/camera"], Tolerance.Standard.Forward, "camera");

        // Of the reference's crops: rounding in the glance moves a crop a little, and what is seen in it with it.
        var looked = regressor.Look(image, [.. fixture.Tensors["out/crops"].Values.Chunk(4).Select(c => new FaceCrop(c[0], c[1], c[2], c[3]))]);
        for (int i = 0; i < looked.Features.Count; i++)
        {
            long offset = 0;
            double error = Distance(looked.Features[i], fixture.Tensors[$"out/feature{i}"].Values, 0, ref offset);
            Report($"feature map {i}", error);
            Assert.That(error, Is.LessThan(Tolerance.Standard.Forward), $"feature map {i}");
        }

        float[] places = fixture.Tensors["in/crops"].Values;
        var batch = new PortraitBatch(
            image,
            [.. places.Chunk(4).Select(c => new FaceCrop(c[0], c[1], c[2], c[3]))],
            fixture.On(device, "in/identity"),
            fixture.On(device, "in/expression"),
            fixture.On(device, "in/picture_camera"),
            fixture.On(device, "in/crop_camera"),
            fixture.On(device, "in/wide").Resize(Regressor.GlanceSize, Regressor.GlanceSize),
            fixture.On(device, "in/wide_camera"));
        using var face = new ProjectedFace(device, fixture.Tensors["in/face_mean"].Values, fixture.Tensors["in/face_basis"].Values);
        var errors = RegressorErrors.Of(regressor, batch, fixture.On(device, "in/metric"), face);
        Tensor[] losses = [errors.Glance, errors.Identity, errors.Expression, errors.Camera, errors.Projected, errors.Vertices, errors.Total];
        foreach (var (name, loss) in new[] { "glance", "identity", "expression", "camera", "projected", "vertices", "total" }.Zip(losses))
        {
            Report(name, Check.Close(loss, fixture.Tensors[$"loss/{name}"], Tolerance.Standard.Forward, name));
        }

        CheckGradients(fixture, "regressor", regressor, errors.Total, Tolerance.Standard.Gradient);
    }

    // Every parameter's gradient by its norm and its inner products with fixed random vectors; a parameter whose gradient is
    // zero but for rounding, such as a bias before an instance norm, is measured against the largest one.
    private static void CheckGradients(Safetensors fixture, string prefix, Module module, Tensor loss, double tolerance)
    {
        var named = module.NamedParameters.ToArray();
        var gradients = Differentiation.Grad(loss, module.Parameters);
        var expected = fixture.Tensors.Where(t => t.Key.StartsWith($"{prefix}/", StringComparison.Ordinal)).ToArray();
        Assert.That(named.Select(p => $"{prefix}/{p.Name}"), Is.EqualTo(expected.Select(t => t.Key)), "parameters");
        double least = Tolerance.GradientFloor * expected.Max(t => t.Value.Values[0]);
        long offset = 0;
        var errors = new List<(double Error, string Name)>();
        for (int i = 0; i < named.Length; i++)
        {
            errors.Add((Distance(gradients[i], expected[i].Value.Values, least, ref offset), named[i].Name));
        }

        var worst = errors.Max();
        Report($"gradients of {named.Length} parameters, worst {worst.Name}", worst.Error);
        Assert.That(errors.Where(e => !(e.Error <= tolerance)), Is.Empty, $"relative errors beyond {tolerance:E0}");
    }

    // The largest difference of norm and projections, relative to the norm.
    private static double Distance(Tensor actual, float[] expected, double least, ref long offset)
    {
        float[] g = actual.ToArray(), r = Ops.Normal(TestDevices.Cpu, [Projections, g.Length], ProjectionSeed, offset).ToArray();
        offset += (long)Projections * g.Length;
        double[] seen = new double[1 + Projections];
        seen[0] = Math.Sqrt(g.Sum(v => (double)v * v));
        for (int k = 0; k < Projections; k++)
        {
            for (int i = 0; i < g.Length; i++)
            {
                seen[1 + k] += (double)g[i] * r[(k * g.Length) + i];
            }
        }

        return seen.Zip(expected, (a, e) => Math.Abs(a - e)).Max() / Math.Max(expected[0], Math.Max(least, 1e-30));
    }

    private static void Report(string what, double error) => TestContext.Out.WriteLine($"{what}: {error:E1}");

    /// <summary>The networks as the twin has them.</summary>
    private sealed class TinyNetworks : IDisposable
    {
        private readonly Device _device;
        private long _noise;

        public TinyNetworks(Device device)
        {
            _device = device;
            var init = new Initializer(device, Seed);
            Regressor = new Regressor(init, 5, 6);
            Generator = new Generator(init, s_tiny, [.. Enumerable.Range(0, MotionNet.Levels + 1).Select(Level)], Face());
            Critic = new Critic(init, s_tiny);
            Module[] modules = [Regressor, Generator, Critic];
            if (device == TestDevices.Cpu)
            {
                foreach (var w in modules.SelectMany(m => m.Parameters))
                {
                    Shake(w);
                }
            }
            else
            {
                // A GPU's logarithm and cosine round otherwise: these tests want the very same weights.
                using var drawn = new TinyNetworks(TestDevices.Cpu);
                Module[] same = [drawn.Regressor, drawn.Generator, drawn.Critic];
                foreach (var (w, from) in modules.SelectMany(m => m.Parameters).Zip(same.SelectMany(m => m.Parameters)))
                {
                    w.Assign(from.ToArray());
                }
            }

            Options = new(new TrainingOptions("", 10, 2, Seed, 4e-3f, Size, 1), s_tiny, "") { WarmUpSteps = 20, AdversarialFrom = 3 };
            Learner = new ReenactorLearner(Options, FaceModel.BuiltIn, Regressor, Generator, Critic);
        }

        public static Safetensors Fixture => Mimesh.Verification.Fixture.Load("reenactor");

        public ReenactorOptions Options { get; }

        public Regressor Regressor { get; }

        public Generator Generator { get; }

        public Critic Critic { get; }

        public ReenactorLearner Learner { get; }

        public FramePair[] Pairs()
        {
            using var tape = Tape.Start();
            float[][] source = Images("in/source"), driving = Images("in/driving");
            float[][] sourceMesh = Each("in/source_mesh"), drivingMesh = Each("in/driving_mesh"), flow = Each("in/flow"), mask = Each("in/flow_mask");
            PictureRegion[][] regions = [.. Each("in/details").Select(d => Array.ConvertAll(d, v => v > 0 ? PictureRegion.Eyes : PictureRegion.Skin))];
            return [.. Enumerable.Range(0, source.Length).Select(i => new FramePair(source[i], driving[i], sourceMesh[i], drivingMesh[i], flow[i], mask[i], regions[i]))];

            float[][] Images(string name) => Split(Fixture.On(_device, name).Resize(Size, Size).ToArray());
            float[][] Each(string name) => Split(Fixture.Tensors[name].Values);
            float[][] Split(float[] values) => [.. values.Chunk(values.Length / Options.Run.BatchSize)];
        }

        public void Dispose()
        {
            Learner.Dispose();
            Regressor.Dispose();
            Generator.Dispose();
            Critic.Dispose();
        }

        // Of a face only what is drawn.
        private static FaceModel Face()
        {
            static int[] Numbers(string name) => [.. Fixture.Tensors[$"mesh/{name}"].Values.Select(v => (int)v)];
            Part[] parts = [Part.Eye, Part.None, Part.Teeth, Part.Gums, Part.Tongue, Part.MouthBag];
            int[] mirror = Numbers("mirror");
            return new FaceModel
            {
                Mean = new System.Numerics.Vector3[mirror.Length],
                Identity = [],
                Expression = [],
                ExpressionNames = [],
                Triangles = Numbers("triangles"),
                Parts = [.. Numbers("parts").Select(part => part < 0 ? Part.Skin : parts[part])],
                GraphVertexCount = mirror.Length,
                Mirror = mirror,
                Landmarks = [],
            };
        }

        private static MeshLevel Level(int level)
        {
            var (shape, laplacian) = Fixture.Tensors[$"mesh/laplacian{level}"];
            int n = shape[0];
            var entries = Enumerable.Range(0, n * n).Where(i => laplacian[i] != 0).Select(i => (i / n, i % n, laplacian[i]));
            int[] kept = [.. Fixture.Tensors[$"mesh/kept{level}"].Values.Select(v => (int)v)];
            return new MeshLevel(n, kept, CsrMatrix.FromEntries(n, n, entries));
        }

        // As first drawn, the flow and all biases are zero, and so would be many of the gradients.
        private void Shake(Tensor w)
        {
            using var tape = Tape.Start();
            w.Assign(w.Detach().Add(Ops.Normal(_device, w.Shape, NoiseSeed, _noise).Mul(0.02f)).ToArray());
            _noise += (w.Count + 3) / 4 * 4;
        }
    }
}
