using ILGPU;

namespace Mimesh.Kernels;

internal sealed partial class GpuKernels
{
    // The length of a slab of k, and the quads of shared memory that hold one for the largest tile. Rows of shared memory are a
    // quad longer than the tile: a slab that is stored across its rows then spreads over the banks.
    private const int Slab = 16;
    private const int SlabQuadsA = Slab * ((2 * 16) + 1);
    private const int SlabQuadsB = Slab * (16 + 1);

    private void Product<TA, TB, TPlan>(
        DeviceBuffer a, DeviceBuffer b, DeviceBuffer? bias, DeviceBuffer c, TA opA, TB opB, TPlan plan, ProductSize size, bool quads)
        where TA : unmanaged, IOperand
        where TB : unmanaged, IOperand
        where TPlan : unmanaged, IPlan
    {
        if (device.Side == 16)
        {
            Product<TA, TB, TPlan, Group16>(a, b, bias, c, opA, opB, plan, size, quads);
        }
        else
        {
            Product<TA, TB, TPlan, Group2>(a, b, bias, c, opA, opB, plan, size, quads);
        }
    }

    private void Product<TA, TB, TPlan, TGroup>(
        DeviceBuffer a, DeviceBuffer b, DeviceBuffer? bias, DeviceBuffer c, TA opA, TB opB, TPlan plan, ProductSize size, bool quads)
        where TA : unmanaged, IOperand
        where TB : unmanaged, IOperand
        where TPlan : unmanaged, IPlan
        where TGroup : unmanaged, IGroup
    {
        if (size.Rows == 0 || size.Columns == 0 || size.Products == 0)
        {
            return;
        }

        var config = new KernelConfig(
            new Index3D(CeilDiv(size.Rows, 8 * TGroup.Side), CeilDiv(size.Columns, 4 * TGroup.Side), Math.Min(size.Products, 65535)),
            new Index3D(TGroup.Side * TGroup.Side, 1, 1));
        var run = new ProductRun(size.Products, bias is null ? 0 : 1);
        if (quads)
        {
            Launch(Product<TA, TB, TPlan, Quads, TGroup>, config, View(a), View(b), View(bias ?? c), Output(c), opA, opB, plan, run);
        }
        else
        {
            Launch(Product<TA, TB, TPlan, Singles, TGroup>, config, View(a), View(b), View(bias ?? c), Output(c), opA, opB, plan, run);
        }
    }

