using Mimesh.Faces;
using Mimesh.Layers;
using Mimesh.Reenactment;

namespace Mimesh.Onnx;

/// <summary>
/// <see cref="FaceCrop"/> in operations on tensors, for a batch: what the regressor computes on the host between its glance and
/// its look, and an exported graph has to compute itself. The roll's angle is never needed, only its cosine and sine.
/// </summary>
/// <param name="X">The centres, <c>(N, 1)</c> like all of it.</param>
/// <param name="Y">The centres, positive downwards.</param>
/// <param name="Cos">cos(roll).</param>
/// <param name="Sin">sin(roll).</param>
/// <param name="HalfSide">Half the sides.</param>
internal sealed record TensorCrop(Tensor X, Tensor Y, Tensor Cos, Tensor Sin, Tensor HalfSide)
{
    /// <summary><see cref="FaceCrop.Around"/> of cameras <c>(N, 12)</c>; the rotation and scale are those of <see cref="Pose.FromMatrix"/>.</summary>
    public static TensorCrop Around(Tensor camera)
    {
        Tensor x = camera.Slice(1, 0, 3), y = camera.Slice(1, 4, 3).Mul(-1f), z = camera.Slice(1, 8, 3); // rows, (N, 3)
        var length = x.L2Norm(1);
        var scale = length.Add(y.L2Norm(1)).Add(z.L2Norm(1)).Mul(1f / 3f);
        x = x.Div(length);
        y = y.Sub(x.Mul(y).Sum(1).Mul(x));
        y = y.Div(y.L2Norm(1));
        Tensor cos = x.Slice(1, 0, 1), sin = y.Slice(1, 0, 1);
        var radius = cos.Square().Add(sin.Square()).Sqrt();
        var centre = Tensor.From(camera.Device, [1, 4], [FaceCrop.Centre.X, FaceCrop.Centre.Y, FaceCrop.Centre.Z, 1f]);
        return new TensorCrop(
            camera.Slice(1, 0, 4).Mul(centre).Sum(1), camera.Slice(1, 4, 4).Mul(centre).Sum(1),
            cos.Div(radius), sin.Div(radius), scale.Mul(FaceCrop.Reach));
    }

    /// <summary><see cref="FaceCrop.Grid"/> of all crops, <c>(N, size, size, 2)</c>.</summary>
    public Tensor Grid(int size)
    {
        float[] values = new float[size * size * 2];
        new FaceCrop(0f, 0f, 0f, 1f).Grid(size, values);
        var unit = Tensor.From(X.Device, [1, size, size, 2], values);
        Tensor u = unit.Slice(-1, 0, 1), v = unit.Slice(-1, 1, 1);
        static Tensor Pixel(Tensor t) => t.Reshape(t.Shape[0], 1, 1, 1);
        Tensor cos = Pixel(Cos.Mul(HalfSide)), sin = Pixel(Sin.Mul(HalfSide));
        return Ops.Concat(-1, Pixel(X).Add(cos.Mul(u).Add(sin.Mul(v))), Pixel(Y).Add(cos.Mul(v).Sub(sin.Mul(u))));
    }

    /// <summary><see cref="FaceCrop.ToPicture"/> of cameras <c>(N, 12)</c>.</summary>
    public Tensor ToPicture(Tensor camera)
    {
        Tensor x = camera.Slice(1, 0, 4), y = camera.Slice(1, 4, 4), z = camera.Slice(1, 8, 4);
        Tensor cos = Cos.Mul(HalfSide), sin = Sin.Mul(HalfSide);
        var last = Tensor.From(camera.Device, [1, 4], [0f, 0f, 0f, 1f]);
        return Ops.Concat(
            1,
            cos.Mul(x).Add(sin.Mul(y)).Add(X.Mul(last)),
            cos.Mul(y).Sub(sin.Mul(x)).Add(Y.Mul(last)),
            z.Mul(HalfSide));
    }

    /// <summary><see cref="Regressor.DenormalizeCamera"/> of cameras <c>(N, 12)</c>.</summary>
    public static Tensor Denormalize(Tensor camera)
    {
        float[] zero = new float[Pose.MatrixLength], unit = new float[Pose.MatrixLength];
        Array.Fill(unit, 1f);
        Regressor.DenormalizeCamera(zero, zero);
        Regressor.DenormalizeCamera(unit, unit);
        for (int i = 0; i < unit.Length; i++)
        {
            unit[i] -= zero[i];
        }

        return camera.Mul(Tensor.From(camera.Device, [1, unit.Length], unit)).Add(Tensor.From(camera.Device, [1, zero.Length], zero));
    }
}
