using System.Numerics;
using Mimesh.Faces;

namespace Mimesh.People;

/// <summary>
/// One person in one scene: identity coefficients, skin, eyes, hair, clothes, light, background and camera. Immutable; any
/// expression and pose of the person can be rendered by <see cref="Renderer"/>, and the background stays where it is.
/// </summary>
public sealed class Person
{
    private Person(FaceModel model, ulong seed, ulong scenery)
    {
        Model = model;
        Seed = seed;
        var rng = new Rng(seed);
        var anatomy = Anatomy.Of(model);
        bool feminine = rng.NextBool(0.5f);
        bool painterly = rng.NextBool(0.15f);
        float age = MathF.Pow(rng.NextFloat(), 1.3f);
        float[] identity = new CoefficientSampler(model).Identity(ref rng);
        Identity = identity;
        Rng looks = rng.Fork(1);
        SkinStyle skin = SkinStyle.Sample(ref looks, feminine, painterly, age, Vector3.One);
        Vector3 hair = Palette.Hair(ref looks, skin.Melanin, age);
        Skin = skin with { BrowColor = skin.BrowColor * Vector3.Lerp(hair, Palette.Hex(0x2A1C12), 0.45f) };
        Eyes = EyeStyle.Sample(ref looks, skin.Melanin);
        Teeth = TeethStyle.Sample(ref looks, skin.Melanin, age);
        ToothOffsets = Teeth.Offsets(model);
        Rng wear = rng.Fork(2);
        Rng head = rng.Fork(4);
        Headwear = Headwear.Sample(ref head, feminine, painterly);
        Hair = HairStyle.Sample(ref wear, feminine, age, hair);
        Hair = Headwear?.Press(Hair) ?? Hair;
        Clothes = ClothesStyle.Sample(ref wear, painterly);
        GlassesStyle? glasses = wear.NextBool(painterly ? 0.02f : 0.18f) ? GlassesStyle.Sample(ref wear) : null;
        Rng scene = rng.Fork(3 + (scenery << 8));
        Light = Lighting.Sample(ref scene, painterly);
        Background = Background.Sample(ref scene, painterly);
        Camera = Camera.Sample(ref scene, painterly, FaceLight());
        Framing = new Vector3(scene.NextGaussian(0.07f, 0.2f), scene.NextGaussian(0.05f, 0.14f) + 0.02f,
            0.0060f + (0.0034f * MathF.Pow(scene.NextFloat(), 1.4f)));

        var neutral = new Vector3[model.VertexCount];
        model.Shape(identity, [], neutral);
        var fields = (Vector4[])anatomy.Fields.Clone();
        for (int i = 0; i < fields.Length; i++)
        {
            fields[i].W += HairBuilder.Recede(Hair, model.Mean[i]);
        }

        var mesh = new GeometryBuilder(model, Skin.Paint(anatomy, model.Mean), fields, anatomy.Folds);
        var skull = new Skull(neutral, anatomy);
        var shoulders = new Shoulders(Clothes);
        HairBuilder.Add(mesh, Hair, skull, shoulders);
        Headwear?.Add(mesh, skull, shoulders);
        Prop.Sample(ref head, painterly)?.Add(mesh, skull);
        HairBuilder.AddBeard(mesh, model, anatomy, Hair);
        Lashes.Add(mesh, model, anatomy, 3.5f + (4.5f * Skin.Lashes));
        if (glasses is not null)
        {
            Vector3 lens = Wardrobe.AddGlasses(mesh, glasses, anatomy, neutral);
            Glare = glasses.Dark ? null : Glare.Sample(ref wear, glasses, lens);
        }

        Jewellery.Add(mesh, ref wear, feminine, Clothes, neutral[anatomy.Lobe]);
        Wardrobe.AddTorso(mesh, Clothes);
        Geometry = mesh.Build();
    }

    /// <summary>The model that the identity coefficients belong to.</summary>
    public FaceModel Model { get; }

    /// <summary>The seed that the person was sampled from.</summary>
    public ulong Seed { get; }

    /// <summary>Identity coefficients, (K_id).</summary>
    public IReadOnlyList<float> Identity { get; }

    internal SkinStyle Skin { get; }

    internal EyeStyle Eyes { get; }

    internal TeethStyle Teeth { get; }

    /// <summary>How far this person's teeth are off the model's, millimetres, (V).</summary>
    internal Vector3[] ToothOffsets { get; }

    internal HairStyle Hair { get; }

    internal Headwear? Headwear { get; }

    internal ClothesStyle Clothes { get; }

    internal Glare? Glare { get; }

    internal Lighting Light { get; }

    internal Background Background { get; }

    internal Camera Camera { get; }

    /// <summary>Where the clip's camera points: the head's usual x, y and scale in the picture.</summary>
    internal Vector3 Framing { get; }

    internal Geometry Geometry { get; }

    /// <summary>A random person; the same seed gives the same one.</summary>
    /// <param name="model">A model with landmarks, regions and eyes, as <see cref="FaceModel.BuiltIn"/> has.</param>
    /// <param name="seed">Any number.</param>
    /// <param name="scene">Any number: in each of a person's scenes light, background, camera and framing are others.</param>
    /// <exception cref="ArgumentException">The model has no regions, so nothing can be painted on it.</exception>
    public static Person Sample(FaceModel model, ulong seed, ulong scene = 0) => new(model, seed, scene);

    // The light that the face sends to the camera, for exposure and white balance: cameras meter faces.
    private Vector3 FaceLight()
    {
        Vector3 light = Vector3.Zero;
        foreach (Vector3 n in (ReadOnlySpan<Vector3>)[new(0, 0, 1), new(0.6f, 0.2f, 0.77f), new(-0.6f, 0.2f, 0.77f)])
        {
            light += (Light.Environment(n) + (Light.Key * MathF.Max(0, Vector3.Dot(n, Light.KeyDirection)))) / 3;
        }

        float albedo = Palette.Luminance(Palette.Skin(Skin.Melanin, Skin.Haemoglobin));
        // Half way between a grey card and the skin itself, so that dark skin stays dark and keeps its detail.
        return light * MathF.Sqrt(albedo * 0.3f);
    }
}
