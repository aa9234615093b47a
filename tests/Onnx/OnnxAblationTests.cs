using Mimesh.Faces;
using Mimesh.Imaging;
using Mimesh.Kernels;
using Mimesh.Layers;
using Mimesh.Onnx;
using Mimesh.Reenactment;
using NUnit.Framework;

namespace Mimesh.Tests.Onnx;

/// <summary>A system without mesh and maps is exported as well: ONNX Runtime's answers beside ours.</summary>
public sealed class OnnxAblationTests
{
    private const int Size = 64;

    [Test]
    public void AnAblatedSystemAgrees()
    {
        using var directory = new TemporaryDirectory();
        using var device = Device.Open("cpu");
        using var reenactor = Reenactor.Untrained(device, Preset.Small, Ablation.Mesh | Ablation.Occlusion | Ablation.FlowMask);
        using (var outputs = new OutputFiles())
        {
            OnnxExport.Write(reenactor, Size, directory.Root, outputs);
            outputs.Commit();
        }

        using var models = new OnnxModels(directory.Root);
        var (model, generator) = (reenactor.Model, reenactor.Generator);

        var rng = new Rng(2);
        float[] Random(int count, float low, float high) => [.. Enumerable.Range(0, count).Select(_ => rng.NextFloat(low, high))];
        float[] identity = Random(model.Identity.Length, -1f, 1f), expression = Random(model.Expression.Length, 0f, 1f);
        float[] camera = new Pose(0.3f, -0.1f, 0.2f, 0.008f, 0.1f, -0.2f).ToMatrix();
        float[] mesh = MeshRegression.Project(model, identity, expression, camera);
        Close(models.Run(
            OnnxExport.FaceModelFile,
            ("identity", [1, identity.Length], identity), ("expression", [1, expression.Length], expression), ("camera", [1, Pose.MatrixLength], camera))["mesh"], mesh);

        using var tape = Tape.Start();
        float[] still = MeshRegression.Project(model, identity, [], camera);
        Tensor source = Tensor.From(device, [1, 68, 3], still), driving = Tensor.From(device, [1, 68, 3], mesh);
        var drawing = generator.Meshes.Draw(source, driving, Size);
        var flow = generator.Motion.Forward(source, driving, drawing);
        Close(models.Run(
            OnnxExport.MotionNetFile,
            ("source_mesh", [1, 68, 3], still), ("driving_mesh", [1, 68, 3], mesh), Planes("drawing", drawing))["flow"], Planes("flow", flow).Item3);

        var picture = Tensor.From(device, [1, Size, Size, 3], Random(Size * Size * 3, 0f, 1f));
        var painting = generator.Reenacting.Forward(picture, flow, drawing);
        var theirs = models.Run(OnnxExport.ReenactingModuleFile, Planes("source", picture), Planes("flow", flow), Planes("drawing", drawing));
        Close(theirs["image"], Planes("image", painting.Image).Item3);
        Assert.That(theirs["occlusion"].Values.Concat(theirs["flow_mask"].Values), Is.All.EqualTo(1f));
    }

    private static (string, int[], float[]) Planes(string name, Tensor maps)
    {
        var s = maps.Shape;
        return (name, [s[0], s[3], s[1], s[2]], OnnxModels.ToPlanes(maps.ToArray(), s));
    }

    private static void Close((long[] Sizes, float[] Values) theirs, float[] ours) =>
        Assert.That(theirs.Values, Is.EqualTo(ours).Within(1e-4));
}
