using Mimesh.Faces;
using Mimesh.People;

namespace Mimesh.Training;

/// <summary>What a pixel of a driving picture shows, as far as it matters for how hard it is to paint and how closely people look.</summary>
public enum PictureRegion : byte
{
    /// <summary>Skin that the source shows too, and glasses.</summary>
    Skin,

    /// <summary>Eyeballs and lids.</summary>
    Eyes,

    /// <summary>Lips and all that is between them.</summary>
    Mouth,

    /// <summary>Skin that the source hides.</summary>
    HiddenSkin,

    /// <inheritdoc/>
    Hair,

    /// <inheritdoc/>
    Clothing,

    /// <inheritdoc/>
    Background,
}

/// <summary>The regions of rendered pictures.</summary>
internal static class PictureRegions
{
    // Where a triangle's weight in a region of the skin is above this it belongs to it.
    private const float Edge = 0.5f;

    private static readonly Region[] s_eyes = [Region.UpperLids, Region.LidRims], s_mouth = [Region.UpperLip, Region.LowerLip];

    /// <summary>The region of every pixel of the driving picture, (S, S).</summary>
    public static PictureRegion[] Of(FaceModel model, ClipPair pair)
    {
        var frame = pair.Driving;
        var regions = new PictureRegion[frame.Parts.Length];
        for (int i = 0; i < regions.Length; i++)
        {
            regions[i] = frame.Parts[i] switch
            {
                Part.None => PictureRegion.Background,
                Part.Hair => PictureRegion.Hair,
                Part.Clothing => PictureRegion.Clothing,
                Part.Eye => PictureRegion.Eyes,
                Part.MouthBag or Part.Teeth or Part.Gums or Part.Tongue => PictureRegion.Mouth,
                Part.Skin when IsOf(s_eyes, frame.Triangle[i]) => PictureRegion.Eyes,
                Part.Skin when IsOf(s_mouth, frame.Triangle[i]) => PictureRegion.Mouth,
                Part.Skin when pair.Flow.Visible[i] == 0f => PictureRegion.HiddenSkin,
                _ => PictureRegion.Skin,
            };
        }

        return regions;

        bool IsOf(Region[] patches, int triangle)
        {
            if (model.Regions is { } painted && 3 * triangle < model.Triangles.Length)
            {
                foreach (var patch in patches)
                {
                    if (painted[patch][model.Triangles[3 * triangle]] > Edge)
                    {
                        return true;
                    }
                }
            }

            return false;
        }
    }
}
