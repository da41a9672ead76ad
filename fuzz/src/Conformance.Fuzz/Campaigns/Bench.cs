using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Conformance.Fuzz.Comparing;
using Conformance.Fuzz.Generating;
using Conformance.Harness.Cases;
using Conformance.Harness.Runtimes;
using Wasm.Binary;

namespace Conformance.Fuzz.Campaigns;

/// <summary>What the kit itself spends on a layer; times are processor time, in microseconds a script.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Scripts">Scripts measured.</param>
/// <param name="Cases">What they count for.</param>
/// <param name="Bytes">The bytes of their modules.</param>
/// <param name="Generate">Making a script, without encoding.</param>
/// <param name="Encode">Encoding its modules.</param>
/// <param name="Reference">Running it on the reference.</param>
public sealed record LayerRate(string Layer, long Scripts, long Cases, long Bytes, double Generate, double Encode, double Reference);

/// <summary>A campaign of one layer on one engine with one lane; times are processor time, in microseconds a script.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Engine">The engine.</param>
/// <param name="Version">Its version.</param>
/// <param name="Scripts">Scripts that ran.</param>
/// <param name="Cases">What they count for.</param>
/// <param name="Useful">The share of the cases that were compared to their end.</param>
/// <param name="Discards">The others by cause.</param>
/// <param name="Differences">Scripts in which the engine differs; their reruns are in the times.</param>
/// <param name="Restarts">How often the engine's process had to be started again, which is in the times.</param>
/// <param name="Seconds">How long it ran.</param>
/// <param name="Kit">What the kit spent: everything of <see cref="LayerRate"/>, requests and answers, comparison.</param>
/// <param name="Work">What the engine's process spent.</param>
/// <param name="Compare">What the comparison takes.</param>
/// <param name="Transport">What the engine's process spends on an empty case: reading, a store with the host module, answering.</param>
/// <param name="Load">What it spends on decoding, validating and compiling the modules, over an empty case.</param>
public sealed record EngineRate(string Layer, string Engine, string Version, long Scripts, long Cases, double Useful, ImmutableSortedDictionary<string, long> Discards, long Differences, long Restarts,
    double Seconds, double Kit, double Work, double Compare, double Transport, double Load)
{
    /// <summary>Scripts a second of one core, kit and engine together.</summary>
    public double ScriptsPerSecond => 1e6 / (Kit + Work);

    /// <summary>Cases a second of one core, kit and engine together.</summary>
    public double CasesPerSecond => ScriptsPerSecond * Cases / Math.Max(1, Scripts);

    /// <summary>What takes most, and its share.</summary>
    public string Bound
    {
        get
        {
            (string Name, double Time)[] shares = [("kit", Kit), ("engine: transport", Transport), ("engine: compiling", Load), ("engine: running", Math.Max(0, Work - Transport - Load))];
            var most = shares.MaxBy(s => s.Time);
            return string.Create(CultureInfo.InvariantCulture, $"{most.Name} {100 * most.Time / (Kit + Work):0} %");
        }
    }
}

