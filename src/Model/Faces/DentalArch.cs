using System.Numerics;

namespace Mimesh.Faces;

/// <summary>Where a vertex is on its tooth.</summary>
/// <param name="Tooth">1 for a central incisor to 7 for a second molar, 0 off the teeth.</param>
/// <param name="Across">−1 at the side towards the midline, 1 at the other.</param>
/// <param name="Height">0 at the cutting edge, 1 at the gum.</param>
public readonly record struct ToothPlace(int Tooth, float Across, float Height);

/// <summary>
/// The teeth and gums of one jaw. Fourteen teeth stand side by side on an ellipse, each a shell of its own: incisors end in
/// an edge, canines in a point, molars in a chewing surface. The gum is a band whose margin is scalloped: it runs high over
/// each tooth and reaches down between two of them.
/// </summary>
/// <param name="mesh">Receives the vertices, in mirrored pairs.</param>
/// <param name="places">Receives the place of each tooth's vertex, one for each vertex of <paramref name="mesh"/>.</param>
/// <param name="upper">Which jaw.</param>
internal sealed class DentalArch(MeshBuilder mesh, List<ToothPlace> places, bool upper)
{
    /// <summary>Size and stand of a tooth, millimetres.</summary>
    /// <param name="Width">Breadth along the arch.</param>
    /// <param name="Height">Of the crown.</param>
    /// <param name="Thickness">From its face to its back at the chewing surface.</param>
    /// <param name="Lift">How far its edge stays behind the plane of the bite.</param>
    /// <param name="Point">How far the middle of its edge stands out.</param>
    /// <param name="Corner">How far the corners of its edge are rounded off.</param>
    private readonly record struct Tooth(float Width, float Height, float Thickness, float Lift, float Point, float Corner);

    // Mean sizes of permanent teeth, from the central incisor to the second molar.
    private static readonly Tooth[] s_upper =
    [
        new(8.6f, 10.4f, 1.3f, 0, 0, 0.7f), new(6.7f, 9.2f, 1.2f, 0.8f, 0, 0.9f), new(7.6f, 10.2f, 2, 0.1f, 0.9f, 0.9f),
        new(7, 8.6f, 6, 0.6f, 0.6f, 0.6f), new(6.8f, 7.8f, 6, 0.7f, 0.5f, 0.5f), new(10, 7.2f, 8, 0.9f, 0.2f, 0.4f), new(9.4f, 6.6f, 8, 1.2f, 0.2f, 0.4f),
    ];

    private static readonly Tooth[] s_lower =
    [
        new(5.4f, 8.8f, 1.2f, 0, 0, 0.4f), new(5.9f, 9, 1.2f, 0, 0, 0.5f), new(6.8f, 10, 1.8f, 0, 0.9f, 0.8f),
        new(7, 8.4f, 5.5f, 0.3f, 0.6f, 0.6f), new(7.1f, 7.8f, 6, 0.4f, 0.4f, 0.5f), new(11, 7.2f, 8, 0.3f, 0.2f, 0.4f), new(10.4f, 6.8f, 8, 0, 0.2f, 0.4f),
    ];

    // From under the gum down the face, over the edge and up the back: share of the height, depth, share of the thickness.
    private static readonly (float Height, float Depth, float Thick)[] s_section =
        [(1.12f, 1.8f, 0), (0.86f, 0.4f, 0), (0.5f, 0, 0), (0.14f, 0.3f, 0), (0, 0.7f, 0), (0, 0.9f, 1), (0.8f, 2.2f, 1)];

    private readonly Tooth[] _teeth = upper ? s_upper : s_lower;
    private readonly float _sign = upper ? 1 : -1;
    private readonly float _edge = upper ? -57.4f : -57.2f, _front = upper ? 88.5f : 85.4f;
    private readonly float _breadth = upper ? 31 : 28.5f, _depth = upper ? 37 : 35;

    /// <summary>Adds the teeth of both sides.</summary>
    public void AddTeeth()
    {
        int mark = mesh.TriangleMark;
        float along = 0.06f;
        for (int k = 0; k < _teeth.Length; k++)
        {
            AddTooth(k, along + (_teeth[k].Width / 2));
            along += _teeth[k].Width;
        }

        mesh.MirrorTriangles(mark);
    }

