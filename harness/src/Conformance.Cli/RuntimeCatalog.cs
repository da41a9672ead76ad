using Conformance.Harness.Runtimes;
using Conformance.Runtimes.Reference;

namespace Conformance.Cli;

/// <summary>The runtimes that the kit drives itself, in its own process, by name. <c>conformance worker</c> serves any of them to another process.</summary>
internal static class RuntimeCatalog
{
    private static readonly (string Name, Func<IRuntime> Create)[] InProcess =
    [
        (ReferenceRuntime.Name, () => new ReferenceRuntime()),
    ];

    public static IEnumerable<string> Names => InProcess.Select(r => r.Name);

    /// <summary>The runtime of a name, or null. It is made when asked for, since a native one loads its library.</summary>
    public static IRuntime? Create(string name) => InProcess.FirstOrDefault(r => r.Name == name).Create?.Invoke();
}
