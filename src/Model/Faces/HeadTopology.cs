using System.Numerics;

namespace Mimesh.Faces;

/// <summary>The skin of the mean head as a mesh, and the rings of it that other parts and expressions hang on.</summary>
internal sealed class HeadTopology
{
    private readonly MeshBuilder _mesh;
    private readonly int[,] _upper = new int[HeadGrid.Rows, HeadGrid.Columns];
    private readonly Dictionary<(int Row, int Column), int> _lower = [];

    public HeadTopology(MeshBuilder mesh)
    {
        _mesh = mesh;
        PlaceGrid();
        Relax();
        ConnectGrid();
        LipRings = RollLips();
        LidRings = RollLids();
        EarRings = EarShape.Build(mesh, EarLoop());
        SkinCount = mesh.Count;
    }

    public int SkinCount { get; }

    /// <summary>Lip slit and its two inner rings: from the right corner over the upper lip to the left corner, and back below.</summary>
    public int[][] LipRings { get; }

    /// <summary>Left lid slit and its two inner rings: inner corner, upper lid, outer corner, lower lid.</summary>
    public int[][] LidRings { get; }

    /// <summary>Rings of the left ear, from its root to its hollow.</summary>
    public int[][] EarRings { get; }

    /// <summary>Vertex of a row and a signed column (left positive); on a slit, its upper or lower edge.</summary>
    public int At(int row, int column, bool below = false)
    {
        int c = (column + HeadGrid.Columns) % HeadGrid.Columns;
        return below && _lower.TryGetValue((row, c), out int i) ? i : _upper[row, c];
    }

    private static bool IsSlit(int row, int column) =>
        (row == HeadGrid.LidRow && column is > HeadGrid.InnerCanthus and < HeadGrid.OuterCanthus)
        || (row == HeadGrid.LipRow && column < HeadGrid.MouthCorner);

    private static bool IsUnderEar(int row, int column) =>
        row is > HeadGrid.EarTop and < HeadGrid.EarBottom && column is > HeadGrid.EarFront and < HeadGrid.EarBack;

    private void PlaceGrid()
    {
        for (int row = 0; row < HeadGrid.Rows; row++)
        {
            for (int column = 0; column <= HeadGrid.Half; column++)
            {
                if (IsUnderEar(row, column))
                {
                    _upper[row, column] = _upper[row, HeadGrid.Columns - column] = -1;
                    continue;
                }

                int mirrored = (HeadGrid.Columns - column) % HeadGrid.Columns;
                int i = _mesh.Add(HeadGrid.Cast(row, column, below: false), Part.Skin);
                _upper[row, column] = i;
                _upper[row, mirrored] = _mesh.MirrorOf[i];
                if (IsSlit(row, column))
                {
                    int j = _mesh.Add(HeadGrid.Cast(row, column, below: true), Part.Skin);
                    _lower[(row, column)] = j;
                    _lower[(row, mirrored)] = _mesh.MirrorOf[j];
                }
            }
        }
    }

    // Casting keeps every ray's error; a little averaging where nothing sharp is meant takes it away.
    private void Relax()
    {
        for (int pass = 0; pass < 2; pass++)
        {
            for (int row = 1; row < HeadGrid.Rows - 1; row++)
            {
                for (int column = 0; column <= HeadGrid.Half; column++)
                {
                    int i = At(row, column);
                    bool sharp = column <= OuterSharpColumn && row is >= HeadGrid.LidRow - 5 and <= HeadGrid.LipRow + 5;
                    int[] around = [At(row - 1, column), At(row + 1, column), At(row, column - 1), At(row, column + 1)];
                    if (i < 0 || sharp || around.Any(v => v < 0))
                    {
                        continue;
                    }

                    var mean = Vector3.Zero;
                    foreach (int v in around)
                    {
                        mean += 0.25f * _mesh.Positions[v];
                    }

                    var p = FlatVectors.Lerp(_mesh.Positions[i], mean, 0.35f);
                    _mesh.Move(i, _mesh.MirrorOf[i] == i ? p with { X = 0 } : p);
                }
            }
        }
    }

    private const int OuterSharpColumn = HeadGrid.OuterCanthus + 1;

