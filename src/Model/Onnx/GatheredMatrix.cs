using Mimesh.Kernels;

namespace Mimesh.Onnx;

/// <summary>
/// A sparse matrix in an ONNX graph. ONNX has none, so rows are padded to one length L: the columns of each row are gathered,
/// <c>(N, rows, L, C)</c>, and multiplied by the row's weights, <c>(rows, 1, L)</c>. Where few rows are much longer than the
/// others (the poles of an eyeball), they are a block of their own.
/// </summary>
internal sealed class GatheredMatrix
{
    private readonly OnnxGraph _graph;
    private readonly List<(string Columns, string? Weights)> _blocks = [];
    private readonly string? _order;

    public GatheredMatrix(OnnxGraph graph, string name, CsrMatrix matrix)
    {
        _graph = graph;
        int Length(int row) => matrix.RowStart[row + 1] - matrix.RowStart[row];
        int[] byLength = [.. Enumerable.Range(0, matrix.Rows).OrderBy(Length)];
        int cut = Cut([.. byLength.Select(Length)]);
        if (cut == matrix.Rows)
        {
            AddBlock(name, matrix, [.. Enumerable.Range(0, matrix.Rows)]);
            return;
        }

        AddBlock($"{name}.short", matrix, byLength[..cut]);
        AddBlock($"{name}.long", matrix, byLength[cut..]);
        long[] order = new long[matrix.Rows];
        for (int i = 0; i < order.Length; i++)
        {
            order[byLength[i]] = i;
        }

        _order = graph.Constant($"{name}.order", [order.Length], order);
    }

    /// <summary><c>A·x</c>, <c>(N, rows, C)</c>.</summary>
    /// <param name="x">A value <c>(N, columns, C)</c>.</param>
    public string Multiply(string x)
    {
        string[] blocks = [.. _blocks.Select(block => Multiply(block.Columns, block.Weights, x))];
        return _order is null ? blocks[0] : _graph.Node("Gather", [_graph.Node("Concat", blocks, ("axis", 1)), _order], ("axis", 1));
    }

    // How many of the rows, shortest first, are the first block. A second block pays where it saves more than the copy of all
    // rows that puts them in order again.
    private static int Cut(int[] lengths)
    {
        int rows = lengths.Length, best = rows;
        long least = (long)rows * lengths[^1];
        for (int cut = 1; cut < rows; cut++)
        {
            long cost = ((long)cut * lengths[cut - 1]) + ((long)(rows - cut) * lengths[^1]) + (2L * rows);
            (best, least) = cost < least ? (cut, cost) : (best, least);
        }

        return best;
    }

    // Columns (rows, L) and weights (rows, 1, L). A selection, one entry of 1 a row, has columns (rows) and no weights.
    private void AddBlock(string name, CsrMatrix matrix, int[] rows)
    {
        int[] starts = [.. rows.Select(row => matrix.RowStart[row])], lengths = [.. rows.Select((row, i) => matrix.RowStart[row + 1] - starts[i])];
        if (lengths.All(length => length == 1) && starts.All(start => matrix.Value[start] == 1f))
        {
            _blocks.Add((_graph.Constant($"{name}.columns", [rows.Length], starts.Select(start => (long)matrix.Column[start]).ToArray()), null));
            return;
        }

        int longest = lengths.Max();
        long[] columns = new long[rows.Length * longest];
        float[] weights = new float[columns.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            for (int entry = 0; entry < lengths[i]; entry++)
            {
                columns[(i * longest) + entry] = matrix.Column[starts[i] + entry];
                weights[(i * longest) + entry] = matrix.Value[starts[i] + entry];
            }
        }

        _blocks.Add((
            _graph.Constant($"{name}.columns", [rows.Length, longest], columns),
            _graph.Constant($"{name}.weights", [rows.Length, 1, longest], weights)));
    }

    private string Multiply(string columns, string? weights, string x)
    {
        string gathered = _graph.Node("Gather", [x, columns], ("axis", 1));
        return weights is null
            ? gathered
            : _graph.Node("Squeeze", [_graph.Node("MatMul", [weights, gathered]), _graph.Integers(2)]);
    }
}
