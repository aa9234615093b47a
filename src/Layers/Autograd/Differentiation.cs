namespace Mimesh.Layers;

/// <summary>Reverse-mode differentiation over the current <see cref="Tape"/>.</summary>
public static class Differentiation
{
    /// <summary>
    /// The gradients <c>∂⟨seed, y⟩/∂x</c> for each x, by a reverse walk over the part of the tape between xs and y. An x that y
    /// does not depend on gets zeros.
    /// </summary>
    /// <param name="y">What is differentiated; a scalar unless a seed is given.</param>
    /// <param name="xs">Leaves or recorded tensors.</param>
    /// <param name="createGraph">Record the walk too, so that the gradients can be differentiated again.</param>
    /// <param name="seed">∂L/∂y, of y's shape; 1 when absent.</param>
    /// <exception cref="InvalidOperationException">No tape is open, or a tensor that is needed was changed in place since.</exception>
    /// <exception cref="ShapeException">No seed, and y is not a scalar; or the seed's shape is not y's.</exception>
    public static Tensor[] Grad(Tensor y, IReadOnlyList<Tensor> xs, bool createGraph = false, Tensor? seed = null)
    {
        ArgumentNullException.ThrowIfNull(y);
        Ops.RequireAll(xs);
        var device = Ops.DeviceOf([y, seed, .. xs]);
        var tape = Tape.Current ?? throw new InvalidOperationException("Gradients are taken while the tape that recorded the computation is open.");
        ShapeException.Require(seed is not null || y.Count == 1, "Grad without a seed", "a scalar", y.Shape);
        ShapeException.Require(seed is null || seed.Shape == y.Shape, "Grad", "a seed of y's shape", y.Shape, seed?.Shape ?? default);

        // Forward: what lies between xs and y. The rest of the tape needs no gradient.
        int end = tape.Entries.Count;
        var between = new HashSet<Tensor>(xs, ReferenceEqualityComparer.Instance);
        for (int i = 0; i < end; i++)
        {
            if (tape.Entries[i].Inputs.Any(edge => between.Contains(edge.Input)))
            {
                between.Add(tape.Entries[i].Output);
            }
        }

        using var pause = createGraph ? null : Tape.NoGrad();
        var gradients = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance)
        {
            [y] = seed ?? Tensor.Full(device, y.Shape, 1f),
        };
        var keep = new HashSet<Tensor>(xs, ReferenceEqualityComparer.Instance);
        for (int i = end - 1; i >= 0; i--)
        {
            var entry = tape.Entries[i];
            var (output, inputs) = entry;
            if (!between.Contains(output) || !gradients.TryGetValue(output, out var gy))
            {
                continue;
            }

            if (!keep.Contains(output))
            {
                gradients.Remove(output);
            }

            entry.RequireUnchanged();
            foreach (var (input, vjp) in inputs)
            {
                if (between.Contains(input))
                {
                    var gx = vjp(gy);
                    gradients[input] = gradients.TryGetValue(input, out var sum) ? sum.Add(gx) : gx;
                }
            }
        }

        return [.. xs.Select(x => gradients.TryGetValue(x, out var g) ? g : Tensor.Full(device, x.Shape, 0f))];
    }
}

/// <summary>A derivative that does not exist here was asked for; the message names the operation and its highest derivative.</summary>
/// <param name="message">What was asked for.</param>
public sealed class NotDifferentiableException(string message) : InvalidOperationException(message);
