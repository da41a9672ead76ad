using System.Collections.Immutable;
using System.CommandLine;
using Conformance.Fuzz.Campaigns;
using Conformance.Fuzz.Engines;
using Conformance.Harness.Cases;
using Conformance.Harness.Engines;
using Conformance.Harness.Runtimes;
using Conformance.Harness.Workers;
using Conformance.Runtimes.Reference;

namespace Conformance.Cli.Commands.Fuzz;

/// <summary>The engines of a campaign by name. Each is started once at the beginning, to learn its version and features.</summary>
internal sealed class FuzzPanel : IDisposable
{
    public static readonly Option<string[]> Runtime = new("--runtime", "-r")
    {
        Description = "The engines, by name or NAME=COMMAND; several by commas or by repeating the option. Default: those of the panel that are found.",
        HelpName = "NAMES",
        AllowMultipleArgumentsPerToken = false,
    };

    /// <summary>
    /// The engines of a campaign without options: who wrote it, and whether it compiles slowly. Of the tiers of an engine those are here that compile differently,
    /// forced, since many bugs show in one tier only.
    /// </summary>
    private static readonly ImmutableArray<(string Name, string Family, bool Optimizing, bool Default)> Known =
    [
        ("wasmtime-quick",           "Wasmtime",       false, true),
        ("wasmtime-o0",              "Wasmtime",       false, false),
        ("wasmtime-winch",           "Wasmtime",       false, true),
        ("wasmtime-pulley",          "Wasmtime",       false, true),
        ("wasmtime",                 "Wasmtime",       true,  true),
        ("wasmtime-os",              "Wasmtime",       true,  false),
        ("wasmtime-stack-switching", "Wasmtime",       true,  false),
        ("node-liftoff",             "V8",             false, true),
        ("node-turbofan",            "V8",             true,  true),
        ("node",                     "V8",             false, false),
        ("node-experimental",        "V8",             false, false),
        ("deno",                     "V8",             false, false),
        ("deno-experimental",        "V8",             false, false),
        ("bun-ipint",                "JavaScriptCore", false, true),
        ("bun-bbq",                  "JavaScriptCore", false, true),
        ("bun-omg",                  "JavaScriptCore", true,  true),
        ("bun",                      "JavaScriptCore", false, false),
        ("bun-experimental",         "JavaScriptCore", false, false),
        ("jsc",                      "JavaScriptCore", false, false),
        ("jsc-bbq",                  "JavaScriptCore", false, false),
        ("jsc-omg",                  "JavaScriptCore", true,  false),
        ("gjs",                      "SpiderMonkey",   false, true),
        ("js",                       "SpiderMonkey",   false, true),
    ];

    /// <summary>Those of the default panel; the parsers are for the layer of texts.</summary>
    private static IEnumerable<string> Default => [.. Known.Where(k => k.Default).Select(k => k.Name), .. ParserCatalog.Entries.Select(p => p.Name)];

    private readonly ImmutableArray<IPanelEngine> _started;

    private interface IPanelEngine : IDisposable
    {
        /// <summary>Where the engine's relaxed instructions do not keep to one choice.</summary>
        ImmutableArray<RelaxedProblem> RelaxedProblems => [];

        /// <summary>What of it cannot be seen; null when all can.</summary>
        string? Unseen => null;

        CampaignEngine Describe();
    }

    /// <summary>A parser: a process a block, so that nothing of it runs before.</summary>
    private sealed class Parser(ParserEntry entry, string program) : IPanelEngine
    {
        private readonly RuntimeInfo _info = InfoOf(entry, program);

        public CampaignEngine Describe() => new(_info, entry.Family, false, () => new TextTool(entry, program))
        {
            Facts = new(_info.Features, ObeysProfiles: false, ReferenceArbiter.Features),
            IsParser = true,
        };

        private static RuntimeInfo InfoOf(ParserEntry entry, string program)
        {
            using var tool = new TextTool(entry, program);
            return tool.Info;
        }

        public void Dispose()
        {
        }
    }

    /// <summary>An engine's worker: the first was started to learn its version, and is the first to serve.</summary>
    private sealed class Prestarted(WorkerSpec spec) : IPanelEngine
    {
        private ICaseEngine? _first = CaseEngines.Start(spec);

