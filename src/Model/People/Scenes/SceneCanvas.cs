using System.Numerics;
using Mimesh.Faces;

namespace Mimesh.People;

/// <summary>A scene in the making: its pixels, and for each pixel which sprite it shows, so that it is known what hides whom.</summary>
/// <param name="size">Side in pixels.</param>
internal sealed class SceneCanvas(int size)
{
    // How far below its square a person's body goes on, in its grid.
    private const float BodyLength = 4f;

    // Points a side at which it is seen how much of a face is hidden.
    private const int Probes = 12;

    private readonly byte[] _owner = new byte[size * size];
    private readonly List<(Sprite Sprite, Placement Place, byte Owner)> _people = [];
    private byte _last;

    /// <summary><c>(size, size, 3)</c>.</summary>
    public float[] Pixels { get; } = new float[size * size * 3];

    /// <summary>Covers everything with a backdrop.</summary>
    public void Cover(Sprite backdrop, Placement place, Vector4 tint) => Draw(backdrop, place, tint, 0, 0, size, size, 0);

    /// <summary>Draws a sprite over what is there.</summary>
    /// <param name="sprite">The sprite.</param>
    /// <param name="place">Where.</param>
    /// <param name="tint">Multiplied with its colours; its last number is 1.</param>
    public void Draw(Sprite sprite, Placement place, Vector4 tint)
    {
        float bottom = sprite.GoesOn ? BodyLength : 1f;
        Span<Vector2> corners = [place.Apply(new(-1, -1)), place.Apply(new(1, -1)), place.Apply(new(-1, bottom)), place.Apply(new(1, bottom))];
        Vector2 least = corners[0], most = corners[0];
        foreach (Vector2 c in corners)
        {
            (least, most) = (Vector2.Min(least, c), Vector2.Max(most, c));
        }

        if (++_last == 0)
        {
            throw new InvalidOperationException("A scene holds at most 255 sprites.");
        }

        int left = Math.Clamp((int)least.X - 1, 0, size), right = Math.Clamp((int)most.X + 2, 0, size);
        int top = Math.Clamp((int)least.Y - 1, 0, size), down = Math.Clamp((int)most.Y + 2, 0, size);
        Draw(sprite, place, tint, left, top, right, down, _last);
        if (sprite.Face is not null)
        {
            _people.Add((sprite, place, _last));
        }
    }

    /// <summary>The faces of all that was drawn.</summary>
    public SceneFace[] Faces() => [.. _people.Select(p =>
    {
        FaceCrop face = p.Sprite.Face!.Value;
        Vector2 centre = p.Place.Apply(new Vector2(face.X, face.Y));
        return new SceneFace(centre.X, centre.Y, 2 * face.HalfSide * p.Place.Half, face.Roll + p.Place.Roll, Visible(p.Sprite, face, p.Place, p.Owner));
    })];

    private float Visible(Sprite sprite, FaceCrop face, Placement place, byte owner)
    {
        var onFace = new Placement(face.X, face.Y, face.Roll, face.HalfSide);
        int all = 0, seen = 0;
        for (int i = 0; i < Probes * Probes; i++)
        {
            Vector2 u = new((((i % Probes) + 0.5f) * 2 / Probes) - 1, (((i / Probes) + 0.5f) * 2 / Probes) - 1);
            Vector2 v = onFace.Apply(u * 0.9f);
            if (u.Length() > 1 || sprite.At(v, 0).W < 0.5f)
            {
                continue;
            }

            all++;
            Vector2 x = place.Apply(v);
            int column = (int)MathF.Floor(x.X), row = (int)MathF.Floor(x.Y);
            seen += (uint)column < (uint)size && (uint)row < (uint)size && _owner[(row * size) + column] == owner ? 1 : 0;
        }

        return all == 0 ? 0 : seen / (float)all;
    }

    private void Draw(Sprite sprite, Placement place, Vector4 tint, int left, int top, int right, int down, byte owner)
    {
        int level = sprite.LevelFor(place.Half);
        float bottom = sprite.GoesOn ? BodyLength : 1f;
        var (sin, cos) = MathF.SinCos(place.Roll);
        Vector2 step = new Vector2(cos, sin) / place.Half;
        for (int y = top; y < down; y++)
        {
            Vector2 u = place.Invert(new Vector2(left + 0.5f, y + 0.5f));
            for (int x = left; x < right; x++, u += step)
            {
                if (!sprite.Tiles && (MathF.Abs(u.X) > 1.1f || u.Y < -1.1f || u.Y > bottom))
                {
                    continue;
                }

                Vector4 c = sprite.At(u, level);
                if (c.W < 0.01f)
                {
                    continue;
                }

                c *= tint;
                int at = (y * size) + x;
                var pixel = Pixels.AsSpan(3 * at, 3);
                float rest = 1 - c.W;
                (pixel[0], pixel[1], pixel[2]) = ((pixel[0] * rest) + c.X, (pixel[1] * rest) + c.Y, (pixel[2] * rest) + c.Z);
                if (c.W > 0.5f)
                {
                    _owner[at] = owner;
                }
            }
        }
    }
}
