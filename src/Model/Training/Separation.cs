
namespace Mimesh.Training;

/// <summary>How well embeddings tell people apart, over all pairs of pictures.</summary>
/// <param name="Auc">
/// The probability that two pictures of one person are more alike than two of different people, ties counting half: the area under
/// the receiver operating characteristic.
/// </param>
/// <param name="Eer">
/// The equal error rate: at the threshold where the shares of wrongly refused and of wrongly accepted pairs are nearest, their mean.
/// </param>
/// <param name="Same">Mean cosine of two pictures of one person.</param>
/// <param name="Different">Mean cosine of pictures of two people.</param>
public sealed record Separation(double Auc, double Eer, double Same, double Different)
{
    /// <summary>Compares every picture with every other.</summary>
    /// <param name="embeddings">Unit vectors.</param>
    /// <param name="people">Who each shows; at least two people, and of one of them two pictures.</param>
    /// <exception cref="ArgumentException">There are no pairs of one person, or none of different people.</exception>
    public static Separation Of(IReadOnlyList<float[]> embeddings, IReadOnlyList<int> people)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        ArgumentNullException.ThrowIfNull(people);
        List<double> same = [], different = [];
        for (int i = 0; i < embeddings.Count; i++)
        {
            for (int j = 0; j < i; j++)
            {
                (people[i] == people[j] ? same : different).Add(EmbeddingNet.Cosine(embeddings[i], embeddings[j]));
            }
        }

        if (same.Count == 0 || different.Count == 0)
        {
            throw new ArgumentException("There must be two pictures of one person, and pictures of two people.", nameof(people));
        }

        // Every threshold between two neighbouring cosines, from the lowest up: what lies below it is refused.
        (double Cosine, bool Same)[] pairs = [.. same.Select(c => (c, true)).Concat(different.Select(c => (c, false))).OrderBy(p => p.Item1)];
        double refused = 0, accepted = 1, area = 0, nearest = 1, eer = 0.5;
        for (int start = 0, end; start < pairs.Length; start = end)
        {
            for (end = start; end < pairs.Length && pairs[end].Cosine == pairs[start].Cosine; end++)
            {
            }

            double own = pairs[start..end].Count(p => p.Same) / (double)same.Count;
            double others = ((end - start) - pairs[start..end].Count(p => p.Same)) / (double)different.Count;
            area += own * ((1 - accepted) + (others / 2));
            refused += own;
            accepted -= others;
            if (Math.Abs(refused - accepted) < nearest)
            {
                (nearest, eer) = (Math.Abs(refused - accepted), (refused + accepted) / 2);
            }
        }

        return new Separation(area, eer, same.Average(), different.Average());
    }
}
