using Microsoft.ML.OnnxRuntime;
using Mimesh.Faces;
using Mimesh.Kernels;
using Mimesh.Layers;
using Mimesh.Reenactment;

namespace Mimesh.Tests.Onnx;

/// <summary>The example of docs/ONNX.md, which runs the exported models; a test checks that the two agree.</summary>
internal static class OnnxExample
{
    public static (long[] Sizes, float[] Values) Reenact(string directory, float[] source, float[] driving, long size)
    {
        // docs/ONNX.md: begin
        Dictionary<string, OrtValue> Run(string model, params (string Name, OrtValue Value)[] inputs)
        {
            using var session = new InferenceSession(Path.Combine(directory, model + ".onnx"));
            using var options = new RunOptions();
            var results = session.Run(options, inputs.ToDictionary(i => i.Name, i => i.Value), session.OutputNames);
            return session.OutputNames.Zip(results).ToDictionary(r => r.First, r => r.Second);
        }

        // Pictures are red, green and blue planes in [0, 1].
        OrtValue Picture(float[] planes) => OrtValue.CreateTensorValueFromMemory(planes, [1, 3, size, size]);

        var s = Run("regressor", ("image", Picture(source)));
        var d = Run("regressor", ("image", Picture(driving)));
        var sourceMesh = Run("face_model", ("identity", s["identity"]), ("expression", s["expression"]), ("camera", s["camera"]));
        var drivingMesh = Run("face_model", ("identity", s["identity"]), ("expression", d["expression"]), ("camera", d["camera"]));

        // What the meshes show is drawn by Mimesh itself (`MeshMotion`).
        using var device = Device.Open("cpu");
        using var tape = Tape.Start();
        Tensor Mesh(OrtValue mesh) => Tensor.From(device, [1, FaceModel.BuiltIn.VertexCount, 3], mesh.GetTensorDataAsSpan<float>());
        var drawn = new MeshMotion(FaceModel.BuiltIn).Draw(Mesh(sourceMesh["mesh"]), Mesh(drivingMesh["mesh"]), (int)size);
        float[] planes = drawn.Permute(0, 3, 1, 2).ToArray();
        var drawing = OrtValue.CreateTensorValueFromMemory(planes, [1, MeshMotion.Channels, size, size]);
        var motion = Run(
            "motion_net", ("source_mesh", sourceMesh["mesh"]), ("driving_mesh", drivingMesh["mesh"]), ("drawing", drawing));
        var result = Run("reenacting_module", ("source", Picture(source)), ("flow", motion["flow"]), ("drawing", drawing));
        float[] image = result["image"].GetTensorDataAsSpan<float>().ToArray(); // (1, 3, size, size)
        // docs/ONNX.md: end
        return (result["image"].GetTensorTypeAndShape().Shape, image);
    }
}