    // A group of Side² threads makes a tile of 8·Side rows by 4·Side columns, each thread 8 × 4 of it in registers. It walks
    // along k in slabs, which lie in shared memory as [k][row], twice: while one is multiplied, the next is fetched into
    // registers and then stored to the other, so one barrier a slab is enough.
    internal static void Product<TA, TB, TPlan, TAccess, TGroup>(
        ArrayView<float> a, ArrayView<float> b, ArrayView<float> bias, ArrayView<float> c, TA opA, TB opB, TPlan plan, ProductRun run)
        where TA : unmanaged, IOperand
        where TB : unmanaged, IOperand
        where TPlan : unmanaged, IPlan
        where TAccess : unmanaged, IAccess
        where TGroup : unmanaged, IGroup
    {
        var sharedA = SharedMemory.Allocate<F4>(2 * SlabQuadsA);
        var sharedB = SharedMemory.Allocate<F4>(2 * SlabQuadsB);
        var rowsA = SharedMemory.Allocate<Cursor>(8 * 16);
        var rowsB = SharedMemory.Allocate<Cursor>(4 * 16);
        int side = TGroup.Side, threads = side * side, t = Group.IdxX;
        int row = Grid.IdxX * 8 * side, column = Grid.IdxY * 4 * side;
        var placeA0 = Place.Of<TA>(t, 2 * side);
        var placeA1 = Place.Of<TA>(t + threads, 2 * side);
        var placeB = Place.Of<TB>(t, side);
        for (int z = Grid.IdxZ; z < run.Products; z += Grid.DimZ)
        {
            // Each row is looked up once, here; registers would not do: ILGPU sinks what they hold back into the loop below.
            for (int i = t; i < 8 * side; i += threads)
            {
                rowsA[i] = opA.Row(row + i, z);
            }

            for (int i = t; i < 4 * side; i += threads)
            {
                rowsB[i] = opB.Row(column + i, z);
            }

            Group.Barrier();
            int begin = plan.Begin(z), end = plan.End(z), slab = 0;
            Stage<TA, TAccess>(a, opA, rowsA, begin, end, sharedA, 2 * side, t, threads);
            Stage<TB, TAccess>(b, opB, rowsB, begin, end, sharedB, side, t, threads);
            Group.Barrier();
            Tile sum = default;
            for (int k = begin; k < end; k += Slab)
            {
                int next = k + Slab;
                F4 nextA0 = Fetch<TA, TAccess>(a, opA, rowsA, placeA0, next, end);
                F4 nextA1 = Fetch<TA, TAccess>(a, opA, rowsA, placeA1, next, end);
                F4 nextB = Fetch<TB, TAccess>(b, opB, rowsB, placeB, next, end);
                var mineA = sharedA.SubView((slab * SlabQuadsA) + (2 * (t / side)));
                var mineB = sharedB.SubView((slab * SlabQuadsB) + (t % side));
                for (int i = 0; i < Slab; i += 4)
                {
                    // Sub-views with constant indices become offsets in the load instructions.
                    var four = mineA.SubView(i * ((2 * side) + 1));
                    var with = mineB.SubView(i * (side + 1));
                    sum = Tile.Add(sum, four[0], four[1], with[0]);
                    sum = Tile.Add(sum, four[(2 * side) + 1], four[(2 * side) + 2], with[side + 1]);
                    sum = Tile.Add(sum, four[(4 * side) + 2], four[(4 * side) + 3], with[(2 * side) + 2]);
                    sum = Tile.Add(sum, four[(6 * side) + 3], four[(6 * side) + 4], with[(3 * side) + 3]);
                }

                slab = 1 - slab;
                var slabA = sharedA.SubView(slab * SlabQuadsA);
                var slabB = sharedB.SubView(slab * SlabQuadsB);
                placeA0.Store<TA>(slabA, 2 * side, nextA0);
                placeA1.Store<TA>(slabA, 2 * side, nextA1);
                placeB.Store<TB>(slabB, side, nextB);
                if (side < 16)
                {
                    // A smaller group has more to fetch than these registers hold.
                    Stage<TA, TAccess>(a, opA, rowsA, next, end, slabA, 2 * side, t + (2 * threads), threads);
                    Stage<TB, TAccess>(b, opB, rowsB, next, end, slabB, side, t + threads, threads);
                }

                Group.Barrier();
            }

            int m = row + (8 * (t / side)), n = column + (4 * (t % side));
            F4 add = default;
            if (run.HasBias != 0)
            {
                add = new F4(
                    n < plan.Columns ? bias[n] : 0f, n + 1 < plan.Columns ? bias[n + 1] : 0f,
                    n + 2 < plan.Columns ? bias[n + 2] : 0f, n + 3 < plan.Columns ? bias[n + 3] : 0f);
            }

            Put(c, plan, m, n, z, sum.R0 + add);
            Put(c, plan, m + 1, n, z, sum.R1 + add);
            Put(c, plan, m + 2, n, z, sum.R2 + add);
            Put(c, plan, m + 3, n, z, sum.R3 + add);
            Put(c, plan, m + 4, n, z, sum.R4 + add);
            Put(c, plan, m + 5, n, z, sum.R5 + add);
            Put(c, plan, m + 6, n, z, sum.R6 + add);
            Put(c, plan, m + 7, n, z, sum.R7 + add);
        }
    }

    // Brings quads e, e + step, … of a slab from an operand to shared memory.
    private static void Stage<TOp, TAccess>(
        ArrayView<float> v, TOp op, ArrayView<Cursor> rows, int k, int end, ArrayView<F4> shared, int quadsAcross, int e, int step)
        where TOp : unmanaged, IOperand
        where TAccess : unmanaged, IAccess
    {
        for (; e < Slab * quadsAcross; e += step)
        {
            var place = Place.Of<TOp>(e, quadsAcross);
            place.Store<TOp>(shared, quadsAcross, Fetch<TOp, TAccess>(v, op, rows, place, k, end));
        }
    }

