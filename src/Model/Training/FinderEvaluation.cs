using Mimesh.Faces;
using Mimesh.People;
using Mimesh.Reenactment;

namespace Mimesh.Training;

/// <summary>Measures a finder on made scenes with known faces.</summary>
public static class FinderEvaluation
{
    private const float LeastOverlap = 0.5f;
    private static readonly float[] s_bands = [0, 16, 24, 36, 54, 81, float.PositiveInfinity];

    /// <summary>Measures a finder on scenes with people of <see cref="Split.Test"/>, whom no training sees and no choice was made on.</summary>
    /// <param name="finder">The finder.</param>
    /// <param name="scenes">How many, at least 1.</param>
    /// <param name="size">Side of the scenes, pixels.</param>
    /// <param name="progress">Hears how many are done.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static FinderReport Run(FaceFinder finder, int scenes, int size, IProgress<int> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(finder);
        ArgumentNullException.ThrowIfNull(progress);
        ArgumentOutOfRangeException.ThrowIfLessThan(scenes, 1);
        var sampler = new SceneSampler(Split.Test, 0, size, Math.Min(SceneSampler.Pool, Math.Max(64, scenes)));
        using var data = new OrderedProducer<Scene>(sampler.Make, 0, Environment.ProcessorCount, 4 * Environment.ProcessorCount);
        return Report(size, Enumerable.Range(0, scenes).Select(i =>
        {
            cancellation.ThrowIfCancellationRequested();
            progress.Report(i);
            var scene = data.Next();
            return (scene, finder.Find(Imaging.Image.From(size, size, scene.Pixels)));
        }));
    }

    /// <summary>The figures of what was found in scenes.</summary>
    /// <param name="size">The scenes' side.</param>
    /// <param name="readings">Each scene, and what was found in it.</param>
    internal static FinderReport Report(int size, IEnumerable<(Scene Scene, IReadOnlyList<FoundFace> Found)> readings)
    {
        int scenes = 0, right = 0, wrong = 0;
        var faces = new List<(float Side, float? Roll)>();
        foreach (var (scene, found) in readings)
        {
            scenes++;
            float?[] rolls = new float?[scene.Faces.Length];
            foreach (var face in found.OrderByDescending(f => f.Score))
            {
                int best = -1;
                float overlap = LeastOverlap;
                for (int i = 0; i < rolls.Length; i++)
                {
                    // Found twice is wrong once, unless two faces share a place.
                    if (rolls[i] is null && scene.Faces[i].Truth.Overlap(face) is var common && common >= overlap)
                    {
                        (best, overlap) = (i, common);
                    }
                }

                if (best >= 0)
                {
                    rolls[best] = MathF.Abs(MathF.IEEERemainder(face.Roll - scene.Faces[best].Roll, 2 * MathF.PI)) * 180 / MathF.PI;
                    right += scene.Faces[best].Counts ? 1 : 0; // what need not be found is neither right nor wrong
                }
                else
                {
                    wrong++;
                }
            }

            for (int i = 0; i < rolls.Length; i++)
            {
                if (scene.Faces[i].Counts)
                {
                    faces.Add((scene.Faces[i].Side, rolls[i]));
                }
            }
        }

        return new FinderReport(
            scenes, size, faces.Count, right + wrong == 0 ? 1 : right / (double)(right + wrong), Recall(faces), RollError(faces), wrong / (double)Math.Max(1, scenes),
            [.. s_bands.Zip(s_bands.Skip(1), (least, most) =>
            {
                var band = faces.Where(f => f.Side >= least && f.Side < most).ToList();
                return new FinderBand(least, most, band.Count, Recall(band), RollError(band));
            })]);
    }

    private static double Recall(List<(float Side, float? Roll)> faces) => faces.Count == 0 ? 1 : faces.Count(f => f.Roll is not null) / (double)faces.Count;

    private static double RollError(List<(float Side, float? Roll)> faces) =>
        faces.Where(f => f.Roll is not null).Select(f => (double)f.Roll!.Value).DefaultIfEmpty().Average();
}
