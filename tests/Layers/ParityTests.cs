using Mimesh.Layers;
using NUnit.Framework;

namespace Mimesh.Tests.Layers;

/// <summary>Every operation, its gradients and their gradients, the modules and Adam against PyTorch, on every device.</summary>
public sealed class ParityTests
{
    public static IEnumerable<TestCaseData> Cases() =>
        from device in TestDevices.Names
        from c in Verifier.Cases
        select new TestCaseData(c, device).SetName($"{c.Name}({device})");

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