    // Four neighbours of an operand, along k or across rows; zero beyond its ends.
    private static F4 Fetch<TOp, TAccess>(ArrayView<float> v, TOp op, ArrayView<Cursor> rows, Place place, int slab, int end)
        where TOp : unmanaged, IOperand
        where TAccess : unmanaged, IAccess
    {
        int k = slab + place.K;
        Cursor at = rows[place.Row];
        if (TAccess.Quads)
        {
            int offset = op.Offset(at, k);
            F4 quad = default;
            if (k < end & offset >= 0)
            {
                quad = v.Cast<F4>()[offset >> 2];
            }

            return quad;
        }

        if (TOp.AlongDepth)
        {
            return new F4(One(v, op, at, k, end), One(v, op, at, k + 1, end), One(v, op, at, k + 2, end), One(v, op, at, k + 3, end));
        }

        return new F4(
            One(v, op, at, k, end), One(v, op, rows[place.Row + 1], k, end),
            One(v, op, rows[place.Row + 2], k, end), One(v, op, rows[place.Row + 3], k, end));
    }

    private static float One<TOp>(ArrayView<float> v, TOp op, Cursor at, int k, int end)
        where TOp : unmanaged, IOperand
    {
        int offset = op.Offset(at, k);
        float one = 0f;
        if (k < end & offset >= 0)
        {
            one = v[offset];
        }

        return one;
    }

    private static void Put<TPlan>(ArrayView<float> c, TPlan plan, int row, int column, int z, F4 quad)
        where TPlan : unmanaged, IPlan
    {
        int start = plan.Row(row, z);
        if (start < 0 || column >= plan.Columns)
        {
            return;
        }

        int at = start + (column * plan.ColumnStride);
        if (plan.ColumnStride == 1 && plan.Columns % 4 == 0)
        {
            c.Cast<F4>()[at >> 2] = quad;
            return;
        }

        c[at] = quad.X;
        if (column + 1 < plan.Columns)
        {
            c[at + plan.ColumnStride] = quad.Y;
        }

        if (column + 2 < plan.Columns)
        {
            c[at + (2 * plan.ColumnStride)] = quad.Z;
        }

        if (column + 3 < plan.Columns)
        {
            c[at + (3 * plan.ColumnStride)] = quad.W;
        }
    }

    /// <summary>Where in its slab a thread's quad lies: a row of the tile, and a k from the slab's beginning.</summary>
    internal readonly struct Place(int row, int k)
    {
        public readonly int Row = row;
        public readonly int K = k;

        public static Place Of<TOp>(int e, int quadsAcross)
            where TOp : unmanaged, IOperand =>
            TOp.AlongDepth ? new(e / (Slab / 4), e % (Slab / 4) * 4) : new(e % quadsAcross * 4, e / quadsAcross);

        public void Store<TOp>(ArrayView<F4> slab, int quadsAcross, F4 quad)
            where TOp : unmanaged, IOperand
        {
            int pitch = quadsAcross + 1;
            if (TOp.AlongDepth)
            {
                var column = slab.Cast<float>().SubView((4 * K * pitch) + Row);
                column[0] = quad.X;
                column[4 * pitch] = quad.Y;
                column[8 * pitch] = quad.Z;
                column[12 * pitch] = quad.W;
            }
            else
            {
                slab[(K * pitch) + (Row / 4)] = quad;
            }
        }
    }

    /// <summary>One thread's share of the result: 8 rows of 4 columns.</summary>
    internal struct Tile
    {
        public F4 R0;
        public F4 R1;
        public F4 R2;
        public F4 R3;
        public F4 R4;
        public F4 R5;
        public F4 R6;
        public F4 R7;

        // Plus the outer product of eight elements of a with four of b.
        public static Tile Add(Tile c, F4 a0, F4 a1, F4 b) => new()
        {
            R0 = c.R0 + (a0.X * b),
            R1 = c.R1 + (a0.Y * b),
            R2 = c.R2 + (a0.Z * b),
            R3 = c.R3 + (a0.W * b),
            R4 = c.R4 + (a1.X * b),
            R5 = c.R5 + (a1.Y * b),
            R6 = c.R6 + (a1.Z * b),
            R7 = c.R7 + (a1.W * b),
        };
    }

    internal readonly record struct ProductSize(int Rows, int Columns, int Products);

    /// <summary>How many products, and whether the bias is there: 1 or 0.</summary>
    internal readonly record struct ProductRun(int Products, int HasBias);
}
