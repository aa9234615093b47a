using Mimesh.Faces;
using Mimesh.People;
using Mimesh.Reenactment;
using Mimesh.Training;
using NUnit.Framework;

namespace Mimesh.Tests.Finder;

/// <summary>What is asked of the network's cells, and what is read in them.</summary>
public sealed class FinderCellsTests
{
    private const int Size = 160;
    private static readonly PyramidLayout s_layout = new(Size, Size);

    [Test]
    public void LevelsLieApartAndInside([Values(20, 64, 160, 511)] int width, [Values(20, 99, 512)] int height)
    {
        var layout = new PyramidLayout(width, height);
        Assert.Multiple(() =>
        {
            Assert.That(layout.Width % PyramidLayout.Step + (layout.Height % PyramidLayout.Step), Is.Zero);
            Assert.That(layout.Levels[0], Is.EqualTo(new PyramidLevel(0, 0, width, height)));
            Assert.That(Math.Max(layout.Levels[^1].Width, layout.Levels[^1].Height), Is.LessThan(40));
            foreach (var (level, i) in layout.Levels.Select((level, i) => (level, i)))
            {
                Assert.That(level.Left % PyramidLayout.Step + (level.Top % PyramidLayout.Step), Is.Zero);
                Assert.That(level.Left + level.Width, Is.LessThanOrEqualTo(layout.Width));
                Assert.That(level.Top + level.Height, Is.LessThanOrEqualTo(layout.Height));
                foreach (var other in layout.Levels.Skip(i + 1))
                {
                    Assert.That(
                        level.Left + level.Width < other.Left || level.Top + level.Height < other.Top, Is.True, $"{level} and {other}");
                }
            }
        });
    }

    [Test]
    public void ALevelHasTheMeansOfTheOneBefore()
    {
        float[] picture = [.. Enumerable.Range(0, Size * Size * 3).Select(i => i % 7 / 7f)], pyramid = new float[s_layout.Width * s_layout.Height * 3];
        s_layout.Fill(picture, pyramid);
        var half = s_layout.Levels[1];
        int from = ((4 * Size) + 6) * 3, to = (((half.Top + 2) * s_layout.Width) + half.Left + 3) * 3;
        float mean = (picture[from] + picture[from + 3] + picture[from + (3 * Size)] + picture[from + 3 + (3 * Size)]) / 4;
        Assert.That(pyramid[to], Is.EqualTo(mean).Within(1e-6));
        Assert.That(pyramid[(Size + 1) * 3], Is.EqualTo(0.5f), "between the levels");
    }

    // Cells that say just what is asked of them give the faces back: targets and decoding are each other's inverse.
    [Test]
    public void WhatIsAskedIsFound()
    {
        SceneFace[] truth =
        [
            new(30.3f, 41.8f, 14f, 0.2f, 1), new(100.1f, 40f, 30f, -2.9f, 1), new(60f, 120.7f, 50f, 1.6f, 1), new(130f, 120f, 23f, 3f, 1),
        ];
        var found = Decode(Ideal(truth));
        Assert.That(found, Has.Count.EqualTo(truth.Length));
        foreach (var face in truth)
        {
            var best = found.MaxBy(f => f.Overlap(face.Truth));
            Assert.Multiple(() =>
            {
                Assert.That(best.Overlap(face.Truth), Is.GreaterThan(0.98f));
                Assert.That(MathF.IEEERemainder(best.Roll - face.Roll, 2 * MathF.PI), Is.Zero.Within(1e-3));
            });
        }
    }

    [TestCase(80f, 0.2f, TestName = "A face that is mostly hidden need not be found, and may be")]
    [TestCase(80f, 1f, TestName = "A face is asked for where it is")]
    public void CellsOfAFaceAreAskedOrLeftAlone(float side, float visible)
    {
        var targets = FinderTargets.Of(new Scene(Size, [], [new SceneFace(80, 80, side, 0, visible)]), s_layout);
        var plain = FinderTargets.Of(new Scene(Size, [], []), s_layout);
        Assert.Multiple(() =>
        {
            Assert.That(targets.Centre.Sum(), visible < SceneFace.LeastVisible ? Is.Zero : Is.GreaterThan(0));
            Assert.That(targets.BoxWeight.Sum(), visible < SceneFace.LeastVisible ? Is.Zero : Is.GreaterThan(0));
            Assert.That(targets.Elsewhere.Sum(), Is.LessThan(plain.Elsewhere.Sum()));
        });
    }

    [Test]
    public void AFaceOfAnySizeIsAskedForAtSomeLevel([Values(11.5f, 16f, 23f, 40f, 75f, 140f)] float side) =>
        Assert.That(FinderTargets.Of(new Scene(Size, [], [new SceneFace(80, 80, side, 0, 1)]), s_layout).Centre.Sum(), Is.InRange(1, 2));

    [Test]
    public void TheOrderIsTheSameForEqualScores()
    {
        float[] cells = Ideal([new SceneFace(30, 40, 20, 0, 1), new SceneFace(110, 40, 20, 0, 1), new SceneFace(70, 110, 20, 0, 1)]);
        Assert.That(Decode(cells), Is.EqualTo(Decode(cells)));
        Assert.That(Decode(cells).Select(f => (int)f.X), Is.EqualTo(new[] { 30, 110, 70 }), "from the top");
    }

    // As sure as can be at centres, as unsure as can be elsewhere.
    private static float[] Ideal(SceneFace[] faces)
    {
        var targets = FinderTargets.Of(new Scene(Size, [], faces), s_layout);
        float[] cells = new float[targets.Centre.Length * FinderNet.Outputs];
        for (int i = 0; i < targets.Centre.Length; i++)
        {
            cells[i * FinderNet.Outputs] = targets.Centre[i] > 0 ? 9 : -9;
            targets.Box.AsSpan(i * (FinderNet.Outputs - 1), FinderNet.Outputs - 1).CopyTo(cells.AsSpan((i * FinderNet.Outputs) + 1));
        }

        return cells;
    }

    private static List<FoundFace> Decode(float[] cells)
    {
        var found = new List<FoundFace>();
        FinderCells.Decode(s_layout, cells, FaceFinder.LeastScore, found);
        return found;
    }
}
