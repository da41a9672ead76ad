using System.Collections.Immutable;
using System.Diagnostics;
using Conformance.Harness.Runtimes;
using Conformance.Runtimes.Wasmtime.Native;
using Wasm.Binary;
using Wasm.Syntax;

namespace Conformance.Runtimes.Wasmtime;

/// <summary>
/// Host modules as wasm modules: the C API cannot make tables with 64-bit indices, a wasm module can make everything but functions of the host.
/// </summary>
internal static class HostModules
{
    /// <summary>A module that defines and exports the globals, tables and memories among some items.</summary>
    public static byte[] Encode(IEnumerable<HostItem> items)
    {
        var globals = ImmutableArray.CreateBuilder<Wasm.Syntax.Global>();
        var tables = ImmutableArray.CreateBuilder<Wasm.Syntax.Table>();
        var memories = ImmutableArray.CreateBuilder<Wasm.Syntax.Memory>();
        var exports = ImmutableArray.CreateBuilder<Export>();
        foreach (var item in items)
            switch (item)
            {
                case HostItem.Print or HostItem.Emit or HostItem.Back:
                    break;
                case HostItem.Global global:
                    exports.Add(new(item.Name, ExternKind.Global, (uint)globals.Count));
                    globals.Add(new(global.Type, new([Constant(global.Value), new Plain(Op.End)])));
                    break;
                case HostItem.Table table:
                    exports.Add(new(item.Name, ExternKind.Table, (uint)tables.Count));
                    tables.Add(new(table.Type, null));
                    break;
                case HostItem.Memory memory:
                    exports.Add(new(item.Name, ExternKind.Memory, (uint)memories.Count));
                    memories.Add(new(memory.Type));
                    break;
                default:
                    throw new UnreachableException($"host item {item}");
            }
        return BinaryEncoder.Encode(new Module { Globals = globals.ToImmutable(), Tables = tables.ToImmutable(), Mems = memories.ToImmutable(), Exports = exports.ToImmutable() });
    }

    private static Instr Constant(Value value) => value.Kind switch
    {
        ValKind.I32 or ValKind.I64 or ValKind.F32 or ValKind.F64 or ValKind.V128 => Constants.Of(value.Kind, new V128(value.Lo, value.Hi)),
        ValKind.Ref when value.Ref == RefKind.Null => new RefNull(Op.RefNull, value.NullType ?? HeapType.Func),
        ValKind.Ref or ValKind.Bot or _ => throw new UnreachableException($"host global {value}"),
    };

    /// <summary>A module with two functions: <c>any.convert_extern</c>, exported as <c>in</c>, and <c>extern.convert_any</c>, as <c>out</c>.</summary>
    public static byte[] EncodeConversions()
    {
        ValType any = ValType.RefNull(HeapType.Any), @extern = ValType.ExternRef;
        return BinaryEncoder.Encode(new Module
        {
            Types = [new([new(new FuncType([@extern], [any]))]), new([new(new FuncType([any], [@extern]))])],
            Funcs =
            [
                new(0, [], new([new Idx(Op.LocalGet, 0), new Plain(Op.AnyConvertExtern), new Plain(Op.End)])),
                new(1, [], new([new Idx(Op.LocalGet, 0), new Plain(Op.ExternConvertAny), new Plain(Op.End)])),
            ],
            Exports = [new("in", ExternKind.Func, 0), new("out", ExternKind.Func, 1)],
        });
    }

    /// <summary>The function that gives its argument to a store's list of what was emitted.</summary>
    public static HostCode Emit(Action<Value>? emitted, Func<Val, Value> read) => (_, arguments, _) =>
    {
        emitted?.Invoke(read(arguments[0]));
        return HostEnd.Return;
    };

    /// <summary>
    /// The function that calls back. The library's trap is gone when the call has returned, so another of its number is made; an exception is the same one.
    /// </summary>
    /// <param name="latest">The function to call, or null.</param>
    public static HostCode Back(Func<Native.Func?> latest) => (store, arguments, results) =>
    {
        if (latest() is not { } func)
        {
            results[0] = Val.I32(arguments[0].Bits32 + 1);
            return HostEnd.Return;
        }
        switch (store.Call(func, arguments, results))
        {
            case Completion.Returned: return HostEnd.Return;
            case Completion.Trapped { Trap.Code: { } code }: return HostEnd.Trap(code);
            case Completion.Trapped trapped: return HostEnd.Fail(trapped.Trap.Message);
            case Completion.Refused refused: return HostEnd.Fail(refused.Message);
            case Completion.Threw:
                store.TakeException(out var exception);
                return HostEnd.Throw(exception);
            case var other: throw new UnreachableException($"completion {other}");
        }
    };

    /// <summary>The function that prints its arguments to a store's output.</summary>
    public static HostCode Print(string name, Action<string>? output, Func<Val, Value> read) => (_, arguments, _) =>
    {
        if (output is not null)
        {
            string[] words = new string[arguments.Length];
            for (int i = 0; i < words.Length; i++) words[i] = read(arguments[i]).ToString();
            output($"{name}: {string.Join(", ", words)}");
        }
        return HostEnd.Return;
    };
}
