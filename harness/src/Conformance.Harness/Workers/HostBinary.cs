using System.Collections.Immutable;
using Conformance.Harness.Runtimes;
using Wasm.Binary;
using Wasm.Syntax;

namespace Conformance.Harness.Workers;

/// <summary>
/// A host module as ordinary modules, for workers that cannot make host items. Its functions print nothing. A second table or memory has a module to
/// itself, so that an engine needs to have no more than one in a module.
/// </summary>
internal static class HostBinary
{
    /// <summary>Whether an item can be made with these features.</summary>
    public static bool IsPossible(HostItem item, Features features) => item switch
    {
        HostItem.Table t => t.Type.Addr == AddrType.I32 || features.HasFlag(Features.Memory64),
        HostItem.Memory m => (m.Type.Addr == AddrType.I32 || features.HasFlag(Features.Memory64)) && (!m.Type.Shared || features.HasFlag(Features.Threads)),
        // What calls or tells the kit needs a host.
        HostItem.Emit or HostItem.Back => false,
        _ => true,
    };

    public static IEnumerable<byte[]> Of(HostModule host)
    {
        var module = new Module();
        var others = new List<Module>();
        foreach (var item in host.Items)
            switch (item)
            {
                case HostItem.Print f:
                    module = Export(module, f.Name, ExternKind.Func, module.Funcs.Length) with
                    {
                        Types = module.Types.Add(new([new SubType(f.Type)])),
                        Funcs = module.Funcs.Add(new((uint)module.Types.Length, [], new([new Plain(Op.End)]))),
                    };
                    break;
                case HostItem.Global g:
                    module = Export(module, g.Name, ExternKind.Global, module.Globals.Length) with { Globals = module.Globals.Add(new(g.Type, Constant(g.Value))) };
                    break;
                case HostItem.Table t:
                    var table = ImmutableArray.Create(new Table(t.Type, null));
                    if (module.Tables.IsEmpty) module = Export(module, t.Name, ExternKind.Table, 0) with { Tables = table };
                    else others.Add(Export(new Module(), t.Name, ExternKind.Table, 0) with { Tables = table });
                    break;
                case HostItem.Memory m:
                    var memory = ImmutableArray.Create(new Memory(m.Type));
                    if (module.Mems.IsEmpty) module = Export(module, m.Name, ExternKind.Memory, 0) with { Mems = memory };
                    else others.Add(Export(new Module(), m.Name, ExternKind.Memory, 0) with { Mems = memory });
                    break;
                default: throw new System.Diagnostics.UnreachableException($"host item {item.Name}");
            }
        return others.Prepend(module).Select(BinaryEncoder.Encode);
    }

    private static Module Export(Module module, string name, ExternKind kind, int index) => module with { Exports = module.Exports.Add(new(name, kind, (uint)index)) };

    private static Expr Constant(Value value) => new([Constants.Of(value.Kind, new V128(value.Lo, value.Hi)), new Plain(Op.End)]);
}
