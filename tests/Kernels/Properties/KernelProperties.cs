using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;
using Mimesh.Kernels;
using NUnit.Framework;

namespace Mimesh.Tests.Kernels.Properties;

/// <summary>
/// Kernels at random shapes, against the plain loops of <see cref="Reference"/>: on the processor with 1, 2 and 3 threads,
/// which must agree to the bit, and at smaller shapes on the simulator. Every buffer lies between guard words.
/// </summary>
internal abstract class KernelProperties
{
    private const int OnCpu = 200, OnSimulator = 32;
    private GuardedDevice[] _cpu = [], _simulator = [];

    /// <summary>Where properties hold.</summary>
    protected static string[] Devices { get; } = ["cpu", "simulator"];

    [OneTimeSetUp]
    public void Open() => (_cpu, _simulator) = (CpuCheck.Threads(), [new GuardedDevice(GpuDevice.Simulator())]);

    [OneTimeTearDown]
    public void Close()
    {
        foreach (var device in (GuardedDevice[])[.. _cpu, .. _simulator])
        {
            device.Dispose();
        }
    }

    /// <summary>
    /// Draws shapes and checks the calls that they make. The sequence is always the same; a failure names its seed and the
    /// simplest draw that fails.
    /// </summary>
    /// <param name="device">One of <see cref="Devices"/>.</param>
    /// <param name="axes">What is drawn.</param>
    /// <param name="call">Makes the call.</param>
    protected void Holds(string device, Axis[] axes, Func<Draw, KernelCall> call)
    {
        bool simulated = device == "simulator";
        Axis[] drawn = simulated ? [.. axes.Select(a => a.ForSimulator())] : axes;
        Check(drawn, simulated ? OnSimulator : OnCpu, draw => call(draw).Wrong(simulated ? _simulator : _cpu));
    }

    /// <summary>Draws and checks anything that says what is wrong, or null.</summary>
    public static void Check(Axis[] axes, int count, Func<Draw, string?> wrong)
    {
        var draws = Gen.CollectToArray(axes, axis => Gen.Choose(0, axis.Values.Length - 1)).Select(places => new Draw(axes, places));
        var property = Prop.ForAll(Arb.From(draws, draw => draw.Simpler()), draw => wrong(draw) is { } what ? false.Label(what) : true.ToProperty());
        var replay = new Replay(new Rnd(2020, 7), FSharpOption<int>.None);
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(count).WithReplay(FSharpOption<Replay>.Some(replay)), property);
        TestContext.Out.WriteLine($"{count} draws");
    }

    /// <summary>Numbers of N(0, 1), the same for the same seed.</summary>
    protected static float[] Normal(long length, int seed) => CpuCheck.Random(length, seed);
}
