using System.Numerics;

namespace Mimesh.Faces;

/// <summary>Paints the <see cref="Region"/>s of the mean head.</summary>
internal static class RegionPainter
{
    public static FaceRegions Paint(MeshBuilder mesh, HeadTopology topology, float[] eyeAngles, List<ToothPlace> teeth)
    {
        int count = mesh.Count, skin = topology.SkinCount;
        var weights = new float[Enum.GetValues<Region>().Length][];
        for (int k = 0; k < weights.Length; k++)
        {
            weights[k] = new float[count];
            for (int i = 0; i < skin; i++)
            {
                var p = mesh.Positions[i];
                weights[k][i] = Math.Clamp(ByPosition((Region)k, p with { X = MathF.Abs(p.X) }), 0, 1);
            }
        }

        PaintLips(mesh, topology, weights);
        PaintEars(mesh, topology, weights);
        foreach (int column in (ReadOnlySpan<int>)[-3, -2, 2, 3])
        {
            weights[(int)Region.Nostrils][topology.At(HeadGrid.NostrilRow, column)] = 1;
        }

        foreach (int i in topology.LidRings[1].Concat(topology.LidRings[2]))
        {
            weights[(int)Region.LidRims][i] = weights[(int)Region.LidRims][mesh.MirrorOf[i]] = 1;
        }

        foreach (int i in topology.LidRings[0])
        {
            weights[(int)Region.LidRims][i] = weights[(int)Region.LidRims][mesh.MirrorOf[i]] = 0.5f;
        }

        var angles = new float[count];
        eyeAngles.CopyTo(angles, skin);
        return new FaceRegions(weights, angles, [.. teeth, .. new ToothPlace[mesh.Count - teeth.Count]]);
    }

    // x is the distance from the midline.
    private static float ByPosition(Region region, Vector3 p) => region switch
    {
        Region.Brows => MathF.Max(Stroke(p, new(11, 28, 91), new(29, 34, 86), 5, 4.4f), Stroke(p, new(29, 34, 86), new(50, 30, 66), 4.4f, 2)),
        Region.UpperLids => Patch(p, new(31.5f, 21, 79), new(17, 6, 12)),
        Region.UnderEye => Patch(p, new(29, 2.5f, 79), new(16, 7, 12)),
        Region.Scalp => Scalp(p),
        Region.Forehead => MathF.Min(Step((p.Y - 40) / 16), 1 - Scalp(p)),
        Region.Glabella => Patch(p, new(0, 27, 93), new(9, 11, 12)),
        Region.Cheeks => Patch(p, new(41, -16, 68), new(20, 17, 22)),
        Region.Nose => Stroke(p, new(0, 12, 88), new(0, -22, 104), 11, 20),
        Region.NoseTip => Stroke(p, new(0, -22, 110), new(13, -27, 98), 13, 9),
        Region.Moustache => Stroke(p, new(0, -40, 98), new(25, -47, 88), 8.5f, 7),
        Region.Beard => Step((-34 - p.Y - (0.3f * MathF.Max(0, p.Z - 40)) + (0.5f * MathF.Max(0, 30 - p.Z))) / 14)
            * Step((p.Z + 4) / 14) * Step((p.Y + 138) / 24),
        Region.Chin => Patch(p, new(0, -88, 92), new(21, 18, 20)),
        Region.NasolabialFolds => Stroke(p, new(19, -24, 90), new(31, -52, 82), 5, 6),
        Region.CrowsFeet => Patch(p, new(53, 13, 60), new(10, 12, 14)),
        Region.Neck => Step((-92 - (0.6f * (40 - p.Z)) * (p.Z < 40 ? -1 : 0) - p.Y) / 14) * Step((95 - p.Z) / 30),
        _ => 0,
    };

    // Hair grows behind a line over the forehead, down the temple before the ear, around the ear and across the nape.
    private static float Scalp(Vector3 p)
    {
        float forehead = (p.Y - 84 + (0.0035f * p.X * p.X)) * 0.8f;
        float temple = 0.75f * (33 + (0.28f * MathF.Max(p.Y - 20, 0)) - p.Z) * (p.Y > -4 ? 1 : 0.5f);
        float sideburn = MathF.Min(temple, p.Y + 6);
        float behindEar = -22 - p.Z - (0.35f * MathF.Max(0, -10 - p.Y));
        float nape = p.Y + 62;
        return Step(MathF.Max(MathF.Max(forehead, sideburn), MathF.Min(behindEar, nape)) / 18);
    }

    private static void PaintLips(MeshBuilder mesh, HeadTopology topology, float[][] weights)
    {
        for (int column = -HeadGrid.MouthCorner; column <= HeadGrid.MouthCorner; column++)
        {
            float taper = Math.Abs(column) == HeadGrid.MouthCorner ? 0.55f : 1;
            for (int k = 0; k <= 3; k++)
            {
                float w = taper * (k == 3 ? 0.25f : 1);
                weights[(int)Region.UpperLip][topology.At(HeadGrid.LipRow - k, column)] = w;
                weights[(int)Region.LowerLip][topology.At(HeadGrid.LipRow + k, column, below: true)] = w;
            }
        }

        foreach (int[] ring in topology.LipRings.AsSpan(1))
        {
            for (int i = 0; i < ring.Length; i++)
            {
                weights[(int)(i <= ring.Length / 2 ? Region.UpperLip : Region.LowerLip)][ring[i]] = 1;
            }
        }
    }

    private static void PaintEars(MeshBuilder mesh, HeadTopology topology, float[][] weights)
    {
        for (int k = 0; k < topology.EarRings.Length; k++)
        {
            foreach (int i in topology.EarRings[k])
            {
                // The first ring is still the head's.
                weights[(int)Region.Ears][i] = weights[(int)Region.Ears][mesh.MirrorOf[i]] = k == 0 ? 0 : 1;
                if (k == 0)
                {
                    continue;
                }

                weights[(int)Region.Scalp][i] = weights[(int)Region.Scalp][mesh.MirrorOf[i]] = 0;
                weights[(int)Region.Beard][i] = weights[(int)Region.Beard][mesh.MirrorOf[i]] = 0;
            }
        }
    }

    // 1 in the middle, 0.5 at the given radii, 0 at twice them: linear, so that the contour at 0.5 stays smooth on a coarse grid.
    private static float Patch(Vector3 p, Vector3 centre, Vector3 radii) => 1 - (0.5f * ((p - centre) / radii).Length());

    private static float Stroke(Vector3 p, Vector3 a, Vector3 b, float widthA, float widthB)
    {
        float t = Math.Clamp(Vector3.Dot(p - a, b - a) / (b - a).LengthSquared(), 0, 1);
        float width = widthA + (t * (widthB - widthA));
        return MathF.Max(0, 1 - (0.5f * Vector3.Distance(p, FlatVectors.Lerp(a, b, t)) / width));
    }

    // 0 below −½, 1 above ½.
    private static float Step(float x) => Math.Clamp(x + 0.5f, 0, 1);
}
