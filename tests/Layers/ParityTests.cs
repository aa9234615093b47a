using Mimesh.Verification;
using NUnit.Framework;

namespace Mimesh.Tests.Layers;

/// <summary>Every operation, its gradients and their gradients, the modules and Adam against PyTorch, on every device.</summary>
public sealed class ParityTests
{
    public static IEnumerable<TestCaseData> Cases() =>
        from device in TestDevices.Names
        from c in On(device)
        select new TestCaseData(c, device).SetName($"{c.Name}({device})");

    // The simulator is too slow for large layers; 'mimesh verify --device simulator' has the patience.
    internal static IEnumerable<VerificationCase> On(string device) =>
        device == "simulator" ? Verifier.Cases.Where(c => c is not LayerCase) : Verifier.Cases;

    [TestCaseSource(nameof(Cases))]
    public void AgreesWithPyTorch(VerificationCase c, string deviceName)
    {
        var rows = Verifier.Run(TestDevices.Open(deviceName), c);
        Assert.Multiple(() =>
        {
            Assert.That(rows.Select(r => r.Order), Is.EqualTo(c.Orders.Append(VerificationOrder.Repeat)));
            foreach (var row in rows)
            {
                TestContext.Out.WriteLine($"{row.Order}: worst error {row.Error:E1}");
                Assert.That(row.Pass, $"{row.Order}: error {row.Error:E1}, tolerance {row.Tolerance:E1}; {row.Detail}");
            }
        });
    }
}
