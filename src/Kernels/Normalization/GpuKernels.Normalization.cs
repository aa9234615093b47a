using ILGPU;

namespace Mimesh.Kernels;

internal sealed partial class GpuKernels
{
    public void InstanceNorm(DeviceBuffer x, DeviceBuffer y, DeviceBuffer statistics, in InstanceNormSpec s)
    {
        InstanceStatistics(x, statistics, s);
        var box = new Box(1, s.N, s.Pixels, s.C);
        if (box.Length > 0)
        {
            Launch(Normalise, Threads(box.Length), View(x), View(statistics), Output(y), s, box);
        }
    }

    public void InstanceStatistics(DeviceBuffer x, DeviceBuffer statistics, in InstanceNormSpec s)
    {
        int outputs = s.N * s.C;
        if (outputs == 0)
        {
            return;
        }

        // The mean first, then the squares around it: no cancellation, however far from zero the values lie.
        int parts = Parts(outputs, s.Pixels);
        var sums = device.Rent(outputs); // (N, C)
        var partial = device.Rent((long)parts * 2 * outputs); // (parts, 2, N, C)
        var centred = device.Rent(2 * outputs); // (2, N, C)
        Sum(x, sums, new SumSpec(s.N, s.Pixels, s.C, 1));
        Launch(CentredSums, Threads((long)parts * outputs), View(x), View(sums), Output(partial), s, parts);
        SumGroups(partial, centred, new SumSpec(1, parts, 2 * outputs, 1), 1);
        Launch(Statistics, Threads(outputs), View(sums), View(centred), Output(statistics), s);
        device.Return(centred);
        device.Return(partial);
        device.Return(sums);
    }

    public void InstanceNormGrad(DeviceBuffer x, DeviceBuffer statistics, DeviceBuffer gy, DeviceBuffer gx, in InstanceNormSpec s)
    {
        int outputs = s.N * s.C;
        if (outputs == 0)
        {
            return;
        }

        int parts = Parts(outputs, s.Pixels);
        var partial = device.Rent((long)parts * 2 * outputs); // (parts, 2, N, C)
        var sums = device.Rent(2 * outputs); // (2, N, C)
        Launch(GradientSums, Threads((long)parts * outputs), View(x), View(statistics), View(gy), Output(partial), s, parts);
        SumGroups(partial, sums, new SumSpec(1, parts, 2 * outputs, 1), 1);
        var box = new Box(1, s.N, s.Pixels, s.C);
        Launch(NormaliseGrad, Threads(box.Length), View(x), View(statistics), View(gy), View(sums), Output(gx), s, box);
        device.Return(sums);
        device.Return(partial);
    }

    // Σ(x − m) and Σ(x − m)² of every part of the pixels, m the mean as rounded.
    internal static void CentredSums(ArrayView<float> x, ArrayView<float> sums, ArrayView<float> partial, InstanceNormSpec s, int parts)
    {
        int outputs = s.N * s.C;
        int rows = (s.Pixels + parts - 1) / parts;
        for (int i = First; i < outputs * parts; i += Step)
        {
            int part = i / outputs, output = i % outputs;
            int end = Math.Min(s.Pixels, (part + 1) * rows);
            int image = output / s.C * s.Pixels * s.C, c = output % s.C;
            float mean = sums[output] / s.Pixels;
            float first = 0f, second = 0f;
            for (int p = part * rows; p < end; p++)
            {
                float d = x[image + (p * s.C) + c] - mean;
                first += d;
                second += d * d;
            }

            partial[(2 * part * outputs) + output] = first;
            partial[(((2 * part) + 1) * outputs) + output] = second;
        }
    }

    internal static void Statistics(ArrayView<float> sums, ArrayView<float> centred, ArrayView<float> statistics, InstanceNormSpec s)
    {
        int outputs = s.N * s.C;
        for (int i = First; i < outputs; i += Step)
        {
            // What the rounded mean missed corrects both moments.
            float missed = centred[i] / s.Pixels;
            float variance = Math.Max(0f, (centred[outputs + i] / s.Pixels) - (missed * missed));
            int at = (i / s.C * 2 * s.C) + (i % s.C);
            statistics[at] = (sums[i] / s.Pixels) + missed;
            statistics[at + s.C] = 1f / MathF.Sqrt(variance + s.Epsilon);
        }
    }

    internal static void Normalise(ArrayView<float> x, ArrayView<float> statistics, ArrayView<float> y, InstanceNormSpec s, Box box)
    {
        for (int i = First; i < box.Length; i += Step)
        {
            int at = box[i].At(0, 2 * s.C, 0, 1);
            float normalised = (x[i] - statistics[at]) * statistics[at + s.C];
            y[i] = Rectify(normalised, normalised, s);
        }
    }

    // v where the sign is positive, else Slope·v.
    private static float Rectify(float sign, float v, InstanceNormSpec s) => sign > 0f ? v : s.Slope * v;

    // Σg and Σg·x̂ of every part of the pixels, g the gradient before the rectifier.
    internal static void GradientSums(
        ArrayView<float> x, ArrayView<float> statistics, ArrayView<float> gy, ArrayView<float> partial, InstanceNormSpec s, int parts)
    {
        int outputs = s.N * s.C;
        int rows = (s.Pixels + parts - 1) / parts;
        for (int i = First; i < outputs * parts; i += Step)
        {
            int part = i / outputs, output = i % outputs;
            int end = Math.Min(s.Pixels, (part + 1) * rows);
            int n = output / s.C, c = output % s.C;
            float mean = statistics[(2 * n * s.C) + c], inverse = statistics[(((2 * n) + 1) * s.C) + c];
            float sum = 0f, product = 0f;
            for (int p = part * rows; p < end; p++)
            {
                int at = (((n * s.Pixels) + p) * s.C) + c;
                float normalised = (x[at] - mean) * inverse, g = Rectify(normalised, gy[at], s);
                sum += g;
                product += g * normalised;
            }

            partial[(2 * part * outputs) + output] = sum;
            partial[(((2 * part) + 1) * outputs) + output] = product;
        }
    }

    internal static void NormaliseGrad(
        ArrayView<float> x, ArrayView<float> statistics, ArrayView<float> gy, ArrayView<float> sums, ArrayView<float> gx,
        InstanceNormSpec s, Box box)
    {
        int outputs = s.N * s.C;
        float share = 1f / s.Pixels;
        for (int i = First; i < box.Length; i += Step)
        {
            var place = box[i];
            int at = place.At(0, 2 * s.C, 0, 1), output = place.At(0, s.C, 0, 1);
            float mean = statistics[at], inverse = statistics[at + s.C];
            float normalised = (x[i] - mean) * inverse;
            gx[i] = inverse * (Rectify(normalised, gy[i], s) - (sums[output] * share) - (normalised * (sums[outputs + output] * share)));
        }
    }
}
