using ILGPU;

namespace Mimesh.Kernels;

internal sealed partial class GpuKernels
{
    private const int MaxGroupSize = 256;

    public void Sum(DeviceBuffer x, DeviceBuffer y, in SumSpec s)
    {
        // Without an axis between them, the two summed runs are one.
        var sum = s.K2 == 1 ? s with { R1 = 1, R3 = s.R1 * s.R3 } : s;
        int outputs = sum.K0 * sum.K2;
        if (outputs == 0)
        {
            return;
        }

        if (sum.R3 >= 128)
        {
            SumGroups(x, y, sum, Math.Clamp(1024 / outputs, 1, Math.Max(1, sum.R1 * sum.R3 / 4096)));
        }
        else
        {
            SumColumns(x, y, sum, Parts(outputs, sum.R1));
        }
    }

    // Where neighbouring outputs are neighbours in memory: a thread for every output and part of the rows.
    private void SumColumns(DeviceBuffer x, DeviceBuffer y, in SumSpec s, int parts)
    {
        int outputs = s.K0 * s.K2;
        if (parts == 1)
        {
            Launch(SumColumns, Threads(outputs), View(x), Output(y), s, 1);
            return;
        }

        var partial = device.Rent((long)parts * outputs); // (parts, K0, K2)
        Launch(SumColumns, Threads((long)parts * outputs), View(x), Output(partial), s, parts);
        SumGroups(partial, y, new SumSpec(1, parts, outputs, 1), 1);
        device.Return(partial);
    }

    // Where the summed elements are neighbours: a group of threads for every output and part.
    private void SumGroups(DeviceBuffer x, DeviceBuffer y, in SumSpec s, int parts)
    {
        int outputs = s.K0 * s.K2;
        if (parts == 1)
        {
            Launch(SumGroups, Groups(outputs), View(x), Output(y), s, 1);
            return;
        }

        var partial = device.Rent((long)parts * outputs); // (K0, K2, parts)
        Launch(SumGroups, Groups(outputs * parts), View(x), Output(partial), s, parts);
        SumGroups(partial, y, new SumSpec(outputs, 1, 1, parts), 1);
        device.Return(partial);
    }

    // How many threads share one output's rows: enough to fill a GPU, at least 64 rows each; of the shape alone.
    private static int Parts(int outputs, int rows) => Math.Clamp(Math.Min(CeilDiv(rows, 64), 65536 / outputs), 1, 1024);

    internal static void SumColumns(ArrayView<float> x, ArrayView<float> y, SumSpec s, int parts)
    {
        int outputs = s.K0 * s.K2;
        int rows = (s.R1 + parts - 1) / parts;
        for (int i = First; i < outputs * parts; i += Step)
        {
            int part = i / outputs, output = i % outputs;
            int k0 = output / s.K2, k2 = output % s.K2;
            int end = Math.Min(s.R1, (part + 1) * rows);
            float sum = 0f;
            for (int r1 = part * rows; r1 < end; r1++)
            {
                int at = ((((k0 * s.R1) + r1) * s.K2) + k2) * s.R3;
                for (int r3 = 0; r3 < s.R3; r3++)
                {
                    sum += Summand(x[at + r3], s);
                }
            }

            y[i] = sum;
        }
    }

    internal static void SumGroups(ArrayView<float> x, ArrayView<float> y, SumSpec s, int parts)
    {
        var shared = SharedMemory.Allocate<float>(MaxGroupSize);
        int length = s.R1 * s.R3;
        int chunk = (length + parts - 1) / parts;
        for (int i = Grid.IdxX; i < s.K0 * s.K2 * parts; i += Grid.DimX)
        {
            int part = i % parts, output = i / parts;
            int k0 = output / s.K2, k2 = output % s.K2;
            int end = Math.Min(length, (part + 1) * chunk);
            float sum = 0f;
            for (int r = (part * chunk) + Group.IdxX; r < end; r += Group.DimX)
            {
                int r1 = r / s.R3, r3 = r % s.R3;
                sum += Summand(x[(((((k0 * s.R1) + r1) * s.K2) + k2) * s.R3) + r3], s);
            }

            sum = GroupSum(shared, sum);
            if (Group.IdxX == 0)
            {
                y[i] = sum;
            }
        }
    }

    private static float Summand(float x, in SumSpec s) => s.Power == 2 ? x * x : x;

    // The sum over a group of 2ⁿ threads, as a tree.
    private static float GroupSum(ArrayView<float> shared, float value)
    {
        int t = Group.IdxX;
        shared[t] = value;
        Group.Barrier();
        for (int half = Group.DimX / 2; half > 0; half /= 2)
        {
            if (t < half)
            {
                shared[t] += shared[t + half];
            }

            Group.Barrier();
        }

        float sum = shared[0];
        Group.Barrier();
        return sum;
    }
}
