using System.Numerics;
using Mimesh.Faces;
using static Mimesh.Faces.Smoothstep;

namespace Mimesh.People;

/// <summary>
/// Grows hair as sheets: strands leave a parting on the crown (a point or a line), follow the skull to the hairline, and go on
/// from there, over the forehead as a fringe or straight down past the ears. A grid of such strands makes one sheet;
/// thinner sheets over it fray the silhouette. Caps, veils and headcloths are the same sheets of another material.
/// </summary>
internal static class HairBuilder
{
    private const int Strands = 64, Joints = 22;

    /// <summary>Adds a person's hair to the mesh.</summary>
    public static void Add(GeometryBuilder mesh, HairStyle style, Skull skull, Shoulders shoulders)
    {
        if (style.Layers == 0)
        {
            return;
        }

        AddSheets(mesh, style, skull, shoulders, Material.Hair);
        switch (style.Cut)
        {
            case HairCut.Bun:
                float lift = MathF.Abs(style.NoiseAt.X - 0.5f) * 2;
                var d = Vector3.Normalize(new Vector3(0, float.Lerp(0.25f, 1.2f, lift), -1));
                AddKnot(mesh, style, Anatomy.SkullCentre + (d * (skull.RadiusAt(d) + 16)), new Vector3(30, 27, 26), 0);
                break;
            case HairCut.Tied:
                AddTail(mesh, style, skull);
                break;
        }

        mesh.Close(Material.Hair, twoSided: true, casts: true);
    }

    /// <summary>Adds the sheets of a style; the first one throws shadows.</summary>
    /// <returns>The first sheet's lower edge, strand by strand round the head.</returns>
    public static Vector3[] AddSheets(GeometryBuilder mesh, HairStyle style, Skull skull, Shoulders shoulders, Material material)
    {
        var strands = Strand.Around(style, skull, Strands);
        var grid = new Vector3[Strands * Joints];
        Vector3[] edge = [];
        for (int layer = 0; layer < style.Layers; layer++)
        {
            AddSheet(mesh, style, skull, shoulders, layer, strands, grid);
            mesh.Close(material, twoSided: true, casts: layer == 0);
            edge = layer == 0 ? [.. Enumerable.Range(0, Strands).Select(s => grid[(s * Joints) + Joints - 1])] : edge;
        }

        return edge;
    }

    /// <summary>Adds what hangs from the back of the head: a pony tail, or the end of a cloth.</summary>
    public static void AddTail(GeometryBuilder mesh, HairStyle style, Skull skull)
    {
        var back = Vector3.Normalize(new Vector3(0, 0.1f, -1));
        float side = style.NoiseAt.Y > 0.6f ? (style.NoiseAt.Z > 0.5f ? 45 : -45) : 0;
        AddKnot(mesh, style, Anatomy.SkullCentre + (back * (skull.RadiusAt(back) + 6))
            + new Vector3(side, -80, side == 0 ? 0 : 40), new Vector3(26, 105, 24), side);
    }

    /// <summary>Adds a beard: the skin of the beard's area, lifted along its normals in two layers.</summary>
    public static void AddBeard(GeometryBuilder mesh, FaceModel model, Anatomy anatomy, HairStyle style)
    {
        if (style.Beard <= 0)
        {
            return;
        }

        var growth = new float[model.VertexCount];
        for (int i = 0; i < growth.Length; i++)
        {
            growth[i] = Growth(anatomy, style, model.Mean[i], anatomy.Fields[i].Z);
        }

        float Lip(int i) => anatomy.Fields[i].X;
        for (int layer = 1; layer <= 2; layer++)
        {
            var copy = new Dictionary<int, int>();
            int Copy(int i)
            {
                if (!copy.TryGetValue(i, out int j))
                {
                    float weight = growth[i];
                    float length = style.Beard * (layer / 2f) * weight
                        * (0.6f + (0.4f * Smooth(-40, -90, model.Mean[i].Y)));
                    var rig = new Rig(Carrier.Vertex, i, new Vector3(length, -length * 0.5f, 0));
                    j = mesh.Add(rig, model.Mean[i], new Vector3(0, -1, 0.15f), new Vector4(0, layer / 2f, 0, 1),
                        new Vector4(0, 0, weight, 0));
                    copy[i] = j;
                }

                return j;
            }

            for (int t = 0; t < model.Triangles.Length; t += 3)
            {
                int p = model.Triangles[t], q = model.Triangles[t + 1], r = model.Triangles[t + 2];
                bool skin = model.Parts[p] == Part.Skin && MathF.Min(Lip(p), MathF.Min(Lip(q), Lip(r))) > 0.4f;
                if (skin && MathF.Max(growth[p], MathF.Max(growth[q], growth[r])) > 0.25f)
                {
                    mesh.Triangle(Copy(p), Copy(q), Copy(r));
                }
            }
        }

        mesh.Close(Material.Beard);
    }

