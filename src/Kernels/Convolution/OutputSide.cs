using System.Runtime.Intrinsics;

namespace Mimesh.Kernels;

/// <summary>
/// What happens to a convolution's rows while they are still in the cache: the way out of <see cref="ConvFusion"/>. Statistics are
/// gathered a band at a time, a mean and the squared deviations from it, and joined at the end without cancellation (Chan, Golub and
/// LeVeque 1979).
/// </summary>
internal unsafe struct OutputSide
{
    /// <summary>The result, and what is added to it: of the same layout, or null.</summary>
    public float* Y, Residual;

    public bool Activate;

    public float Slope;

    /// <summary>Channels of the result.</summary>
    public int K;

    /// <summary>A band's mean and squared deviations, (bands, 2, K); null where nobody asks.</summary>
    public float* Moments;

    public readonly bool HasWork => Activate || Residual is not null || Moments is not null;

    /// <summary>Finishes some channels of a run of pixels.</summary>
    /// <param name="at">Where they start in the result.</param>
    /// <param name="pixels">How many pixels.</param>
    /// <param name="pitch">From one to the next.</param>
    /// <param name="band">The band they belong to.</param>
    /// <param name="before">Pixels of the band that were finished before.</param>
    /// <param name="channel">The first channel.</param>
    /// <param name="channels">How many.</param>
    public readonly void Apply(nint at, int pixels, nint pitch, int band, int before, int channel, int channels)
    {
        float* moments = Moments is null ? null : Moments + ((nint)band * 2 * K) + channel;
        int c = 0;
        for (; c + 16 <= channels; c += 16)
        {
            float* y = Y + at + c, residual = Residual + at + c;
            Vector512<float> sum = default, deviations = default;
            for (nint i = 0; i < pixels; i++)
            {
                var v = Vector512.Load(y + (i * pitch));
                v = Activate ? Vector512.ConditionalSelect(Vector512.GreaterThan(v, Vector512<float>.Zero), v, v * Slope) : v;
                v = Residual is null ? v : v + Vector512.Load(residual + (i * pitch));
                v.Store(y + (i * pitch));
                sum += v;
            }

            if (Moments is null)
            {
                continue;
            }

            var mean = sum / Vector512.Create((float)pixels);
            for (nint i = 0; i < pixels; i++)
            {
                var v = Vector512.Load(y + (i * pitch)) - mean;
                deviations += v * v;
            }

            if (before > 0)
            {
                float part = pixels / (float)(before + pixels);
                Vector512<float> first = Vector512.Load(moments + c), difference = mean - first;
                mean = first + (difference * part);
                deviations += Vector512.Load(moments + K + c) + (difference * difference * (before * part));
            }

            mean.Store(moments + c);
            deviations.Store(moments + K + c);
        }

        for (; c < channels; c++)
        {
            float* y = Y + at + c, residual = Residual + at + c;
            float sum = 0, deviations = 0;
            for (nint i = 0; i < pixels; i++)
            {
                float v = y[i * pitch];
                v = Activate && !(v > 0f) ? v * Slope : v;
                y[i * pitch] = v = Residual is null ? v : v + residual[i * pitch];
                sum += v;
            }

            if (Moments is null)
            {
                continue;
            }

            float mean = sum / pixels;
            for (nint i = 0; i < pixels; i++)
            {
                float v = y[i * pitch] - mean;
                deviations += v * v;
            }

            if (before > 0)
            {
                float part = pixels / (float)(before + pixels), difference = mean - moments[c];
                mean = moments[c] + (difference * part);
                deviations += moments[K + c] + (difference * difference * (before * part));
            }

            moments[c] = mean;
            moments[K + c] = deviations;
        }
    }
}

/// <summary>Joins the moments of an image's bands to its statistics. Part: an image.</summary>
internal unsafe struct MomentsJoin : IWork
{
    public float* Moments, Statistics;
    public int K, Bands, BandPixels, Pixels;
    public float Epsilon;

    public readonly void Run(int index, int worker)
    {
        float* statistics = Statistics + ((nint)index * 2 * K);
        for (int k = 0; k < K; k++)
        {
            double mean = 0, deviations = 0, count = 0;
            for (int band = 0; band < Bands; band++)
            {
                float* moments = Moments + ((((nint)index * Bands) + band) * 2 * K) + k;
                double pixels = Math.Min(BandPixels, Pixels - (band * BandPixels)), all = count + pixels, difference = moments[0] - mean;
                mean += difference * pixels / all;
                deviations += moments[K] + (difference * difference * count * pixels / all);
                count = all;
            }

            statistics[k] = (float)mean;
            statistics[K + k] = (float)(1 / Math.Sqrt((deviations / Pixels) + Epsilon));
        }
    }
}
