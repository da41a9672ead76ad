using System.Collections.Immutable;
using Conformance.Fuzz.Comparing;
using Conformance.Fuzz.Engines;
using Conformance.Fuzz.Generating;
using Wasm.Binary;
using Wasm.Syntax;

namespace Conformance.Fuzz.Campaigns;

/// <summary>
/// Where differences go: a case is run again, twice, alone and on all engines, before it counts; the families vote; and it is recorded under a signature. Cases
/// that begin like others that were looked at often enough are only counted.
/// </summary>
internal sealed class FindingDesk
{
    private const int Reruns = 2;

    /// <summary>Cases that begin alike and are rerun; every rerun of a hang costs its time limit.</summary>
    private const int MostRerun = 8, MostRerunOfLosses = 2;

    /// <summary>Cases of a signature that are kept with their files, and by how much a later one must be smaller to be kept too.</summary>
    private const int MostSaved = 5;
    private const double Smaller = 0.7;

    private readonly CampaignParts _parts;
    private readonly ImmutableArray<EnginePool> _pools;
    private readonly CampaignFolder _folder;
    private readonly Action<Finding>? _recorded;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (int Rerun, string Signature)> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int Saved, int Smallest)> _signatures = new(StringComparer.Ordinal);

    public FindingDesk(CampaignParts parts, ImmutableArray<EnginePool> pools, CampaignFolder folder, Action<Finding>? recorded)
    {
        _recorded = recorded;
        _parts = parts;
        _pools = pools;
        _folder = folder;
        foreach (var finding in folder.State.Findings.Values) Remember(finding);
    }

    /// <summary>The generator or the reference failed: a fault of the kit, whatever the engines do.</summary>
    public void KitFailed(CaseName name, Decisions decisions, FuzzCase? made, string what, Exception failure)
    {
        string cause = $"{what}: {failure.GetType().Name}", key = $"{name.Layer}|{cause}";
        if (Skip(name, key, MostRerun)) return;
        Record(new Finding
        {
            Case = name,
            Signature = new(name.Layer, "kit", null, cause, []),
            Suspect = Suspect.Reference,
            ActionIndex = -1,
            Action = "",
            Expected = failure.ToString(),
            Observations = [],
            Key = key,
        }, decisions, made ?? new FuzzCase { Modules = [], Actions = [], Features = 0 });
    }

    /// <summary>Engines did not do what the reference did.</summary>
    /// <param name="arbiter">The lane's arbiter.</param>
    /// <param name="prepared">The case.</param>
    /// <param name="differences">Each engine's first difference, by its index; at least one.</param>
    public void Differ(IArbiter arbiter, Prepared prepared, IReadOnlyList<(int Engine, Verdict.Difference Difference)> differences)
    {
        var first = First(differences);
        string? subject = SubjectOf(prepared, differences.Select(d => d.Engine));
        string key = string.Join('|', prepared.Name.Layer, Kind(prepared, first), subject, first.Class, string.Join(',', differences.Select(d => _parts.Engines[d.Engine].Name)));
        if (Skip(prepared.Name, key, first.Class is "crash" or "hang" ? MostRerunOfLosses : MostRerun)) return;

        var again = Rerun(arbiter, prepared);
        var differing = again.Where(a => a.Verdicts.All(j => j is Verdict.Difference)).ToList();
        if (differing.Count > 0) first = First([.. differing.Select(a => (a.Engine, (Verdict.Difference)a.Verdicts[0]))]);
        if (differing.Count > 0 && !IsDetermined(arbiter, prepared, _parts.Engines[differing[0].Engine]))
        {
            KitFailed(prepared.Name, prepared.Decisions, prepared.Case, "generator failed", new InvalidOperationException("which NaNs operators give can be seen in the case's results"));
            return;
        }
        var agreeing = again.Where(a => a.Verdicts.All(j => j is Verdict.Agree)).ToList();
        ImmutableArray<string> names = [.. (differing.Count > 0 ? differing.Select(a => a.Engine) : differences.Select(d => d.Engine)).Select(e => _parts.Engines[e].Name)];
        Record(new Finding
        {
            Case = prepared.Name,
            Signature = new(prepared.Name.Layer, Kind(prepared, first), subject, first.Class, names),
            Suspect = Vote.Of(differing.Select(a => _parts.Engines[a.Engine].Family), agreeing.Select(a => _parts.Engines[a.Engine].Family)),
            ActionIndex = first.Action,
            Action = first.Action < prepared.Case.Actions.Length ? ActionText.Of(prepared.Case.Actions[first.Action]) : "",
            Expected = first.Expected,
            Observations = differing.Count > 0 ? [.. again.Select(Observe)] : [.. differences.Select(d => Observe(d.Engine, false, d.Difference.Observed))],
            Key = key,
        }, prepared.Decisions, prepared.Case);
    }

    private static bool IsDetermined(IArbiter arbiter, Prepared prepared, CampaignEngine engine) =>
        arbiter.IsDetermined(prepared.Case, prepared.Sent, prepared.Expected ?? arbiter.Expect(prepared.Case, prepared.Sent, engine), engine, ReferenceLimits.Generous.Fuel!.Value);

    private static Verdict.Difference First(IReadOnlyList<(int Engine, Verdict.Difference Difference)> differences)
    {
        var first = differences[0].Difference;
        foreach (var (_, difference) in differences)
            if (difference.Action < first.Action) first = difference;
        return first;
    }

    private static string Kind(Prepared prepared, Verdict.Difference difference) =>
        difference.Action < prepared.Case.Actions.Length ? ActionText.Kind(prepared.Case.Actions[difference.Action]) : "end";

    /// <summary>Runs the case alone, on all engines that have its features at the same time. An engine that is lost has no judgement.</summary>
    private List<(int Engine, ImmutableArray<Verdict> Verdicts)> Rerun(IArbiter arbiter, Prepared prepared)
    {
        var asked = new List<(int Engine, ImmutableArray<Task<BlockAnswer>> Answers)>();
        for (int e = 0; e < _pools.Length; e++)
            if (_parts.Engines[e].Takes(prepared.Case))
                asked.Add((e, [.. Enumerable.Range(0, Reruns).Select(_ => _pools[e].Run([prepared.Sent]))]));
        var judged = new List<(int, ImmutableArray<Verdict>)>();
        foreach (var (engine, answers) in asked)
        {
            var verdicts = ImmutableArray.CreateBuilder<Verdict>();
            foreach (var answer in answers)
            {
                try
                {
                    var observed = answer.GetAwaiter().GetResult().Results[0];
                    var expected = prepared.Expected ?? arbiter.Expect(prepared.Case, prepared.Sent, _parts.Engines[engine]);
                    verdicts.Add(arbiter.Compare(prepared.Case, prepared.Sent, expected, observed, _parts.Engines[engine]));
                }
                catch (EngineLostException)
                {
                    // It has no vote; the campaign says that it was lost.
                }
            }
            if (verdicts.Count == Reruns) judged.Add((engine, verdicts.ToImmutable()));
        }
        return judged;
    }

    private Observation Observe((int Engine, ImmutableArray<Verdict> Verdicts) again) =>
        Observe(again.Engine, again.Verdicts.All(j => j is Verdict.Difference), again.Verdicts[0] switch
        {
            Verdict.Difference different => different.Observed,
            Verdict.Inconclusive inconclusive => $"inconclusive: {inconclusive.Cause}",
            _ => null,
        });

    private Observation Observe(int engine, bool differs, string? observed)
    {
        var of = _parts.Engines[engine];
        return new(of.Name, of.Info.Version, of.Family, differs, observed);
    }

    /// <summary>Whether the case is recorded already, or is one of so many that it is only counted.</summary>
    private bool Skip(CaseName name, string key, int most)
    {
        if (_folder.Knows(name)) return true;
        string signature;
        lock (_gate)
        {
            if (!_keys.TryGetValue(key, out var known) || known.Rerun < most) return false;
            signature = known.Signature;
        }
        _folder.Record(new Repetition(name, signature));
        return true;
    }

    private void Record(Finding finding, Decisions decisions, FuzzCase made)
    {
        finding = finding with { Instructions = InstructionsOf(made), Size = made.Modules.Sum(m => m.Bytes.Length) };
        bool save;
        lock (_gate)
        {
            var (saved, smallest) = _signatures.GetValueOrDefault(finding.Signature.Id, (0, int.MaxValue));
            save = saved < MostSaved || finding.Size < smallest * Smaller;
        }
        finding = _folder.Record(finding, save ? new SavedCase(finding.Case, made, decisions.Tape) : null);
        Remember(finding);
        _recorded?.Invoke(finding);
    }

    private void Remember(Finding finding)
    {
        lock (_gate)
        {
            string id = finding.Signature.Id;
            _keys[finding.Key] = (_keys.GetValueOrDefault(finding.Key).Rerun + 1, id);
            if (finding.Folder is null) return;
            var (saved, smallest) = _signatures.GetValueOrDefault(id, (0, int.MaxValue));
            _signatures[id] = (saved + 1, Math.Min(smallest, finding.Size));
        }
    }

    /// <summary>The instruction under test; of a whole module, one on which an engine that differs is known to keep to no rule, so that such modules hide no others.</summary>
    private string? SubjectOf(Prepared prepared, IEnumerable<int> engines)
    {
        // What a damaged module computes is not looked at.
        if (prepared.Case.Subject is not null || prepared.Case.MayBeRefused) return prepared.Case.Subject;
        string[] unpredictable = [.. engines.SelectMany(e => _parts.Engines[e].Unpredictable)];
        return unpredictable.Length == 0 ? null : InstructionsOf(prepared.Case).FirstOrDefault(unpredictable.Contains);
    }

    private static Module? Decoded(byte[] bytes)
    {
        try
        {
            return BinaryDecoder.Decode(bytes, Profile.Wasm3);
        }
        catch (MalformedException)
        {
            return null;
        }
    }

    /// <summary>The mnemonics in the modules' functions, sorted.</summary>
    private static ImmutableArray<string> InstructionsOf(FuzzCase made)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var module in made.Modules)
            if ((module.Syntax ?? Decoded(module.Bytes)) is { } syntax)
                foreach (var func in syntax.Funcs)
                    foreach (var instr in func.Body.Instrs) names.Add(instr.Def.Mnemonic);
        return [.. names];
    }
}
