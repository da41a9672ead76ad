using System.Collections.Immutable;
using Wasm.Binary.Custom;
using Wasm.Syntax;
using Wasm.Validation;

namespace Wasm.Execution;

// The specification's store maps addresses to instances (4.2.3). Here the C# reference is the address: an instance lives as long as something
// refers to it.

/// <summary><c>externaddr</c>: an instance that can be imported and exported.</summary>
public abstract class Extern
{
    /// <summary>The external type now: tables and memories give their current size as the minimum.</summary>
    public abstract ExternType Type { get; }

    public ExternKind Kind => Type.Kind;
}

/// <summary><c>funcinst</c>: of a module or of the host.</summary>
public abstract class FuncInst : Extern
{
    private protected FuncInst(DefType type)
    {
        DefType = type;
        FuncType = (FuncType)type.Expand;
    }

    /// <summary>The defined type.</summary>
    public DefType DefType { get; }

    /// <summary>Its expansion.</summary>
    public FuncType FuncType { get; }

    /// <inheritdoc/>
    public override ExternType Type => new ExternType.Func(HeapType.Of(DefType), Exact: true);
}

/// <summary><c>{type, module, code}</c>: a function of a module.</summary>
public sealed class WasmFunc : FuncInst
{
    internal WasmFunc(ModuleInst module, uint index) : base(module.Info.Funcs[(int)index])
    {
        Module = module;
        Index = index;
    }

    /// <summary>A function that no module defines: it stands for a host function in a continuation.</summary>
    internal WasmFunc(ModuleInst module, HostFunc host, FuncCode code) : base(host.DefType)
    {
        Module = module;
        Index = uint.MaxValue;
        Code = code;
    }

    public ModuleInst Module { get; }

    /// <summary>The index in the module's function index space.</summary>
    public uint Index { get; }

    /// <summary>The lowered body, once the function was called.</summary>
    internal FuncCode? Code;
}

/// <summary>The code of a host function.</summary>
/// <param name="args">The arguments, of the function's parameter types; valid during the call only.</param>
/// <returns>The results, one for each result type.</returns>
/// <remarks>
/// May call back into the store. May throw <see cref="Trap"/>, or <see cref="Thrown"/> to raise a wasm exception; any other exception passes through
/// the wasm frames untouched and reaches the caller with their backtrace (<see cref="HostException.WasmBacktrace"/>).
/// </remarks>
public delegate IReadOnlyList<Val> HostCode(ReadOnlySpan<Val> args);

/// <summary><c>{type, hostcode}</c>: a function of the host.</summary>
public sealed class HostFunc : FuncInst
{
    internal HostFunc(DefType type, HostCode code, string? name) : base(type)
    {
        Code = code;
        Name = name;
    }

    public HostCode Code { get; }

    /// <summary>A name for backtraces.</summary>
    public string? Name { get; }
}

/// <summary><c>globalinst</c>.</summary>
public sealed class GlobalInst : Extern
{
    internal GlobalInst(GlobalType type, in Val value)
    {
        GlobalType = type;
        Bits = value.Bits;
        Ref = value.Ref;
    }

    public GlobalType GlobalType { get; }

    /// <inheritdoc/>
    public override ExternType Type => new ExternType.Global(GlobalType);

    public Val Value
    {
        get => Val.Of(GlobalType.Val, Bits, Ref);
        private set
        {
            Bits = value.Bits;
            Ref = value.Ref;
        }
    }

    /// <summary><c>global_write</c>.</summary>
    /// <exception cref="InvalidOperationException">The global is immutable.</exception>
    /// <exception cref="ArgumentException">The value is not of the global's type.</exception>
    public void Write(Val value)
    {
        if (!GlobalType.Mutable) throw new InvalidOperationException("the global is immutable");
        RefTypes.Check(value, GlobalType.Val);
        Value = value;
    }

    // The low and the high half of a number or vector; a reference.
    internal ulong Num;
    private ulong _high;
    internal object? Ref;

    internal V128 Bits
    {
        get => new(Num, _high);
        set
        {
            Num = value.Lo;
            _high = value.Hi;
        }
    }
}

/// <summary><c>taginst</c>; its identity is its address.</summary>
public sealed class TagInst(DefType type) : Extern
{
    public DefType DefType { get; } = type;

    public FuncType FuncType { get; } = (FuncType)type.Expand;

    /// <inheritdoc/>
    public override ExternType Type => new ExternType.Tag(HeapType.Of(DefType));
}

/// <summary><c>eleminst</c>; dropped when its elements are null.</summary>
public sealed class ElemInst(RefType type, object?[]? elems)
{
    public RefType Type { get; } = type;

    internal object?[] Elems = elems ?? [];

    internal void Drop() => Elems = [];
}

/// <summary><c>datainst</c>.</summary>
public sealed class DataInst(ImmutableArray<byte> bytes)
{
    internal ReadOnlySpan<byte> Bytes => _bytes.AsSpan();

    private ImmutableArray<byte> _bytes = bytes;

    internal void Drop() => _bytes = [];
}

/// <summary><c>exportinst</c>.</summary>
public readonly record struct ExportInst(string Name, Extern Value);

/// <summary><c>moduleinst</c>: every index space of an instance, imports first.</summary>
public sealed class ModuleInst
{
    internal ModuleInst(ModuleInfo info, Store store)
    {
        Info = info;
        Store = store;
        Types = System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsArray(info.Types)!;
    }

    public ModuleInfo Info { get; }

    public Store Store { get; }

    public ImmutableArray<ExportInst> Exports { get; internal set; } = [];

    internal readonly DefType[] Types;
    internal FuncInst[] Funcs = [];
    internal TableInst[] Tables = [];
    internal MemInst[] Mems = [];
    internal GlobalInst[] Globals = [];
    internal TagInst[] Tags = [];
    internal ElemInst[] Elems = [];
    internal DataInst[] Datas = [];

    /// <summary>Memory 0, or one of no bytes.</summary>
    internal MemInst Mem0 = MemInst.Empty;

    private NameSection? _names;

    /// <summary>The names of the name section, as far as it can be read.</summary>
    internal NameSection Names => _names ??= NameSection.Of(Info.Module);

    private Dictionary<string, Extern>? _byName;

    /// <summary><c>instance_export</c>: the export of a name, or null.</summary>
    public Extern? Export(string name)
    {
        if (_byName is null)
        {
            var byName = new Dictionary<string, Extern>(Exports.Length, StringComparer.Ordinal);
            foreach (var export in Exports)
                byName[export.Name] = export.Value;
            _byName = byName;
        }
        return _byName.GetValueOrDefault(name);
    }
}

/// <summary><c>exninst</c>: a tag and its payload. Its identity is its address.</summary>
public sealed class ExnInst
{
    internal readonly V128[] Nums;
    internal readonly object?[]? Refs;

    internal ExnInst(TagInst tag, V128[] nums, object?[]? refs)
    {
        Tag = tag;
        Nums = nums;
        Refs = refs;
    }

    public TagInst Tag { get; }

    /// <summary>The payload, typed by the tag's parameters.</summary>
    public ImmutableArray<Val> Fields => [.. Tag.FuncType.Params.Select((t, i) => Val.Of(t, Nums[i], Refs?[i]))];
}
