using System.CommandLine;
using System.Globalization;
using System.Text;
using Conformance.Harness.Explaining;
using Conformance.Harness.Results;
using Conformance.Harness.Running;
using Conformance.Harness.Runtimes;
using Conformance.Harness.Suites;
using Conformance.Harness.Workers;

namespace Conformance.Cli.Commands;

/// <summary><c>conformance explain</c>: one command of a script on every engine.</summary>
internal static class ExplainCommand
{
    private static readonly Argument<string> Place = new("FILE:LINE") { Description = "A script and a line, as reports show them: a path, or SUITE/PATH." };
    private static readonly Option<string[]> Runtime = new("--runtime") { Description = "The runtimes, separated by commas. Default: all that are found on this machine.", HelpName = "NAME,…" };
    private static readonly Option<string> Features = new("--features") { Description = "A profile instead of the one that the script's folder has.", HelpName = "NAME" };
    private static readonly Option<bool> InProcess = new("--in-process") { Description = "Host native engines in this process." };

    private const int MostFrames = 8;

    public static Command Create()
    {
        var command = new Command("explain", """
            Show one command of a script on every engine: what each answered, its verdict, and where the specification says what must happen.

            Example: conformance explain testsuite/i32.wast:37 --runtime reference,node,bun
            """) { Place, Runtime, Features, InProcess };
        WasmtimeChoice.AddTo(command);
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult args)
    {
        WasmtimeChoice.Apply(args);
        string place = args.GetValue(Place)!;
        string[] parts = place.Split(':');
        // FILE:LINE, or FILE:LINE:COLUMN as reports have it.
        int at = parts.Length - (parts.Length > 2 && int.TryParse(parts[^1], out _) && int.TryParse(parts[^2], out _) ? 2 : 1);
        if (at < 1 || !int.TryParse(parts[at], NumberStyles.None, CultureInfo.InvariantCulture, out int line)) throw new CliException($"{place}: not of the form FILE:LINE");
        var file = Find(string.Join(':', parts[..at]), args.GetValue(Features));
        byte[] source = File.ReadAllBytes(file.FullPath!);
        var explanation = Explanation.Of(file, source, line) ?? throw new CliException($"{place}: no command stands there");

        Console.WriteLine($"{file.Key}:{explanation.Source.At} [{file.Profile.Name}]");
        foreach (string text in Encoding.UTF8.GetString(explanation.Source.Text.Span).Split('\n').Take(40))
            Console.WriteLine($"    {text.TrimEnd()}");
        Console.WriteLine();
        string[] names = args.GetValue(Runtime) is { Length: > 0 } given ? [.. RuntimeCatalog.Split(given)] : [.. RuntimeCatalog.Names];
        Recorded? known = null;
        bool good = true;
        var answers = new List<(string Answer, List<string> Names)>();
        foreach (string name in names)
        {
            var hosted = RunCommand.CreateRuntime(name, args.GetValue(InProcess), WorkerLimits.Default, out string? whyNot);
            using (hosted)
            {
                if (hosted is null)
                {
                    if (args.GetValue(Runtime) is { Length: > 0 }) Add(name, $"NOT RUN ({whyNot})");
                    continue;
                }
                var explained = explanation.Run(hosted.Value);
                known ??= explained.Last;
                good &= !explained.Result.Verdict.IsBad();
                Add(name, Text(explained));
            }
        }
        foreach (var (answer, same) in answers)
        {
            Console.WriteLine(string.Join(", ", same));
            foreach (string text in answer.Split('\n')) Console.WriteLine($"    {text}");
        }
        Console.WriteLine();
        foreach (string link in explanation.Links(known))
            Console.WriteLine(link);
        return good ? ExitCode.AsExpected : ExitCode.NotAsExpected;

        // Engines of the same answer stand together.
        void Add(string name, string answer)
        {
            int known = answers.FindIndex(a => a.Answer == answer);
            if (known < 0) answers.Add((answer, [name]));
            else answers[known].Names.Add(name);
        }
    }

    /// <summary>What came of the command on one engine. Its first line is the verdict and the engine's own words.</summary>
    private static string Text(Explained explained)
    {
        var (result, last) = explained;
        string said = result.Verdict is Verdict.Unsupported or Verdict.AdapterLimit ? result.Detail ?? result.Actual ?? "" : last?.Outcome.ToString() ?? "";
        var lines = new List<string> { $"{result.Verdict.Name()}: {(said.Length == 0 ? result.Text : said)}" };
        if (result.Verdict.IsBad() && said.Length != 0) lines.Add(result.Text);
        if (last?.Outcome is Outcome.Trapped trap)
        {
            if (!trap.Kinds.IsDefaultOrEmpty) lines.Add($"which is {string.Join(" or ", trap.Kinds)}");
            foreach (var frame in trap.Backtrace.IsDefault ? [] : trap.Backtrace.Take(MostFrames))
                lines.Add($"  at func {frame.Function?.ToString(CultureInfo.InvariantCulture) ?? "?"}{(frame.Name is null ? "" : $" {frame.Name}")}{(frame.ModuleOffset is { } offset ? $" 0x{offset:x}" : "")}");
        }
        return string.Join('\n', lines);
    }

    /// <summary>The script: a file, else one of a suite by its key, else one of the official suite.</summary>
    private static ScriptFile Find(string path, string? features)
    {
        var (list, places, profile) = (SuiteList.Pinned, SuitePlaces.FromEnvironment(), features is null ? null : RunCommand.ParseProfile(features));
        if (File.Exists(path)) return Selection.Of([path], list, places, profile).Files[0];
        string suite = path.Split('/')[0];
        foreach (string name in list.Find(suite) is null ? [list.Suites.First(s => s.Official).Name] : new[] { suite })
            foreach (var file in Selection.Of([name], list, places, profile).Files)
                if (file.Key == path || file.Path == path) return file;
        throw new CliException($"{path}: no such file, and no script of a suite on this machine");
    }
}
