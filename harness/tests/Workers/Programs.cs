using System.Collections.Immutable;
using Conformance.Harness.Engines;
using Conformance.Harness.Suites;
using Conformance.Harness.Tests.Repository;
using Conformance.Harness.Workers;

namespace Conformance.Harness.Tests.Workers;

/// <summary>The programs that tests of workers start.</summary>
internal static class Programs
{
    private static readonly EngineProgram Python = new("python3", "Python 3", ImmutableDictionary<string, string>.Empty);

    public static EnginePlaces Places { get; } = new(
        [Path.Combine(SuitePlaces.FromEnvironment().Cache, "engines"), Path.Combine(Repo.Root, "harness", "engines")],
        Path.Combine(Repo.Root, "harness", "engines", "workers"), Environment.GetEnvironmentVariable);

    /// <summary>Why tests with the proxy cannot run here, or null.</summary>
    public static string? NoProxy { get; } = OperatingSystem.IsWindows() ? "the proxy ends itself by a signal" : Python.Find(Places).Why;

    /// <summary>The reference over the protocol.</summary>
    public static WorkerSpec Reference { get; } = new("reference", ["dotnet", Path.Combine(AppContext.BaseDirectory, "conformance.dll"), "worker", "reference"]);

    /// <summary>The reference behind a proxy that does wrong.</summary>
    public static WorkerSpec Proxy(params string[] options) =>
        new("proxy", [Python.Find(Places).Path!, Path.Combine(Repo.Root, "harness", "tests", "Workers", "proxy.py"), .. options, .. Reference.Command]);
}

/// <summary>A test that needs the proxy.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ProxyFactAttribute : FactAttribute
{
    public ProxyFactAttribute() => Skip = Programs.NoProxy;
}

/// <summary>A theory that needs the proxy.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ProxyTheoryAttribute : TheoryAttribute
{
    public ProxyTheoryAttribute() => Skip = Programs.NoProxy;
}

/// <summary>A test on an engine that may not be here.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class EngineFactAttribute : FactAttribute
{
    public EngineFactAttribute(string engine)
    {
        var (spec, found) = EngineCatalog.Find(engine)!.Locate(Programs.Places);
        if (spec is null) Skip = $"{engine}: NOT RUN ({found.Why})";
    }
}
