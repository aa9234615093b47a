using Mimesh.Kernels;

namespace Mimesh.Layers;

/// <summary>
/// The differentiable operations. Each computes with a device's kernels and records its vector-Jacobian product, which is
/// written in these same operations; so unless an operation says otherwise, it can be differentiated any number of times.
/// </summary>
public static partial class Ops
{
    /// <summary><c>a + b</c>, broadcasting.</summary>
    public static Tensor Add(this Tensor a, Tensor b) =>
        Tape.Record(Zip(default(Add), a, b), (a, gy => gy.SumTo(a.Shape)), (b, gy => gy.SumTo(b.Shape)));

    /// <summary><c>a − b</c>, broadcasting.</summary>
    public static Tensor Sub(this Tensor a, Tensor b) =>
        Tape.Record(Zip(default(Sub), a, b), (a, gy => gy.SumTo(a.Shape)), (b, gy => gy.Mul(-1f).SumTo(b.Shape)));

    /// <summary><c>a·b</c>, element by element, broadcasting.</summary>
    public static Tensor Mul(this Tensor a, Tensor b) =>
        Tape.Record(Zip(default(Mul), a, b), (a, gy => gy.Mul(b).SumTo(a.Shape)), (b, gy => gy.Mul(a).SumTo(b.Shape)));

    /// <summary><c>a/b</c>, broadcasting.</summary>
    public static Tensor Div(this Tensor a, Tensor b) =>
        Tape.Record(
            Zip(default(Div), a, b),
            (a, gy => gy.Div(b).SumTo(a.Shape)),
            (b, gy => gy.Mul(a).Div(b.Square()).Mul(-1f).SumTo(b.Shape)));

