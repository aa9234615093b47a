using System.Text.RegularExpressions;

namespace Mimesh.Tests.Kernels;

/// <summary>
/// The control flow of a kernel's PTX, and which of its numbers may differ between the threads of a group: a divergence analysis
/// over reaching definitions (Karrenberg and Hack 2011, "Whole-function vectorization"). Kernel parameters, constants and the
/// group's place in the grid are the same for all; the thread's index is not, nor what is computed from it, loaded from an address
/// that differs, or assigned on the two sides of a branch on such a number.
/// </summary>
internal sealed partial class PtxProgram
{
    private readonly List<Instruction> _code = [];
    private readonly List<int>[] _next;
    private readonly ulong[][] _postDominators, _reaching;
    private readonly List<(int At, string Register)> _definitions = [];
    private readonly Dictionary<string, List<int>> _definitionsOf = [];
    private readonly HashSet<int> _divergentDefinitions = [];
    private readonly HashSet<int> _divergentBranches = [];
    private readonly HashSet<(int At, string Register)> _joined = [];
    private readonly HashSet<int> _underDivergence = [];

    public PtxProgram(string ptx)
    {
        var labels = new Dictionary<string, int>();
        foreach (string line in ptx[ptx.IndexOf('{', ptx.IndexOf(')'))..].Split('\n').Select(l => l.Trim().TrimEnd(';')))
        {
            if (line.EndsWith(':'))
            {
                labels[line[..^1]] = _code.Count;
            }
            else if (Pattern().Match(line) is { Success: true } m)
            {
                _code.Add(Instruction.Parse(line, m.Groups[1].Value, m.Groups[2].Value, m.Groups[3].Value));
            }
        }

        _next = new List<int>[_code.Count];
        for (int i = 0; i < _code.Count; i++)
        {
            var c = _code[i];
            _next[i] = c.Operation.StartsWith("bra", StringComparison.Ordinal) ? [labels[c.Operands.Trim()]]
                : c.Operation is "ret" or "exit" ? [_code.Count] : [];
            if (_next[i].Count == 0 || c.Predicate.Length > 0)
            {
                _next[i].Add(i + 1);
            }

            foreach (string register in c.Writes)
            {
                _definitionsOf.TryAdd(register, []);
                _definitionsOf[register].Add(_definitions.Count);
                _definitions.Add((i, register));
            }
        }

        _postDominators = PostDominators();
        _reaching = ReachingDefinitions();
        while (Spread())
        {
        }
    }

    /// <summary>Branches that promise that all threads take the same way, on numbers that may differ.</summary>
    public IEnumerable<string> BrokenPromises =>
        _divergentBranches.Where(i => _code[i].Operation == "bra.uni").Select(i => _code[i].Text);

    /// <summary>Barriers that some threads of a group may not come to.</summary>
    public IEnumerable<string> LonelyBarriers =>
        _underDivergence.Where(i => _code[i].Operation.StartsWith("bar", StringComparison.Ordinal)).Select(i => _code[i].Text);

    /// <summary>The instructions of the loop, with no loop in it, that an operation stands in most often.</summary>
    public string[] InnerLoop(string operation)
    {
        var loops = Enumerable.Range(0, _code.Count).SelectMany(i => _next[i].Where(to => to <= i).Select(to => (From: to, To: i))).ToArray();
        return [.. loops
            .Where(l => !loops.Any(inner => inner != l && inner.From >= l.From && inner.To <= l.To))
            .Select(l => _code[l.From..(l.To + 1)])
            .MaxBy(loop => loop.Count(c => c.Operation == operation))!
            .Select(c => c.Text)];
    }

    private bool Spread()
    {
        int before = _divergentDefinitions.Count + _divergentBranches.Count + _joined.Count;
        for (int i = 0; i < _code.Count; i++)
        {
            var c = _code[i];
            bool differs = c.Operation.StartsWith("atom", StringComparison.Ordinal) || c.Reads.Any(r => Differs(i, r));
            if (differs)
            {
                _divergentDefinitions.UnionWith(c.Writes.Select(r => _definitionsOf[r].First(d => _definitions[d].At == i)));
            }

            if (c.Predicate.Length > 0 && c.Operation.StartsWith("bra", StringComparison.Ordinal) && Differs(i, c.Predicate)
                && _divergentBranches.Add(i))
            {
                Join(i);
            }
        }

        return _divergentDefinitions.Count + _divergentBranches.Count + _joined.Count > before;
    }

    private bool Differs(int at, string register) =>
        register.StartsWith("%tid", StringComparison.Ordinal) || register.StartsWith("%laneid", StringComparison.Ordinal)
        || _joined.Contains((at, register)) || Reaching(at, register).Any(_divergentDefinitions.Contains);