    // Full beards, goatees and moustaches are the same field, cut off at different distances from the chin.
    private static float Growth(Anatomy anatomy, HairStyle style, Vector3 p, float field)
    {
        if (style.BeardSpread > 0.45f)
        {
            return field;
        }

        float reach = anatomy.MouthCorner.X + 6;
        float goatee = field * Smooth(reach + 8, reach - 4, MathF.Abs(p.X));
        return style.BeardSpread > 0.18f ? goatee
            : goatee * Smooth(anatomy.MouthCorner.Y - 6, anatomy.MouthCorner.Y + 1, p.Y);
    }

    private static void AddSheet(
        GeometryBuilder mesh, HairStyle style, Skull skull, Shoulders shoulders, int layer, Strand[] strands, Vector3[] grid)
    {
        for (int s = 0; s < Strands; s++)
        {
            Grow(style, skull, layer, strands[s], s, grid);
            // Hair at the sides lies before or behind the shoulder, the rest where it grows.
            Vector3 root = strands[s].At(strands[s].Reach);
            float parting = style.NoiseAt.X > 0.5f ? 1.95f : root.X * (style.NoiseAt.Y - 0.5f) > 0 ? 1.75f : 1.2f;
            bool before = MathF.Abs(MathF.Atan2(root.X, root.Z)) < parting;
            for (int j = 0; j < Joints; j++)
            {
                ref Vector3 p = ref grid[(s * Joints) + j];
                p = shoulders.Lay(p, before, 5 + (3 * layer));
            }
        }

        int first = -1;
        for (int j = 0; j < Joints; j++)
        {
            for (int s = 0; s <= Strands; s++)
            {
                int c = s % Strands;
                Vector3 p = grid[(c * Joints) + j];
                Vector3 along = grid[(c * Joints) + Math.Min(j + 1, Joints - 1)] - grid[(c * Joints) + Math.Max(j - 1, 0)];
                // Roots lie in each other's shade, tips in the open.
                float v = (float)j / (Joints - 1);
                float shade = 0.72f + (0.28f * MathF.Min(1, v * 2));
                int i = mesh.Add(
                    new Rig(Carrier.Hanging, -1, p), p, Vector3.Normalize(along + new Vector3(0, -1e-4f, 0)),
                    new Vector4((float)s / Strands, v, layer, shade));
                first = first < 0 ? i : first;
            }
        }

        mesh.Grid(first, Joints, Strands + 1);
    }

    /// <summary>How many millimetres the hairline has moved up at a point.</summary>
    public static float Recede(HairStyle style, Vector3 p)
    {
        float azimuth = MathF.Abs(MathF.Atan2(p.X, p.Z - Anatomy.SkullCentre.Z));
        return style.Recession * Smooth(1.3f, 0.6f, azimuth) * (0.55f + (0.45f * Smooth(0.1f, 0.5f, azimuth)));
    }

