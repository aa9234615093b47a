using System.Diagnostics;
using Mimesh.Kernels;

namespace Mimesh.Layers;

/// <summary>
/// A computation on tensors of fixed shapes, written down once as its kernel launches and run again and again: the operations are
/// not looked up, no tensor is made, and every number has its place. The bits are those of the operations themselves.
/// </summary>
/// <example>
/// <code>
/// using var arena = new Arena(device);
/// using var image = Tensor.Lasting(device, [1, 256, 256, 3]);
/// using var plan = Plan.Record(arena, [image], x => [network.Forward(x[0])]);
/// image.Assign(pixels);
/// plan.Run();
/// plan.Outputs[0].CopyTo(answer);
/// </code>
/// </example>
public sealed class Plan : IDisposable
{
    private readonly Device _device;
    private readonly Schedule _schedule;

    private Plan(Device device, Schedule schedule, IReadOnlyList<Tensor> outputs)
    {
        _device = device;
        _schedule = schedule;
        Outputs = outputs;
    }

    /// <summary>The results of the last run; they keep their place, and are freed with the plan.</summary>
    public IReadOnlyList<Tensor> Outputs { get; }

    /// <summary>What a run launches, in order.</summary>
    public IReadOnlyList<Launch> Launches => _schedule.Launches;

    /// <summary>Writes a computation down.</summary>
    /// <param name="arena">Memory for what is computed on the way, which plans that do not run at the same time share.</param>
    /// <param name="inputs">Tensors on the arena's device, whose numbers each run reads anew; they must outlive the plan.</param>
    /// <param name="function">The computation, of tensors that stand for the inputs. It may use parameters and constants from the
    /// host, and take gradients; it cannot read numbers back.</param>
    /// <exception cref="InvalidOperationException">
    /// The function reads a tensor's numbers, or computes with parameters alone, which is no part of a recording.
    /// </exception>
    /// <exception cref="DeviceMismatchException">An input's numbers are not the arena's device's to read.</exception>
    public static Plan Record(Arena arena, IReadOnlyList<Tensor> inputs, Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> function)
    {
        ArgumentNullException.ThrowIfNull(arena);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(function);
        Ops.RequireAll(inputs);
        var device = arena.Device;
        using var recorder = new Recorder(device);
        using var recording = Tape.WithGrad(); // whatever the caller pauses: the function's gradients are its own
        using var tape = Tape.Start();
        Ops.Require(recorder, [.. inputs]);
        var outputs = function([.. inputs.Select(x => Tensor.Of(recorder, x.Buffer, x.Shape))]);
        if (tape.OwnsElsewhere(recorder))
        {
            throw new InvalidOperationException("A plan's function computes with what its inputs give; what does not depend on them belongs outside.");
        }

        var schedule = recorder.Finish([.. outputs.Select(y => y.Buffer)], arena);
        return new Plan(device, schedule, [.. outputs.Select(y => Tensor.Of(device, Schedule.PlaceOf(y.Buffer), y.Shape))]);
    }

    /// <summary>Computes the outputs of what the inputs hold now.</summary>
    /// <exception cref="ObjectDisposedException">The plan, its arena, or a tensor that it reads was disposed.</exception>
    public void Run() => _schedule.Run();

    /// <summary><see cref="Run()"/>, waiting for each launch to take its time.</summary>
    /// <param name="milliseconds">Receives how long each of <see cref="Launches"/> took.</param>
    public void Run(Span<double> milliseconds)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(milliseconds.Length, Launches.Count);
        _device.Synchronize();
        for (int i = 0; i < Launches.Count; i++)
        {
            long start = Stopwatch.GetTimestamp();
            _schedule.Run(i);
            _device.Synchronize();
            milliseconds[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
    }

    /// <summary>Frees the outputs and the constants.</summary>
    public void Dispose() => _schedule.Dispose();
}
