using Mimesh.Kernels;
using Mimesh.Layers;

namespace Mimesh.Verification;

/// <summary>A function of tensors with its first and, where it has them, its second derivatives.</summary>
/// <param name="Fixture">The file of reference answers.</param>
/// <param name="Name">Its name there: operation, dot, variant.</param>
/// <param name="Inputs">The inputs' shapes.</param>
/// <param name="Constants">How many of the last inputs are constants.</param>
/// <param name="Order">The highest derivative: 1 or 2.</param>
internal abstract record FunctionCase(string Fixture, string Name, Shape[] Inputs, int Constants, int Order) : VerificationCase(Fixture, Name)
{
    /// <inheritdoc/>
    public override IReadOnlyList<VerificationOrder> Orders => Order == 1
        ? [VerificationOrder.Forward, VerificationOrder.Gradient]
        : [VerificationOrder.Forward, VerificationOrder.Gradient, VerificationOrder.SecondOrder, VerificationOrder.Adjoint];

    /// <inheritdoc/>
    internal override IReadOnlyList<Answer> Compute(Device device)
    {
        var fixture = Verification.Fixture.Load(Fixture);
        using var tape = Tape.Start();
        Tensor On(string part) => fixture.On(device, $"{Name}/{part}");
        Tensor[] inputs = [.. Inputs.Select((shape, i) =>
        {
            var x = On($"x{i}");
            return x.Shape == shape ? x : throw new ShapeException($"{Name} expects x{i} {shape}, not {x.Shape}.");
        })];
        var (xs, y, owner) = Evaluate(inputs);
        using var _ = owner;
        var s = On("s").Differentiable();

        var answers = new List<Answer> { Of(VerificationOrder.Forward, y, "y", Tolerance.Standard.Forward) };
        AddAll(VerificationOrder.Gradient, Differentiation.Grad(y, xs, seed: s), "g", Tolerance.Standard.Gradient);
        if (Order == 2)
        {
            // A recorded gradient may come from other kernels than one that is not.
            Tensor[] gs = Differentiation.Grad(y, xs, createGraph: true, seed: s), rs = [.. gs.Select((_, i) => On($"r{i}"))];
            AddAll(VerificationOrder.Gradient, gs, "g", Tolerance.Standard.Gradient);
            var product = gs.Select((g, i) => g.Mul(rs[i]).Sum()).Aggregate((a, b) => a.Add(b)); // Σᵢ ⟨rᵢ, gᵢ⟩
            var second = Differentiation.Grad(product, [.. xs, s]);
            AddAll(VerificationOrder.SecondOrder, second[..^1], "h", Tolerance.Standard.SecondOrder);
            answers.Add(Of(VerificationOrder.SecondOrder, second[^1], "hs", Tolerance.Standard.SecondOrder));
            answers.Add(Adjoint(second[^1], s, rs, gs));
        }

        return answers;

        Answer Of(VerificationOrder order, Tensor actual, string part, double tolerance) =>
            Answer.Of(order, part, actual, fixture, $"{Name}/{part}", tolerance);

        void AddAll(VerificationOrder order, Tensor[] actual, string part, double tolerance) =>
            answers.AddRange(actual.Select((x, i) => Of(order, x, $"{part}{i}", tolerance)));
    }

    /// <summary>The result, what gradients flow to, and what must live as long as they are used.</summary>
    /// <param name="inputs">The inputs on the device.</param>
    protected abstract (Tensor[] Variables, Tensor Y, IDisposable? Owner) Evaluate(Tensor[] inputs);

    // With J the Jacobian of y: g = Jᵀ·s, and the derivative of Σ⟨r, g⟩ = ⟨J·r, s⟩ in s is J·r. So both inner products are equal,
    // whatever y is. The error is relative to the norms of the factors.
    private static Answer Adjoint(Tensor jr, Tensor s, Tensor[] rs, Tensor[] gs)
    {
        double left = Dot(jr, s), right = rs.Zip(gs).Sum(p => Dot(p.First, p.Second));
        double scale = Math.Max(Norm([jr]) * Norm([s]), Norm(rs) * Norm(gs));
        double error = scale == 0 ? 0 : Math.Abs(left - right) / scale;
        return new Answer(
            VerificationOrder.Adjoint, [(float)left, (float)right], double.IsNaN(error) ? double.PositiveInfinity : error,
            Tolerance.Adjoint, $"⟨J·r, s⟩ is {left:R}, ⟨r, Jᵀ·s⟩ is {right:R}");
    }

    private static double Dot(Tensor a, Tensor b) => a.ToArray().Zip(b.ToArray()).Sum(pair => (double)pair.First * pair.Second);

    private static double Norm(Tensor[] xs) => Math.Sqrt(xs.Sum(x => Dot(x, x)));
}
