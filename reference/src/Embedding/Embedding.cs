using Wasm.Binary;
using Wasm.Execution;
using Wasm.Syntax;
using Wasm.Validation;

namespace Wasm.Embedding;

/// <summary>
/// The operations of the appendix "Embedding" (7.1) under their own names. What the appendix calls an error is an exception of its phase here;
/// the store, which the appendix threads through, is the object that changes.
/// </summary>
/// <example>
/// <code>
/// var store = Embedding.StoreInit();
/// var module = Embedding.ModuleValidate(Embedding.ModuleDecode(bytes), store.Engine);
/// var log = Embedding.FuncAlloc(store, new FuncType([ValType.I32], []), args => { Console.WriteLine(args[0].AsI32); return []; });
/// var instance = Embedding.ModuleInstantiate(store, module, [log]);
/// var results = Embedding.FuncInvoke(store, (FuncInst)Embedding.InstanceExport(instance, "main"), Val.I32(1));
/// </code>
/// </example>
public static class Embedding
{
    // Store

    /// <summary><c>store_init</c>: an empty store, on an engine of its own unless one is given. Modules and stores that meet need the same engine.</summary>
    public static Store StoreInit(Engine? engine = null, StoreOptions? options = null) => new(engine ?? new Engine(), options);

    // Modules

    /// <summary><c>module_decode</c>.</summary>
    /// <exception cref="MalformedException">The bytes are not a module.</exception>
    public static Module ModuleDecode(ReadOnlyMemory<byte> bytes, Profile? profile = null) => BinaryDecoder.Decode(bytes, profile ?? Profile.Wasm3);

    /// <summary><c>module_validate</c>.</summary>
    /// <param name="module">The module.</param>
    /// <param name="engine">That of the stores that will instantiate it (<see cref="Store.Engine"/>).</param>
    /// <param name="profile">The features and the version to obey; the default is 3.0.</param>
    /// <exception cref="InvalidException">The module breaks a rule.</exception>
    public static ModuleInfo ModuleValidate(Module module, Engine engine, Profile? profile = null) =>
        Validator.Validate(module, engine, profile ?? Profile.Wasm3);

    /// <summary><c>module_instantiate</c>, with one external value for each import, in order.</summary>
    /// <inheritdoc cref="Store.Instantiate(ModuleInfo, Func{Import, Extern?})"/>
    public static ModuleInst ModuleInstantiate(Store store, ModuleInfo module, IReadOnlyList<Extern> imports) => store.Instantiate(module, imports);

    /// <summary><c>module_imports</c>: module name, name and closed external type of each import.</summary>
    public static IEnumerable<(string Module, string Name, ExternType Type)> ModuleImports(ModuleInfo module) =>
        module.Module.Imports.Select((import, i) => (import.Module, import.Name, module.Imports[i]));

    /// <summary><c>module_exports</c>: name and closed external type of each export.</summary>
    public static IEnumerable<(string Name, ExternType Type)> ModuleExports(ModuleInfo module) =>
        module.Module.Exports.Select((export, i) => (export.Name, module.Exports[i]));

    // Module instances

    /// <summary><c>instance_export</c>.</summary>
    /// <exception cref="KeyNotFoundException">The instance has no export of that name.</exception>
    public static Extern InstanceExport(ModuleInst instance, string name) =>
        instance.Export(name) ?? throw new KeyNotFoundException($"unknown export {name}");

    // Functions

    /// <summary><c>func_alloc</c> of a host function.</summary>
    public static HostFunc FuncAlloc(Store store, FuncType type, HostCode code, string? name = null) => store.AllocFunc(type, code, name);

    /// <summary><c>func_type</c>.</summary>
    public static FuncType FuncType(FuncInst func) => func.FuncType;

    /// <summary><c>func_invoke</c>.</summary>
    /// <inheritdoc cref="Store.Invoke"/>
    public static Val[] FuncInvoke(Store store, FuncInst func, params ReadOnlySpan<Val> args) => store.Invoke(func, args);

    // Tables

    /// <summary><c>table_alloc</c>.</summary>
    /// <inheritdoc cref="Store.AllocTable"/>
    public static TableInst TableAlloc(Store store, TableType type, Val init) => store.AllocTable(type, init);

    /// <summary><c>table_type</c>, with the current size as the minimum.</summary>
    public static TableType TableType(TableInst table) => ((ExternType.Table)table.Type).Type;

    /// <summary><c>table_read</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    public static Val TableRead(TableInst table, ulong i) => table.Read(i);

