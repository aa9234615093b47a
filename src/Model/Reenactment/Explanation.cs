using Mimesh.Imaging;

namespace Mimesh.Reenactment;

/// <summary>The pictures that show how a reenactment came about, as the paper's figures do.</summary>
public static class Explanation
{
    // Meshes are finer than the pixels of a small picture, and so are the labels of a strip.
    private const int MeshSize = 512;
    private const int StripSize = 256;

    /// <summary>Draws everything between the two pictures and the result.</summary>
    /// <param name="result">A reenactment.</param>
    /// <param name="triangles">The face model's triangles.</param>
    /// <returns>
    /// Pictures by name: <c>source_mesh</c> and <c>driving_mesh</c> (the fitted meshes over their pictures), <c>flow</c> (T*, as
    /// a colour wheel), <c>warped</c> (I_s'), <c>flow_mask</c> (M), <c>occlusion</c> (O) and <c>strip</c>, a row of all.
    /// </returns>
    public static IReadOnlyList<(string Name, Image Image)> Draw(ReenactmentResult result, ReadOnlySpan<int> triangles)
    {
        ArgumentNullException.ThrowIfNull(result);
        int size = result.Image.Width;
        var sourceMesh = MeshOverlay.Draw(Enlarged(result.Source, MeshSize), result.SourceMesh, triangles);
        var drivingMesh = MeshOverlay.Draw(Enlarged(result.Driving, MeshSize), result.DrivingMesh, triangles);
        Image mask = Map(result.FlowMask, size);

        // T* is unconstrained where M ≈ 0, so it is scaled by M.
        var flow = FlowColors.Draw(result.Flow, size, size, [.. Enumerable.Range(0, size * size).Select(i => mask.Pixels[3 * i])]);
        Image occlusion = Map(result.Occlusion, size);
        return
        [
            ("source_mesh", sourceMesh), ("driving_mesh", drivingMesh), ("flow", flow), ("warped", result.Warped),
            ("flow_mask", mask), ("occlusion", occlusion),
            ("strip", Panels.Strip(
                ("source", Enlarged(result.Source, StripSize)), ("source mesh", sourceMesh), ("driving", result.Driving), ("driving mesh", drivingMesh),
                ("flow T*", flow), ("warped I_s'", result.Warped), ("mask M", mask), ("occlusion O", occlusion),
                ("result", result.Image))),
        ];
    }

    private static Image Enlarged(Image image, int size)
    {
        int scale = Math.Max(1, size / image.Width);
        return Resample.Resize(image, image.Width * scale, image.Height * scale);
    }

    // The networks' maps are square and smaller than the picture.
    private static Image Map(float[] map, int size)
    {
        int side = (int)Math.Sqrt(map.Length);
        return Resample.Resize(Panels.Grey(map, side, side), size, size);
    }
}
