namespace Mimesh.Benchmarks.Peers;

/// <summary>How long to measure.</summary>
/// <param name="SampleMs">A sample repeats shorter work until it takes about this long.</param>
/// <param name="WarmUpMs">Before it is measured, each contender works about this long.</param>
/// <param name="BudgetMs">About how long all samples of a case take together.</param>
/// <param name="Rounds">Samples of each contender, if the budget allows.</param>
internal sealed record Pace(double SampleMs, double WarmUpMs, double BudgetMs, int Rounds)
{
    /// <summary>The fewest samples, whatever the budget.</summary>
    public const int LeastRounds = 3;

    /// <summary>For figures.</summary>
    public static Pace Full { get; } = new(20, 400, 2000, 15);

    /// <summary>For a glance.</summary>
    public static Pace Quick { get; } = new(2, 20, 100, 5);
}

/// <summary>Measures contenders in turns, so that what else happens on the machine happens to all of them.</summary>
internal static class Race
{
    /// <summary>The median of each contender's samples.</summary>
    /// <param name="contenders">Who takes turns, in this order.</param>
    /// <param name="pace">How long.</param>
    public static double[] Medians(IReadOnlyList<IContender> contenders, Pace pace)
    {
        int[] times = [.. contenders.Select(c => c.IsOneShot ? 1 : WarmUp(c, pace))];
        double[][] samples = [.. contenders.Select(_ => new double[pace.Rounds])];
        int rounds = 0;
        for (long start = Environment.TickCount64; rounds < pace.Rounds && (rounds < Pace.LeastRounds || Environment.TickCount64 - start < pace.BudgetMs); rounds++)
        {
            for (int i = 0; i < contenders.Count; i++)
            {
                Settle();
                samples[i][rounds] = contenders[i].Measure(times[i]);
            }
        }

        return [.. samples.Select(s => Statistics.Median(s.AsSpan(0, rounds)))];
    }

    // Until the code is compiled at its best; how often to repeat it in a sample.
    private static int WarmUp(IContender contender, Pace pace)
    {
        Settle();
        long start = Environment.TickCount64;
        int times;
        do
        {
            double ms = contender.Measure(1);
            times = (int)Math.Clamp(pace.SampleMs / ms, 1, 10_000);
            contender.Measure(Math.Max(1, times / 2));
        }
        while (Environment.TickCount64 - start < pace.WarmUpMs);
        return times;
    }

    // Waits until no thread of this process works any more: a runtime's workers spin for a while after a run (ONNX Runtime's for some
    // 50 ms), and would take time from the next. What a thread has used is counted in ticks of up to 10 ms.
    private static void Settle()
    {
        const int LookMs = 20, IdleMs = 2, MostLooks = 50;
        for (int i = 0; i < MostLooks; i++)
        {
            var before = Environment.CpuUsage.TotalTime;
            Thread.Sleep(LookMs);
            if ((Environment.CpuUsage.TotalTime - before).TotalMilliseconds < IdleMs)
            {
                return;
            }
        }
    }
}

/// <summary>The little of statistics that the figures need.</summary>
internal static class Statistics
{
    /// <summary>The middle value, or the mean of the two in the middle.</summary>
    /// <exception cref="ArgumentException">There are no values.</exception>
    public static double Median(ReadOnlySpan<double> values)
    {
        if (values.IsEmpty)
        {
            throw new ArgumentException("Nothing has no median.", nameof(values));
        }

        double[] sorted = values.ToArray();
        Array.Sort(sorted);
        int half = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    /// <summary>The largest difference of two answers as a part of the largest number of the second; infinite where they cannot be compared.</summary>
    public static double Difference(float[] answer, float[] expected)
    {
        if (answer.Length != expected.Length)
        {
            return double.PositiveInfinity;
        }

        double scale = 0, worst = 0;
        for (int i = 0; i < answer.Length; i++)
        {
            double difference = Math.Abs((double)answer[i] - expected[i]);
            worst = double.IsNaN(difference) ? double.PositiveInfinity : Math.Max(worst, difference);
            scale = Math.Max(scale, Math.Abs((double)expected[i]));
        }

        return worst == 0 && scale == 0 ? double.PositiveInfinity : worst / scale; // all zeros say nothing
    }
}
