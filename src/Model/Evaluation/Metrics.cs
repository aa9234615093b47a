using Mimesh.Faces;
using Mimesh.Imaging;

namespace Mimesh.Evaluation;

/// <summary>
/// The evaluation's measures of what is read in pictures; for those of pictures themselves see <see cref="PictureQuality"/>.
/// </summary>
public static class Metrics
{
    /// <summary>
    /// The expression weight above which <see cref="ActionUnitAgreement"/> counts a muscle as active. A fifth of the whole movement: of
    /// the five intensities that action units are rated by, A (a trace) ends there and B (slight), where raters count a unit as there, begins.
    /// It is also three times the regressor's mean error.
    /// </summary>
    public const float ActiveWeight = 0.2f;

    /// <summary>
    /// PRMSE of one pair: <c>√((Δyaw² + Δpitch² + Δroll²)/3)</c> in degrees, each difference the short way round. A list's PRMSE is the
    /// mean over its pairs.
    /// </summary>
    /// <param name="a">One pose.</param>
    /// <param name="b">The other.</param>
    public static double PoseError(Pose a, Pose b)
    {
        static double Squared(float x, float y) => Math.Pow(Math.IEEERemainder((double)x - y, 2 * Math.PI) * (180 / Math.PI), 2);
        return Math.Sqrt((Squared(a.Yaw, b.Yaw) + Squared(a.Pitch, b.Pitch) + Squared(a.Roll, b.Roll)) / 3);
    }

    /// <summary>
    /// AUCON of one pair: the share of expression weights that are active, above <see cref="ActiveWeight"/>, in both faces or in
    /// neither. (Where others take OpenFace's action units, which are also on or off, these are the face model's ARKit shapes.) A list's
    /// AUCON is the mean over its pairs.
    /// </summary>
    /// <param name="a">One face's expression.</param>
    /// <param name="b">The other's, as many weights.</param>
    public static double ActionUnitAgreement(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(a.Length, b.Length);
        int agree = 0;
        for (int i = 0; i < a.Length; i++)
        {
            agree += (a[i] > ActiveWeight) == (b[i] > ActiveWeight) ? 1 : 0;
        }

        return agree / (double)a.Length;
    }
}
