using BenchmarkDotNet.Running;
using Mimesh.Benchmarks;

BenchmarkSwitcher.FromAssembly(typeof(KernelBenchmarks).Assembly).Run(args);
