using BenchmarkDotNet.Running;
using Mimesh.Benchmarks;

// BenchmarkDotNet builds what it runs; 'time DEVICE FILE' needs no SDK, for machines that have none (gpu/run.sh).
if (args is ["time", string device, string file])
{
    KernelTimes.Write(device, file);
}
else
{
    BenchmarkSwitcher.FromAssembly(typeof(KernelBenchmarks).Assembly).Run(args);
}
