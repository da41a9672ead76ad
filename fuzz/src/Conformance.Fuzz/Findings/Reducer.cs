using System.Diagnostics;
using System.Security.Cryptography;
using Conformance.Fuzz.Campaigns;
using Conformance.Fuzz.Editing;
using Conformance.Fuzz.Generating;
using Conformance.Harness.Cases;
using Wasm.Syntax;
using Wasm.Validation;

namespace Conformance.Fuzz.Findings;

/// <summary>What a reduction came to.</summary>
/// <param name="Case">The smallest case found.</param>
/// <param name="Tried">How many candidates were run.</param>
/// <param name="Time">How long it took.</param>
/// <param name="IsMinimal">Whether no further edit helped; false when time was up before.</param>
public sealed record Reduction(FuzzCase Case, int Tried, TimeSpan Time, bool IsMinimal)
{
    /// <summary>How the engine differed, on the case and on all that it became.</summary>
    public string Class { get; init; } = "";

    /// <summary>The instructions of all modules (<see cref="InstrsOf"/>).</summary>
    public int Instrs => InstrsOf(Case);

    /// <summary>The instructions of all function bodies and of all constant expressions (globals, tables, segments), without the <c>end</c> of each.</summary>
    public static int InstrsOf(FuzzCase c) => c.Modules.Sum(m => m.Syntax is { } module ? ModuleEdits.InstrCount(module) : 0);
}

