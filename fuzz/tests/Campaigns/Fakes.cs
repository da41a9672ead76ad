using System.Collections.Immutable;
using Conformance.Fuzz.Campaigns;
using Conformance.Fuzz.Comparing;
using Conformance.Fuzz.Generating;
using Conformance.Harness.Cases;
using Conformance.Harness.Runtimes;
using Wasm.Syntax;

namespace Conformance.Fuzz.Tests.Campaigns;

/// <summary>Cases without modules: one invocation with a drawn number, of which the answer is three times the number.</summary>
internal sealed class FakeLayer(string name, Features features = 0, int weight = 1) : ILayer
{
    public string Name => name;

    /// <summary>A number at which the generator fails.</summary>
    public uint? FailsAt { get; init; }

    public FuzzCase Generate(Decisions decisions, GeneratorOptions options)
    {
        uint n = (uint)decisions.Below(1000);
        if (n == FailsAt) throw new InvalidOperationException("no such case can be made");
        return new() { Modules = [], Actions = [new CaseAction.Invoke(0, "triple", [Value.I32(n)])], Features = features, Weight = weight };
    }

    public static uint NumberOf(Case @case) => (uint)((CaseAction.Invoke)@case.Actions[0]).Args[0].Lo;
}

/// <summary>Knows that the answer is three times the number.</summary>
internal sealed class FakeArbiter : IArbiter
{
    /// <summary>A number at which the reference has a bug.</summary>
    public uint? WrongAt { get; init; }

    /// <summary>A number at which the reference throws.</summary>
    public uint? FailsAt { get; init; }

    public CaseResult Expect(FuzzCase fuzzCase, Case sent, CampaignEngine? engine)
    {
        uint n = FakeLayer.NumberOf(sent);
        if (n == FailsAt) throw new InvalidOperationException("the reference has a bug");
        return FakeEngine.Answer(n == WrongAt ? 0 : n * 3);
    }

    public Verdict Compare(FuzzCase fuzzCase, Case sent, CaseResult expected, CaseResult observed, CampaignEngine engine)
    {
        var (want, got) = (End(expected), End(observed));
        return got switch
        {
            Outcome.Exhausted => new Verdict.Inconclusive(0, "exhaustion"),
            Outcome.Crashed => new Verdict.Difference(0, "crash", want.ToString(), got.ToString()),
            Outcome.TimedOut => new Verdict.Difference(0, "hang", want.ToString(), got.ToString()),
            _ when want.ToString() == got.ToString() => Verdict.Agree.Instance,
            _ => new Verdict.Difference(0, "values", want.ToString(), got.ToString()),
        };

        static Outcome End(CaseResult result) => ((ActionResult.Ended)result.Results[0]).Outcome;
    }
}

/// <summary>An engine that answers right, but for what its fault says: a number's outcome, or an exception; null is the right answer.</summary>
internal sealed class FakeEngine(RuntimeInfo info, Func<uint, Outcome?> fault) : ICaseEngine
{
    public RuntimeInfo Info => info;

    public int Restarts { get; private set; }

    public ImmutableArray<CaseResult> Run(ImmutableArray<Case> cases) => [.. cases.Select(Run)];

    private CaseResult Run(Case @case)
    {
        uint n = FakeLayer.NumberOf(@case);
        var outcome = fault(n);
        if (outcome is Outcome.Crashed or Outcome.TimedOut) Restarts++;
        return outcome is null ? Answer(n * 3) : new([new ActionResult.Ended(outcome)]);
    }

    public void Dispose()
    {
    }

    public static CaseResult Answer(uint n) => new([new ActionResult.Ended(new Outcome.Returned([Value.I32(n)]))]);

    /// <summary>An engine for a campaign.</summary>
    public static CampaignEngine Create(string name, Func<uint, Outcome?>? fault = null, string? family = null, bool optimizing = false, Features features = Features.All)
    {
        var info = new RuntimeInfo { Name = name, Version = "1", Features = features };
        return new(info, family ?? name, optimizing, () => new FakeEngine(info, fault ?? (_ => null)));
    }

    /// <summary>Now and then another number.</summary>
    public static Outcome? Lies(uint n) => n % 97 == 5 ? new Outcome.Returned([Value.I32(n)]) : null;

    /// <summary>Dies of some numbers.</summary>
    public static Outcome? Dies(uint n) => n % 89 == 7 ? new Outcome.Crashed("the worker was ended by signal 11") : null;

    /// <summary>Never answers some numbers.</summary>
    public static Outcome? Hangs(uint n) => n % 83 == 11 ? new Outcome.TimedOut("no answer in 10 s") : null;
}

/// <summary>Reaches a cell for each hundred numbers; watches the first case of every block.</summary>
internal sealed class FakeReach : IReach
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, bool> _reached = [];

    public int? CaseOf(CaseBlock block) => 0;

    public void Watch(FuzzCase fuzzCase, Case sent) => _reached[$"Trap/{FakeLayer.NumberOf(sent) / 100}"] = true;

    public IEnumerable<string> Reached() => _reached.Keys;
}

/// <summary>Campaigns of fakes in a folder of their own.</summary>
internal sealed class TestCampaign : IDisposable
{
    public string Folder { get; } = Path.Combine(Path.GetTempPath(), $"campaign-{Guid.NewGuid():N}");

    public static CampaignParts Parts(params CampaignEngine[] engines) =>
        new([new FakeLayer("tiny"), new FakeLayer("single", weight: 10)], [.. engines], () => new FakeArbiter(), GeneratorOptions.Default);

    public static CampaignOptions Options(CampaignParts parts, long cases, string layers = "tiny:1", string shard = "1/1", ulong seed = 1) => new()
    {
        Seed = seed,
        Shard = CampaignShard.Parse(shard)!.Value,
        Layers = [.. layers.Split(',').Select(l => l.Split(':')).Select(l => new LayerWeight(l[0], int.Parse(l[1], System.Globalization.CultureInfo.InvariantCulture)))],
        Engines = [.. parts.Engines.Select(e => new EngineVersion(e.Name, e.Info.Version))],
        Cases = cases,
    };

    /// <summary>Runs a campaign in a folder below, and gives its state.</summary>
    public CampaignState Run(CampaignParts parts, CampaignOptions options, string name = "out", int jobs = 2)
    {
        using var folder = CampaignFolder.Open(Path.Combine(Folder, name), options);
        var campaign = new Campaign(parts, options, folder, jobs);
        campaign.Run();
        Assert.True(campaign.IsComplete);
        return folder.State;
    }

    public void Dispose()
    {
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
    }
}
