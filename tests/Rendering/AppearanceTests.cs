using System.Numerics;
using Mimesh.Faces;
using Mimesh.People;
using NUnit.Framework;

namespace Mimesh.Tests.Rendering;

/// <summary>What people look like and wear: colours that skin has, things that occur, and motion that is true for them.</summary>
public class AppearanceTests
{
    // The skins of the ColorChecker chart, sRGB, and the melanin and haemoglobin that give them.
    [TestCase(0.365f, 0.41f, 194, 150, 130)]
    [TestCase(1.57f, 0.03f, 115, 82, 68)]
    public void SkinHasTheColoursOfMeasuredSkin(float melanin, float haemoglobin, int red, int green, int blue)
    {
        Vector3 skin = Palette.Skin(melanin, haemoglobin);
        static double Encoded(float v) => 255 * ((1.055 * Math.Pow(v, 1 / 2.4)) - 0.055);
        Assert.Multiple(() =>
        {
            Assert.That(Encoded(skin.X), Is.EqualTo(red).Within(10));
            Assert.That(Encoded(skin.Y), Is.EqualTo(green).Within(10));
            Assert.That(Encoded(skin.Z), Is.EqualTo(blue).Within(10));
        });
    }

    [Test]
    public void EverythingIsWornByAFewAndNothingByMost()
    {
        var sampler = new ClipSampler(FaceModel.BuiltIn, Split.Training);
        const int count = 200;
        var wearers = new Dictionary<Material, int>();
        for (ulong i = 0; i < count; i++)
        {
            foreach (Material material in sampler.Person(i).Geometry.Chunks.Select(c => c.Material).Distinct())
            {
                wearers[material] = wearers.GetValueOrDefault(material) + 1;
            }
        }

        Assert.That(wearers.Keys, Is.EquivalentTo(Enum.GetValues<Material>()));
        foreach (Material rare in (Material[])[Material.Headcloth, Material.Frame, Material.Prop, Material.Limb, Material.Drape, Material.Beard])
        {
            Assert.That(wearers[rare], Is.InRange(3, count / 2), $"{rare}");
        }
    }

    /// <summary>What is worn goes with the head, what is held stays with the body: the flow finds the same spot of it again.</summary>
    [TestCase(nameof(Material.Headcloth))]
    [TestCase(nameof(Material.Prop))]
    [TestCase(nameof(Material.Limb))]
    [TestCase(nameof(Material.Drape))]
    public void FlowFollowsWhatIsWornAndHeld(string material)
    {
        Material worn = Enum.Parse<Material>(material);
        const int size = 96;
        var sampler = new ClipSampler(FaceModel.BuiltIn, Split.Training);
        double apart = 0;
        int seen = 0, people = 0;
        for (ulong seed = 0; seed < 200 && people < 4; seed++)
        {
            if (sampler.Person(seed).Geometry.Chunks.All(c => c.Material != worn))
            {
                continue;
            }

            people++;
            ClipPair pair = sampler.Pair(seed, size);
            Geometry geometry = pair.Driving.Person.Geometry;
            for (int i = 0; i < size * size; i++)
            {
                int t = pair.Driving.Triangle[i];
                if (t >= 0 && pair.Flow.Visible[i] > 0 && geometry.Chunks[geometry.ChunkOf[t]].Material == worn)
                {
                    int x = (int)MathF.Round((i % size) + (pair.Flow.Offset[2 * i] * size / 2)),
                        y = (int)MathF.Round((i / size) + (pair.Flow.Offset[(2 * i) + 1] * size / 2));
                    int at = (Math.Clamp(y, 0, size - 1) * size) + Math.Clamp(x, 0, size - 1);
                    apart += MathF.Min(30, (Place(pair.Driving, i) - Place(pair.Source, at)).Length());
                    seen++;
                }
            }
        }

        Assert.That(seen, Is.GreaterThan(50), "pixels of it, seen in both frames");
        Assert.That(apart / seen, Is.LessThan(6), "millimetres; a pixel is about three");
    }

    private static Vector3 Place(Frame frame, int pixel)
    {
        Geometry g = frame.Person.Geometry;
        int t = 3 * frame.Triangle[pixel];
        if (t < 0)
        {
            return new Vector3(float.MaxValue);
        }

        Vector3 p = g.Canonical[g.Triangles[t]], q = g.Canonical[g.Triangles[t + 1]], r = g.Canonical[g.Triangles[t + 2]];
        Vector2 w = frame.Barycentric[pixel];
        return p + ((q - p) * w.X) + ((r - p) * w.Y);
    }
}
