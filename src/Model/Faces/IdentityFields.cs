using static Mimesh.Faces.Brush;

namespace Mimesh.Faces;

/// <summary>One way in which heads differ, as one standard deviation of it.</summary>
/// <param name="Name">What a sculptor would call it.</param>
/// <param name="Kind">Its symmetry, and whether the eyeball comes along.</param>
/// <param name="Brushes">Its strokes, on the left side or the midline.</param>
internal sealed record IdentityField(string Name, FieldKind Kind, params Brush[] Brushes);

/// <summary>How an <see cref="IdentityField"/> treats the other side and the eyes.</summary>
internal enum FieldKind
{
    /// <summary>Mirrored; eyeballs move with their sockets.</summary>
    Symmetric,

    /// <summary>Mirrored with the opposite sign, so one side grows while the other shrinks.</summary>
    Antisymmetric,

    /// <summary>Mirrored, and moves the lids over a resting eyeball.</summary>
    Lids,
}

/// <summary>The sculpt fields that identities are made of; sizes follow published ranges of head and face measures.</summary>
internal static class IdentityFields
{
    private const float All = 900;

    public static readonly IdentityField[] Table =
    [
        // The whole head.
        new("size", FieldKind.Symmetric, Stretch3(0, 0, 0, All, All, All, 0.034f, 0.034f, 0.034f)),
        new("width", FieldKind.Symmetric, Stretch3(0, 0, 0, All, All, All, 0.040f, 0, 0)),
        new("length", FieldKind.Symmetric, Stretch3(0, 0, 0, All, All, All, 0, 0, 0.034f)),
        new("height", FieldKind.Symmetric, Stretch3(0, 0, 0, All, All, All, 0, 0.034f, 0)),
        new("crown", FieldKind.Symmetric, Push3(0, 115, 0, 75, 50, 85, 0, 3.5f, 0)),
        new("occiput", FieldKind.Symmetric, Push3(0, 40, -90, 65, 60, 50, 0, 0, -4)),
        new("temple", FieldKind.Symmetric, Push3(62, 38, 45, 20, 30, 32, 2, 0, 0)),
        new("skull breadth", FieldKind.Symmetric, Push3(75, 50, -15, 40, 50, 60, 3, 0, 0)),
        new("neck width", FieldKind.Symmetric, Push3(52, -140, -10, 38, 52, 65, 4, 0, 0)),
        new("neck depth", FieldKind.Symmetric, Push3(0, -140, 35, 50, 40, 40, 0, 0, 3.5f), Push3(0, -120, -75, 60, 50, 40, 0, 0, -2.5f)),
        // Jaw, chin and cheeks.
        new("lower face length", FieldKind.Symmetric, Push3(0, -85, 55, 90, 45, 75, 0, -4, 0)),
        new("jaw width", FieldKind.Symmetric, Push3(50, -58, 22, 26, 32, 38, 3.8f, 0, 0)),
        new("jaw taper", FieldKind.Symmetric, Push3(32, -84, 55, 24, 22, 34, 3, 0, 0)),
        new("jaw angle", FieldKind.Symmetric, Push3(48, -62, 18, 26, 26, 32, 0.5f, -4, 0)),
        new("jaw forward", FieldKind.Symmetric, Push3(0, -78, 75, 52, 34, 50, 0, 0, 3.4f)),
        new("chin forward", FieldKind.Symmetric, Push3(0, -90, 88, 25, 18, 28, 0, 0, 3)),
        new("chin height", FieldKind.Symmetric, Push3(0, -98, 82, 30, 20, 30, 0, -3, 0)),
        new("chin width", FieldKind.Symmetric, Push3(15, -92, 85, 14, 17, 22, 2.6f, 0, 0.3f)),
        new("chin square", FieldKind.Symmetric, Push3(13, -99, 84, 10, 10, 14, 1.4f, -1.4f, 0.4f), Push3(0, -101, 88, 7, 9, 14, 0, 0.8f, -0.8f)),
        new("chin dimple", FieldKind.Symmetric, Push3(0, -91, 97, 5, 8, 10, 0, 0, -1.1f)),
        new("cheekbone width", FieldKind.Symmetric, Push3(60, -3, 45, 22, 20, 32, 2.6f, 0, 0)),
        new("cheekbone forward", FieldKind.Symmetric, Push3(44, -9, 68, 18, 15, 18, 1, 0, 2.2f)),
        new("cheekbone height", FieldKind.Symmetric, Push3(52, -6, 60, 20, 16, 24, 0, 2.2f, 0)),
        new("cheek fullness", FieldKind.Symmetric, Push3(44, -38, 58, 23, 24, 28, 3.4f, -0.5f, 1.8f)),
        new("cheek hollow", FieldKind.Symmetric, Push3(50, -30, 45, 15, 14, 22, -2.4f, 0, -0.8f)),
        new("jowls", FieldKind.Symmetric, Push3(38, -76, 60, 16, 16, 22, 2.2f, -1.6f, 1)),
        new("double chin", FieldKind.Symmetric, Push3(0, -112, 52, 42, 20, 34, 0, -3.4f, 1.2f)),
        new("fat", FieldKind.Symmetric, Push3(48, -50, 42, 32, 45, 45, 4, 0, 1), Push3(0, -115, 45, 45, 25, 35, 0, -3, 1.5f), Push3(55, -130, -10, 40, 50, 60, 3, 0, 0), Push3(12, -24, 100, 12, 12, 15, 0.5f, 0, 0)),
        new("sex", FieldKind.Symmetric, Push3(22, 32, 90, 28, 10, 18, 0, -0.8f, 2), Push3(48, -60, 25, 28, 28, 38, 2.6f, -1.5f, 0), Push3(0, -95, 84, 30, 22, 28, 0, -2.2f, 1.4f), Push3(0, -15, 104, 14, 22, 18, 0, 0, 1.2f), Push3(52, -140, -10, 40, 50, 60, 3.4f, 0, 0), Push3(0, -132, 42, 12, 14, 14, 0, 0, 2)),
        // Forehead and brow.
        new("forehead slope", FieldKind.Symmetric, Push3(0, 82, 75, 62, 36, 50, 0, 0, 3.4f)),
        new("forehead width", FieldKind.Symmetric, Push3(48, 62, 58, 26, 34, 38, 2.4f, 0, 0)),
        new("forehead curve", FieldKind.Symmetric, Push3(0, 58, 92, 40, 20, 30, 0, 0, 2)),
        new("brow ridge", FieldKind.Symmetric, Push3(21, 32, 90, 24, 9, 18, 0, 0, 1.9f)),
        new("brow height", FieldKind.Symmetric, Push3(28, 31, 84, 26, 10, 22, 0, 2, 0)),
        new("brow tilt", FieldKind.Symmetric, Push3(12, 30, 90, 11, 9, 14, 0, 1.4f, 0), Push3(45, 31, 72, 14, 10, 16, 0, -1.6f, 0)),
        new("glabella", FieldKind.Symmetric, Push3(0, 28, 94, 10, 11, 14, 0, 0, 1.4f)),
        // Eyes.
        new("eye spacing", FieldKind.Symmetric, Push3(31.5f, 14, 72, 19, 15, 26, 1.8f, 0, 0)),
        new("eye depth", FieldKind.Symmetric, Push3(31.5f, 14, 74, 19, 14, 24, 0, 0, -1.7f)),
        new("eye height", FieldKind.Symmetric, Push3(31.5f, 14, 74, 20, 14, 24, 0, 1.4f, 0)),
        new("eye size", FieldKind.Symmetric, Stretch3(31.5f, 14, 69.5f, 24, 20, 24, 0.055f, 0.055f, 0.055f)),
        new("eye opening", FieldKind.Lids, Push3(31.5f, 20.5f, 81, 11, 4, 10, 0, 0.9f, 0), Push3(32, 8, 81, 11, 3, 10, 0, -0.4f, 0)),
        new("eye slant", FieldKind.Lids, Push3(44, 14, 74, 8, 8, 10, 0, 1.4f, 0), Push3(19, 13, 75, 6, 7, 10, 0, -0.6f, 0)),
        new("lid hood", FieldKind.Lids, Push3(35, 23, 81, 14, 5, 9, 0, -1.6f, 1)),
        new("lid crease", FieldKind.Lids, Push3(31, 23.5f, 81, 14, 3.5f, 9, 0, 0.6f, -1.1f)),
        new("eye bags", FieldKind.Symmetric, Push3(31, 0, 80, 14, 5, 10, 0, -0.4f, 1.3f)),
        new("tear trough", FieldKind.Symmetric, Push3(22, 0, 82, 10, 6, 10, 0, 0, -1.2f)),
        // Nose.
        new("nose length", FieldKind.Symmetric, Push3(0, -26, 102, 22, 16, 26, 0, -2.8f, 0)),
        new("nose forward", FieldKind.Symmetric, Push3(0, -18, 107, 17, 20, 22, 0, 0, 2.8f)),
        new("nose width", FieldKind.Symmetric, Push3(14, -26, 97, 10, 11, 15, 2, 0, 0)),
        new("bridge width", FieldKind.Symmetric, Push3(8, 2, 90, 8, 18, 13, 1.3f, 0, 0)),
        new("bridge height", FieldKind.Symmetric, Push3(0, 5, 94, 9, 18, 15, 0, 0, 2.2f)),
        new("bridge hump", FieldKind.Symmetric, Push3(0, -3, 99, 8, 9, 13, 0, 0, 1.5f)),
        new("root depth", FieldKind.Symmetric, Push3(0, 17, 91, 11, 9, 13, 0, 0, 1.7f)),
        new("tip angle", FieldKind.Symmetric, Push3(0, -23, 114, 12, 9, 13, 0, 2.2f, 0)),
        new("tip width", FieldKind.Symmetric, Push3(7, -22, 110, 7, 8, 11, 1.3f, 0, 0)),
        new("tip ball", FieldKind.Symmetric, Push3(0, -21, 116, 8, 8, 10, 0, 0.3f, 1.4f)),
        new("nostril flare", FieldKind.Symmetric, Push3(15, -28, 96, 6, 6, 9, 1.2f, 0.7f, 0)),
        new("columella", FieldKind.Symmetric, Push3(0, -31, 105, 6, 6, 10, 0, -1.2f, 0)),
        // Mouth.
        new("mouth width", FieldKind.Symmetric, Push3(23, -54, 88, 13, 15, 18, 2.4f, 0, -0.3f)),
        new("mouth height", FieldKind.Symmetric, Push3(0, -53, 95, 34, 14, 26, 0, 2, 0)),
        new("mouth forward", FieldKind.Symmetric, Push3(0, -52, 96, 27, 18, 26, 0, 0, 2.3f)),
        new("upper lip", FieldKind.Symmetric, Push3(0, -47.5f, 102, 19, 4, 13, 0, 1, 0.8f)),
        new("lower lip", FieldKind.Symmetric, Push3(0, -62, 101, 18, 5, 13, 0, -1.2f, 1)),
        new("overbite", FieldKind.Symmetric, Push3(0, -61, 99, 20, 9, 16, 0, 0, -1.4f)),
        new("cupid's bow", FieldKind.Symmetric, Push3(0, -46.5f, 102, 3.6f, 3, 7, 0, -0.8f, 0), Push3(6.5f, -46, 101, 4, 3.5f, 7, 0, 0.7f, 0.3f)),
        new("mouth corners", FieldKind.Symmetric, Push3(25, -54, 86, 9, 8, 12, 0, 1.5f, -0.3f)),
        new("chin crease", FieldKind.Symmetric, Push3(0, -71, 95, 18, 6, 14, 0, 0, -1.5f)),
        new("nasolabial fold", FieldKind.Symmetric, Push3(24, -36, 88, 6, 12, 12, 0, 0, -1.1f), Push3(33, -34, 82, 8, 13, 12, 0.6f, 0, 0.9f)),
        // Ears.
        new("ear size", FieldKind.Symmetric, Stretch3(73, 1, -10, 30, 48, 36, 0, 0.12f, 0.12f)),
        new("ear stand", FieldKind.Symmetric, Push3(84, 4, -24, 16, 40, 18, 3.4f, 0, 0.5f)),
        new("ear lobe", FieldKind.Symmetric, Push3(74, -28, -8, 10, 11, 13, 0, -2.2f, 0)),
        new("ear height", FieldKind.Symmetric, Push3(76, 1, -12, 26, 42, 32, 0, 2.4f, 0)),
        // One side unlike the other.
        new("crooked nose", FieldKind.Antisymmetric, Push3(0, -18, 104, 16, 20, 22, 0.5f, 0, 0)),
        new("crooked chin", FieldKind.Antisymmetric, Push3(0, -90, 80, 40, 30, 45, 0.7f, 0, 0)),
        new("crooked mouth", FieldKind.Antisymmetric, Push3(24, -53, 88, 15, 13, 18, 0, 0.9f, 0)),
        new("uneven eyes", FieldKind.Antisymmetric, Push3(31.5f, 14, 74, 20, 14, 24, 0, 0.7f, 0)),
        new("uneven brows", FieldKind.Antisymmetric, Push3(28, 31, 84, 26, 10, 22, 0, 1, 0)),
        new("uneven jaw", FieldKind.Antisymmetric, Push3(48, -58, 28, 30, 34, 40, 1.3f, 0.6f, 0)),
    ];
}
