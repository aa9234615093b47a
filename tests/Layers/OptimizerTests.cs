using Mimesh.Layers;
using Mimesh.Verification;
using NUnit.Framework;

namespace Mimesh.Tests.Layers;

/// <summary>What Adam refuses, and the moving average; Adam's values are in <see cref="ParityTests"/>.</summary>
public sealed class OptimizerTests
{
    [Test]
    public void AGradientThatIsNotFiniteChangesNothing([Values(float.NaN, float.PositiveInfinity)] float bad)
    {
        using var w = Tensor.Parameter(TestDevices.Cpu, [2], [1f, 2f]);
        using var adam = new Adam([w]);
        using var tape = Tape.Start();
        Assert.That(float.IsFinite(adam.Step([Tensor.From(TestDevices.Cpu, [2], [0.5f, bad])])), Is.False);
        Assert.That(w.ToArray(), Is.EqualTo(new[] { 1f, 2f }));
        Assert.That(adam.StepCount, Is.Zero);
        Assert.That(adam.Moments.Single().M.ToArray(), Is.All.Zero);
    }

    [Test]
    public void GradientsFitTheParameters()
    {
        using var w = Tensor.Parameter(TestDevices.Cpu, [2], [1f, 2f]);
        using var adam = new Adam([w]);
        using var tape = Tape.Start();
        Assert.That(() => adam.Step([Tensor.Full(TestDevices.Cpu, [3], 1f)]), Throws.TypeOf<ShapeException>());
        Assert.That(() => adam.Step([]), Throws.TypeOf<ShapeException>());
    }

    [Test]
    public void MovingAverageFollowsItsFormula()
    {
        using var w = Tensor.Parameter(TestDevices.Cpu, [3], [1f, -2f, 0f]);
        using var average = new MovingAverage([w], 0.9f);
        double[] expected = [1, -2, 0];
        Assert.That(average.Average[0].ToArray(), Is.EqualTo(expected));
        for (int step = 0; step < 100; step++)
        {
            float[] values = [step, -step, MathF.Sin(step)];
            w.Assign(values);
            average.Update(step);
            double decay = Math.Min(0.9, (1.0 + step) / (10 + step));
            for (int i = 0; i < 3; i++)
            {
                expected[i] = (decay * expected[i]) + ((1 - decay) * values[i]);
            }

            Check.Close(average.Average[0].ToArray(), [.. expected.Select(e => (float)e)], Tolerance.Standard.Forward, $"after {step + 1} updates");
        }
    }
}
