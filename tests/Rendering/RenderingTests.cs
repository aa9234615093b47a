using System.Numerics;
using Mimesh.Faces;
using Mimesh.People;
using NUnit.Framework;

namespace Mimesh.Tests.Rendering;

public class RenderingTests
{
    private const int Size = 96;

    [Test]
    public void SameSeedGivesSameFrame()
    {
        ClipPair a = new ClipSampler(FaceModel.BuiltIn, Split.Training).Pair(5, Size);
        var other = new ClipSampler(FaceModel.BuiltIn, Split.Training);
        other.Single(3, Size); // a used renderer gives the same as a fresh one
        ClipPair b = other.Pair(5, Size);
        Assert.Multiple(() =>
        {
            Assert.That(b.Source.Image.Pixels, Is.EqualTo(a.Source.Image.Pixels));
            Assert.That(b.Driving.Image.Pixels, Is.EqualTo(a.Driving.Image.Pixels));
            Assert.That(b.Flow.Offset, Is.EqualTo(a.Flow.Offset));
            Assert.That(b.Source.Expression, Is.EqualTo(a.Source.Expression));
        });
    }

    [Test]
    public void AMomentDependsOnItsNumbersAlone()
    {
        ClipSampler one = new(FaceModel.BuiltIn, Split.Test), other = new(FaceModel.BuiltIn, Split.Test);
        Person person = one.Person(3);
        ClipPair pair = other.Pair(3, 5, 2, Size);
        Frame again = one.Moment(person, 2, Size), elsewhere = one.Moment(one.Person(3, scene: 1), 2, Size);
        Assert.Multiple(() =>
        {
            Assert.That(again.Image.Pixels, Is.EqualTo(pair.Driving.Image.Pixels));
            Assert.That(again.Pose, Is.Not.EqualTo(pair.Source.Pose));
            Assert.That(elsewhere.Expression, Is.EqualTo(again.Expression), "the same moment");
            Assert.That(elsewhere.Identity, Is.EqualTo(again.Identity));
            Assert.That(elsewhere.Image.Pixels, Is.Not.EqualTo(again.Image.Pixels), "in another scene");
        });
    }

    [Test]
    public void TheFlowWarpsAsBilinearSamplingDoes()
    {
        var flow = new FlowTruth(new float[8 * 8 * 2], new float[64]);
        flow.Offset[2 * 9] = 0.25f; // a pixel to the right
        flow.Offset[(2 * 10) + 1] = 0.125f; // half a pixel down
        flow.Offset[2 * 63] = 5f; // beyond the border
        var source = new Mimesh.Imaging.Image(8, 8);
        for (int i = 0; i < source.Pixels.Length; i++)
        {
            source.Pixels[i] = i / 3 * i;
        }

        float[] warped = flow.Warp(source).Pixels;
        Assert.Multiple(() =>
        {
            Assert.That(warped[0..27], Is.EqualTo(source.Pixels[0..27]), "where nothing is known, it stays");
            Assert.That(warped[27..30], Is.EqualTo(source.Pixels[30..33]));
            Assert.That(warped[30], Is.EqualTo((source.Pixels[30] + source.Pixels[54]) / 2).Within(1e-3));
            Assert.That(warped[189..192], Is.EqualTo(source.Pixels[189..192]), "the border is repeated");
        });
    }

    [Test]
    public void ThreadsDoNotDisturbEachOther()
    {
        float[][] alone = [.. Enumerable.Range(0, 4).Select(
            i => new ClipSampler(FaceModel.BuiltIn, Split.Training).Single((ulong)i, 64).Image.Pixels)];
        var together = new float[4][];
        Parallel.For(0, 4, i => together[i] = new ClipSampler(FaceModel.BuiltIn, Split.Training).Single(
            (ulong)i, 64).Image.Pixels);
        Assert.That(together, Is.EqualTo(alone));
    }

    [Test]
    public void SplitsShareNobody()
    {
        Split[] splits = Enum.GetValues<Split>();
        ulong[] indices = [0, 1, 12345, ulong.MaxValue];
        ulong[] seeds = [.. splits.SelectMany(s => indices.Select(i => ClipSampler.PersonSeed(s, i)))];
        Assert.That(seeds, Is.Unique);
        Assert.That(
            new ClipSampler(FaceModel.BuiltIn, Split.Training).Person(7).Identity,
            Is.Not.EqualTo(new ClipSampler(FaceModel.BuiltIn, Split.Test).Person(7).Identity));
    }

