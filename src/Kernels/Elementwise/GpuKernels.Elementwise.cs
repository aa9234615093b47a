using ILGPU;

namespace Mimesh.Kernels;

internal sealed partial class GpuKernels
{
    public void Map<T>(T f, DeviceBuffer x, DeviceBuffer y, long length)
        where T : unmanaged, IUnary
    {
        if (length > 0)
        {
            Launch(Map, Threads(CeilDiv(length, 4)), f, View(x), Output(y), (int)length);
        }
    }

    public void Zip<T>(T f, DeviceBuffer a, DeviceBuffer b, DeviceBuffer y, in BroadcastSpec s)
        where T : unmanaged, IBinary
    {
        long rows = (long)s.D0 * s.D1 * s.D2;
        if (rows * s.D3 == 0)
        {
            return;
        }

        bool aligned = (rows == 1 || s.D3 % 4 == 0) && (s.A0 | s.A1 | s.A2 | s.B0 | s.B1 | s.B2) % 4 == 0;
        if (aligned)
        {
            var box = new Box(s.D0, s.D1, s.D2, CeilDiv(s.D3, 4));
            Launch(ZipQuads, Threads(box.Length), f, View(a), View(b), Output(y), s, box);
        }
        else
        {
            var box = new Box(s.D0, s.D1, s.D2, s.D3);
            Launch(Zip, Threads(box.Length), f, View(a), View(b), Output(y), s, box);
        }
    }

    public void Fill(DeviceBuffer y, float value, long length)
    {
        if (length > 0)
        {
            Launch(Fill, Threads(CeilDiv(length, 4)), Output(y), value, (int)length);
        }
    }

    internal static void Map<T>(T f, ArrayView<float> x, ArrayView<float> y, int length)
        where T : unmanaged, IUnary
    {
        var x4 = x.Cast<F4>();
        var y4 = y.Cast<F4>();
        for (int i = First; i < length / 4; i += Step)
        {
            F4 v = x4[i];
            y4[i] = new F4(f.Apply(v.X), f.Apply(v.Y), f.Apply(v.Z), f.Apply(v.W));
        }

        for (int i = (length & ~3) + First; i < length; i += Step)
        {
            y[i] = f.Apply(x[i]);
        }
    }

    internal static void Zip<T>(T f, ArrayView<float> a, ArrayView<float> b, ArrayView<float> y, BroadcastSpec s, Box box)
        where T : unmanaged, IBinary
    {
        for (int i = First; i < box.Length; i += Step)
        {
            var place = box[i];
            y[i] = f.Apply(a[place.At(s.A0, s.A1, s.A2, s.A3)], b[place.At(s.B0, s.B1, s.B2, s.B3)]);
        }
    }

    // Four neighbours along the innermost dimension at once; only a single row may end in less than four.
    internal static void ZipQuads<T>(T f, ArrayView<float> a, ArrayView<float> b, ArrayView<float> y, BroadcastSpec s, Box quads)
        where T : unmanaged, IBinary
    {
        for (int i = First; i < quads.Length; i += Step)
        {
            var place = quads[i];
            int ia = place.At(s.A0, s.A1, s.A2, 4 * s.A3), ib = place.At(s.B0, s.B1, s.B2, 4 * s.B3), left = s.D3 - (4 * place.I3);
            if (left >= 4)
            {
                F4 va = Quad(a, ia, s.A3), vb = Quad(b, ib, s.B3);
                y.Cast<F4>()[i] = new F4(f.Apply(va.X, vb.X), f.Apply(va.Y, vb.Y), f.Apply(va.Z, vb.Z), f.Apply(va.W, vb.W));
            }
            else
            {
                for (int j = 0; j < left; j++)
                {
                    y[(4 * i) + j] = f.Apply(a[ia + (j * s.A3)], b[ib + (j * s.B3)]);
                }
            }
        }
    }

    internal static void Fill(ArrayView<float> y, float value, int length)
    {
        var y4 = y.Cast<F4>();
        for (int i = First; i < length / 4; i += Step)
        {
            y4[i] = new F4(value, value, value, value);
        }

        for (int i = (length & ~3) + First; i < length; i += Step)
        {
            y[i] = value;
        }
    }

    private static F4 Quad(ArrayView<float> v, int at, int stride)
    {
        if (stride != 0)
        {
            return v.Cast<F4>()[at >> 2];
        }

        float one = v[at];
        return new F4(one, one, one, one);
    }
}
