namespace Mimesh.Faces;

/// <summary>What a vertex or a pixel belongs to.</summary>
public enum Part : byte
{
    /// <summary>Nothing of the head; for a pixel, the background.</summary>
    None,

    /// <summary>Face, ears, skull and neck.</summary>
    Skin,

    /// <summary>Left or right eyeball.</summary>
    Eye,

    /// <summary>The inside of the mouth.</summary>
    MouthBag,

    /// <summary>Upper or lower teeth.</summary>
    Teeth,

    /// <summary>The tongue.</summary>
    Tongue,

    /// <summary>Hair, brows excepted (those are painted on the skin).</summary>
    Hair,

    /// <summary>Glasses.</summary>
    Glasses,

    /// <summary>Shoulders and clothing.</summary>
    Clothing,

    /// <summary>Gums of the upper or lower teeth.</summary>
    Gums,
}
