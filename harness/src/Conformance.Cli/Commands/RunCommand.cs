using System.Collections.Immutable;
using System.CommandLine;
using Conformance.Harness.Expectations;
using Conformance.Harness.Results;
using Conformance.Harness.Running;
using Conformance.Harness.Runtimes;
using Conformance.Harness.Suites;
using Conformance.Harness.Workers;
using Conformance.Reports;
using Conformance.Runtimes.Reference;
using Wasm.Syntax;

namespace Conformance.Cli.Commands;

/// <summary><c>conformance run</c>: the main job.</summary>
internal static class RunCommand
{
    private static readonly Argument<string[]> Paths = new("PATH")
    {
        Description = "Scripts, folders, names of suites (see `suite list`), or - for standard input. Default: the official suite.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<string[]> Runtime = new("--runtime")
    {
        Description = "The runtimes under test, separated by commas (see `engines list`), or NAME=COMMAND for a worker of your own (PROTOCOL.md). With several, the reports are a matrix.",
        DefaultValueFactory = _ => ["reference"],
        HelpName = "NAME,…",
    };

    /// <summary>What a clock still counts: some three years.</summary>
    private const double MostSeconds = 1e8;

    private static readonly Option<bool> InProcess = new("--in-process") { Description = "Host native engines in this process, for speed: a crash of theirs then ends the run." };
    private static readonly Option<double> CommandTimeout = new Option<double>("--command-timeout") { Description = "Seconds that a worker may take for one request.", HelpName = "S", DefaultValueFactory = _ => 20 }.AtLeast(0).AtMost(MostSeconds);
    private static readonly Option<string> WorkerMemory = new("--worker-memory") { Description = "Resident memory beyond which a worker is ended, such as 1G.", HelpName = "BYTES", DefaultValueFactory = _ => "1G" };
    private static readonly Option<FileInfo> Json = new("--json") { Description = "Write the result as JSON: the source of every other report.", HelpName = "FILE" };
    private static readonly Option<FileInfo> JUnit = new("--junit") { Description = "Write the result as JUnit XML.", HelpName = "FILE" };
    private static readonly Option<FileInfo> Markdown = new("--markdown") { Description = "Write the result as Markdown.", HelpName = "FILE" };
    private static readonly Option<FileInfo> Html = new("--html") { Description = "Write the result as one HTML page.", HelpName = "FILE" };
    private static readonly Option<string> Filter = new("--filter") { Description = "Only scripts whose path or name matches.", HelpName = "GLOB" };
    private static readonly Option<string> Features = new("--features") { Description = "A profile for all scripts, such as 2.0, 3.0+threads or all, instead of the one that each folder has.", HelpName = "NAME" };
    private static readonly Option<int> Jobs = OptionRange.Jobs("Files at a time.");
    private static readonly Option<int> Repeat = new Option<int>("--repeat")
    {
        Description = "Run everything N times on the same runtime, and show what this process holds after each round: a leak is a growth. A verdict that changes is a problem.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    }.AtLeast(1);

    private static readonly Option<double> Timeout = new Option<double>("--timeout") { Description = "Seconds that a file may take.", HelpName = "S", DefaultValueFactory = _ => 60 }.AtLeast(0).AtMost(MostSeconds);
    private static readonly Option<string> ShardOption = new("--shard") { Description = "Run the I-th of N parts; `report merge` makes one result of them.", HelpName = "I/N" };
    private static readonly Option<FileInfo> ExpectationsOption = new("--expectations") { Description = "What is known to fail, with reasons (YAML). Default: expectations/RUNTIME.yaml of the kit.", HelpName = "FILE" };
    private static readonly Option<bool> UpdateExpectations = new("--update-expectations") { Description = "Write an entry for each failure into the expectations file; entries fail until a reason is filled in." };
    private static readonly Option<FileInfo> FailedFrom = new("--failed-from") { Description = "Only the files that were not as expected in an earlier JSON result.", HelpName = "FILE" };
    private static readonly Option<bool> FailFast = new("--fail-fast") { Description = "Stop after the first file that is not as expected." };
    private static readonly Option<bool> Direct = new("--direct") { Description = "Run parsed text modules themselves, without encoding and decoding them." };
    private static readonly Option<bool> RoundTrip = new("--round-trip") { Description = "Encode, decode, print and parse each text module again, compare at each step, and run what came out." };
    private static readonly Option<string> Messages = new("--messages") { Description = "The level below which a message is a failure: none, prefix or exact. Default: prefix for the reference, none for others.", HelpName = "LEVEL" };
    private static readonly Option<bool> StrictReferences = new("--strict-references") { Description = "Read reference patterns strictly: only ref.null accepts null, and of its own hierarchy." };
    private static readonly Option<string> Threads = new("--threads") { Description = "How `thread` commands run: os (threads of the system) or scheduler (one thread, seeded interleaving).", HelpName = "HOW", DefaultValueFactory = _ => "os" };
    private static readonly Option<ulong> SeedOption = new("--seed") { Description = "The scheduler's seed.", HelpName = "N" };
    private static readonly Option<DirectoryInfo> SuitesOption = new("--suites") { Description = "The folder of all suites. Environment: WASM_SUITES.", HelpName = "DIR" };
    private static readonly Option<DirectoryInfo> SuiteOption = new("--suite") { Description = "The folder of the official mirror. Environment: WASM_TESTSUITE.", HelpName = "DIR" };
    private static readonly Option<bool> RequireSuite = new("--require-suite") { Description = "End with exit code 2 when the official suite is not to be had." };
    private static readonly Option<bool> NoDownload = new("--no-download") { Description = "Do not fetch a missing suite." };
    private static readonly Option<DirectoryInfo> OutputDir = new("--output-dir") { Description = "The only folder that `output` commands may write below.", HelpName = "DIR" };
    private static readonly Option<bool> Quiet = new("--quiet", "-q") { Description = "Only failures and the summary line." };
    private static readonly Option<bool> Verbose = new("--verbose", "-v") { Description = "A line for each file, and what the scripts print." };
    private static readonly Option<bool> NoColor = new("--no-color") { Description = "No colour; also by NO_COLOR, and when the output is no terminal." };

    public static Command Create()
    {
        var command = new Command("run", "Run scripts and judge every command; without arguments, the official suite.")
        {
            Paths, Runtime, InProcess, CommandTimeout, WorkerMemory, Json, JUnit, Markdown, Html, Filter, Features, Jobs, Repeat, Timeout, ShardOption, ExpectationsOption, UpdateExpectations, FailedFrom, FailFast,
            Direct, RoundTrip, Messages, StrictReferences, Threads, SeedOption, SuitesOption, SuiteOption, RequireSuite, NoDownload,
            OutputDir, Quiet, Verbose, NoColor,
        };
        WasmtimeChoice.AddTo(command);
        ReferenceOptions.AddTo(command);
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult args)
    {
        using var interrupt = new Interrupt();
        using var peak = ResidentPeak.Start();
        var terminal = new Terminal(args.GetValue(NoColor), args.GetValue(Quiet) ? Verbosity.Quiet : args.GetValue(Verbose) ? Verbosity.Verbose : Verbosity.Normal);
        WasmtimeChoice.Apply(args);
        string[] names = [.. RuntimeCatalog.Split(args.GetValue(Runtime)!)];
        if (names.Length == 0) throw new CliException("--runtime: no name");
        bool isMatrix = names.Length > 1;
        // Before the first of them runs.
        RuntimeCatalog.Require(names);
        if (isMatrix && args.GetValue(Html) is not null) throw new CliException("--html shows one runtime; --markdown and --json show the matrix of several");
        var selection = Select(args, terminal, interrupt.Token);
        var runs = ImmutableArray.CreateBuilder<RunResult>();
        var notRun = ImmutableArray.CreateBuilder<MissingRuntime>();
        foreach (string name in names)
        {
            if (interrupt.Token.IsCancellationRequested) break;
            using var runtime = CreateRuntime(args, name, out string? whyNot);
            if (runtime is null)
            {
                if (!isMatrix) throw new CliException($"{name}: NOT RUN: {whyNot}");
                terminal.Warn($"{name}: NOT RUN ({whyNot})");
                notRun.Add(new(name, whyNot!));
                continue;
            }
            var run = RunOn(args, runtime.Value, selection, terminal, interrupt.Token);
            if (isMatrix) terminal.Summary(run);
            runs.Add(run);
        }

        if (isMatrix)
        {
            var matrix = new Matrix(runs.ToImmutable(), notRun.ToImmutable());
            Save(args.GetValue(Json), (Stream stream) => MatrixJson.Write(matrix, stream));
            Save(args.GetValue(JUnit), (TextWriter writer) => JUnitReport.Write(matrix, writer));
            Save(args.GetValue(Markdown), (TextWriter writer) => MatrixMarkdown.Write(matrix, writer));
            terminal.Summary(matrix);
            terminal.Peak(peak);
            return interrupt.Token.IsCancellationRequested ? ExitCode.Interrupted : matrix.IsGreen ? ExitCode.AsExpected : ExitCode.NotAsExpected;
        }
        var only = runs[0];
        Save(args.GetValue(Json), (Stream stream) => ResultJson.Write(only, stream));
        Save(args.GetValue(JUnit), new JUnitReport(), only);
        Save(args.GetValue(Markdown), new MarkdownReport(), only);
        Save(args.GetValue(Html), new HtmlReport(), only);
        terminal.Summary(only);
        terminal.Peak(peak);
        if (Environment.GetEnvironmentVariable("GITHUB_ACTIONS") is { Length: > 0 })
            new GitHubAnnotations().Write(only, Console.Out);
        return interrupt.Token.IsCancellationRequested ? ExitCode.Interrupted : only.IsGreen ? ExitCode.AsExpected : ExitCode.NotAsExpected;
    }

    private static RunResult RunOn(ParseResult args, IRuntime runtime, Selection selection, Terminal terminal, CancellationToken cancel)
    {
        string expectationsPath = args.GetValue(ExpectationsOption)?.FullName ?? KitFiles.Find($"harness/expectations/{runtime.Info.Name}.yaml", $"expectations/{runtime.Info.Name}.yaml")
            ?? $"{runtime.Info.Name}.yaml";
        var options = new RunOptions
        {
            Runtime = runtime,
            Files = selection.Files,
            Suites = selection.Suites,
            IsWhole = selection.IsWhole,
            Jobs = args.GetValue(Jobs),
            FileTimeout = TimeSpan.FromSeconds(args.GetValue(Timeout)),
            Shard = args.GetValue(ShardOption) is { } shard ? Shard.Parse(shard) ?? throw new CliException($"--shard {shard}: not of the form I/N with 1 ≤ I ≤ N") : null,
            FailFast = args.GetValue(FailFast),
            Messages = args.GetValue(Messages) is { } level ? Parse<MessageRule>("--messages", level) : null,
            References = args.GetValue(StrictReferences) ? ReferenceRule.Strict : ReferenceRule.Reference,
            Modules = args.GetValue(RoundTrip) ? ModuleRoute.RoundTrip : args.GetValue(Direct) ? ModuleRoute.Direct : ModuleRoute.Binary,
            Threads = Parse<ThreadRule>("--threads", args.GetValue(Threads)!),
            Seed = args.GetValue(SeedOption),
            Expectations = LoadExpectations(expectationsPath, args.GetValue(ExpectationsOption) is not null && !args.GetValue(UpdateExpectations)),
            OutputDir = args.GetValue(OutputDir)?.FullName,
            Output = args.GetValue(Verbose) ? Console.Out.WriteLine : null,
        };
        RunResult run;
        int rounds = args.GetValue(Repeat);
        using (var progress = terminal.Progress(rounds * (options.Shard is null ? options.Files.Length : options.Shard.Of(options.Files).Count())))
            run = rounds == 1 ? Runner.Run(options, progress, cancel) : Repetition.Run(options, rounds, terminal.Round, progress, cancel);
        if (args.GetValue(UpdateExpectations))
            UpdateExpectationsFile(expectationsPath, run, terminal);
        return run;
    }

    /// <summary>A runtime, and what must be freed when the run has ended.</summary>
    internal sealed class Hosted(IRuntime runtime) : IDisposable
    {
        public IRuntime Value => runtime;

        public void Dispose() => (runtime as IDisposable)?.Dispose();
    }

    /// <summary>The runtime of a name as the options of a run want it; null with the reason when it is not to be had on this machine.</summary>
    private static Hosted? CreateRuntime(ParseResult args, string name, out string? whyNot)
    {
        whyNot = null;
        return name == ReferenceRuntime.Name ? new Hosted(new ReferenceRuntime(ReferenceOptions.Read(args))) : CreateRuntime(name, args.GetValue(InProcess), new WorkerLimits
        {
            Request = TimeSpan.FromSeconds(args.GetValue(CommandTimeout)),
            Memory = (long)Math.Min(Size("--worker-memory", args.GetValue(WorkerMemory)!), long.MaxValue),
        }, out whyNot);
    }

    /// <summary>The runtime of a name, in this process or in workers; null with the reason when it is not to be had on this machine.</summary>
    internal static Hosted? CreateRuntime(string name, bool inProcess, WorkerLimits limits, out string? whyNot)
    {
        if (RuntimeCatalog.FindOwn(name) is not { } own || (own.IsNative && !inProcess)) return StartWorker(name, limits, out whyNot);
        whyNot = own.WhyNot();
        return whyNot is null ? new Hosted(own.Create(false)) : null;
    }

    /// <summary>A runtime in worker processes; null with the reason when it is not to be had.</summary>
    internal static Hosted? StartWorker(string name, WorkerLimits limits, out string? whyNot)
    {
        (var spec, whyNot) = RuntimeCatalog.Worker(name);
        if (spec is null) return null;
        try
        {
            return new Hosted(OutOfProcessRuntime.Start(spec, limits));
        }
        catch (WorkerStartException e)
        {
            whyNot = e.Message;
            return null;
        }
    }

    /// <summary>Resolves what to run. A suite that is not on this machine is fetched; when the official one cannot be had, the kit's own corpus takes its place.</summary>
    private static Selection Select(ParseResult args, Terminal terminal, CancellationToken cancel)
    {
        var list = SuiteList.Pinned;
        var places = SuitePlaces.FromEnvironment() with { Suites = args.GetValue(SuitesOption)?.FullName, Mirror = args.GetValue(SuiteOption)?.FullName };
        var features = args.GetValue(Features) is { } name ? ParseProfile(name) : null;
        string[] paths = args.GetValue(Paths) is { Length: > 0 } given ? given : [list.Suites.First(s => s.Official).Name];
        foreach (var suite in paths.Where(p => !File.Exists(p) && !Directory.Exists(p)).Select(list.Find).OfType<SuiteSpec>())
            if (!args.GetValue(NoDownload)) Fetch(suite, places, terminal, cancel);

        var selection = Selection.Of(paths.Where(p => p != "-"), list, places, features, args.GetValue(Filter));
        if (!selection.Errors.IsEmpty) throw new CliException(string.Join("\nconformance: ", selection.Errors));
        if (paths.Contains("-")) selection = selection with { Files = [.. selection.Files, StandardInput(features)] };
        if (selection.Suites.FirstOrDefault(s => s.Official && !s.Found) is { } missing)
        {
            terminal.Warn($"official suite: NOT RUN ({missing.Why})");
            if (args.GetValue(RequireSuite)) throw new CliException($"the official suite is required: {missing.Why}");
            if (KitFiles.Find("corpus/core", "corpus/core") is { } own)
            {
                var corpus = Selection.Of([Path.GetDirectoryName(own)!], list, places, features, args.GetValue(Filter));
                selection = selection with { Files = [.. selection.Files, .. corpus.Files], Suites = [.. selection.Suites, .. corpus.Suites] };
            }
        }
        else if (selection.Suites.FirstOrDefault(s => !s.Found) is { } absent)
        {
            throw new CliException($"suite `{absent.Name}` is not here and could not be fetched: {absent.Why}");
        }
        if (args.GetValue(FailedFrom) is { } earlier)
        {
            var bad = Load(earlier).Files.Where(f => !f.Totals.IsGreen).Select(f => f.Key).ToHashSet(StringComparer.Ordinal);
            selection = selection with { Files = [.. selection.Files.Where(f => bad.Contains(f.Key))], IsWhole = false };
            if (selection.Files.IsEmpty) terminal.Warn($"{earlier}: every file was as expected; nothing to run");
        }
        else if (selection.Files.IsEmpty)
        {
            throw new CliException(args.GetValue(Filter) is { } filter ? $"no script matches --filter {filter}" : "no scripts found");
        }
        return selection;
    }

    private static void Fetch(SuiteSpec suite, SuitePlaces places, Terminal terminal, CancellationToken cancel)
    {
        if (SuiteLocator.Locate(suite, places).Found || places.Suites is not null || (suite.Official && places.Mirror is not null)) return;
        terminal.Note($"fetching suite {suite.Name} from {suite.Repository} …");
        try
        {
            SuiteFetcher.Fetch(suite, places, null, cancel);
        }
        catch (SuiteFetchException e)
        {
            terminal.Warn(e.Message);
        }
    }

    private static ScriptFile StandardInput(Profile? features)
    {
        using var buffer = new MemoryStream();
        using (var input = Console.OpenStandardInput())
            input.CopyTo(buffer);
        byte[] source = buffer.ToArray();
        return new ScriptFile("", "-", null, features ?? OwnProfile(source) ?? Profile.Wasm3, source);
    }

    private static Profile? OwnProfile(byte[] source)
    {
        try
        {
            return Profiles.OfFirstLine(source);
        }
        catch (FormatException e)
        {
            throw new CliException($"standard input: {e.Message}");
        }
    }

    internal static Profile ParseProfile(string name)
    {
        try
        {
            return Profiles.Parse(name);
        }
        catch (FormatException e)
        {
            throw new CliException(e.Message);
        }
    }

    private static ExpectationFile LoadExpectations(string path, bool mustExist)
    {
        if (mustExist && !File.Exists(path)) throw new CliException($"{path}: no such file");
        try
        {
            return ExpectationFile.Load(path);
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new CliException(e.Message);
        }
    }

    private static void UpdateExpectationsFile(string path, RunResult run, Terminal terminal)
    {
        string old = File.Exists(path) ? File.ReadAllText(path) : "";
        string text = ExpectationFile.Update(old, run);
        if (text == old) return;
        OutputFile.Write(new FileInfo(path), text);
        terminal.Note($"{path}: updated; each new entry needs a reason before it counts");
    }

    internal static RunResult Load(FileInfo file)
    {
        try
        {
            using var stream = file.OpenRead();
            return ResultJson.Read(stream);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or System.Text.Json.JsonException)
        {
            throw new CliException($"{file}: {e.Message}");
        }
    }

    internal static void Save(FileInfo? file, IReportWriter report, RunResult run) => Save(file, (TextWriter writer) => report.Write(run, writer));

    private static void Save(FileInfo? file, Action<TextWriter> write)
    {
        if (file is not null) OutputFile.Write(file, write);
    }

    private static void Save(FileInfo? file, Action<Stream> write)
    {
        if (file is not null) OutputFile.Write(file, write);
    }

    private static T Parse<T>(string option, string text) where T : struct, Enum =>
        Enum.TryParse(text, ignoreCase: true, out T value) && Enum.IsDefined(value) ? value
        : throw new CliException($"{option} {text}: expected one of {string.Join(", ", Enum.GetNames<T>().Select(n => n.ToLowerInvariant()))}");

    /// <summary>A number of bytes, with K, M, G or T for powers of 1024.</summary>
    internal static ulong Size(string option, string text)
    {
        int shift = text.Length > 0 ? char.ToUpperInvariant(text[^1]) switch { 'K' => 10, 'M' => 20, 'G' => 30, 'T' => 40, _ => 0 } : 0;
        return ulong.TryParse(shift == 0 ? text : text[..^1], out ulong n) && n <= ulong.MaxValue >> shift ? n << shift
            : throw new CliException($"{option} {text}: not a size; examples: 65536, 512M, 4G");
    }
}
