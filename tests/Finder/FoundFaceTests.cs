using Mimesh.Faces;
using Mimesh.Imaging;
using Mimesh.Reenactment;
using NUnit.Framework;

namespace Mimesh.Tests.Finder;

/// <summary>Squares in a picture: how they overlap, turn, and are cut.</summary>
public sealed class FoundFaceTests
{
    private static readonly FoundFace s_face = new(50, 40, 20, 0.3f, 0.9f);

    [Test]
    public void TheSameSquareOverlapsWhole() => Assert.That(s_face.Overlap(s_face), Is.EqualTo(1).Within(1e-4));

    [Test]
    public void SquaresApartDoNotOverlap() => Assert.That(s_face.Overlap(s_face with { X = 90 }), Is.Zero);

    [Test]
    public void ASmallSquareInALargeOneIsTheirIntersection() =>
        Assert.That(s_face.Intersection(s_face with { Side = 8, Roll = 1 }), Is.EqualTo(64).Within(1e-2));

    [TestCase(10f, 0f, 200f)]
    [TestCase(0f, 5f, 300f)]
    [TestCase(15f, 15f, 25f)]
    public void UprightSquaresMeetInARectangle(float dx, float dy, float area)
    {
        var upright = s_face with { Roll = 0 };
        Assert.That(upright.Intersection(upright with { X = 50 + dx, Y = 40 + dy }), Is.EqualTo(area).Within(1e-2));
    }

    [Test]
    public void ASquareAndItsDiagonalMeetInAnOctagon() =>
        Assert.That(
            (s_face with { Roll = 0 }).Intersection(s_face with { Roll = MathF.PI / 4 }),
            Is.EqualTo(8 * (MathF.Sqrt(2) - 1) * 100).Within(1e-2), "a regular octagon of inner radius 10");

    [Test]
    public void TiltMatters()
    {
        // Two long neighbours on a slope: upright squares would overlap where tilted ones do not.
        var other = s_face with { X = s_face.X + (20.5f * MathF.Cos(0.3f)), Y = s_face.Y - (20.5f * MathF.Sin(0.3f)) };
        Assert.That(s_face.Overlap(other), Is.Zero);
        Assert.That((s_face with { Roll = 0 }).Overlap(other with { Roll = 0 }), Is.GreaterThan(0));
    }

    [TestCase(0f, 0)]
    [TestCase(0.7f, 0)]
    [TestCase(0.9f, 1)]
    [TestCase(-0.9f, 3)]
    [TestCase(3.1f, 2)]
    [TestCase(-3.1f, 2)]
    public void QuarterTurnsBringAHeadUpright(float roll, int quarters)
    {
        var face = s_face with { Roll = roll };
        Assert.That(face.QuarterTurns, Is.EqualTo(quarters));
        Assert.That(MathF.Abs(face.Turned(quarters, 100, 80).Roll), Is.LessThanOrEqualTo(MathF.PI / 4));
    }

    [Test]
    public void AFaceGoesWhereItsPixelsGo()
    {
        for (int quarters = 0; quarters < 5; quarters++)
        {
            var picture = new Image(9, 5);
            picture.Pixels[3 * ((3 * 9) + 2)] = 1; // column 2, row 3
            var turned = Resample.Turn(picture, quarters);
            var face = new FoundFace(2.5f, 3.5f, 1, 0, 1).Turned(quarters, 9, 5);
            Assert.That(turned.Pixels[3 * (((int)face.Y * turned.Width) + (int)face.X)], Is.EqualTo(1), $"{quarters} quarter turns");
        }
    }

    [Test]
    public void OfOverlappingFacesTheSurestStays()
    {
        FoundFace[] all =
        [
            new(50, 50, 20, 0, 0.9f), new(52, 50, 22, 0.1f, 0.8f), // the same again
            new(53, 53, 8, 2, 0.7f), // an eye of it
            new(80, 50, 20, 0, 0.6f), // a neighbour
            new(66, 50, 20, 0, 0.5f), // half of each: a third person between them
        ];
        var faces = all.ToList();
        FinderCells.Suppress(faces);
        Assert.That(faces.Select(f => f.Score), Is.EqualTo(new[] { 0.9f, 0.6f, 0.5f }));
    }
}
