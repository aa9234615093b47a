using System.Runtime.CompilerServices;
using Mimesh.Kernels;

namespace Mimesh.Layers;

public static partial class Ops
{
    /// <summary>
    /// Where an operation runs: on the device of its operands or, where they are on several, on the one that reads the buffers of
    /// all the others, as a recording and a fork do those of the device under them.
    /// </summary>
    /// <param name="operands">What the operation reads; null for one that was left out.</param>
    /// <exception cref="DeviceMismatchException">No device of theirs reads all of them.</exception>
    internal static Device DeviceOf(params ReadOnlySpan<Tensor?> operands)
    {
        Device? found = null;
        foreach (var operand in operands)
        {
            if (operand is not null && operand.Device != found && (found is null || operand.Device.Reads(found)))
            {
                found = operand.Device;
            }
        }

        Require(found!, operands);
        return found!;
    }

    /// <summary>Refuses operands that a device does not read.</summary>
    /// <param name="device">Where an operation is to run.</param>
    /// <param name="operands">What it reads; null for one that was left out.</param>
    /// <exception cref="DeviceMismatchException">The device does not read one of them.</exception>
    internal static void Require(Device device, params ReadOnlySpan<Tensor?> operands)
    {
        foreach (var operand in operands)
        {
            if (operand is not null && !device.Reads(operand.Device))
            {
                throw new DeviceMismatchException($"{operand} cannot be an operand on {device.Name}: the two are different devices.");
            }
        }
    }

    /// <summary>Refuses a list in which a tensor is missing.</summary>
    /// <param name="tensors">The list.</param>
    /// <param name="name">What the caller calls it.</param>
    /// <exception cref="ArgumentNullException">The list or one of its tensors is null.</exception>
    internal static void RequireAll(IReadOnlyList<Tensor> tensors, [CallerArgumentExpression(nameof(tensors))] string? name = null)
    {
        ArgumentNullException.ThrowIfNull(tensors, name);
        for (int i = 0; i < tensors.Count; i++)
        {
            ArgumentNullException.ThrowIfNull(tensors[i], name);
        }
    }

    private static Device DeviceOf(SparseMatrix matrix, Tensor x, Tensor? z = null)
    {
        var device = DeviceOf(x, z);
        return device.Reads(matrix.Forward.Device)
            ? device : throw new DeviceMismatchException($"{matrix.Forward} cannot be an operand on {device.Name}: the two are different devices.");
    }
}

/// <summary>Operands of one operation are on devices that do not read each other's memory; the message names them.</summary>
/// <param name="message">Which.</param>
public sealed class DeviceMismatchException(string message) : InvalidOperationException(message);