/// <summary>
/// Makes a case smaller for as long as it keeps what makes it interesting: actions and whole functions go first, then statements, then what is computed becomes
/// the constant that it was seen to be, blocks their content and calls what they call; at last immediates become simple. Only what is lighter than the best so far
/// is tried, and nothing twice. Valid modules stay valid, so that no candidate is wasted on an engine.
/// </summary>
/// <param name="interesting">Says of a candidate whether it still shows the same.</param>
/// <param name="limit">When to stop.</param>
public sealed class Reducer(Func<FuzzCase, bool> interesting, TimeSpan limit)
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly HashSet<Int128> _known = [];
    private readonly Dictionary<FuzzModule, bool> _valid = new(ReferenceEqualityComparer.Instance);
    private FuzzCase _best = null!;
    private long _weight;
    private Profile _profile = Profile.All;
    private int _tried;

    /// <summary>What a case does on the reference: values that are seen become constants. Without it, these are zero.</summary>
    public Func<FuzzCase, CaseResult>? Run { get; init; }

    /// <summary>The time so far; by the clock, unless it is counted otherwise.</summary>
    public Func<TimeSpan>? Spent { get; init; }

    /// <summary>Whether the case takes long: what it may do a great number of times it does less often before anything else.</summary>
    public bool IsLong { get; init; }

    private TimeSpan Elapsed => Spent?.Invoke() ?? Stopwatch.GetElapsedTime(_start);

    internal bool IsTimeUp => Elapsed > limit;

    /// <summary>The smallest case so far.</summary>
    internal FuzzCase Best => _best;

    /// <summary>Makes a case smaller that is interesting; it is called once.</summary>
    public Reduction Reduce(FuzzCase found)
    {
        Accept(found);
        _profile = Profile.Wasm3 with { Features = found.Features };
        if (!found.Modules.All(IsValid))
        {
            _profile = Profile.All;
            _valid.Clear();
        }
        bool progress = true;
        for (int round = 0; progress && !IsTimeUp; round++)
        {
            long before = _weight;
            Pass(CaseEdits.Actions);
            // Whole functions first: what is tried after that is small.
            if (CaseEdits.Trimmed(_best) is var trimmed && WeightOf(trimmed) < _weight && !Try(trimmed)) new DefinitionSweep(this).Run();
            if (round == 0) new BodySweep(this).Run(1);
            Try(CaseEdits.Trimmed(_best));
            if (IsLong && round == 0) Pass(c => CaseEdits.Modules(c, m => ModuleEdits.Bodies(m, (f, _) => BodyEdits.FewerTimes(f.Body.Instrs))));
            Pass(c => CaseEdits.Modules(c, ModuleEdits.Own));
            new BodySweep(this).Run(int.MaxValue);
            Try(CaseEdits.Trimmed(_best));
            Pass(c => Seen(c) is var seen ? FunctionEdits.Rooted(c, (m, f) => seen?.Seen(m, f, Probed.Entry) ?? []) : []);
            Pass(c => CaseEdits.Modules(c, ModuleEdits.Outline));
            Pass(FunctionEdits.Signatures);
            Pass(c => CaseEdits.Modules(c, ModuleEdits.Parameters));
            Pass(FunctionEdits.Returned);
            Pass(c => CaseEdits.Modules(c, Inlining.Calls));
            Pass(c => CaseEdits.Modules(c, m => ModuleEdits.Bodies(m, BodyEdits.Forwarded)));
            // Where types say nothing.
            Pass(c => CaseEdits.Modules(c, m => IsValid(m) is var valid ? ModuleEdits.Bodies(m, (f, view) => !valid || BodyShape.Of(f, view) is null ? BodyEdits.Cuts(f.Body.Instrs) : []) : []));
            Pass(CaseEdits.Bytes);
            Pass(CaseEdits.Narrowed);
            progress = _weight < before;
            if (progress) continue;
            Pass(c => CaseEdits.Modules(c, ModuleEdits.Locals));
            Pass(c => CaseEdits.Modules(c, ModuleEdits.Definitions));
            Pass(c => CaseEdits.Modules(c, m => ModuleEdits.Bodies(m, (f, _) => BodyEdits.Simpler(f.Body.Instrs))));
            progress = _weight < before;
        }
        return new Reduction(_best, _tried, Elapsed, !progress);
    }

    /// <summary>What the instructions of a case give on the reference, or null when that cannot be found out.</summary>
    internal Probed? Seen(FuzzCase c)
    {
        if (Run is null || IsTimeUp || !c.Modules.All(m => m.Syntax is not null && IsValid(m))) return null;
        var probed = new Probed();
        var instrumented = c with { Modules = [.. c.Modules.Select((m, i) => new FuzzModule(probed.Add(i, m.Syntax!)))] };
        probed.Read(Run(instrumented));
        return probed;
    }

    /// <summary>Tries what an edit makes of the best case until nothing of it helps.</summary>
    private void Pass(Func<FuzzCase, IEnumerable<FuzzCase>> edit)
    {
        bool progress = true;
        while (progress)
        {
            progress = false;
            foreach (var candidate in edit(_best))
            {
                if (IsTimeUp) return;
                if (!Try(candidate)) continue;
                progress = true;
                break;
            }
        }
    }

    /// <summary>Makes a candidate the best case if it is lighter, new, as valid, and interesting.</summary>
    internal bool Try(FuzzCase candidate)
    {
        if (IsTimeUp || WeightOf(candidate) >= _weight || !IsAsValid(candidate) || !_known.Add(KeyOf(candidate))) return false;
        _tried++;
        if (!interesting(candidate)) return false;
        Accept(candidate);
        return true;
    }

    private void Accept(FuzzCase c)
    {
        _best = c;
        _weight = WeightOf(c);
    }

    private static long WeightOf(FuzzCase c)
    {
        long weight = 0;
        foreach (var module in c.Modules) weight += module.Syntax is { } syntax ? Weight.Of(syntax) : 100L * module.Bytes.Length;
        foreach (var action in c.Actions)
            weight += 60 + action switch
            {
                CaseAction.Instantiate a => a.As is null ? 0 : 1,
                CaseAction.Invoke a => (5 * a.Args.Length) + a.Args.Count(v => v.Lo != 0),
                CaseAction.Sweep a => 20 + a.Count,
                CaseAction.Memory a => a.Length / 4,
                CaseAction.Load or CaseAction.Digest or CaseAction.Get or _ => 0,
            };
        return weight;
    }

    /// <summary>Whether the modules that are new are valid, if those in their places are; where some are gone, if all were.</summary>
    private bool IsAsValid(FuzzCase candidate)
    {
        bool inPlace = candidate.Modules.Length == _best.Modules.Length;
        if (!inPlace && !_best.Modules.All(IsValid)) return true;
        for (int i = 0; i < candidate.Modules.Length; i++)
            if (!(inPlace && (ReferenceEquals(candidate.Modules[i], _best.Modules[i]) || !IsValid(_best.Modules[i]))) && !IsValid(candidate.Modules[i])) return false;
        return true;
    }

    internal bool IsValid(FuzzModule module)
    {
        if (_valid.TryGetValue(module, out bool known)) return known;
        if (_valid.Count > 1000) _valid.Clear();
        return _valid[module] = module.Syntax is { } syntax && IsValid(syntax);
    }

    private bool IsValid(Module module)
    {
        try
        {
            Validator.Validate(module, new Engine(), _profile);
            return true;
        }
        catch (InvalidException)
        {
            return false;
        }
    }

    private static Int128 KeyOf(FuzzCase c)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        foreach (var module in c.Modules)
        {
            hash.AppendData(BitConverter.GetBytes(module.Bytes.Length));
            hash.AppendData(module.Bytes);
        }
        foreach (var action in c.Actions) hash.AppendData(System.Text.Encoding.UTF8.GetBytes(ActionText.Of(action)));
        return BitConverter.ToInt128(hash.GetHashAndReset());
    }
}
