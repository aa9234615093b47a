using BenchmarkDotNet.Running;
using Mimesh.Benchmarks;
using Mimesh.Benchmarks.Peers;

switch (args)
{
    case ["peers", .. var options]:
        return PeersCommand.Run(options, Console.Out);

    // What 'peers' measures of processes: it starts this program again.
    case ["child", .. var work]:
        Console.WriteLine(ProcessCases.RunChild(work));
        return 0;

    // BenchmarkDotNet builds what it runs; this needs no SDK, for machines that have none (gpu/run.sh).
    case ["time", var device, var file]:
        KernelTimes.Write(device, file);
        return 0;

    default:
        BenchmarkSwitcher.FromAssembly(typeof(KernelBenchmarks).Assembly).Run(args);
        return 0;
}
