using System.Diagnostics;
using Conformance.Harness.Runtimes;
using Wasm.Execution;

namespace Conformance.Runtimes.Reference;

/// <summary>Host modules as objects of a store.</summary>
public static class ReferenceHost
{
    /// <summary>Allocates the items of a host module.</summary>
    /// <param name="store">The store.</param>
    /// <param name="module">The module.</param>
    /// <param name="output">Where its print functions write, or null.</param>
    public static Dictionary<string, Extern> Allocate(Store store, HostModule module, Action<string>? output) =>
        module.Items.ToDictionary(item => item.Name, item => Allocate(store, item, output), StringComparer.Ordinal);

    private static Extern Allocate(Store store, HostItem item, Action<string>? output) => item switch
    {
        HostItem.Print f => store.AllocFunc(f.Type, Print(f.Name, output), f.Name),
        HostItem.Global g => store.AllocGlobal(g.Type, Values.ToVal(g.Value)),
        HostItem.Table t => store.AllocTable(t.Type, Val.Null(t.Type.Elem.Heap)),
        HostItem.Memory m => store.AllocMem(m.Type),
        _ => throw new UnreachableException($"host item {item.Name}"),
    };

    private static HostCode Print(string name, Action<string>? output) => arguments =>
    {
        if (output is not null)
        {
            string[] words = new string[arguments.Length];
            for (int i = 0; i < words.Length; i++) words[i] = Values.ToValue(arguments[i]).ToString();
            output($"{name}: {string.Join(", ", words)}");
        }
        return [];
    };
}