/// <summary>A table of rates, all measured in one run: only ratios within it mean anything.</summary>
/// <param name="Processor">The one processor that kit and engines were held to, or why they were not.</param>
/// <param name="Layers">The kit by layer.</param>
/// <param name="Engines">The engines by layer.</param>
public sealed record BenchReport(string Processor, ImmutableArray<LayerRate> Layers, ImmutableArray<EngineRate> Engines)
{
    /// <summary>The report as a page.</summary>
    public string Markdown()
    {
        var text = new StringBuilder();
        Line($"Rates of one core: processor time of the kit and of the engine's process together. {Processor}");
        Line($"");
        Line($"| layer | cases a script | bytes a script | generate µs | encode µs | reference µs |");
        Line($"|---|---:|---:|---:|---:|---:|");
        foreach (var l in Layers) Line($"| {l.Layer} | {(double)l.Cases / l.Scripts:N1} | {l.Bytes / l.Scripts:N0} | {l.Generate:N1} | {l.Encode:N1} | {l.Reference:N1} |");
        Line($"");
        Line($"Times are microseconds of processor time a script. Kit: everything that the runner does. Engine: its process; of this transport is an empty case, compiling what loading the modules takes beyond that.");
        Line($"");
        Line($"| layer | engine | version | cases/s of one core | scripts/s of one core | useful | kit | of this comparing | engine | transport | compiling | running | bound |");
        Line($"|---|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|");
        foreach (var e in Engines)
            Line($"| {e.Layer} | {e.Engine} | {e.Version} | {e.CasesPerSecond:N0} | {e.ScriptsPerSecond:N0} | {100 * e.Useful:0.00} % | {e.Kit:N0} | {e.Compare:N0} | {e.Work:N0} | {e.Transport:N0} | {e.Load:N0} | {Math.Max(0, e.Work - e.Transport - e.Load):N0} | {e.Bound} |");
        foreach (var e in Engines.Where(e => !e.Discards.IsEmpty))
            Line($"\n{e.Layer} on {e.Engine} discards {string.Join("; ", e.Discards.Select(d => string.Create(CultureInfo.InvariantCulture, $"{d.Key}: {d.Value:N0} of {e.Cases:N0}")))}.");
        foreach (var e in Engines.Where(e => e.Differences > 0)) Line($"\n{e.Layer} on {e.Engine}: {e.Differences} scripts differ, and were rerun{(e.Restarts == 0 ? "" : $"; the engine was started again {e.Restarts} times, which counts as running")}.");
        return text.ToString();

        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    /// <summary>The report as JSON.</summary>
    public byte[] ToJson() => Json.Bytes(Write, indented: true);

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("processor", Processor);
        json.WriteStartArray("layers");
        foreach (var l in Layers)
        {
            json.WriteStartObject();
            json.WriteString("layer", l.Layer);
            json.WriteNumber("scripts", l.Scripts);
            json.WriteNumber("cases", l.Cases);
            json.WriteNumber("bytes", l.Bytes);
            json.WriteNumber("generate", l.Generate);
            json.WriteNumber("encode", l.Encode);
            json.WriteNumber("reference", l.Reference);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("engines");
        foreach (var e in Engines)
        {
            json.WriteStartObject();
            json.WriteString("layer", e.Layer);
            json.WriteString("engine", e.Engine);
            json.WriteString("version", e.Version);
            json.WriteNumber("scripts", e.Scripts);
            json.WriteNumber("cases", e.Cases);
            json.WriteNumber("useful", e.Useful);
            Json.Counts(json, "discards", e.Discards);
            json.WriteNumber("differences", e.Differences);
            json.WriteNumber("restarts", e.Restarts);
            json.WriteNumber("seconds", e.Seconds);
            json.WriteNumber("casesPerSecond", e.CasesPerSecond);
            json.WriteNumber("scriptsPerSecond", e.ScriptsPerSecond);
            json.WriteNumber("kit", e.Kit);
            json.WriteNumber("compare", e.Compare);
            json.WriteNumber("work", e.Work);
            json.WriteNumber("transport", e.Transport);
            json.WriteNumber("load", e.Load);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}

/// <summary>Measures the rates of layers and engines.</summary>
/// <param name="parts">Layers, engines, arbiter.</param>
/// <param name="time">How long each measurement takes, of the wall clock.</param>
/// <param name="seed">Of the cases.</param>
public sealed class Bench(CampaignParts parts, TimeSpan time, ulong seed)
{
    /// <summary>Scripts that are made, and then measured, in one go.</summary>
    private const int Chunk = 4 * CaseBlock.Size;

    /// <summary>Empty cases for each script: they take so little that the system's clock would not see fewer.</summary>
    private const int Empty = 8;

    private long _number;

    /// <summary>The kit's own times for a layer.</summary>
    public LayerRate Measure(ILayer layer)
    {
        var arbiter = parts.Arbiter();
        Run(arbiter, Make(layer, Chunk, parts.Generator));
        long scripts = 0, cases = 0, bytes = 0;
        double generate = 0, encode = 0, reference = 0;
        long begin = Stopwatch.GetTimestamp();
        do
        {
            var made = Timed(ref generate, () => Make(layer, Chunk, parts.Generator));
            Timed(ref encode, () => Encode(made));
            Timed(ref reference, () => Run(arbiter, made));
            scripts += made.Count;
            foreach (var prepared in made)
            {
                cases += prepared.Case.Weight;
                foreach (var module in prepared.Case.Modules) bytes += module.Bytes.Length;
            }
        }
        while (Stopwatch.GetElapsedTime(begin) < time);
        return new(layer.Name, scripts, cases, bytes, Math.Max(0, generate - encode) / scripts, encode / scripts, reference / scripts);
    }

    /// <summary>A campaign of a layer on an engine, and what its parts take.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="started">It, running; it goes on to run.</param>
    /// <param name="folder">A folder that does not exist, for the campaign.</param>
    public EngineRate Measure(ILayer layer, CampaignEngine engine, ICaseEngine started, string folder)
    {
        // The layer keeps to what the engine has, so that every script is one for it.
        var generator = parts.Generator with { Features = parts.Generator.Features & engine.Info.Features };
        var only = parts with { Engines = [engine with { Start = () => new Borrowed(started) }], Generator = generator };
        // Code is compiled and caches fill on both sides before anything counts.
        Run(only, layer, folder + "-warm", time / 2);
        int restarts = started.Restarts;
        TimeSpan kit = Environment.CpuUsage.TotalTime, work = started.ProcessorTime;
        var (state, seconds) = Run(only, layer, folder, time);
        kit = Environment.CpuUsage.TotalTime - kit;
        work = started.ProcessorTime - work;
        restarts = started.Restarts - restarts;

        var arbiter = parts.Arbiter();
        double compare = 0, load = 0, transport = 0;
        int compared = 0, loaded = 0;
        long begin = Stopwatch.GetTimestamp();
        do
        {
            var made = Make(layer, Chunk, generator);
            Run(arbiter, made);
            var results = Ask(started, made.Select(p => p.Sent));
            Timed(ref compare, () => Compare(arbiter, engine, made, results));
            compared += made.Count;

            // Fresh modules: engines remember those that they have seen.
            var fresh = Make(layer, Chunk, generator);
            transport += Spent(started, Enumerable.Repeat(new Case([], []), Empty * fresh.Count)) / Empty;
            load += Spent(started, fresh.Select(p => new Case(p.Sent.Modules, [.. Enumerable.Range(0, p.Sent.Modules.Length).Select(m => new CaseAction.Load(m))])));
            loaded += fresh.Count;
        }
        while (Stopwatch.GetElapsedTime(begin) < time / 2);

        var totals = state.Totals;
        long scripts = Math.Max(1, totals.Scripts);
        return new(layer.Name, engine.Name, engine.Info.Version, totals.Scripts, totals.Cases, totals.Cases == 0 ? 0 : (double)totals.Useful / totals.Cases,
            totals.Layer(layer.Name).Discards.ToImmutableSortedDictionary(StringComparer.Ordinal), state.Findings.Count + state.Repetitions.Count, restarts, seconds,
            kit.TotalMicroseconds / scripts, work.TotalMicroseconds / scripts, compare / Math.Max(1, compared),
            transport / Math.Max(1, loaded), Math.Max(0, load - transport) / Math.Max(1, loaded));
    }

    private (CampaignState State, double Seconds) Run(CampaignParts only, ILayer layer, string folder, TimeSpan length)
    {
        try
        {
            var options = new CampaignOptions { Seed = seed, First = _number / CaseBlock.Size, Layers = [new(layer.Name, 1)], Engines = [new(only.Engines[0].Name, only.Engines[0].Info.Version)], Time = length };
            using var open = CampaignFolder.Open(folder, options);
            long begin = Stopwatch.GetTimestamp();
            new Campaign(only, options, open, jobs: 1).Run();
            double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
            _number += open.State.Totals.Scripts;
            return (open.State, seconds);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private List<Prepared> Make(ILayer layer, int count, GeneratorOptions generator)
    {
        var made = new List<Prepared>(count);
        for (int i = 0; i < count; i++)
        {
            var name = new CaseName(Generator.Version, layer.Name, (seed * CampaignOptions.CasesPerSeed) + (ulong)_number++);
            var decisions = Generator.DecisionsOf(name);
            var fuzzCase = layer.Generate(decisions, generator);
            made.Add(new(name, decisions, fuzzCase, fuzzCase.ToCase()));
        }
        return made;
    }

    private static int Encode(List<Prepared> made)
    {
        int bytes = 0;
        foreach (var prepared in made)
            foreach (var module in prepared.Case.Modules)
                if (module.Syntax is { } syntax) bytes += BinaryEncoder.Encode(syntax).Length;
        return bytes;
    }

    private static int Run(IArbiter arbiter, List<Prepared> made)
    {
        foreach (var prepared in made) prepared.Expected = arbiter.Expect(prepared.Case, prepared.Sent, null);
        return made.Count;
    }

    private static int Compare(IArbiter arbiter, CampaignEngine engine, List<Prepared> made, List<CaseResult> results)
    {
        int agreed = 0;
        for (int i = 0; i < made.Count; i++)
            if (arbiter.Compare(made[i].Case, made[i].Sent, made[i].Expected!, results[i], engine) is Verdict.Agree) agreed++;
        return agreed;
    }

    private static List<CaseResult> Ask(ICaseEngine engine, IEnumerable<Case> cases) =>
        [.. cases.Chunk(CaseBlock.Size).Select(block => engine.RunAsync([.. block])).ToList().SelectMany(answer => answer.GetAwaiter().GetResult())];

    /// <summary>Microseconds of the engine's process.</summary>
    private static double Spent(ICaseEngine engine, IEnumerable<Case> cases)
    {
        var begin = engine.ProcessorTime;
        Ask(engine, cases);
        return (engine.ProcessorTime - begin).TotalMicroseconds;
    }

    /// <summary>Adds the microseconds of this process; the bench is the only thread that works.</summary>
    private static T Timed<T>(ref double sum, Func<T> run)
    {
        var begin = Environment.CpuUsage.TotalTime;
        var result = run();
        sum += (Environment.CpuUsage.TotalTime - begin).TotalMicroseconds;
        return result;
    }

    /// <summary>An engine that a campaign may use and not end.</summary>
    private sealed class Borrowed(ICaseEngine engine) : ICaseEngine
    {
        public RuntimeInfo Info => engine.Info;

        public long Memory => engine.Memory;

        public int Restarts => engine.Restarts;

        public TimeSpan ProcessorTime => engine.ProcessorTime;

        public ImmutableArray<CaseResult> Run(ImmutableArray<Case> cases) => engine.Run(cases);

        public Task<ImmutableArray<CaseResult>> RunAsync(ImmutableArray<Case> cases) => engine.RunAsync(cases);

        public void Dispose()
        {
        }
    }
}
