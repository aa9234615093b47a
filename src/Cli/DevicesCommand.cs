using System.CommandLine;
using Mimesh.Kernels;

namespace Mimesh.Cli;

/// <summary><c>mimesh devices</c>: what <c>--device</c> can be here.</summary>
internal static class DevicesCommand
{
    public static Command Create()
    {
        var command = new Command("devices", "List the devices that can compute here.");
        command.SetAction(parsed => Terminal.Of(parsed).WriteTable(
            ["Name", "Device"], [.. Device.Available().Select(d => new[] { d.Name, d.Description })]));
        return command.WithExamples(("See what --device may be", "mimesh devices"));
    }
}
