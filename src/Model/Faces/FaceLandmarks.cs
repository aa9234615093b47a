namespace Mimesh.Faces;

/// <summary>The 68 iBUG landmarks on the built-in head's grid.</summary>
internal static class FaceLandmarks
{
    // (row, column, lower edge of a slit) with the columns of the head's right side (left in the picture) negative.
    private static readonly (int Row, int Column, bool Below)[] s_places =
    [
        // 0–16: jaw from the head's right ear to its left ear.
        (19, -20, false), (24, -20, false), (29, -20, false), (34, -20, false), (38, -19, false), (41, -17, false), (43, -13, false), (44, -7, false),
        (44, 0, false),
        (44, 7, false), (43, 13, false), (41, 17, false), (38, 19, false), (34, 20, false), (29, 20, false), (24, 20, false), (19, 20, false),
        // 17–26: brows.
        (10, -17, false), (10, -15, false), (10, -12, false), (10, -8, false), (11, -5, false),
        (11, 5, false), (10, 8, false), (10, 12, false), (10, 15, false), (10, 17, false),
        // 27–35: bridge, tip and base of the nose.
        (16, 0, false), (19, 0, false), (22, 0, false), (25, 0, false),
        (27, -5, false), (27, -3, false), (28, 0, false), (27, 3, false), (27, 5, false),
        // 36–47: right eye, left eye.
        (16, -16, false), (16, -13, false), (16, -9, false), (16, -6, false), (16, -9, true), (16, -13, true),
        (16, 6, false), (16, 9, false), (16, 13, false), (16, 16, false), (16, 13, true), (16, 9, true),
        // 48–59: outer lips; 60–67: inner lips.
        (34, -8, false), (31, -5, false), (31, -2, false), (31, 0, false), (31, 2, false), (31, 5, false), (34, 8, false),
        (37, 5, false), (37, 2, false), (37, 0, false), (37, -2, false), (37, -5, false),
        (34, -7, false), (34, -3, false), (34, 0, false), (34, 3, false), (34, 7, false), (34, 3, true), (34, 0, true), (34, -3, true),
    ];

    public static int[] Find(HeadTopology topology) => [.. s_places.Select(p => topology.At(p.Row, p.Column, p.Below))];
}
