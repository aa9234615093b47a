namespace Mimesh.Training;

/// <summary>How near painted pictures come to the true ones region by region, and how sharp their skin is.</summary>
internal sealed class RegionErrors
{
    private static readonly (PictureRegion Region, string Name)[] s_reported =
    [
        (PictureRegion.Skin, "skin"), (PictureRegion.Eyes, "eyes"), (PictureRegion.Mouth, "mouth"),
        (PictureRegion.HiddenSkin, "hidden skin"), (PictureRegion.Hair, "hair"),
    ];

    private readonly double[] _squares = new double[Enum.GetValues<PictureRegion>().Length];
    private readonly long[] _counts = new long[Enum.GetValues<PictureRegion>().Length];
    private double _edges, _trueEdges;

    /// <summary>Adds a picture.</summary>
    /// <param name="painted">Î_d, (S, S, 3).</param>
    /// <param name="truth">I_d, (S, S, 3).</param>
    /// <param name="regions">What I_d shows, (S, S); none if nobody knows.</param>
    /// <param name="size">S.</param>
    public void Add(float[] painted, float[] truth, PictureRegion[] regions, int size)
    {
        for (int i = 0; i < regions.Length; i++)
        {
            int region = (int)regions[i], x = i % size, y = i / size;
            for (int c = 0; c < 3; c++)
            {
                double d = painted[(3 * i) + c] - truth[(3 * i) + c];
                _squares[region] += d * d;
            }

            _counts[region] += 3;
            if (regions[i] is PictureRegion.Skin or PictureRegion.Eyes or PictureRegion.Mouth && x > 0 && y > 0 && x < size - 1 && y < size - 1)
            {
                _edges += Laplacian(painted, i, size);
                _trueEdges += Laplacian(truth, i, size);
            }
        }
    }

    /// <summary>Peak signal to noise ratio of each region, dB; "sharpness": the mean Laplacian of the face, over the true one's.</summary>
    public IReadOnlyDictionary<string, float> Figures()
    {
        var figures = s_reported.Where(r => _counts[(int)r.Region] > 0).ToDictionary(
            r => r.Name, r => (float)(-10 * Math.Log10(Math.Max(1e-12, _squares[(int)r.Region] / _counts[(int)r.Region]))));
        if (_trueEdges > 0)
        {
            figures["sharpness"] = (float)(_edges / _trueEdges);
        }

        return figures;
    }

    // |4·centre − neighbours| of the green channel.
    private static double Laplacian(float[] pixels, int i, int size)
    {
        float At(int j) => pixels[(3 * j) + 1];
        return Math.Abs((4 * At(i)) - At(i - 1) - At(i + 1) - At(i - size) - At(i + size));
    }
}
