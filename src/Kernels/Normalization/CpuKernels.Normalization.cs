using System.Runtime.Intrinsics;

namespace Mimesh.Kernels;

internal sealed unsafe partial class CpuKernels
{
    /// <inheritdoc/>
    public void InstanceNorm(DeviceBuffer x, DeviceBuffer y, DeviceBuffer statistics, in InstanceNormSpec s)
    {
        var work = new NormWork { X = Pointer(x), Y = Pointer(y), Statistics = Pointer(statistics), S = s };
        Normalise(work);
    }

    /// <inheritdoc/>
    public void InstanceNormGrad(DeviceBuffer x, DeviceBuffer statistics, DeviceBuffer gy, DeviceBuffer gx, in InstanceNormSpec s)
    {
        var work = new NormWork { X = Pointer(x), Gy = Pointer(gy), Y = Pointer(gx), Statistics = Pointer(statistics), S = s };
        Normalise(work);
    }

    // Two moments of each chunk of pixels, joined for each image, then applied: three launches.
    private void Normalise(NormWork work)
    {
        var s = work.S;
        if (s.N == 0 || s.C == 0 || s.Pixels == 0)
        {
            return;
        }

        work.ChunkPixels = Math.Clamp(ElementsPerPart / s.C, 1, s.Pixels);
        work.Chunks = Parts(s.Pixels, work.ChunkPixels);
        work.Partial = _partial.Reserve(((long)s.N * work.Chunks * 2 * s.C) + ((long)s.N * 2 * s.C));
        work.Means = work.Partial + ((nint)s.N * work.Chunks * 2 * s.C);
        for (work.Step = NormStep.Moments; work.Step <= NormStep.Apply; work.Step++)
        {
            pool.For(work.Step == NormStep.Join ? s.N : s.N * work.Chunks, work);
        }
    }

    private enum NormStep
    {
        Moments,
        Join,
        Apply,
    }

    // Forward (Gy null): a chunk's mean and its squared deviations from it, joined without cancellation (Chan, Golub and
    // LeVeque 1979). Gradient: a chunk's Σ gy and Σ gy·x̂, joined to means.
    private struct NormWork : IWork
    {
        public float* X, Gy, Y, Statistics, Partial, Means;
        public InstanceNormSpec S;
        public int ChunkPixels, Chunks;
        public NormStep Step;

        public readonly void Run(int index, int worker)
        {
            if (Step == NormStep.Join)
            {
                Join(index);
                return;
            }

            int n = index / Chunks, chunk = index % Chunks, first = chunk * ChunkPixels;
            int pixels = Math.Min(ChunkPixels, S.Pixels - first);
            nint at = (((nint)n * S.Pixels) + first) * S.C;
            float* partial = Partial + ((nint)index * 2 * S.C), statistics = Statistics + ((nint)n * 2 * S.C);
            float* means = Means + ((nint)n * 2 * S.C);
            int c = 0;
            for (; c + 16 <= S.C; c += 16)
            {
                Channels(at + c, pixels, statistics + c, partial + c, means + c);
            }

            for (; c < S.C; c++)
            {
                Channel(at + c, pixels, statistics + c, partial + c, means + c);
            }
        }