        public ICaseEngine Take() => Interlocked.Exchange(ref _first, null) ?? CaseEngines.Start(spec);

        public ImmutableArray<RelaxedProblem> RelaxedProblems { get; private set; } = [];

        public string? Unseen => (_first as RequestCaseEngine)?.Unseen;

        public CampaignEngine Describe()
        {
            var known = Known.FirstOrDefault(k => k.Name == spec.Name);
            var relaxed = RelaxedProbe.Run(_first!, limits => new ReferenceRuntime(limits));
            RelaxedProblems = relaxed.Problems;
            return new(_first!.Info, known.Family ?? spec.Name, known.Optimizing, Take)
            {
                Facts = new(_first.Info.Features, _first.Info.ObeysProfiles, ReferenceArbiter.Features, _first.Info.TellsTags),
                Choices = relaxed.Choices,
                Unpredictable = [.. relaxed.Problems.Select(p => p.Mnemonic).Distinct()],
            };
        }

        public void Dispose() => Interlocked.Exchange(ref _first, null)?.Dispose();
    }

    private FuzzPanel(ImmutableArray<IPanelEngine> started)
    {
        _started = started;
        Engines = [.. started.Select(s => s.Describe())];
    }

    public ImmutableArray<CampaignEngine> Engines { get; }

    /// <summary>Starts the engines that are named; of the default ones, when none is, those that are on this machine.</summary>
    /// <exception cref="CliException">One that was named cannot be had, or none that runs code is found.</exception>
    public static FuzzPanel Start(IReadOnlyList<string> named, Terminal terminal)
    {
        string[] names = named.Count > 0 ? [.. named] : [.. Default];
        RuntimeCatalog.Require(names.Where(n => ParserCatalog.Find(n) is null));
        var started = new (IPanelEngine? Engine, string? WhyNot)[names.Length];
        Parallel.For(0, names.Length, new ParallelOptions { MaxDegreeOfParallelism = Math.Min(4, Environment.ProcessorCount) }, i => started[i] = Start(names[i]));
        ImmutableArray<IPanelEngine> engines = [.. started.Select(s => s.Engine).OfType<IPanelEngine>()];
        try
        {
            for (int i = 0; i < names.Length; i++)
            {
                if (started[i].WhyNot is not { } why) continue;
                if (named.Count > 0) throw new CliException($"{names[i]}: {why}");
                terminal.Note($"{names[i]}: NOT RUN ({why})");
            }
            var panel = new FuzzPanel(engines);
            for (int i = 0; i < names.Length; i++)
                if (started[i].Engine?.Unseen is { } unseen) terminal.Note($"{names[i]}: {unseen}");
            for (int i = 0; i < names.Length; i++)
                foreach (var problem in started[i].Engine?.RelaxedProblems ?? []) terminal.Note($"{names[i]}: relaxed instructions: {problem}");
            if (panel.Engines.All(e => e.IsParser) && named.Count == 0) throw new CliException("no engine is found; `conformance engines list` says how to get one");
            if (panel.Engines.GroupBy(e => e.Name).FirstOrDefault(g => g.Count() > 1) is { } twice) throw new CliException($"--runtime: {twice.Count()} engines are called `{twice.Key}`");
            return panel;
        }
        catch
        {
            foreach (var engine in engines) engine.Dispose();
            throw;
        }
    }

    private static (IPanelEngine? Engine, string? WhyNot) Start(string name)
    {
        if (ParserCatalog.Find(name) is { } parser)
        {
            var found = parser.Program.Find(RuntimeCatalog.Places());
            if (found.Path is null) return (null, found.Why);
            try
            {
                return (new Parser(parser, found.Path), null);
            }
            catch (IOException e)
            {
                return (null, e.Message);
            }
        }
        var (spec, whyNot) = RuntimeCatalog.Worker(name);
        if (spec is null) return (null, whyNot);
        try
        {
            return (new Prestarted(spec), null);
        }
        catch (WorkerStartException e)
        {
            return (null, e.Message);
        }
    }

    public void Dispose()
    {
        foreach (var engine in _started) engine.Dispose();
    }
}