    /// <summary><c>table_write</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    /// <exception cref="ArgumentException">The value is not of the element type.</exception>
    public static void TableWrite(TableInst table, ulong i, Val value) => table.Write(i, value);

    /// <summary><c>table_size</c>, in elements.</summary>
    public static ulong TableSize(TableInst table) => (ulong)table.Length;

    /// <summary><c>table_grow</c>.</summary>
    /// <returns>Whether it grew.</returns>
    public static bool TableGrow(TableInst table, ulong n, Val init) => table.TryGrow(n, init);

    // Memories

    /// <summary><c>mem_alloc</c>.</summary>
    /// <inheritdoc cref="Store.AllocMem"/>
    public static MemInst MemAlloc(Store store, MemType type) => store.AllocMem(type);

    /// <summary><c>mem_type</c>, with the current size as the minimum.</summary>
    public static MemType MemType(MemInst mem) => ((ExternType.Mem)mem.Type).Type;

    /// <summary><c>mem_read</c> of one byte.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The address is outside the memory.</exception>
    public static byte MemRead(MemInst mem, ulong i)
    {
        Span<byte> one = stackalloc byte[1];
        return mem.TryRead(i, one) ? one[0] : throw new ArgumentOutOfRangeException(nameof(i));
    }

    /// <summary><c>mem_write</c> of one byte.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The address is outside the memory.</exception>
    public static void MemWrite(MemInst mem, ulong i, byte value)
    {
        if (!mem.TryWrite(i, [value])) throw new ArgumentOutOfRangeException(nameof(i));
    }

    /// <summary><c>mem_size</c>, in pages.</summary>
    public static ulong MemSize(MemInst mem) => mem.Pages;

    /// <summary><c>mem_grow</c> by a number of pages.</summary>
    /// <returns>Whether it grew.</returns>
    public static bool MemGrow(MemInst mem, ulong pages) => mem.TryGrow(pages);

    // Tags and exceptions

    /// <summary><c>tag_alloc</c>.</summary>
    public static TagInst TagAlloc(Store store, FuncType type) => store.AllocTag(type);

    /// <summary><c>tag_type</c>.</summary>
    public static FuncType TagType(TagInst tag) => tag.FuncType;

    /// <summary><c>exn_alloc</c>.</summary>
    /// <exception cref="ArgumentException">The fields are not of the tag's parameter types.</exception>
    public static ExnInst ExnAlloc(Store store, TagInst tag, params ReadOnlySpan<Val> fields) => store.AllocExn(tag, fields);

    /// <summary><c>exn_tag</c>.</summary>
    public static TagInst ExnTag(ExnInst exn) => exn.Tag;

    /// <summary><c>exn_read</c>: the payload.</summary>
    public static IReadOnlyList<Val> ExnRead(ExnInst exn) => exn.Fields;

    // Globals

    /// <summary><c>global_alloc</c>.</summary>
    /// <exception cref="ArgumentException">The value is not of the global's type.</exception>
    public static GlobalInst GlobalAlloc(Store store, GlobalType type, Val value) => store.AllocGlobal(type, value);

    /// <summary><c>global_type</c>.</summary>
    public static GlobalType GlobalType(GlobalInst global) => global.GlobalType;

    /// <summary><c>global_read</c>.</summary>
    public static Val GlobalRead(GlobalInst global) => global.Value;

    /// <summary><c>global_write</c>.</summary>
    /// <exception cref="InvalidOperationException">The global is immutable.</exception>
    /// <exception cref="ArgumentException">The value is not of the global's type.</exception>
    public static void GlobalWrite(GlobalInst global, Val value) => global.Write(value);

    // Values and types

    /// <summary><c>ref_type</c>.</summary>
    public static RefType RefType(in Val reference) => RefTypes.TypeOf(reference);

    /// <summary><c>val_default</c>; null for a type that has no default.</summary>
    public static Val? ValDefault(ValType type) => type.IsRef && !type.Ref.Nullable ? null : Val.Of(type, default, null);

    /// <summary><c>match_reftype</c> on closed types.</summary>
    public static bool MatchRefType(RefType sub, RefType super) => Matching.Match(sub, super);

    /// <summary><c>match_valtype</c> on closed types.</summary>
    public static bool MatchValType(ValType sub, ValType super) => Matching.Match(sub, super);

    /// <summary><c>match_externtype</c> on closed types.</summary>
    public static bool MatchExternType(ExternType sub, ExternType super) => Matching.Match(sub, super);
}