    /// <summary><c>a + weight·(b − a)</c>, broadcasting.</summary>
    /// <param name="a">The value at weight 0.</param>
    /// <param name="b">The value at weight 1.</param>
    /// <param name="weight">A tensor of weights.</param>
    public static Tensor Lerp(Tensor a, Tensor b, Tensor weight)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        ArgumentNullException.ThrowIfNull(weight);
        return a.Add(b.Sub(a).Mul(weight));
    }

    /// <summary><c>scale·x + shift</c>.</summary>
    public static Tensor Affine(this Tensor x, float scale, float shift) =>
        Tape.Record(Map(new Affine(scale, shift), x), (x, gy => gy.Affine(scale, 0f)));

    /// <summary><c>x + value</c>.</summary>
    public static Tensor Add(this Tensor x, float value) => x.Affine(1f, value);

    /// <summary><c>value·x</c>.</summary>
    public static Tensor Mul(this Tensor x, float value) => x.Affine(value, 0f);

    /// <summary><c>x²</c>.</summary>
    public static Tensor Square(this Tensor x) =>
        Tape.Record(Map(default(Square), x), (x, gy => gy.Mul(x).Mul(2f)));

    /// <summary><c>√x</c>; its gradient is infinite at 0.</summary>
    public static Tensor Sqrt(this Tensor x)
    {
        var y = Map(default(Sqrt), x);
        return Tape.Record(y, (x, gy => gy.Div(y).Mul(0.5f)));
    }

    /// <summary><c>1/x</c>.</summary>
    public static Tensor Reciprocal(this Tensor x)
    {
        var y = Map(default(Reciprocal), x);
        return Tape.Record(y, (x, gy => gy.Mul(y.Square()).Mul(-1f)));
    }

    /// <summary><c>eˣ</c>.</summary>
    public static Tensor Exp(this Tensor x)
    {
        var y = Map(default(Exp), x);
        return Tape.Record(y, (x, gy => gy.Mul(y)));
    }

    /// <summary><c>ln x</c>.</summary>
    public static Tensor Log(this Tensor x) => Tape.Record(Map(default(Log), x), (x, gy => gy.Div(x)));

    /// <summary><c>1/(1 + e⁻ˣ)</c>.</summary>
    public static Tensor Sigmoid(this Tensor x) => Tape.Record(Map(default(Sigmoid), x), (x, gy => SigmoidGrad(gy, x)));

    /// <summary><c>tanh x</c>.</summary>
    public static Tensor Tanh(this Tensor x) => Tape.Record(Map(default(Tanh), x), (x, gy => TanhGrad(gy, x)));

    /// <summary><c>x</c> for x &gt; 0, else <c>slope·x</c>. The derivative at 0 is taken as the slope.</summary>
    public static Tensor LeakyRelu(this Tensor x, float slope) =>
        Tape.Record(Map(new LeakyRelu(slope), x), (x, gy => LeakyReluGrad(gy, x, slope)));

    /// <summary><c>max(x, 0)</c>.</summary>
    public static Tensor Relu(this Tensor x) => x.LeakyRelu(0f);

    /// <summary><c>x</c> for x &gt; 0, else <c>eˣ − 1</c> (Clevert et al. 2016).</summary>
    public static Tensor Elu(this Tensor x) => Tape.Record(Map(default(Elu), x), (x, gy => EluGrad(gy, x)));

    /// <summary><c>|x|</c>; the derivative at 0 is taken as 0.</summary>
    public static Tensor Abs(this Tensor x) => Tape.Record(Map(default(Abs), x), (x, gy => gy.Mul(Map(default(Sign), x))));

    // gy where x > 0, else slope·gy. The mask is constant almost everywhere: no gradient in x.
    private static Tensor LeakyReluGrad(Tensor gy, Tensor x, float slope) =>
        Tape.Record(Zip(new LeakyReluGrad(slope), gy, x), (gy, g => LeakyReluGrad(g, x, slope)));

    // gy·min(1, eˣ); its derivative in x is gy·eˣ below 0, and 0 above.
    private static Tensor EluGrad(Tensor gy, Tensor x) =>
        Tape.Record(
            Zip(default(EluGrad), gy, x),
            (gy, g => EluGrad(g, x)),
            (x, g => EluGrad(g.Mul(gy).Mul(Map(default(Sign), x).Affine(-0.5f, 0.5f)), x)));

    // gy·σ(x)·σ(−x). Unlike y·(1 − y), and like its derivative in x, which is −tanh(x/2) times as large, it keeps its digits where y is close to 1.
    private static Tensor SigmoidGrad(Tensor gy, Tensor x) =>
        Tape.Record(
            Zip(default(SigmoidGrad), gy, x),
            (gy, g => SigmoidGrad(g, x)),
            (x, g => SigmoidGrad(g.Mul(gy).Mul(x.Mul(-0.5f).Tanh()), x)));

    // gy/cosh² x; its derivative in x is −2·tanh x times as large.
    private static Tensor TanhGrad(Tensor gy, Tensor x) =>
        Tape.Record(
            Zip(default(TanhGrad), gy, x),
            (gy, g => TanhGrad(g, x)),
            (x, g => TanhGrad(g.Mul(gy).Mul(x.Tanh()).Mul(-2f), x)));

    private static Tensor Map<T>(T f, Tensor x)
        where T : unmanaged, IUnary
    {
        ArgumentNullException.ThrowIfNull(x);
        var y = Tensor.Empty(x.Device, x.Shape);
        x.Device.Kernels.Map(f, x.Buffer, y.Buffer, x.Count);
        Trace.Current?.Add(new Operation.Map(f), y, x);
        return y;
    }

    private static Tensor Zip<T>(T f, Tensor a, Tensor b)
        where T : unmanaged, IBinary
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        var y = Tensor.Empty(DeviceOf(a, b), Shape.Broadcast(a.Shape, b.Shape));
        y.Device.Kernels.Zip(f, a.Buffer, b.Buffer, y.Buffer, Layout.Broadcast(y.Shape, a.Shape, b.Shape));
        Trace.Current?.Add(new Operation.Zip(f), y, a, b);
        return y;
    }
}
