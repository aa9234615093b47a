using Mimesh.Faces;
using Mimesh.Layers;
using Mimesh.Reenactment;

namespace Mimesh.Training;

/// <summary>
/// The flow's truth for pairs that have none, which real ones never do: the meshes that the regressor sees, and their motion, drawn with a
/// z-buffer where the driving mesh covers a cell and the source shows the same place. It says nothing of hair, shoulders and
/// background, and is as wrong as the meshes are; but it leads the motion network to the scale and the sign of the motion, and the
/// reconstruction loss, which sees all of the picture, takes over as the flow's fades.
/// </summary>
/// <param name="model">What the regressor's coefficients are of.</param>
/// <param name="regressor">Sees the meshes.</param>
/// <param name="swaps">Whether the driving mesh wears the source's identity.</param>
internal sealed class FittedMotion(FaceModel model, Regressor regressor, bool swaps = true)
{
    private readonly MeshMotion _motion = new(model);

    /// <summary>The same pairs, those without truth with the meshes' own.</summary>
    public FramePair[] Complete(FramePair[] batch)
    {
        FramePair[] lacking = [.. batch.Where(p => !p.HasTruth)];
        if (lacking.Length == 0)
        {
            return batch;
        }

        using var tape = Tape.Start();
        using var pause = Tape.NoGrad();
        int n = lacking.Length, size = (int)Math.Sqrt(lacking[0].Source.Length / 3), side = size / 4;
        Regression See(Func<FramePair, float[]> part) => regressor.Forward(Batch.Upload(regressor.Device, [n, size, size, 3], lacking, part));
        var (source, driving) = MeshRegression.Meshes(model, See(p => p.Source), See(p => p.Driving), swaps);
        float[] sources = source.ToArray(), drivings = driving.ToArray(), drawn = _motion.Draw(source, driving, side).ToArray();
        int next = 0;
        return [.. batch.Select(p => p.HasTruth ? p : Completed(p, next++))];

        FramePair Completed(FramePair pair, int i)
        {
            int vertices = 3 * model.VertexCount, cells = side * side;
            float[] flow = new float[2 * cells], mask = new float[2 * cells]; // of what moves; what stands still is not known
            for (int cell = 0; cell < cells; cell++)
            {
                var values = drawn.AsSpan(((i * cells) + cell) * MeshMotion.Channels, MeshMotion.Channels);
                (flow[2 * cell], flow[(2 * cell) + 1], mask[2 * cell]) = (values[MeshMotion.Offset], values[MeshMotion.Offset + 1], values[MeshMotion.Seen]);
            }

            return pair with
            {
                SourceMesh = sources[(i * vertices)..((i + 1) * vertices)],
                DrivingMesh = drivings[(i * vertices)..((i + 1) * vertices)],
                Flow = flow,
                FlowMask = mask,
            };
        }
    }
}
