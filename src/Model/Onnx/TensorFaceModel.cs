using System.Numerics;
using System.Runtime.InteropServices;
using Mimesh.Faces;
using Mimesh.Kernels;
using Mimesh.Layers;

namespace Mimesh.Onnx;

/// <summary>
/// A <see cref="FaceModel"/> in operations on tensors, for a batch: the vertices of the coefficients' faces, projected.
/// </summary>
internal sealed class TensorFaceModel(FaceModel model, Device device) : IDisposable
{
    private readonly List<SparseMatrix> _matrices = [];

    /// <summary>Frees the constants that no tape owns.</summary>
    public void Dispose() => _matrices.ForEach(matrix => matrix.Dispose());

    /// <summary><see cref="FaceModel.Shape"/>, then <see cref="FaceModel.Project"/>.</summary>
    /// <param name="identity"><c>(N, identities)</c>.</param>
    /// <param name="expression"><c>(N, expressions)</c>.</param>
    /// <param name="camera"><c>(N, 12)</c>.</param>
    /// <returns><c>(N, V, 3)</c>.</returns>
    public Tensor Project(Tensor identity, Tensor expression, Tensor camera)
    {
        int n = identity.Shape[0], count = model.VertexCount;
        var modes = Constant([.. model.Identity, .. model.Expression]);
        var x = Ops.Concat(1, identity, expression).MatMul(modes).Add(Constant(model.Mean)).Reshape(n, count, 3);
        foreach (var eye in model.Eyes.Where(eye => eye.Vertices.Length + eye.LidVertices.Length > 0))
        {
            var centre = identity.MatMul(Constant([.. eye.CentreModes.Select(mode => new[] { mode })])).Add(Constant(eye.Centre)); // (N, 3)
            var radius = identity.MatMul(Tensor.From(device, [eye.RadiusModes.Length, 1], eye.RadiusModes)).Add(eye.Radius); // (N, 1)
            x = eye.Closing is { Vertices.Length: > 0 } closing ? Close(x, closing, identity, expression) : x;
            x = Correct(x, eye, centre.Reshape(n, 1, 3), radius.Reshape(n, 1, 1));
        }

        var p = camera.Reshape(n, 3, 4);
        return x.MatMul(p.Slice(2, 0, 3), transposeB: true).Add(p.Slice(2, 3, 1).Reshape(n, 1, 3));
    }

    // LidClosing: what the expressions' shapes lack of the lids' ways.
    private Tensor Close(Tensor x, LidClosing lids, Tensor identity, Tensor expression)
    {
        int n = identity.Shape[0], count = lids.Vertices.Length;
        var column = (float[] values) => Tensor.From(device, [values.Length, 1], values);
        float blinkUpper = lids.UpperShares[lids.Blink], blinkLower = lids.LowerShares[lids.Blink];
        float[] Others(float[] shares) => [.. shares.Select((share, e) => e == lids.Blink ? 0 : share)];
        Tensor u = expression.MatMul(column(Others(lids.UpperShares))), l = expression.MatMul(column(Others(lids.LowerShares))); // (N, 1)
        Tensor b = expression.Slice(1, lids.Blink, 1), taken = b.Mul(u.Add(l));
        var ways = Constant(lids.Ways).Reshape(1, count, 3);
        var change = identity.MatMul(Constant(lids.WayModes)).Reshape(n, count, 3);
        Tensor Moved(Tensor share, float blink, int first, int length) =>
            change.Slice(1, first, length).Mul(share.Add(b.Sub(taken).Mul(blink)).Reshape(n, 1, 1))
                .Sub(ways.Slice(1, first, length).Mul(taken.Mul(blink).Reshape(n, 1, 1)));
        var moved = Ops.Concat(1, Moved(u, blinkUpper, 0, lids.UpperCount), Moved(l, blinkLower, lids.UpperCount, count - lids.UpperCount));
        var spread = CsrMatrix.FromEntries(model.VertexCount, count, lids.Vertices.Select((vertex, row) => (vertex, row, 1f)));
        return Ops.SparseProduct(Matrix(spread), moved, 1f, x, 1f);
    }

    // EyeSphere: the eyeball's vertices go to the sphere, those of the lids outward to their clearance.
    private Tensor Correct(Tensor x, EyeSphere eye, Tensor centre, Tensor radius)
    {
        int[] moved = [.. eye.Vertices, .. eye.LidVertices];
        var selection = CsrMatrix.FromEntries(moved.Length, model.VertexCount, moved.Select((vertex, row) => (row, vertex, 1f)));
        var d = Ops.SparseProduct(Matrix(selection), x).Sub(centre); // (N, moved, 3)
        var length = d.L2Norm(2); // (N, moved, 1)
        var gap = radius.Sub(length); // how far below the sphere
        int eyes = eye.Vertices.Length, lids = eye.LidVertices.Length;
        Tensor[] parts =
        [
            .. eyes == 0 ? Array.Empty<Tensor>() : [gap.Slice(1, 0, eyes)],
            .. lids == 0 ? Array.Empty<Tensor>() : [gap.Slice(1, eyes, lids).Add(Tensor.From(device, [1, lids, 1], eye.LidClearances)).Relu()],
        ];
        var outward = Ops.Concat(1, parts);
        return Ops.SparseProduct(Matrix(selection.Transpose()), d.Mul(outward.Div(length)), 1f, x, 1f);
    }

    private SparseMatrix Matrix(CsrMatrix matrix)
    {
        _matrices.Add(new SparseMatrix(device, matrix));
        return _matrices[^1];
    }

    private Tensor Constant(params Vector3[][] rows) =>
        Tensor.From(device, [rows.Length, 3 * rows[0].Length], [.. rows.SelectMany(row => MemoryMarshal.Cast<Vector3, float>(row).ToArray())]);

    private Tensor Constant(params Vector3[] row) => Constant([row]);
}
