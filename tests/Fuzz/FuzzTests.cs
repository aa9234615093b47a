using System.Buffers.Binary;
using Mimesh.Imaging;
using Mimesh.Kernels;
using Mimesh.Layers;
using Mimesh.Tests.Imaging;
using Mimesh.Tests.Kernels;
using Mimesh.Tests.Layers;
using Mimesh.Training;
using NUnit.Framework;

namespace Mimesh.Tests.Fuzz;

/// <summary>
/// Ten thousand damaged files of each kind are read or refused with the exception that the reader documents; none makes it
/// take more memory than the file's own length, or a size that was checked, accounts for, and none makes it hang.
/// </summary>
public sealed class FuzzTests
{
    private const int Files = 10_000;
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    [Test]
    public void Weights()
    {
        byte[][] good = [SafetensorsTests.Bytes(Sample(1)), SafetensorsTests.Bytes(Sample(2), half: true), SafetensorsTests.Bytes(new Safetensors())];
        var mutator = new Mutator(1);
        var (read, refused) = Fuzz(() => mutator.Damage(good, HeaderEnd), file =>
        {
            try
            {
                var read = Safetensors.Read(file);
                return read.Tensors.Values.All(t => t.Shape.Count == t.Values.Length);
            }
            catch (InvalidDataException)
            {
                return false;
            }
        }, file => 65_536 + (64L * file.Length));
        Assert.That(read, Is.GreaterThan(Files / 50), "some damage is none");
        Assert.That(refused, Is.GreaterThan(Files / 2));
    }

    /// <summary>
    /// Five formats, small pictures. A picture that is read takes 12 bytes a pixel; one that is refused takes nothing but its
    /// file's copies. The checksums of half of the PNGs are mended, or none would get past them.
    /// </summary>
    [Test]
    public void Images()
    {
        var picture = TestPictures.Corners(17, 20);
        byte[][][] kinds =
        [
            [TestPictures.Encoded(picture, ".png"), TestPictures.Png(16, 16, 8, 6, 200, 100, 50, 128), TestPictures.Png(17, 19, 16, 0, 40000), TestPictures.Png(20, 20, 1, 0)],
            [TestPictures.Encoded(picture, ".jpg"), TestPictures.Oriented(picture, 6)],
            [TestPictures.Encoded(picture, ".webp")],
            [TestPictures.Bmp(19, 17, 9, 99, 199)],
            [Gif(18, 16)],
        ];
        foreach (var good in kinds.SelectMany(kind => kind))
        {
            Assert.That(() => ImageFile.Decode(good, "picture"), Throws.Nothing);
        }

        var mutator = new Mutator(2);
        int number = 0;
        long pixels = 0;
        var (read, refused) = Fuzz(
            () =>
            {
                var good = kinds[number++ % kinds.Length];
                byte[] file = mutator.Damage(good);
                return number % 2 == 0 ? MendChecksums(file) : file;
            },
            file =>
            {
                pixels = 0;
                try
                {
                    var image = ImageFile.Decode(file, "picture");
                    pixels = (long)image.Width * image.Height;
                    return true;
                }
                catch (InputException)
                {
                    return false;
                }
            },
            file => 16_384 + (8L * file.Length) + (12 * pixels));
        Assert.That(read, Is.GreaterThan(Files / 50));
        Assert.That(refused, Is.GreaterThan(Files / 4));
    }

    /// <summary>Checkpoints come back through a training's own way of restoring: a network, its average and its optimiser.</summary>
    [Test]
    public void Checkpoints()
    {
        using var device = new CpuDevice(1);
        using var network = new Linear(new Initializer(device, 1), 3, 2);
        using var trainee = new Trainee("network", network, clipNorm: 5f);
        var options = new TrainingOptions("run", 100, 1, 7, 1e-3f, 32, 1);
        var settings = new Dictionary<string, string> { [TrainingOptions.StageKey] = "reenactor", ["preset"] = "small" };
        int Restore(byte[] file)
        {
            device.Adopt(); // damaged files are read on another thread
            return options.Restore(Mimesh.Reenactment.Weights.Parse(file, "checkpoint"), settings, trainee);
        }

        byte[][] good = [Checkpoint(5, 5), Checkpoint(99, 90)];
        foreach (byte[] file in good)
        {
            Assert.That(Restore(file), Is.InRange(5, 99));
        }

        var mutator = new Mutator(3);
        var (read, refused) = Fuzz(() => mutator.Damage(good, HeaderEnd), file =>
        {
            try
            {
                return Restore(file) is >= 0 and < 100;
            }
            catch (InputException)
            {
                return false;
            }
        }, file => 65_536 + (64L * file.Length));
        device.Adopt();
        Assert.That(read, Is.GreaterThan(Files / 200));
        Assert.That(refused, Is.GreaterThan(Files / 2));

        byte[] Checkpoint(int step, int updates)
        {
            var file = new Safetensors(options.StateAt(step, settings));
            trainee.Save(file);
            file.Metadata["network.steps"] = $"{updates}";
            return SafetensorsTests.Bytes(file);
        }
    }

