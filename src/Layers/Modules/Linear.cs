namespace Mimesh.Layers;

/// <summary><c>y = x·weightᵀ + bias</c> on the last axis: weight <c>(outputs, inputs)</c>, bias <c>(outputs)</c>.</summary>
public sealed class Linear : Module
{
    private readonly Tensor _weight, _bias;

    /// <summary>Creates a linear layer with normal weights and zero biases.</summary>
    /// <param name="init">First values.</param>
    /// <param name="inputs">Size of x's last axis.</param>
    /// <param name="outputs">Size of y's last axis.</param>
    /// <param name="gain">Standard deviation of the weights times √inputs.</param>
    public Linear(Initializer init, int inputs, int outputs, float gain = 1f)
        : base(init)
    {
        _weight = Parameter("weight", Init.Normal([outputs, inputs], inputs, gain));
        _bias = Parameter("bias", Init.Zeros([outputs]));
    }

    /// <summary>The layer of x, whose last axis has <c>inputs</c> elements.</summary>
    public Tensor Forward(Tensor x)
    {
        var rows = x.Reshape(-1, _weight.Shape[1]); // (rows, inputs)
        return rows.MatMul(_weight, transposeB: true).Add(_bias).Reshape(x.Shape.With(-1, _weight.Shape[0]).ToArray());
    }
}