        // Sixteen channels of a chunk.
        private readonly void Channels(nint at, int pixels, float* statistics, float* partial, float* means)
        {
            nint pitch = S.C;
            float* x = X + at, y = Y + at, gy = Gy + at;
            if (Step == NormStep.Apply)
            {
                Vector512<float> mean = Vector512.Load(statistics), inverse = Vector512.Load(statistics + S.C);
                if (Gy is null)
                {
                    for (int i = 0; i < pixels; i++)
                    {
                        ((Vector512.Load(x + (i * pitch)) - mean) * inverse).Store(y + (i * pitch));
                    }

                    return;
                }

                Vector512<float> meanG = Vector512.Load(means), meanGx = Vector512.Load(means + S.C);
                for (int i = 0; i < pixels; i++)
                {
                    var normalised = (Vector512.Load(x + (i * pitch)) - mean) * inverse;
                    (inverse * (Vector512.Load(gy + (i * pitch)) - meanG - (normalised * meanGx))).Store(y + (i * pitch));
                }

                return;
            }

            Vector512<float> a = default, b = default, c = default, d = default;
            if (Gy is null)
            {
                int i = 0;
                for (; i + 2 <= pixels; i += 2)
                {
                    a += Vector512.Load(x + (i * pitch));
                    b += Vector512.Load(x + ((i + 1) * pitch));
                }

                if (i < pixels)
                {
                    a += Vector512.Load(x + (i * pitch));
                }

                var mean = (a + b) / Vector512.Create((float)pixels);
                for (i = 0; i + 2 <= pixels; i += 2)
                {
                    Vector512<float> u = Vector512.Load(x + (i * pitch)) - mean, v = Vector512.Load(x + ((i + 1) * pitch)) - mean;
                    c += u * u;
                    d += v * v;
                }

                if (i < pixels)
                {
                    var u = Vector512.Load(x + (i * pitch)) - mean;
                    c += u * u;
                }

                mean.Store(partial);
                (c + d).Store(partial + S.C);
            }
            else
            {
                Vector512<float> mean = Vector512.Load(statistics), inverse = Vector512.Load(statistics + S.C);
                int i = 0;
                for (; i + 2 <= pixels; i += 2)
                {
                    Vector512<float> g = Vector512.Load(gy + (i * pitch)), h = Vector512.Load(gy + ((i + 1) * pitch));
                    a += g;
                    b += h;
                    c += g * (Vector512.Load(x + (i * pitch)) - mean);
                    d += h * (Vector512.Load(x + ((i + 1) * pitch)) - mean);
                }

                if (i < pixels)
                {
                    var g = Vector512.Load(gy + (i * pitch));
                    a += g;
                    c += g * (Vector512.Load(x + (i * pitch)) - mean);
                }

                (a + b).Store(partial);
                ((c + d) * inverse).Store(partial + S.C);
            }
        }

        // One channel of a chunk, where there are not sixteen.
        private readonly void Channel(nint at, int pixels, float* statistics, float* partial, float* means)
        {
            float* x = X + at, y = Y + at, gy = Gy + at;
            float mean = statistics[0], inverse = statistics[S.C];
            nint pitch = S.C;
            if (Step == NormStep.Apply)
            {
                for (int i = 0; i < pixels; i++)
                {
                    float normalised = (x[i * pitch] - mean) * inverse;
                    y[i * pitch] = Gy is null ? normalised : inverse * (gy[i * pitch] - means[0] - (normalised * means[S.C]));
                }

                return;
            }

            double first = 0, second = 0;
            if (Gy is null)
            {
                for (int i = 0; i < pixels; i++)
                {
                    first += x[i * pitch];
                }

                first /= pixels;
                for (int i = 0; i < pixels; i++)
                {
                    double u = x[i * pitch] - first;
                    second += u * u;
                }
            }
            else
            {
                for (int i = 0; i < pixels; i++)
                {
                    first += gy[i * pitch];
                    second += gy[i * pitch] * (x[i * pitch] - mean);
                }

                second *= inverse;
            }

            partial[0] = (float)first;
            partial[S.C] = (float)second;
        }

        private readonly void Join(int n)
        {
            float* statistics = Statistics + ((nint)n * 2 * S.C), means = Means + ((nint)n * 2 * S.C);
            for (int c = 0; c < S.C; c++)
            {
                double first = 0, second = 0, count = 0;
                for (int chunk = 0; chunk < Chunks; chunk++)
                {
                    float* partial = Partial + ((((nint)n * Chunks) + chunk) * 2 * S.C) + c;
                    if (Gy is not null)
                    {
                        first += partial[0];
                        second += partial[S.C];
                        continue;
                    }

                    double pixels = Math.Min(ChunkPixels, S.Pixels - (chunk * ChunkPixels)), all = count + pixels;
                    double difference = partial[0] - first;
                    first += difference * pixels / all;
                    second += partial[S.C] + (difference * difference * count * pixels / all);
                    count = all;
                }

                if (Gy is null)
                {
                    statistics[c] = (float)first;
                    statistics[S.C + c] = (float)(1 / Math.Sqrt((second / S.Pixels) + S.Epsilon));
                }
                else
                {
                    means[c] = (float)(first / S.Pixels);
                    means[S.C + c] = (float)(second / S.Pixels);
                }
            }
        }
    }
}
