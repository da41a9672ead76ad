using System.Collections.Immutable;
using Wasm.Syntax;

namespace Conformance.Harness.Runtimes;

/// <summary>A host module as data, for a runtime to make in its own way.</summary>
public sealed record HostModule(string Name, ImmutableArray<HostItem> Items);

/// <summary>An item that a host module exports.</summary>
public abstract record HostItem(string Name)
{
    /// <summary>A function that writes its arguments to the store's output and returns nothing.</summary>
    public sealed record Print(string Name, FuncType Type) : HostItem(Name);

    public sealed record Global(string Name, GlobalType Type, Value Value) : HostItem(Name);

    public sealed record Table(string Name, TableType Type) : HostItem(Name);

    public sealed record Memory(string Name, MemType Type) : HostItem(Name);

    /// <summary>A function [<paramref name="Type"/>] -> [] that gives its argument, an i32 or an i64, to the store's <see cref="StoreRequest.Emitted"/>.</summary>
    public sealed record Emit(string Name, ValType Type) : HostItem(Name);

    /// <summary>
    /// A function [i32] -> [i32] that calls back: the function of its own name and type that the latest complete instance with one exports. What that
    /// function ends in, this one ends in. While there is none, it returns its argument plus 1.
    /// </summary>
    public sealed record Back(string Name) : HostItem(Name);
}

/// <summary>The host module that the official suites import from.</summary>
public static class SpecTestHost
{
    /// <summary>The module <c>spectest</c> as far as a profile allows its items.</summary>
    public static HostModule For(Profile profile) => new("spectest", [.. Items(profile)]);

    private static IEnumerable<HostItem> Items(Profile profile)
    {
        yield return new HostItem.Print("print", FuncType.Empty);
        yield return new HostItem.Print("print_i32", new([ValType.I32], []));
        yield return new HostItem.Print("print_i64", new([ValType.I64], []));
        yield return new HostItem.Print("print_f32", new([ValType.F32], []));
        yield return new HostItem.Print("print_f64", new([ValType.F64], []));
        yield return new HostItem.Print("print_i32_f32", new([ValType.I32, ValType.F32], []));
        yield return new HostItem.Print("print_f64_f64", new([ValType.F64, ValType.F64], []));
        yield return new HostItem.Global("global_i32", new(false, ValType.I32), Value.I32(666));
        yield return new HostItem.Global("global_i64", new(false, ValType.I64), Value.I64(666));
        yield return new HostItem.Global("global_f32", new(false, ValType.F32), Value.F32(0x4426a666));              // 666.6
        yield return new HostItem.Global("global_f64", new(false, ValType.F64), Value.F64(0x4084d4cccccccccd));      // 666.6
        yield return new HostItem.Table("table", new(AddrType.I32, new(10, 20), RefType.Func));
        yield return new HostItem.Memory("memory", new(AddrType.I32, new(1, 2)));
        if (profile.Has(Features.Memory64)) yield return new HostItem.Table("table64", new(AddrType.I64, new(10, 20), RefType.Func));
        if (profile.Has(Features.Threads)) yield return new HostItem.Memory("shared_memory", new(AddrType.I32, new(1, 1), Shared: true));
    }
}
