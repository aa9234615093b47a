using Mimesh.Imaging;

namespace Mimesh.Evaluation;

/// <summary>The first pairs of each protocol, side by side: source, driving picture, true answer and what was made of them.</summary>
/// <param name="names">What the systems are called; of each there are two pictures.</param>
/// <param name="rows">Pairs of each protocol at most.</param>
public sealed class EvaluationFigure(IReadOnlyList<string> names, int rows)
{
    private readonly List<(string Label, Image?[] Images)> _self = [], _cross = [];

    /// <summary>Draws what was collected, a pair a row; nobody knows what a grey picture shows.</summary>
    public Image Draw() => Panels.Grid(
        ["source", "driving", "true answer", "true flow", .. names.SelectMany(n => names.Count == 1 ? ["T*", "result"] : new[] { $"T* {n}", n })],
        [.. _self, .. _cross]);

    internal void Add(bool isSelf, PairPictures pair, Image? trueFlow, IReadOnlyList<Image> results)
    {
        var (list, label) = isSelf ? (_self, "same person") : (_cross, "another person");
        if (list.Count < rows)
        {
            list.Add((label, [pair.Source, pair.Driving, pair.Truth, trueFlow, .. results]));
        }
    }
}
