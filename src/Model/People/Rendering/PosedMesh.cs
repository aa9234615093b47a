using System.Numerics;
using Mimesh.Faces;
using static Mimesh.Faces.Smoothstep;

namespace Mimesh.People;

/// <summary>An eyeball in view space, for its shader and its lashes.</summary>
/// <param name="Centre">Its centre.</param>
/// <param name="Axis">Unit vector out of the pupil.</param>
/// <param name="Up">Unit vector to the head's top.</param>
/// <param name="Right">Unit vector to the left of the body, the picture's right.</param>
/// <param name="Unit">Grid units per millimetre.</param>
/// <param name="UpperLid">Height of the middle of the upper lid's edge over the centre, millimetres.</param>
/// <param name="LowerLid">The same of the lower lid.</param>
internal readonly record struct EyeView(
    Vector3 Centre, Vector3 Axis, Vector3 Up, Vector3 Right, float Unit, float UpperLid, float LowerLid);

/// <summary>All of a person's vertices in view space (grid units, y up), their normals, and what light needs to know about them.</summary>
/// <param name="model">The head model.</param>
internal sealed class PosedMesh(FaceModel model)
{
    private const int BendSteps = 16;

    private readonly Anatomy anatomy = Anatomy.Of(model);
    private readonly Matrix4x4[] bends = new Matrix4x4[BendSteps + 1];
    private readonly EyeView[] eyes = new EyeView[2];
    private Vector3[] view = [], normals = [], tangents = [], mouth = [];

    /// <summary>Places.</summary>
    public Vector3[] View => view;

    /// <summary>Unit normals.</summary>
    public Vector3[] Normals => normals;

    /// <summary>Directions along the hair.</summary>
    public Vector3[] Tangents => tangents;

    /// <summary>Irradiance vectors of the mouth's opening, see <see cref="MouthLight"/>; of the vertices behind the graph's.</summary>
    public Vector3[] Mouth => mouth;

    /// <summary>The left and the right eyeball.</summary>
    public EyeView[] Eyes => eyes;

    /// <summary>
    /// Moves everything. The neck bends: its foot turns less than the head, and what hangs from the head bends with it. A tilt
    /// beyond what a neck allows is the camera's, and takes the body along.
    /// </summary>
    /// <param name="person">Who.</param>
    /// <param name="shape">The head's vertices in its own space, millimetres.</param>
    /// <param name="pose">The head's pose.</param>
    public void Place(Person person, ReadOnlySpan<Vector3> shape, Pose pose)
    {
        Geometry geometry = person.Geometry;
        int n = geometry.VertexCount, head = geometry.HeadVertexCount;
        if (view.Length < n)
        {
            (view, normals, tangents) = (new Vector3[n], new Vector3[n], new Vector3[n]);
        }

        const float foot = 0.25f, limit = 0.5f;
        float tilt = limit * MathF.Tanh(pose.Roll / limit), camera = pose.Roll - tilt;
        var turn = pose.Rotation;
        var foothold = Matrix4x4.CreateRotationX(foot * pose.Pitch) * Matrix4x4.CreateRotationY(foot * pose.Yaw)
            * Matrix4x4.CreateRotationZ((foot * tilt) + camera);
        Quaternion from = Quaternion.CreateFromRotationMatrix(foothold), to = Quaternion.CreateFromRotationMatrix(turn);
        for (int k = 0; k <= BendSteps; k++)
        {
            bends[k] = Matrix4x4.CreateFromQuaternion(Quaternion.Slerp(from, to, k / (float)BendSteps));
        }

        var shift = new Vector3(pose.X, -pose.Y, 0);
        for (int i = 0; i < head; i++)
        {
            Vector3 m = geometry.Canonical[i];
            view[i] = (Bend(shape[i], turn, Smooth(-185, -88, m.Y + (0.5f * m.Z))) * pose.Scale) + shift;
        }

        Vector3 pit = (Vector3.Transform(Wardrobe.NeckPit, foothold) * pose.Scale) + shift;
        var body = Matrix4x4.CreateRotationY(person.Clothes.Turn + (0.3f * pose.Yaw)) * Matrix4x4.CreateRotationZ(camera);
        for (int i = head; i < n; i++)
        {
            Rig rig = geometry.Rigs[i - head];
            view[i] = rig.Carrier switch
            {
                Carrier.Head => (Vector3.Transform(rig.Position, turn) * pose.Scale) + shift,
                Carrier.Hanging => (Bend(rig.Position, turn, Smooth(-185, -55, rig.Position.Y)) * pose.Scale) + shift,
                Carrier.Torso => (Vector3.Transform(rig.Position, body) * pose.Scale) + pit,
                _ => Vector3.Zero,
            };
        }

        SeeEyes(person, shape, turn, pose.Scale, shift);

        // Beards grow along the normals of the face, so these come first.
        Faces.Normals.Compute(view.AsSpan(0, head), model.Triangles, normals.AsSpan(0, head));
        var up = Vector3.TransformNormal(Vector3.UnitY, turn);
        for (int i = head; i < n; i++)
        {
            Rig rig = geometry.Rigs[i - head];
            if (rig.Carrier == Carrier.Vertex)
            {
                view[i] = view[rig.Base] + (normals[rig.Base] * (rig.Position.X * pose.Scale)) + (up * (rig.Position.Y * pose.Scale));
            }
            else if (rig.Carrier == Carrier.Lid)
            {
                view[i] = Lashes.Place(view[rig.Base], rig.Position, eyes[shape[rig.Base].X > 0 ? 0 : 1]);
            }
        }

        Faces.Normals.Compute(view.AsSpan(0, n), geometry.Triangles.AsSpan(model.Triangles.Length), normals.AsSpan(0, n), head);
        for (int i = head; i < n; i++)
        {
            tangents[i] = Vector3.TransformNormal(geometry.Tangent[i], turn);
        }

        mouth = mouth.Length < head ? new Vector3[head] : mouth;
        MouthLight.Fill(model, shape, mouth);
        for (int i = model.GraphVertexCount; i < head; i++)
        {
            mouth[i] = Vector3.TransformNormal(mouth[i], turn);
        }
    }

    // Between the foot's turn (0) and the head's (1).
    private Vector3 Bend(Vector3 p, in Matrix4x4 turn, float stiff)
    {
        if (stiff >= 1)
        {
            return Vector3.Transform(p, turn);
        }

        float at = stiff * BendSteps;
        int k = Math.Min((int)at, BendSteps - 1);
        return Vector3.Lerp(Vector3.Transform(p, bends[k]), Vector3.Transform(p, bends[k + 1]), at - k);
    }

    private void SeeEyes(Person person, ReadOnlySpan<Vector3> shape, in Matrix4x4 turn, float unit, Vector3 shift)
    {
        for (int side = 0; side < 2; side++)
        {
            Vector3 centre = anatomy.EyeCentre(shape, side);
            int[] upper = anatomy.UpperLids[side], lower = anatomy.LowerLids[side];
            eyes[side] = new EyeView(
                (Vector3.Transform(centre, turn) * unit) + shift,
                Vector3.TransformNormal(Vector3.Normalize(shape[anatomy.Pupils[side]] - centre), turn),
                Vector3.TransformNormal(Vector3.UnitY, turn),
                Vector3.TransformNormal(Vector3.UnitX, turn),
                unit,
                shape[upper[upper.Length / 2]].Y - centre.Y,
                shape[lower[lower.Length / 2]].Y - centre.Y);
        }
    }
}