    private static void Grow(HairStyle style, Skull skull, int layer, in Strand strand, int index, Vector3[] grid)
    {
        float hairline = strand.Reach;
        Vector3 end = strand.At(hairline);
        float azimuth = MathF.Abs(MathF.Atan2(end.X, end.Z));
        float aside = Smooth(style.Opening - 0.25f, style.Opening + 0.1f, azimuth);
        float extra = float.Lerp(style.Fringe, style.Length, aside);
        (float sin, float cos) = MathF.SinCos(index * MathF.Tau / Strands);
        float jag = Noise.Sample(style.NoiseAt + new Vector3(cos * 0.35f, sin * 0.35f, 0)).W;
        // Neighbouring strands gather in locks that part from each other towards their tips.
        float lift = style.Locks * Noise.Sample(style.NoiseAt + new Vector3(cos * 0.8f, sin * 0.8f, 0.23f * layer)).W;
        extra += jag * style.Ragged * (4 + (0.12f * MathF.Max(extra, 0)));
        const float skullRadius = 95;
        float length = MathF.Max((hairline * skullRadius) + extra, 20);
        float step = length / (Joints - 1);
        float angle = 0;
        var p = Vector3.Zero;
        for (int j = 0; j < Joints; j++)
        {
            float s = j * step, v = (float)j / (Joints - 1);
            float toEdge = Smooth(0, 45, (hairline * skullRadius) + MathF.Max(extra, 0) - s);
            float overEdge = extra > 25 ? 1 : 0;
            float thick = float.Lerp(style.EdgeThickness, style.Thickness, MathF.Max(toEdge, overEdge * 0.6f))
                * (layer == 0 ? 0.85f : 0.87f + (0.1f * layer));
            Vector3 d = strand.At(angle);
            bool hanging = j > 0 && angle > hairline * 0.6f && d.Y < 0.02f && aside > 0.3f && extra > 12;
            if (hanging)
            {
                // Beyond the widest part of the head hair falls, waving, a little inwards to the neck.
                float phase = (s / style.WaveLength * MathF.Tau) + (jag * 5);
                Vector3 outward = Vector3.Normalize(new Vector3(p.X, 0, p.Z - Anatomy.SkullCentre.Z));
                p += new Vector3(0, -step, 0) + (outward * (style.Wave * MathF.Cos(phase) * step * 0.045f))
                    - (outward * (step * 0.06f));
            }
            else
            {
                p = Anatomy.SkullCentre + (d * (skull.RadiusAt(d) + thick));
                angle += step / skullRadius;
            }

            Vector4 lump = Noise.Sample(style.NoiseAt + (p * (style.Curl > 0.5f ? 0.006f : 0.0035f)));
            float swell = (style.Lumps * thick * lump.W * (0.3f + toEdge)) + (lift * v);
            Vector3 away = Vector3.Normalize(p - Anatomy.SkullCentre with { Y = MathF.Min(p.Y, Anatomy.SkullCentre.Y) });
            grid[(index * Joints) + j] = p + (away * MathF.Max(swell, -0.7f * thick));
        }
    }

    private static void AddKnot(GeometryBuilder mesh, HairStyle style, Vector3 centre, Vector3 radii, float lean)
    {
        const int rows = 14, columns = 24;
        int first = -1;
        for (int r = 0; r < rows; r++)
        {
            float polar = MathF.PI * r / (rows - 1);
            for (int c = 0; c <= columns; c++)
            {
                float around = -c * MathF.Tau / columns;
                var n = new Vector3(MathF.Sin(polar) * MathF.Sin(-around), MathF.Cos(polar),
                    MathF.Sin(polar) * MathF.Cos(around));
                Vector3 p = centre + (n * radii) + new Vector3(lean * 0.2f * (1 - n.Y), 0, 0);
                p += n * (Noise.Sample(style.NoiseAt + (p * 0.006f)).W * 6);
                int i = mesh.Add(
                    new Rig(Carrier.Hanging, -1, p), p, Vector3.Normalize(new Vector3(0.4f * n.Z, -1, -0.4f * n.X)),
                    new Vector4((float)c / columns, 0.1f + (0.6f * r / (rows - 1)), 0, 0.9f));
                first = first < 0 ? i : first;
            }
        }

        mesh.Grid(first, rows, columns + 1);
    }
}
