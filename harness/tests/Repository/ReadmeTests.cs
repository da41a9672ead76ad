using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Conformance.Harness.Tests.Repository;

/// <summary>What the documents say can be done can be done.</summary>
public partial class ReadmeTests
{
    private static readonly string[] Documents = ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "harness/PROTOCOL.md"];

    public static TheoryData<string> Lines =>
        [.. Documents.SelectMany(d => Repo.Read(d).Split('\n')).Select(l => CommandLine().Match(l)).Where(m => m.Success).Select(m => m.Groups[1].Value.Trim()).Distinct()];

    /// <summary>In code blocks and tables: what follows the name of the program.</summary>
    [GeneratedRegex(@"^(?:\| `|    )?(?:conformance|dotnet run -c Release --project harness/src/Conformance\.Cli --) ([^`]*)")]
    private static partial Regex CommandLine();

    [Theory]
    [MemberData(nameof(Lines))]
    public void A_command_line_shown_has_a_command_and_options_that_exist(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] verbs = [.. words.TakeWhile(w => Verb().IsMatch(w)).Take(2)];
        string help = Help(verbs);
        // The second word of `run testsuite` is an argument, and that of `suite list` a command.
        if (help.Length == 0) help = Help(verbs[..1]);
        Assert.NotEmpty(help);
        Assert.All(words.Select(w => w.Trim('[', ']')).Where(w => Option().IsMatch(w)), option => Assert.Matches($@"(?m)(^|[\s,]){Regex.Escape(option)}\b", help));
    }

    [Fact]
    public void The_script_passes_on_only_options_that_exist()
    {
        string help = Help(["run"]);
        var options = Option().Matches(Repo.Read("run-spectests.ps1")).Select(m => m.Value).Where(o => o != "--project").Distinct().ToArray();
        Assert.NotEmpty(options);
        Assert.All(options, option => Assert.Contains(option, help, StringComparison.Ordinal));
    }

    [Fact]
    public void Files_and_folders_that_the_documents_link_to_are_there()
    {
        foreach (string document in Repo.FilesWith(".md"))
        {
            string folder = Path.GetDirectoryName(document)!;
            foreach (var link in Link().Matches(Repo.Read(document)).Select(m => m.Groups[1].Value).Where(l => !l.Contains(':', StringComparison.Ordinal)))
                Assert.True(Path.Exists(Path.Combine(Repo.Root, folder, link)), $"{document}: {link}");
        }
    }

    [GeneratedRegex(@"^[a-z-]+$")]
    private static partial Regex Verb();

    [GeneratedRegex(@"(?<![\w-])--[a-z][a-z-]+")]
    private static partial Regex Option();

    [GeneratedRegex(@"\]\(([^)#]+)(?:#[^)]*)?\)")]
    private static partial Regex Link();

    /// <summary>What <c>--help</c> says, or nothing when there is no such command.</summary>
    private static string Help(string[] verbs)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "conformance.dll"), .. verbs, "--help"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 && output.Contains($"conformance {string.Join(' ', verbs)}", StringComparison.OrdinalIgnoreCase) ? output : "";
    }
}