    // Threads part at a branch and meet again at its post-dominator, or earlier where both ways lead. What was assigned on one way
    // only then differs; so does what a loop assigned that the threads leave at different times.
    private void Join(int branch)
    {
        var (one, other) = (Way(branch, _next[branch][0]), Way(branch, _next[branch][1]));
        var region = one.Union(other).ToHashSet();
        var changing = region.Contains(branch) ? ChangingIn(region) : [];
        _underDivergence.UnionWith(region);
        for (int i = 0; i < _code.Count; i++)
        {
            bool outside = !region.Contains(i), meets = one.Contains(i) && other.Contains(i);
            if (!outside && !meets)
            {
                continue;
            }

            foreach (string register in _code[i].Reads.Append(_code[i].Predicate).Where(r => r.Length > 0))
            {
                int[] from = [.. Reaching(i, register)], places = [.. from.Select(d => _definitions[d].At)];
                bool several = places.Length > 1;
                if (outside
                    ? (several && places.Any(region.Contains)) || from.Any(changing.Contains)
                    : several && places.Any(p => one.Contains(p) != other.Contains(p)))
                {
                    _joined.Add((i, register));
                }
            }
        }
    }

    // The definitions in a loop that may differ from one round to the next.
    private HashSet<int> ChangingIn(HashSet<int> loop)
    {
        var changing = new HashSet<int>();
        int before;
        do
        {
            before = changing.Count;
            for (int d = 0; d < _definitions.Count; d++)
            {
                int at = _definitions[d].At;
                if (loop.Contains(at) && (_code[at].Operation.StartsWith("ld.", StringComparison.Ordinal) || _code[at].Reads.Any(r => Changes(at, r))))
                {
                    changing.Add(d);
                }
            }
        }
        while (changing.Count > before);
        return changing;

        bool Changes(int at, string register)
        {
            int[] from = [.. Reaching(at, register)];
            return from.Any(changing.Contains) || (from.Length > 1 && from.Any(d => loop.Contains(_definitions[d].At)));
        }
    }

    // What runs between a branch and where both its ways meet for good, on one of them, the branch itself the last.
    private HashSet<int> Way(int branch, int first)
    {
        var way = new HashSet<int>();
        var open = new Stack<int>([first]);
        while (open.TryPop(out int i))
        {
            bool met = i == _code.Count || (Has(_postDominators[branch], i) && i != branch);
            if (!met && way.Add(i) && i != branch)
            {
                _next[i].ForEach(open.Push);
            }
        }

        return way;
    }

    private IEnumerable<int> Reaching(int at, string register) =>
        _definitionsOf.TryGetValue(register, out var all) ? all.Where(d => Has(_reaching[at], d)) : [];

    private ulong[][] PostDominators()
    {
        int n = _code.Count, words = (n / 64) + 1;
        var sets = new ulong[n + 1][];
        for (int i = 0; i < n; i++)
        {
            sets[i] = new ulong[words];
            Array.Fill(sets[i], ulong.MaxValue);
        }

        sets[n] = new ulong[words];
        Set(sets[n], n);
        for (bool changed = true; changed;)
        {
            changed = false;
            for (int i = n - 1; i >= 0; i--)
            {
                ulong[] meet = [.. sets[_next[i][0]]];
                foreach (int to in _next[i].Skip(1))
                {
                    for (int w = 0; w < words; w++)
                    {
                        meet[w] &= sets[to][w];
                    }
                }

                Set(meet, i);
                changed |= !meet.AsSpan().SequenceEqual(sets[i]);
                sets[i] = meet;
            }
        }

        return sets;
    }

    private ulong[][] ReachingDefinitions()
    {
        int words = (_definitions.Count / 64) + 1;
        ulong[][] before = [.. Enumerable.Range(0, _code.Count + 1).Select(_ => new ulong[words])];
        var own = _definitions.Select((d, index) => (d.At, index)).ToLookup(d => d.At, d => d.index);
        for (bool changed = true; changed;)
        {
            changed = false;
            for (int i = 0; i < _code.Count; i++)
            {
                ulong[] after = [.. before[i]];
                foreach (int d in own[i])
                {
                    foreach (int same in _definitionsOf[_definitions[d].Register])
                    {
                        after[same / 64] &= ~(1UL << (same % 64));
                    }

                    Set(after, d);
                }

                foreach (int to in _next[i])
                {
                    for (int w = 0; w < words; w++)
                    {
                        changed |= (after[w] & ~before[to][w]) != 0;
                        before[to][w] |= after[w];
                    }
                }
            }
        }

        return before;
    }

    private static bool Has(ulong[] set, int i) => (set[i / 64] >> (i % 64) & 1) != 0;

    private static void Set(ulong[] set, int i) => set[i / 64] |= 1UL << (i % 64);

    [GeneratedRegex(@"^(?:@!?(%p\d+)\s+)?([a-z][\w.:]*)\s*(.*)$")]
    private static partial Regex Pattern();

    [GeneratedRegex(@"%[a-z]+\d*(?:\.[xyz])?")]
    private static partial Regex Register();

    private sealed record Instruction(string Text, string Predicate, string Operation, string Operands, string[] Reads, string[] Writes)
    {
        public static Instruction Parse(string text, string predicate, string operation, string operands)
        {
            string[] registers = [.. Register().Matches(operands).Select(m => m.Value)];
            bool writes = !Regex.IsMatch(operation, @"^(st|red|bra|bar|ret|exit|membar)\b");
            int count = !writes ? 0 : operands.StartsWith('{') ? Register().Count(operands[..operands.IndexOf('}')]) : 1;
            return new Instruction(text, predicate, operation, operands, registers[count..], registers[..count]);
        }
    }
}
