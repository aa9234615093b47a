using System.Numerics;
using Mimesh.Faces;
using NUnit.Framework;

namespace Mimesh.Tests.Faces;

public sealed class FaceCropTests
{
    private static readonly Pose[] s_poses =
    [
        new(0f, 0f, 0f, 0.0082f, 0f, 0f),
        new(0.6f, -0.3f, 0.4f, 0.006f, 0.2f, -0.1f),
        new(-0.9f, 0.4f, -0.4f, 0.011f, -0.3f, 0.3f),
    ];

    [TestCaseSource(nameof(s_poses))]
    public void TheCropShowsAFaceUprightCentredAndOfOneSize(Pose pose)
    {
        float[] camera = pose.ToMatrix();
        FaceCrop.Around(camera).ToCrop(camera);
        var seen = Pose.FromMatrix(camera);
        var middle = Project(camera, new Vector3(0f, -28f, 60f));
        Assert.Multiple(() =>
        {
            Assert.That(seen.Roll, Is.EqualTo(0f).Within(1e-4f));
            Assert.That(seen.Yaw, Is.EqualTo(pose.Yaw).Within(1e-4f));
            Assert.That(seen.Pitch, Is.EqualTo(pose.Pitch).Within(1e-4f));
            Assert.That(seen.Scale, Is.EqualTo(1f / 92f).Within(1e-5f));
            Assert.That(middle.Length(), Is.LessThan(1e-4f));
        });
    }

    [TestCaseSource(nameof(s_poses))]
    public void ToPictureUndoesToCrop(Pose pose)
    {
        float[] camera = pose.ToMatrix();
        var crop = new FaceCrop(0.3f, -0.2f, 0.5f, 0.7f);
        crop.ToCrop(camera);
        Assert.That(camera, Is.Not.EqualTo(pose.ToMatrix()).Within(1e-3f));
        crop.ToPicture(camera);
        Assert.That(camera, Is.EqualTo(pose.ToMatrix()).Within(1e-5f));
    }

    [TestCaseSource(nameof(s_poses))]
    public void TheGridSaysWhereAPixelOfTheCropLiesInThePicture(Pose pose)
    {
        const int Size = 8;
        float[] grid = new float[Size * Size * 2];
        var crop = FaceCrop.Around(pose.ToMatrix());
        crop.Grid(Size, grid);
        for (int pixel = 0; pixel < Size * Size; pixel++)
        {
            // A camera that sees the origin of its space at the pixel's place in the picture must see it at the pixel in the crop.
            float[] camera = (pose with { X = grid[2 * pixel], Y = grid[(2 * pixel) + 1] }).ToMatrix();
            crop.ToCrop(camera);
            Assert.That(camera[3], Is.EqualTo((((pixel % Size) + 0.5f) * 2f / Size) - 1f).Within(1e-4f));
            Assert.That(camera[7], Is.EqualTo((((pixel / Size) + 0.5f) * 2f / Size) - 1f).Within(1e-4f));
        }
    }

    private static Vector2 Project(float[] camera, Vector3 p)
    {
        var projected = new Vector3[1];
        FaceModel.Project([p], camera, projected);
        return new Vector2(projected[0].X, projected[0].Y);
    }
}
