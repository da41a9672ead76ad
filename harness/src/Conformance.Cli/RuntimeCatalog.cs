using System.Collections.Immutable;
using Conformance.Harness.Engines;
using Conformance.Harness.Runtimes;
using Conformance.Harness.Suites;
using Conformance.Harness.Workers;
using Conformance.Runtimes.Reference;
using Conformance.Runtimes.Wasmtime;
using Conformance.Runtimes.Wasmtime.Native;

namespace Conformance.Cli;

/// <summary>A runtime that the kit drives itself, in whatever process.</summary>
/// <param name="Name">Its name.</param>
/// <param name="About">What it is.</param>
/// <param name="IsNative">Whether it runs foreign machine code, and so is kept out of the runner's process unless asked otherwise.</param>
/// <param name="WhyNot">Why it cannot be made on this machine, with how to get what is missing; null when it can.</param>
/// <param name="Where">The library of a native one; null when there is none.</param>
/// <param name="Create">Makes it; a native one loads its library. Given whether it has the process to itself, so that nothing needs to interrupt it.</param>
internal sealed record OwnRuntime(string Name, string About, bool IsNative, Func<string?> WhyNot, Func<string?> Where, Func<bool, IRuntime> Create);

/// <summary>All runtimes by name: those that the kit drives itself, the engines with a worker script, and any worker by its command.</summary>
internal static class RuntimeCatalog
{
    public static ImmutableArray<OwnRuntime> Own { get; } =
    [
        new(ReferenceRuntime.Name, "the kit's interpreter", IsNative: false, () => null, () => null, _ => new ReferenceRuntime()),
        .. WasmtimeRuntime.Configurations.Select(c => new OwnRuntime(c.Name, c.About, IsNative: true, WhyNoWasmtime, () => WasmtimeLibrary.Find(null, out _), alone => Wasmtime(c.Name, alone))),
    ];

    /// <summary>Looks for the library without loading it: that is for the process that runs it.</summary>
    private static string? WhyNoWasmtime() => WasmtimeLibrary.Find(null, out string why) is null ? $"the Wasmtime library was not found: {why}; `conformance engines install wasmtime` gets it" : null;

    private static WasmtimeRuntime Wasmtime(string name, bool alone)
    {
        try
        {
            return WasmtimeRuntime.Create(name, options => options with { Lean = alone })!;
        }
        catch (WasmtimeUnavailableException e)
        {
            throw new CliException(e.Message);
        }
    }

    /// <summary>When the engine ends its process, its reason is then the last thing that it writes.</summary>
    private static readonly ImmutableDictionary<string, string> NativeEnvironment = ImmutableDictionary<string, string>.Empty.Add("RUST_BACKTRACE", "0");

    /// <summary>A name with this before it means: in a worker process.</summary>
    private const string InWorker = "worker:";

    public static IEnumerable<string> Names => Own.Select(r => r.Name).Concat(EngineCatalog.Entries.Select(e => e.Name));

    public static OwnRuntime? FindOwn(string name) => Own.FirstOrDefault(r => r.Name == name);

    /// <summary>Splits <c>--runtime</c>'s values: names separated by commas, or <c>NAME=COMMAND</c>, which may hold commas.</summary>
    public static IEnumerable<string> Split(IEnumerable<string> values) =>
        values.SelectMany(v => v.Contains('=', StringComparison.Ordinal) ? [v] : v.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Distinct();

    /// <summary>Refuses names that nothing is known by, before any of the others does its work.</summary>
    /// <exception cref="CliException">A name is unknown.</exception>
    public static void Require(IEnumerable<string> names)
    {
        foreach (string name in names) Worker(name);
    }

    /// <summary>How to start a worker for a runtime, or why there is none on this machine.</summary>
    /// <exception cref="CliException">The name is unknown.</exception>
    public static (WorkerSpec? Spec, string? WhyNot) Worker(string name)
    {
        if (name.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals)
        {
            var command = Words(name[(equals + 1)..]);
            return command.IsEmpty ? throw new CliException($"--runtime {name}: no command") : (new WorkerSpec(name[..equals], command), null);
        }
        if (FindOwn(name.StartsWith(InWorker, StringComparison.Ordinal) ? name[InWorker.Length..] : name) is { } own)
            return own.WhyNot() is { } missing ? (null, missing) : (new WorkerSpec(own.Name, [.. Self(), "worker", own.Name], own.IsNative ? NativeEnvironment : null), null);
        var entry = EngineCatalog.Find(name) ?? throw new CliException($"unknown runtime `{name}`; known are: {string.Join(", ", Names)}, and NAME=COMMAND for a worker of your own");
        var (spec, found) = entry.Locate(Places());
        return (spec, found.Why);
    }

    /// <summary>Where engines are looked for: what was installed for this user, then in the checkout.</summary>
    public static EnginePlaces Places()
    {
        string?[] folders = [InstallFolder, KitFiles.Find("harness/engines", "engines")];
        return new([.. folders.OfType<string>()], KitFiles.Find("harness/engines/workers", "engines/workers"), Environment.GetEnvironmentVariable);
    }

    /// <summary>Where engines are installed: in the kit's cache.</summary>
    public static string InstallFolder => Path.Combine(SuitePlaces.FromEnvironment().Cache, "engines");

    /// <summary>How to start this program.</summary>
    internal static ImmutableArray<string> Self()
    {
        string process = Environment.ProcessPath ?? "dotnet";
        return Path.GetFileNameWithoutExtension(process) == "dotnet" ? [process, Path.Combine(AppContext.BaseDirectory, "conformance.dll")] : [process];
    }

    /// <summary>A command line's words; quotes keep blanks.</summary>
    internal static ImmutableArray<string> Words(string line)
    {
        var words = ImmutableArray.CreateBuilder<string>();
        var word = new System.Text.StringBuilder();
        char quote = '\0';
        bool begun = false;
        foreach (char c in line)
            if (quote != '\0' ? c == quote : c is '"' or '\'')
            {
                quote = quote == '\0' ? c : '\0';
                begun = true;
            }
            else if (quote == '\0' && char.IsWhiteSpace(c))
            {
                if (begun) words.Add(word.ToString());
                word.Clear();
                begun = false;
            }
            else
            {
                word.Append(c);
                begun = true;
            }
        if (begun) words.Add(word.ToString());
        return words.ToImmutable();
    }
}