    [Test]
    public void FlowWarpsSourceToDriving()
    {
        var sampler = new ClipSampler(FaceModel.BuiltIn, Split.Validation);
        double error = 0, steadyError = 0, still = 0, apart = 0;
        int count = 0, seen = 0, head = 0;
        for (ulong seed = 0; seed < 48; seed++)
        {
            ClipPair pair = sampler.Pair(seed, 128);

            // A bright lamp falls otherwise on a head that turns, which no flow undoes.
            bool isSteady = sampler.Person(seed).Light.Key.Length() < 1.5f;
            for (int i = 0; i < 128 * 128; i++)
            {
                Part part = pair.Driving.Parts[i];
                head += part is Part.Skin or Part.Eye or Part.Hair ? 1 : 0;
                if (pair.Flow.Visible[i] == 0 || part is not (Part.Skin or Part.Eye or Part.Hair))
                {
                    continue;
                }

                seen++;
                float x = ((i % 128) + (pair.Flow.Offset[2 * i] * 64)), y = ((i / 128) + (pair.Flow.Offset[(2 * i) + 1] * 64));
                int at = ((int)MathF.Floor(y + 0.5f) * 128) + (int)MathF.Floor(x + 0.5f);
                apart += (Place(pair.Driving, i) - Place(pair.Source, at)).Length();
                for (int c = 0; c < 3; c++)
                {
                    float off = Math.Abs(Bilinear(pair.Source.Image.Pixels, 128, x, y, c) - pair.Driving.Image.Pixels[(3 * i) + c]);
                    error += off;
                    count++;
                    if (isSteady)
                    {
                        steadyError += off;
                        still += Math.Abs(pair.Source.Image.Pixels[(3 * i) + c] - pair.Driving.Image.Pixels[(3 * i) + c]);
                    }
                }
            }
        }

        Assert.That((double)seen / head, Is.GreaterThan(0.5), "most of the head is seen in both frames");
        Assert.That(apart / seen, Is.LessThan(3), "millimetres, on the mean face; a pixel is about two");
        Assert.That(error / count, Is.LessThan(0.09), "light changes as the head turns, but colours stay");
        Assert.That(steadyError, Is.LessThan(0.6 * still), "warped is closer than not warped");
    }

    [Test]
    public void FlowOfAFrameToItselfIsZero()
    {
        Frame frame = new ClipSampler(FaceModel.BuiltIn, Split.Training).Single(11, Size);
        var flow = FlowTruth.Between(frame, frame);
        Assert.That(flow.Offset.Max(MathF.Abs), Is.LessThan(1e-3f));
        Assert.That(flow.Visible.Average(), Is.GreaterThan(0.99));
    }

    [Test]
    public void PartsAndDepthAgree()
    {
        Frame frame = new ClipSampler(FaceModel.BuiltIn, Split.Training).Single(2, Size);
        int skin = 0;
        for (int i = 0; i < Size * Size; i++)
        {
            bool empty = frame.Parts[i] == Part.None;
            Assert.That(frame.Triangle[i] < 0, Is.EqualTo(empty));
            Assert.That(float.IsNegativeInfinity(frame.Depth[i]), Is.EqualTo(empty));
            skin += frame.Parts[i] == Part.Skin ? 1 : 0;
            if (frame.Triangle[i] >= 0 && frame.Triangle[i] < FaceModel.BuiltIn.Triangles.Length / 3)
            {
                Assert.That(frame.Parts[i], Is.EqualTo(
                    FaceModel.BuiltIn.Parts[FaceModel.BuiltIn.Triangles[3 * frame.Triangle[i]]]));
            }
        }

        Assert.That(skin, Is.GreaterThan(Size * Size / 20));
        Assert.That(frame.Image.Pixels, Is.All.InRange(0f, 1f));
    }

    [Test]
    public void CrossTruthIsTheSourcePersonInTheDrivingPose()
    {
        CrossPair pair = new ClipSampler(FaceModel.BuiltIn, Split.Test).CrossPair(4, Size);
        Assert.Multiple(() =>
        {
            Assert.That(pair.Truth.Identity, Is.EqualTo(pair.Source.Identity));
            Assert.That(pair.Truth.Expression, Is.EqualTo(pair.Driving.Expression));
            Assert.That(pair.Truth.Pose, Is.EqualTo(pair.Driving.Pose));
            Assert.That(pair.Driving.Person.Seed, Is.Not.EqualTo(pair.Source.Person.Seed));
        });
    }

    [Test]
    public void FlowBetweenStrangersIsRefused()
    {
        var sampler = new ClipSampler(FaceModel.BuiltIn, Split.Training);
        Frame a = sampler.Single(0, Size), b = sampler.Single(1, Size);
        Assert.That(() => FlowTruth.Between(a, b), Throws.ArgumentException);
    }

    // Where a pixel's surface point is on the mean face, or in its own space for hair.
    private static Vector3 Place(Frame frame, int pixel)
    {
        Geometry g = frame.Person.Geometry;
        int t = 3 * frame.Triangle[pixel];
        Vector3 p = g.Canonical[g.Triangles[t]], q = g.Canonical[g.Triangles[t + 1]], r = g.Canonical[g.Triangles[t + 2]];
        Vector2 w = frame.Barycentric[pixel];
        return p + ((q - p) * w.X) + ((r - p) * w.Y);
    }

    private static float Bilinear(float[] pixels, int size, float x, float y, int c)
    {
        x = Math.Clamp(x, 0, size - 1.001f);
        y = Math.Clamp(y, 0, size - 1.001f);
        int x0 = (int)x, y0 = (int)y;
        float At(int i, int j) => pixels[(((Math.Min(j, size - 1) * size) + Math.Min(i, size - 1)) * 3) + c];
        float top = float.Lerp(At(x0, y0), At(x0 + 1, y0), x - x0),
            bottom = float.Lerp(At(x0, y0 + 1), At(x0 + 1, y0 + 1), x - x0);
        return float.Lerp(top, bottom, y - y0);
    }
}