    /// <summary>Adds the gum of both sides.</summary>
    public void AddGum()
    {
        // Heights beyond the margin and depths: the margin, its swelling, and the way up to the fold behind the lip.
        (float Height, float Depth)[] section = [(0, -0.3f), (1.3f, -0.8f), (4.5f, 0.5f), (11, 5)];
        int mark = mesh.TriangleMark;
        int[]? previous = null;
        float along = 0;
        for (int k = 0; k < _teeth.Length; k++)
        {
            float width = _teeth[k].Width;
            float[] steps = k < 4 ? [0, 0.25f, 0.5f, 0.75f] : [0, 0.5f];
            foreach (float step in k + 1 < _teeth.Length ? steps : [.. steps, 1])
            {
                float beside = step == 0 && k > 0 ? _teeth[k - 1].Height : _teeth[k].Height;
                float papilla = 0.52f * MathF.Min(_teeth[k].Height, beside);
                float arc = MathF.Sqrt(MathF.Max(0, MathF.Sin(step * MathF.PI)));
                float margin = _teeth[k].Lift + float.Lerp(papilla, 0.98f * _teeth[k].Height, arc);
                var (at, _, inwards) = Frame(along + (step * width));
                var column = new int[section.Length];
                for (int r = 0; r < section.Length; r++)
                {
                    float dip = r < 2 ? 0.25f * (1 - arc) : 0;
                    var p = at + ((section[r].Depth + dip) * inwards) + new Vector3(0, _sign * (margin + section[r].Height), 0);
                    column[r] = Add(k == 0 && step == 0 ? p with { X = 0 } : p, Part.Gums, default);
                }

                if (previous is not null)
                {
                    for (int r = 0; r + 1 < section.Length; r++)
                    {
                        Join(previous[r + 1], column[r + 1], column[r], previous[r]);
                    }
                }

                previous = column;
            }

            along += width;
        }

        mesh.MirrorTriangles(mark);
    }

    private void AddTooth(int k, float middle)
    {
        Tooth tooth = _teeth[k];
        var (centre, along, inwards) = Frame(middle);
        float[] columns = k < 4 ? [-1, -0.62f, 0, 0.62f, 1] : [-1, 0, 1];
        int[]? previous = null;
        foreach (float u in columns)
        {
            float side = u * u;
            var column = new int[s_section.Length];
            for (int r = 0; r < column.Length; r++)
            {
                var (share, depth, thick) = s_section[r];
                // Crowns are widest below the middle and narrow towards the gum.
                float taper = 1 - (0.16f * MathF.Max(0, share - 0.3f));
                float edge = share < 0.3f ? (tooth.Corner * side * side) - (tooth.Point * (1 - side)) : 0;
                float height = tooth.Lift + (share * tooth.Height) + edge;
                float back = depth + (thick * tooth.Thickness) + ((r < 5 ? 1 : -0.4f) * ((0.25f * side) + (0.95f * side * side * side)));
                var p = centre + (u * 0.49f * tooth.Width * taper * along) + (back * inwards) + new Vector3(0, _sign * height, 0);
                p.X = MathF.Max(p.X, 0.05f);
                column[r] = Add(p, Part.Teeth, new ToothPlace(k + 1, u, Math.Clamp(share, 0, 1)));
            }

            if (previous is not null)
            {
                for (int r = 0; r + 1 < column.Length; r++)
                {
                    Join(previous[r], column[r], column[r + 1], previous[r + 1]);
                }
            }

            previous = column;
        }
    }

    // A quad given as seen on the upper jaw; on the lower one, which is upside down, its rows change places.
    private void Join(int a, int b, int c, int d)
    {
        if (upper)
        {
            mesh.Quad(a, b, c, d, falling: true);
        }
        else
        {
            mesh.Quad(d, c, b, a, falling: true);
        }
    }

    private int Add(Vector3 p, Part part, ToothPlace place)
    {
        int i = mesh.Add(p, part);
        while (places.Count < mesh.Count)
        {
            places.Add(place);
        }

        return i;
    }

    // The arch at a length from its middle: a place on the plane of the bite, the way along and the way in.
    private (Vector3 At, Vector3 Along, Vector3 Inwards) Frame(float length)
    {
        float t = 0;
        const float step = 0.002f;
        for (float s = 0; s < length; t += step)
        {
            s += step * MathF.Sqrt(MathF.Pow(_breadth * MathF.Cos(t), 2) + MathF.Pow(_depth * MathF.Sin(t), 2));
        }

        (float sin, float cos) = MathF.SinCos(t);
        var along = Vector3.Normalize(new Vector3(_breadth * cos, 0, -_depth * sin));
        return (new Vector3(_breadth * sin, _edge, _front - (_depth * (1 - cos))), along, new Vector3(along.Z, 0, -along.X));
    }
}
