using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace Mimesh.Benchmarks;

/// <summary>Short runs; beside the times the rates of arithmetic and of memory, and the part of the processor's peak that is reached.</summary>
public sealed class KernelConfig : ManualConfig
{
    public KernelConfig()
    {
        AddJob(Job.ShortRun);
        AddColumn(new RateColumn("GFLOP/s", c => c.Flops), new RateColumn("GB/s", c => c.Bytes));
        if (KernelBenchmarks.DeviceName == "cpu")
        {
            AddColumn(new RateColumn("% of peak", c => 100 * c.Flops / Peak.Gigaflops(Environment.ProcessorCount)));
        }
    }

    /// <summary>What a case counts, per nanosecond of its median run.</summary>
    private sealed class RateColumn(string name, Func<KernelCase, double> count) : IColumn
    {
        public string Id => name;

        public string ColumnName => name;

        public bool AlwaysShow => true;

        public ColumnCategory Category => ColumnCategory.Custom;

        public int PriorityInCategory => 0;

        public bool IsNumeric => true;

        public UnitType UnitType => UnitType.Dimensionless;

        public string Legend => $"{name} of the median run";

        public bool IsAvailable(Summary summary) => true;

        public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

        public string GetValue(Summary summary, BenchmarkCase benchmarkCase) => GetValue(summary, benchmarkCase, summary.Style);

        public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style)
        {
            double amount = count((KernelCase)benchmarkCase.Parameters[nameof(KernelBenchmarks.Case)]);
            double? median = summary[benchmarkCase]?.ResultStatistics?.Median;
            return amount == 0 || median is null ? "–" : (amount / median.Value).ToString("F1", CultureInfo.InvariantCulture);
        }
    }
}
