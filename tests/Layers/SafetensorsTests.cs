using System.Buffers.Binary;
using System.Text;
using Mimesh.Layers;
using Mimesh.Verification;
using NUnit.Framework;

namespace Mimesh.Tests.Layers;

/// <summary>Files round trip, and damaged ones are refused.</summary>
public sealed class SafetensorsTests
{
    [Test]
    public void Float32RoundTripsBitForBit()
    {
        var file = Sample();
        var read = Safetensors.Read(Bytes(file));
        Assert.That(read.Metadata, Is.EqualTo(file.Metadata));
        Assert.That(read.Tensors.Keys, Is.EqualTo(file.Tensors.Keys));
        foreach (var (name, (shape, values)) in file.Tensors)
        {
            Assert.That(read.Tensors[name].Shape, Is.EqualTo(shape));
            Assert.That(
                read.Tensors[name].Values.Select(BitConverter.SingleToInt32Bits), Is.EqualTo(values.Select(BitConverter.SingleToInt32Bits)));
        }
    }

    [Test]
    public void Float16RoundsToNearest()
    {
        var file = Sample();
        byte[] bytes = Bytes(file, half: true);
        Assert.That(bytes, Has.Length.LessThan(Bytes(file).Length));
        var read = Safetensors.Read(bytes);
        foreach (var (name, (shape, values)) in file.Tensors)
        {
            Assert.That(read.Tensors[name].Shape, Is.EqualTo(shape));
            Assert.That(read.Tensors[name].Values, Is.EqualTo(values.Select(v => (float)(Half)v)));
        }
    }

    [Test]
    public void EveryFloat16IsReadAsItIs()
    {
        // Three more than a multiple of what is widened at a time.
        Half[] halves = [.. Enumerable.Range(0, 65536 + 3).Select(bits => BitConverter.UInt16BitsToHalf((ushort)bits))];
        var file = new Safetensors { Tensors = { ["all"] = ([halves.Length], [.. halves.Select(h => (float)h)]) } };
        float[] read = Safetensors.Read(Bytes(file, half: true)).Tensors["all"].Values;
        for (int i = 0; i < halves.Length; i++)
        {
            bool same = Half.IsNaN(halves[i]) ? float.IsNaN(read[i]) : BitConverter.SingleToInt32Bits(read[i]) == BitConverter.SingleToInt32Bits((float)halves[i]);
            Assert.That(same, $"{halves[i]} is read as {read[i]}");
        }
    }

    [Test]
    public void HeadersAreAlignedAndStampedByTheirMaker()
    {
        byte[] bytes = Bytes(Sample());
        Assert.That(BinaryPrimitives.ReadInt64LittleEndian(bytes) % 8, Is.Zero);
        Assert.That(Fixture.Load("critic").Metadata["pytorch"], Is.Not.Empty, "the fixtures say which PyTorch made them");
    }

    [Test]
    public void ParametersRoundTripByName()
    {
        using var a = new ResidualBlock(new Initializer(TestDevices.Cpu, 1), 3);
        using var b = new ResidualBlock(new Initializer(TestDevices.Cpu, 2), 3);
        using var c = new ResidualBlock(new Initializer(TestDevices.Cpu, 3), 4);
        var file = new Safetensors();
        file.Add("block", a.NamedParameters);
        var read = Safetensors.Read(Bytes(file));
        read.CopyTo("block", b.NamedParameters);
        Assert.That(b.Parameters.Select(p => p.ToArray()), Is.EqualTo(a.Parameters.Select(p => p.ToArray())));

        float[][] before = [.. c.Parameters.Select(p => p.ToArray())];
        Assert.That(() => read.CopyTo("block", c.NamedParameters), Throws.TypeOf<InvalidDataException>().With.Message.Contains("block.conv1.weight"));
        Assert.That(() => read.CopyTo("net", b.NamedParameters), Throws.TypeOf<InvalidDataException>().With.Message.Contains("net.conv1.weight"));
        Assert.That(c.Parameters.Select(p => p.ToArray()), Is.EqualTo(before), "nothing was copied");
    }

