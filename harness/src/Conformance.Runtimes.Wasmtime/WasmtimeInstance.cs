using Conformance.Harness.Runtimes;
using Conformance.Runtimes.Wasmtime.Native;

namespace Conformance.Runtimes.Wasmtime;

/// <summary>Something with exports by name: an instance, the host's items, or memories transferred from another store.</summary>
internal abstract class WasmtimeInstance(NativeStore store) : IInstance
{
    private readonly Dictionary<string, ExportedFunc> _funcs = new(StringComparer.Ordinal);

    /// <summary>A function with the numbers of its parameters and results.</summary>
    public sealed record ExportedFunc(Func Func, int Params, int Results);

    public NativeStore Store => store;

    /// <summary>An export, which must be released.</summary>
    public abstract bool TryExport(string name, out Extern item);

    /// <summary>All exports, each of which must be released.</summary>
    public abstract IEnumerable<(string Name, Extern Item)> Exports { get; }

    /// <summary>An exported function, or null when there is none of the name.</summary>
    public ExportedFunc? Func(string name)
    {
        if (_funcs.TryGetValue(name, out var known)) return known;
        if (!TryExport(name, out var item)) return null;
        if (item.Kind != NativeExternKind.Func)
        {
            NativeStore.Release(ref item);
            return null;
        }
        var (parameters, results) = store.ArityOf(item.Func);
        return _funcs[name] = new(item.Func, parameters, results);
    }

    /// <summary>An instance of a module.</summary>
    public sealed class OfModule(NativeStore store, Instance instance) : WasmtimeInstance(store)
    {
        public override bool TryExport(string name, out Extern item) => Store.TryGetExport(instance, name, out item);

        public override IEnumerable<(string Name, Extern Item)> Exports
        {
            get
            {
                for (int i = 0; Store.TryGetExport(instance, i, out string name, out var item); i++) yield return (name, item);
            }
        }
    }

    /// <summary>Items of the host: functions of its own, and the exports of wasm modules that stand for the rest.</summary>
    public sealed class OfHost(NativeStore store, Dictionary<string, Func> funcs, List<OfModule> items) : WasmtimeInstance(store)
    {
        public override bool TryExport(string name, out Extern item)
        {
            item = default;
            if (funcs.TryGetValue(name, out var func))
            {
                item = Extern.Of(func);
                return true;
            }
            foreach (var instance in items)
                if (instance.TryExport(name, out item)) return true;
            return false;
        }

        public override IEnumerable<(string Name, Extern Item)> Exports => funcs.Select(f => (f.Key, Extern.Of(f.Value))).Concat(items.SelectMany(i => i.Exports));
    }

    /// <summary>Shared memories, with claims of their own.</summary>
    public sealed class OfMemories(NativeStore store, Dictionary<string, SharedMemory> memories) : WasmtimeInstance(store), IDisposable
    {
        public override bool TryExport(string name, out Extern item)
        {
            bool found = memories.TryGetValue(name, out var memory);
            item = found ? memory!.ToExtern() : default;
            return found;
        }

        public override IEnumerable<(string Name, Extern Item)> Exports => memories.Select(m => (m.Key, m.Value.ToExtern()));

        public void Dispose()
        {
            foreach (var memory in memories.Values) memory.Dispose();
        }
    }
}
