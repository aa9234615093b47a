using System.Numerics;
using System.Runtime.InteropServices;

namespace Mimesh.Faces;

/// <summary>
/// The linear part of a face, <c>y = mean + Σ wₖ·modeₖ</c> over the modes whose weight is not zero: four modes a pass, in
/// tiles that stay in the first-level cache.
/// </summary>
internal ref struct ModeSum(Span<ModeSum.Term> terms)
{
    private const int Tile = 2048;

    private readonly Span<Term> _terms = terms;
    private int _count;

    public readonly record struct Term(int Mode, bool IsIdentity, float Weight);

    public void Add(ReadOnlySpan<float> weights, bool isIdentity)
    {
        for (int k = 0; k < weights.Length; k++)
        {
            if (weights[k] != 0)
            {
                _terms[_count++] = new Term(k, isIdentity, weights[k]);
            }
        }
    }

    /// <summary>vertices = from + the modes, term by term in the order of their adding.</summary>
    public readonly void Evaluate(FaceModel model, ReadOnlySpan<Vector3> from, Span<Vector3> vertices)
    {
        var first = MemoryMarshal.Cast<Vector3, float>(from);
        var y = MemoryMarshal.Cast<Vector3, float>(vertices);
        for (int start = 0; start < y.Length; start += Tile)
        {
            int length = Math.Min(Tile, y.Length - start);
            var tile = y.Slice(start, length);
            first.Slice(start, length).CopyTo(tile);
            int k = 0;
            for (; k + 4 <= _count; k += 4)
            {
                Add4(
                    tile,
                    Mode(model, k, start, length), _terms[k].Weight, Mode(model, k + 1, start, length), _terms[k + 1].Weight,
                    Mode(model, k + 2, start, length), _terms[k + 2].Weight, Mode(model, k + 3, start, length), _terms[k + 3].Weight);
            }

            for (; k < _count; k++)
            {
                FlatVectors.AddScaled(tile, Mode(model, k, start, length), _terms[k].Weight);
            }
        }
    }

    private readonly ReadOnlySpan<float> Mode(FaceModel model, int k, int start, int length)
    {
        var modes = _terms[k].IsIdentity ? model.Identity : model.Expression;
        return MemoryMarshal.Cast<Vector3, float>(modes[_terms[k].Mode].AsSpan()).Slice(start, length);
    }

    private static void Add4(
        Span<float> y, ReadOnlySpan<float> a, float wa, ReadOnlySpan<float> b, float wb,
        ReadOnlySpan<float> c, float wc, ReadOnlySpan<float> d, float wd)
    {
        int i = 0;
        for (; i <= y.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var sum = new Vector<float>(y[i..]) + (wa * new Vector<float>(a[i..])) + (wb * new Vector<float>(b[i..]))
                + (wc * new Vector<float>(c[i..])) + (wd * new Vector<float>(d[i..]));
            sum.CopyTo(y[i..]);
        }

        for (; i < y.Length; i++)
        {
            y[i] = y[i] + (wa * a[i]) + (wb * b[i]) + (wc * c[i]) + (wd * d[i]);
        }
    }
}