    [TestCase("")]
    [TestCase("[]")]
    [TestCase("7")]
    [TestCase("""{"a":3}""")]
    [TestCase("""{"a":{}}""")]
    [TestCase("""{"__metadata__":{"a":1}}""")]
    [TestCase("""{"__metadata__":[]}""")]
    [TestCase("""{"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}""")]
    [TestCase("""{"a":{"dtype":7,"shape":[1],"data_offsets":[0,4]}}""")]
    [TestCase("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""")]
    [TestCase("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""")]
    [TestCase("""{"a":{"dtype":"F32","shape":[-1,0],"data_offsets":[0,0]}}""")]
    [TestCase("""{"a":{"dtype":"F32","shape":[1,1,1,1,2],"data_offsets":[0,8]}}""")]
    [TestCase("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""")]
    [TestCase("""{"a":{"dtype":"F32","shape":[65536,65536],"data_offsets":[0,8]}}""")]
    [TestCase("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""")]
    [TestCase("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""")]
    [TestCase("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""")]
    [TestCase("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""")]
    [TestCase("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,9e99]}}""")]
    [TestCase("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""")]
    [TestCase("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""")]
    public void WrongHeadersAreRefused(string header)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        byte[] bytes = [.. BitConverter.GetBytes((long)text.Length), .. text, .. new byte[8]];
        Assert.That(() => Safetensors.Read(bytes), Throws.TypeOf<InvalidDataException>());
    }

    [Test]
    public void EveryCutIsRefused()
    {
        byte[] bytes = Bytes(Sample());
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.That(() => Safetensors.Read(bytes.AsMemory(0, length)), Throws.TypeOf<InvalidDataException>(), $"{length} of {bytes.Length} bytes");
        }
    }

    [Test]
    public void TwoThousandDamagedFilesAreReadOrRefused()
    {
        byte[] good = Bytes(Sample());
        int header = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(good);
        var random = new Random(1);
        int refused = 0;
        for (int i = 0; i < 2000; i++)
        {
            var bytes = good.ToList();
            for (int edit = random.Next(1, 4); edit > 0; edit--)
            {
                int at = random.Next(Math.Min(header, bytes.Count));
                switch (random.Next(4))
                {
                    case 0:
                        bytes[at] = (byte)random.Next(256);
                        break;
                    case 1:
                        bytes[at] = (byte)"0123456789-,:{}[]\" \\e."[random.Next(22)];
                        break;
                    case 2:
                        bytes.RemoveRange(at, Math.Min(random.Next(1, 9), bytes.Count - at));
                        break;
                    default:
                        bytes.Insert(at, (byte)"0123456789-,:{}[]\" \\e."[random.Next(22)]);
                        break;
                }
            }

            try
            {
                Safetensors.Read(bytes.ToArray());
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        Assert.That(refused, Is.InRange(1000, 2000));
    }

    private static Safetensors Sample()
    {
        var file = new Safetensors();
        file.Metadata["preset"] = "small";
        file.Metadata["note"] = "naïve \"quotes\"";
        file.Tensors["encoder.weight"] = ([2, 1, 3], [1f, -2.5f, 3e-8f, float.MaxValue, float.NegativeInfinity, float.Epsilon]);
        file.Tensors["encoder.bias"] = ([5], [0.1f, -0f, 65504f, 1e-5f, 1f / 3f]);
        file.Tensors["step"] = ([], [41f]);
        file.Tensors["empty"] = ([0, 4], []);
        return file;
    }

    /// <summary>A file's content.</summary>
    internal static byte[] Bytes(Safetensors file, bool half = false)
    {
        using var stream = new MemoryStream();
        file.Write(stream, half);
        return stream.ToArray();
    }
}
