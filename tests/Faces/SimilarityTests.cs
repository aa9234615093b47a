using System.Numerics;
using Mimesh.Faces;
using NUnit.Framework;

namespace Mimesh.Tests.Faces;

/// <summary>The alignment of two shapes.</summary>
public sealed class SimilarityTests
{
    [Test]
    public void TheSimilarityThatMovedPointsIsFound()
    {
        var rotation = Quaternion.CreateFromYawPitchRoll(0.4f, -1.2f, 2.5f);
        Vector3[] from = Points(40, 1), to = [.. from.Select(x => (0.8f * Vector3.Transform(x, rotation)) + new Vector3(3, -5, 70))];
        var found = Similarity.Between(from, to);
        Assert.Multiple(() =>
        {
            Assert.That(found.Scale, Is.EqualTo(0.8f).Within(1e-5));
            Assert.That(Math.Abs(Quaternion.Dot(found.Rotation, rotation)), Is.EqualTo(1).Within(1e-5));
            Assert.That(from.Zip(to, (x, y) => Vector3.Distance(found.Apply(x), y)), Is.All.LessThan(1e-3f));
        });
    }

    [Test]
    public void NoSimilarityNearbyIsBetter()
    {
        Vector3[] from = Points(40, 1), to = [.. from.Zip(Points(40, 2), (x, y) => x + (0.3f * y))];
        var best = Similarity.Between(from, to);
        float least = Squares(best);
        Similarity[] others =
        [
            best with { Scale = best.Scale * 1.02f }, best with { Scale = best.Scale * 0.98f },
            best with { Translation = best.Translation + Vector3.UnitX }, best with { Translation = best.Translation - Vector3.UnitY },
            .. new[] { Vector3.UnitX, Vector3.UnitY, Vector3.UnitZ }.SelectMany(axis => new[] { 0.02f, -0.02f }.Select(angle =>
                best with { Rotation = Quaternion.CreateFromAxisAngle(axis, angle) * best.Rotation })),
        ];
        Assert.That(others.Select(Squares), Is.All.GreaterThan(least));

        float Squares(Similarity s) => from.Zip(to, (x, y) => Vector3.DistanceSquared(s.Apply(x), y)).Sum();
    }

    // About the origin, so that a turn moves nothing else.
    private static Vector3[] Points(int count, int seed)
    {
        var random = new System.Random(seed);
        float Next() => (random.NextSingle() * 100) - 50;
        return [.. Enumerable.Range(0, count).Select(_ => new Vector3(Next(), Next(), Next()))];
    }
}
