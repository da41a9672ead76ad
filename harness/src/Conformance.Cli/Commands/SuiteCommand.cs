using System.CommandLine;
using Conformance.Harness.Suites;

namespace Conformance.Cli.Commands;

/// <summary><c>conformance suite list|fetch|path</c>: the pinned suites.</summary>
internal static class SuiteCommand
{
    private static readonly Argument<string[]> Names = new("NAME") { Description = "Names of suites; all when none is given.", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Argument<string> Name = new("NAME") { Description = "The name of a suite." };
    private static readonly Option<string> From = new("--from") { Description = "A git repository or a folder to take the suite from, instead of its public home.", HelpName = "DIR|URL" };
    private static readonly Option<DirectoryInfo> SuitesOption = new("--suites") { Description = "The folder of all suites. Environment: WASM_SUITES.", HelpName = "DIR" };

    public static Command Create()
    {
        var list = new Command("list", "The pinned suites: commit, and where each is on this machine.") { SuitesOption };
        list.SetAction(List);
        var fetch = new Command("fetch", "Get suites from their public homes with git, verify their checksums, and cache them.") { Names, From };
        fetch.SetAction(Fetch);
        var path = new Command("path", "Print the folder of a suite on this machine.") { Name, SuitesOption };
        path.SetAction(PrintPath);
        return new Command("suite", "The pinned test suites.") { list, fetch, path };
    }

    private static SuitePlaces Places(ParseResult args) => SuitePlaces.FromEnvironment() with { Suites = args.GetValue(SuitesOption)?.FullName };

    private static SuiteSpec Find(string name) => SuiteList.Pinned.Find(name)
        ?? throw new CliException($"unknown suite `{name}`; known are {string.Join(", ", SuiteList.Pinned.Suites.Select(s => s.Name))}");

    private static int List(ParseResult args)
    {
        foreach (var suite in SuiteList.Pinned.Suites)
        {
            var location = SuiteLocator.Locate(suite, Places(args));
            Console.WriteLine($"{suite.Name}  {suite.Counts.Files} files  {suite.About}");
            Console.WriteLine($"  {suite.Repository} {suite.Commit} {suite.Path}");
            Console.WriteLine(location.Found ? $"  {location.Folder} ({location.Source}){(location.Result().Why is { } why ? $": {why}" : "")}" : $"  not here: {location.Why}; get it with `conformance suite fetch {suite.Name}`");
        }
        return ExitCode.AsExpected;
    }

    private static int Fetch(ParseResult args)
    {
        using var interrupt = new Interrupt();
        var suites = args.GetValue(Names) is { Length: > 0 } names ? names.Select(Find).ToList() : [.. SuiteList.Pinned.Suites];
        int code = ExitCode.AsExpected;
        foreach (var suite in suites)
        {
            Console.Error.WriteLine($"{suite.Name}: {args.GetValue(From) ?? suite.Repository} …");
            try
            {
                Console.WriteLine(SuiteFetcher.Fetch(suite, SuitePlaces.FromEnvironment(), args.GetValue(From), interrupt.Token));
            }
            catch (SuiteFetchException e)
            {
                Console.Error.WriteLine($"conformance: {e.Message}");
                code = ExitCode.Usage;
            }
            if (interrupt.Token.IsCancellationRequested) return ExitCode.Interrupted;
        }
        return code;
    }

    private static int PrintPath(ParseResult args)
    {
        var location = SuiteLocator.Locate(Find(args.GetValue(Name)!), Places(args));
        if (!location.Found) throw new CliException($"{location.Suite.Name}: {location.Why}; get it with `conformance suite fetch {location.Suite.Name}`");
        Console.WriteLine(location.Folder);
        return ExitCode.AsExpected;
    }
}
