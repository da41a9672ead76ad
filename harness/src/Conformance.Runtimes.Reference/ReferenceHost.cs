using System.Diagnostics;
using Conformance.Harness.Runtimes;
using Wasm.Execution;
using Wasm.Syntax;

namespace Conformance.Runtimes.Reference;

/// <summary>Host modules as objects of a store.</summary>
public static class ReferenceHost
{
    private static readonly FuncType BackType = new([ValType.I32], [ValType.I32]);

    /// <summary>Allocates the items of a host module.</summary>
    /// <param name="store">The store.</param>
    /// <param name="module">The module.</param>
    /// <param name="output">Where its print functions write, or null.</param>
    /// <param name="emitted">Where its emit functions give their arguments, or null.</param>
    /// <param name="latest">Gives the export of a name of the latest instance that has a function of that name and a type, or null.</param>
    public static Dictionary<string, Extern> Allocate(
        Store store, HostModule module, Action<string>? output, Action<Value>? emitted = null, Func<string, FuncType, FuncInst?>? latest = null)
    {
        var externs = new Dictionary<string, Extern>(module.Items.Length, StringComparer.Ordinal);
        foreach (var item in module.Items) externs[item.Name] = Allocate(store, item, output, emitted, latest);
        return externs;
    }

    private static Extern Allocate(Store store, HostItem item, Action<string>? output, Action<Value>? emitted, Func<string, FuncType, FuncInst?>? latest) => item switch
    {
        HostItem.Emit f => store.AllocFunc(new FuncType([f.Type], []), Emit(emitted), f.Name),
        HostItem.Back f => store.AllocFunc(BackType, Back(store, f.Name, latest), f.Name),
        HostItem.Print f => store.AllocFunc(f.Type, Print(f.Name, output), f.Name),
        HostItem.Global g => store.AllocGlobal(g.Type, Values.ToVal(g.Value)),
        HostItem.Table t => store.AllocTable(t.Type, Val.Null(t.Type.Elem.Heap)),
        HostItem.Memory m => store.AllocMem(m.Type),
        _ => throw new UnreachableException($"host item {item.Name}"),
    };

    private static HostCode Emit(Action<Value>? emitted) => arguments =>
    {
        emitted?.Invoke(Values.ToValue(arguments[0]));
        return [];
    };

    // A trap, an exception or an exhaustion of the call-back passes through as it is.
    private static HostCode Back(Store store, string name, Func<string, FuncType, FuncInst?>? latest) => arguments =>
        latest?.Invoke(name, BackType) is { } func ? store.Invoke(func, arguments) : [Val.I32(arguments[0].AsI32 + 1)];

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
