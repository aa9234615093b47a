using System.Text.Json.Serialization;

namespace Mimesh.Benchmarks.Peers;

/// <summary>A case with the peers that it is measured against.</summary>
/// <param name="Name">The work.</param>
/// <param name="Rivals">Each peer's name, and the most that our figure may be as a part of its.</param>
/// <param name="Flops">Floating-point operations of one run; 0 where they do not count.</param>
/// <param name="Ours">Makes our side ready.</param>
internal sealed record PeerCase(string Name, IReadOnlyList<Rival> Rivals, double Flops, Func<PeerSetting, IContender> Ours)
{
    /// <summary>How far answers may be from each other, relative to the largest number: float32 on both sides, summed in other orders.</summary>
    public const double Tolerance = 1e-4;

    /// <summary>Checks that all compute the same, then measures them in turns.</summary>
    /// <param name="setting">What is there to measure with.</param>
    /// <param name="rivals">Those to measure against.</param>
    /// <param name="pace">How long.</param>
    /// <exception cref="InvalidOperationException">The answers differ, or a peer failed.</exception>
    public IEnumerable<PeerRow> Run(PeerSetting setting, IReadOnlyList<Rival> rivals, Pace pace)
    {
        var contenders = new List<IContender>();
        try
        {
            contenders.Add(Ours(setting));
            foreach (var rival in rivals)
            {
                contenders.Add(rival.Open(setting));
                Compare(contenders[0], contenders[^1], rival.Peer);
            }

            double[] medians = Race.Medians(contenders, pace);
            return [.. rivals.Select((rival, i) => new PeerRow(Name, rival.Peer, medians[0], medians[i + 1], medians[0] / medians[i + 1], rival.AtMost, Flops))];
        }
        finally
        {
            contenders.ForEach(c => c.Dispose());
        }
    }

    private void Compare(IContender ours, IContender peer, string name)
    {
        if (peer.Answer is not null && ours.Answer is not null)
        {
            double difference = Statistics.Difference(ours.Answer, peer.Answer);
            if (!(difference <= Tolerance))
            {
                throw new InvalidOperationException($"{Name}: our answer is {difference:E1} away from {name}'s; {Tolerance:E0} is allowed.");
            }
        }
    }
}

/// <summary>A peer of a case.</summary>
/// <param name="Peer">Its name.</param>
/// <param name="AtMost">The most that our figure may be as a part of its.</param>
/// <param name="Open">Makes it ready.</param>
internal sealed record Rival(string Peer, double AtMost, Func<PeerSetting, IContender> Open);

/// <summary>What is there to measure with.</summary>
/// <param name="Threads">Of each side.</param>
/// <param name="PyTorch">Its process, if there is one.</param>
/// <param name="Program">The published program, if one was named.</param>
internal sealed record PeerSetting(int Threads, PyTorchProcess? PyTorch, string? Program)
{
    /// <summary>Whether a case can be measured against a peer here.</summary>
    public bool Has(PeerCase c, Rival rival) =>
        (rival.Peer != PyTorchPeer.Name || PyTorch is not null) && (c.Name != ProcessCases.StartName || Program is not null);
}

/// <summary>What came of a case and a peer.</summary>
/// <param name="Case">The work.</param>
/// <param name="Peer">Who did it beside us.</param>
/// <param name="OursMs">Our median: milliseconds, if the case does not say otherwise.</param>
/// <param name="PeerMs">The peer's.</param>
/// <param name="Ratio">Ours as a part of the peer's.</param>
/// <param name="AtMost">What the ratio may be at most.</param>
/// <param name="Flops">Floating-point operations of one run; 0 where they do not count.</param>
internal sealed record PeerRow(
    string Case, string Peer, double OursMs, double PeerMs, double Ratio, double AtMost, [property: JsonIgnore] double Flops)
{
    /// <summary>Whether the figure is reached.</summary>
    [JsonIgnore]
    public bool Holds => Ratio <= AtMost;
}
