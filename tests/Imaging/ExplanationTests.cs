using System.Numerics;
using Mimesh.Imaging;
using NUnit.Framework;

namespace Mimesh.Tests.Imaging;

/// <summary>The pictures that explain a result: mesh, flow, maps, strip.</summary>
public sealed class ExplanationTests
{
    // A square of two front-facing triangles (y down on screen), and one behind it, in another place.
    private static readonly Vector3[] Square = [new(-0.5f, 0.5f, 0), new(0.5f, 0.5f, 0), new(0.5f, -0.5f, 0), new(-0.5f, -0.5f, 0)];
    private static readonly int[] Front = [0, 1, 2, 0, 2, 3];

    [Test]
    public void AMeshIsDrawnWhereItIsAndOnlyFromOutside()
    {
        var grey = new Image(64, 64);
        var drawn = MeshOverlay.Draw(grey, Square, Front);
        var behind = MeshOverlay.Draw(grey, Square, [2, 1, 0, 3, 2, 0]);
        Assert.Multiple(() =>
        {
            Assert.That(At(drawn, 32, 25), Is.GreaterThan(0.1f));
            Assert.That(At(drawn, 16, 32), Is.Not.EqualTo(At(drawn, 25, 32)).Within(0.05f), "an edge has a colour of its own");
            Assert.That(At(drawn, 10, 10), Is.Zero);
            Assert.That(behind.Pixels, Is.All.Zero);
            Assert.That(grey.Pixels, Is.All.Zero, "the background is not changed");
        });
    }

    [Test]
    public void AMeshOutsideOfThePictureOrWithMissingVerticesDrawsNothing()
    {
        var drawn = MeshOverlay.Draw(new Image(32, 32), [.. Square.Select(v => v + new Vector3(9, 0, 0))], [.. Front, 0, 1, 77]);
        Assert.That(drawn.Pixels, Is.All.Zero);
    }

    // Middlebury's convention: right is red, down is yellow, left is cyan, up is violet.
    [TestCase(0, 0, 1, 1, 1)]
    [TestCase(1, 0, 1, 0, 0)]
    [TestCase(-1, 0, 0, 0.9f, 1)]
    [TestCase(0, 1, 1, 0.9f, 0)]
    [TestCase(0, -1, 0.45f, 0, 1)]
    public void TheColorWheelFollowsMiddlebury(float x, float y, float r, float g, float b)
    {
        var color = FlowColors.Of(x, y);
        Assert.That(new[] { color.R, color.G, color.B }, Is.EqualTo(new[] { r, g, b }).Within(0.12f));
    }

    [Test]
    public void AStripHoldsItsPanelsAndTheirLabels()
    {
        var black = new Image(128, 128);
        var strip = Panels.Strip(("source", black), ("driving", Panels.Grey(new float[64 * 64], 64, 64)));
        Assert.Multiple(() =>
        {
            Assert.That(strip.Width, Is.EqualTo((2 * 128) + (3 * 2)));
            Assert.That(strip.Height, Is.GreaterThan(128 + 2));
            Assert.That(At(strip, 1, 1), Is.EqualTo(1), "the margin is white");
            Assert.That(At(strip, 60, 60), Is.Zero);
            Assert.That(Enumerable.Range(0, 128).Any(x => At(strip, x, 136) < 0.5f), "there is a label below");
        });
    }

    private static float At(Image image, int x, int y) => image.Pixels[((y * image.Width) + x) * 3];

    [Test]
    public void WhatIsHeldBackDoesNotDimTheRest()
    {
        const int Side = 20;
        float[] flow = new float[2 * Side * Side], weights = new float[Side * Side];
        Array.Fill(weights, 1f);
        flow[0] = 0.2f;
        var expected = FlowColors.Draw(flow, Side, Side);
        (flow[2], weights[1]) = (50f, 0f);
        Assert.That(FlowColors.Draw(flow, Side, Side, weights).Pixels[..3], Is.EqualTo(expected.Pixels[..3]));
        Assert.That(FlowColors.Draw(flow, Side, Side).Pixels[..3], Is.Not.EqualTo(expected.Pixels[..3]));
        Assert.Throws<ArgumentException>(() => FlowColors.Draw(flow, Side, Side, weights[1..]));
    }
}
