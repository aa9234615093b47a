using Mimesh.Faces;
using Mimesh.Kernels;
using Mimesh.Layers;
using Mimesh.Reenactment;

namespace Mimesh.Training;

/// <summary>
/// One step of <see cref="ReenactorTraining"/>: the generator's losses and the critic's, and what an optimiser makes of them. The
/// regressor is frozen.
/// </summary>
internal sealed class ReenactorLearner : IDisposable
{
    private readonly Device _device;
    private readonly ReenactorOptions _options;
    private readonly FaceModel _model;
    private readonly Regressor _regressor;
    private readonly Generator _generator;
    private readonly Critic? _critic;

    /// <param name="options">Weights of the losses, and the stages.</param>
    /// <param name="model">What the regressor's coefficients are of.</param>
    /// <param name="regressor">Sees meshes, and judges pictures; frozen.</param>
    /// <param name="generator">Learns.</param>
    /// <param name="critic">Learns against it, where there is one.</param>
    public ReenactorLearner(ReenactorOptions options, FaceModel model, Regressor regressor, Generator generator, Critic? critic)
    {
        _device = generator.Device;
        _options = options;
        _model = model;
        _regressor = regressor;
        _generator = generator;
        _critic = critic;
        Generator = new Trainee("generator", generator, options.Run.ClipNorm);
        Critic = critic is null ? null : new Trainee("critic", critic, options.Run.ClipNorm);
    }

    public Trainee Generator { get; }

    public Trainee? Critic { get; }

    /// <summary>All that learns.</summary>
    public Trainee[] Trainees => Critic is null ? [Generator] : [Generator, Critic];

    /// <summary>Reenacts a batch and weighs what came of it.</summary>
    /// <param name="batch">Frame pairs of the run's size.</param>
    /// <param name="step">Steps done: decides the stage.</param>
    public ReenactorPass Forward(FramePair[] batch, int step)
    {
        int n = batch.Length, size = _options.Run.Size;
        var source = Batch.Upload(_device, [n, size, size, 3], batch, p => p.Source);
        var driving = Batch.Upload(_device, [n, size, size, 3], batch, p => p.Driving);
        Regression sourceSeen, drivingSeen;
        using (Tape.NoGrad())
        {
            sourceSeen = _regressor.Forward(source);
            drivingSeen = _regressor.Forward(driving);
        }

        var (sourceMesh, drivingMesh) = 2 * step < _options.WarmUpSteps
            ? (Batch.Upload(_device, [n, batch[0].SourceMesh.Length / 3, 3], batch, p => p.SourceMesh),
               Batch.Upload(_device, [n, batch[0].DrivingMesh.Length / 3, 3], batch, p => p.DrivingMesh))
            : MeshRegression.Meshes(_model, sourceSeen, drivingSeen, _generator.Swaps);
        var (flow, painting) = _generator.Forward(source, sourceMesh, drivingMesh);
        var paintedSeen = _regressor.Look(painting.Image, drivingSeen.Crops);

        var losses = new List<(string Name, float Weight, Tensor Loss)>
        {
            ("rec", _options.Reconstruction, Losses.Reconstruction(painting.Image, driving, paintedSeen.Features, drivingSeen.Features)),
        };
        if (_options.Details > 0f)
        {
            var details = Batch.Upload(_device, [n, size, size, 1], batch, p => p.Details);
            losses.Add(("details", _options.Details, Losses.Details(painting.Image, driving, details)));
        }

        if (_options.Coefficients > 0f)
        {
            losses.Add(("c", _options.Coefficients, Losses.Coefficients(paintedSeen, sourceSeen, drivingSeen)));
        }

        if (_options.FlowWeightAt(step) is > 0f and var weight)
        {
            var target = Batch.Upload(_device, flow.Shape, batch, p => p.Flow);
            var mask = Batch.Upload(_device, flow.Shape, batch, p => p.FlowMask);
            losses.Add(("flow", weight, Losses.Flow(flow, painting.Masked, target, mask)));
        }

        (Tensor Fake, Tensor Real)? scores = null;
        if (_critic is not null && step >= _options.AdversarialFrom)
        {
            var (fakeScore, fakeFeatures) = _critic.Forward(painting.Image);
            var (realScore, realFeatures) = _critic.Forward(driving);
            scores = (fakeScore, realScore);
            losses.Add(("adv", _options.Adversarial, fakeScore.Mean().Mul(-1f)));
            losses.Add(("fm", _options.FeatureMatching, Losses.FeatureMatching([.. realFeatures.Select(f => f.Detach())], fakeFeatures)));
        }

        return new ReenactorPass(driving, flow, painting, losses, scores);
    }

    /// <summary>The critic's side: <c>E[D(Î)] − E[D(I)] + λ·penalty</c>.</summary>
    /// <param name="pass">The generator's side of the same batch.</param>
    /// <param name="scores">D(Î) and D(I): the generator's own, since the critic has not changed meanwhile.</param>
    /// <param name="step">Steps done: decides where the penalty is taken.</param>
    public (Tensor Total, Tensor Wasserstein, Tensor Penalty) CriticLoss(ReenactorPass pass, (Tensor Fake, Tensor Real) scores, int step)
    {
        var painted = pass.Painting.Image;
        var wasserstein = scores.Fake.Mean().Sub(scores.Real.Mean());
        int n = painted.Shape[0];
        var where = Ops.Uniform(_device, [n, 1, 1, 1], _options.Run.Seed, (long)step * ((n + 3) / 4 * 4));
        var penalty = Losses.GradientPenalty(_critic!, pass.Driving, painted, where);
        return (wasserstein.Add(penalty.Mul(_options.GradientPenalty)), wasserstein, penalty);
    }

    /// <summary>Learns from a batch.</summary>
    /// <param name="batch">Frame pairs of the run's size.</param>
    /// <param name="step">Steps done.</param>
    /// <returns>The losses before the step, and the gradients' norms.</returns>
    public StepFigures Step(FramePair[] batch, int step)
    {
        var pass = Forward(batch, step);
        List<(string, float)> norms = [(Generator.Name, Generator.Step(pass.Total, _options.Run.RateAt(step)))];
        List<(string, float)> losses = [.. pass.Losses.Select(l => (l.Name, l.Loss.Item()))];
        if (pass.Scores is { } scores)
        {
            var (total, wasserstein, penalty) = CriticLoss(pass, scores, step);
            norms.Add((Critic!.Name, Critic.Step(total, _options.Run.RateAt(step))));
            losses.Add(("critic", wasserstein.Item()));
            losses.Add(("gp", penalty.Item()));
        }

        return new StepFigures(losses, norms);
    }

    /// <summary>Frees the state of the optimisers; the networks belong to the caller.</summary>
    public void Dispose()
    {
        Generator.Dispose();
        Critic?.Dispose();
    }
}

/// <summary>The generator's side of a step.</summary>
/// <param name="Driving">I_d, <c>(N, S, S, 3)</c>.</param>
/// <param name="Flow">T*.</param>
/// <param name="Painting">What the reenacting module made.</param>
/// <param name="Losses">Each loss with its weight.</param>
/// <param name="Scores">D(Î_d) and D(I_d), when the critic has joined.</param>
internal sealed record ReenactorPass(
    Tensor Driving, Tensor Flow, Painting Painting, IReadOnlyList<(string Name, float Weight, Tensor Loss)> Losses,
    (Tensor Fake, Tensor Real)? Scores)
{
    /// <summary>The weighted sum of the losses.</summary>
    public Tensor Total => Losses.Select(l => l.Loss.Mul(l.Weight)).Aggregate((a, b) => a.Add(b));
}