    private void ConnectGrid()
    {
        int mark = _mesh.TriangleMark;
        int crown = _mesh.AddCentral(HeadSculpture.Cast(new Vector3(0, 0, -4), Vector3.UnitY), Part.Skin);
        for (int c = 0; c < HeadGrid.Half; c++)
        {
            _mesh.Triangle(crown, At(0, c), At(0, c + 1));
        }

        for (int row = 0; row < HeadGrid.Rows - 1; row++)
        {
            for (int c = 0; c < HeadGrid.Half; c++)
            {
                bool ear = row is >= HeadGrid.EarTop and < HeadGrid.EarBottom && c is >= HeadGrid.EarFront and < HeadGrid.EarBack;
                if (!ear)
                {
                    _mesh.Quad(At(row, c, true), At(row, c + 1, true), At(row + 1, c + 1), At(row + 1, c), falling: true);
                }
            }
        }

        _mesh.MirrorTriangles(mark);
    }

    private int[][] RollLips()
    {
        const int corner = HeadGrid.MouthCorner;
        int length = 4 * corner;
        var slit = new int[length];
        for (int i = 0; i < length; i++)
        {
            slit[i] = i <= 2 * corner ? At(HeadGrid.LipRow, i - corner) : At(HeadGrid.LipRow, (3 * corner) - i, below: true);
        }

        int[] first = InnerLip(slit, 3.2f, 1.1f), second = InnerLip(slit, 8.5f, 4.2f);
        _mesh.Bridge(slit, first, i => i is >= corner and < 3 * corner);
        _mesh.Bridge(first, second, i => i is >= corner and < 3 * corner);
        return [slit, first, second];
    }

    // A ring behind the lips: back by depth, and apart by the given half gap.
    private int[] InnerLip(int[] slit, float depth, float gap)
    {
        const int corner = HeadGrid.MouthCorner;
        var ring = new int[slit.Length];
        for (int i = corner; i <= 3 * corner; i++)
        {
            var p = _mesh.Positions[slit[i]];
            float x = MathF.Abs(i - (2f * corner)) / corner; // 1 in the middle of both lips, 0 at the corner
            float rise = i < 2 * corner ? 1 : -1;
            var q = p + new Vector3(-0.08f * depth * p.X / 10, rise * gap * MathF.Min(1, 2 * x), -depth * (0.55f + (0.45f * x)));
            ring[i] = _mesh.Add(i is corner or 3 * corner ? q with { X = 0 } : q, Part.Skin);
            ring[((2 * corner) - i + slit.Length) % slit.Length] = _mesh.MirrorOf[ring[i]];
        }

        return ring;
    }

    private int[][] RollLids()
    {
        const int width = HeadGrid.OuterCanthus - HeadGrid.InnerCanthus;
        var slit = new int[2 * width];
        for (int i = 0; i < slit.Length; i++)
        {
            slit[i] = i <= width
                ? At(HeadGrid.LidRow, HeadGrid.InnerCanthus + i)
                : At(HeadGrid.LidRow, HeadGrid.OuterCanthus - (i - width), below: true);
        }

        int mark = _mesh.TriangleMark;
        int[] edge = InnerLid(slit, HeadSculpture.EyeRadius + 0.12f), tucked = InnerLid(slit, HeadSculpture.EyeRadius - 1.6f);
        _mesh.Bridge(slit, edge, i => i < width);
        _mesh.Bridge(edge, tucked, i => i < width);
        _mesh.MirrorTriangles(mark);
        return [slit, edge, tucked];
    }

    private int[] InnerLid(int[] slit, float radius)
    {
        var ring = new int[slit.Length];
        for (int i = 0; i < slit.Length; i++)
        {
            var d = _mesh.Positions[slit[i]] - HeadSculpture.EyeCentre;
            ring[i] = _mesh.AddPair(HeadSculpture.EyeCentre + (radius / d.Length() * d), Part.Skin);
        }

        return ring;
    }

    private int[] EarLoop()
    {
        var loop = new List<int>();
        for (int c = HeadGrid.EarFront; c < HeadGrid.EarBack; c++)
        {
            loop.Add(At(HeadGrid.EarTop, c));
        }

        for (int r = HeadGrid.EarTop; r < HeadGrid.EarBottom; r++)
        {
            loop.Add(At(r, HeadGrid.EarBack));
        }

        for (int c = HeadGrid.EarBack; c > HeadGrid.EarFront; c--)
        {
            loop.Add(At(HeadGrid.EarBottom, c));
        }

        for (int r = HeadGrid.EarBottom; r > HeadGrid.EarTop; r--)
        {
            loop.Add(At(r, HeadGrid.EarFront));
        }

        return [.. loop];
    }
}