    // Runs the reader over the files in a thread of its own, so that a hang is found and named.
    private static (int Read, int Refused) Fuzz(Func<byte[]> next, Func<byte[], bool> read, Func<byte[], long> allowance)
    {
        int file = 0, accepted = 0;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                for (; file < Files; file++)
                {
                    byte[] bytes = next();
                    long before = GC.GetAllocatedBytesForCurrentThread();
                    accepted += read(bytes) ? 1 : 0;
                    long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                    if (allocated > allowance(bytes))
                    {
                        throw new InvalidOperationException($"{allocated} bytes were allocated for a file of {bytes.Length}");
                    }
                }
            }
            catch (Exception e)
            {
                failure = e;
            }
        })
        {
            IsBackground = true,
        };
        thread.Start();
        for (int seen = -1; !thread.Join(s_patience); seen = Volatile.Read(ref file))
        {
            Assert.That(Volatile.Read(ref file), Is.Not.EqualTo(seen), "hangs at that file");
        }

        Assert.That(failure, Is.Null, $"file {file}");
        TestContext.Out.WriteLine($"{Files} files: {accepted} read, {Files - accepted} refused");
        return (accepted, Files - accepted);
    }

    private static int HeaderEnd(byte[] file) =>
        file.Length < 8 ? 0 : (int)Math.Clamp(BinaryPrimitives.ReadInt64LittleEndian(file), 0, file.Length - 8) + 8;

    private static Safetensors Sample(int seed)
    {
        var file = new Safetensors { Metadata = { ["preset"] = "small", ["mesh"] = "0123456789abcdef" } };
        file.Tensors["conv.weight"] = ([2, 3, 1, 1], CpuCheck.Random(6, seed));
        file.Tensors["conv.bias"] = ([5], CpuCheck.Random(5, seed + 1));
        file.Tensors["scalar"] = ([], [0.5f]);
        file.Tensors["empty"] = ([0, 4], []);
        return file;
    }

    // Wherever something reads like a chunk of a PNG, its checksum becomes right.
    private static byte[] MendChecksums(byte[] file)
    {
        for (int at = 8; at + 12 <= file.Length;)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at));
            if (length > file.Length - at - 12)
            {
                break;
            }

            int end = at + 8 + (int)length;
            if (file[0] == 0x89)
            {
                BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(end), Provenance.Crc32(file.AsSpan((at + 4)..end)));
            }

            at = end + 4;
        }

        return file;
    }

    // A GIF of two colours in stripes. LZW codes of 3 bits: a clear code in front of every two pixels keeps them at that width.
    private static byte[] Gif(int width, int height)
    {
        var codes = new List<int>();
        for (int i = 0; i < width * height; i += 2)
        {
            codes.AddRange([4, i / width % 2, (i + 1) / width % 2]);
        }

        codes.Add(5);
        byte[] packed = new byte[((codes.Count * 3) + 7) / 8];
        for (int i = 0; i < codes.Count * 3; i++)
        {
            packed[i / 8] |= (byte)((codes[i / 3] >> (i % 3) & 1) << (i % 8));
        }

        byte[] size = [(byte)width, 0, (byte)height, 0];
        return
        [
            .. "GIF89a"u8, .. size, 0x80, 0, 0, 200, 100, 50, 10, 20, 30, (byte)',', 0, 0, 0, 0, .. size, 0, 2,
            .. packed.Chunk(200).SelectMany(block => block.Prepend((byte)block.Length)), 0, (byte)';',
        ];
    }
}
