using System.Text;
using Conformance.Harness.Runtimes;
using Conformance.Runtimes.Wasmtime;
using Conformance.Runtimes.Wasmtime.Native;
using Wasm.Binary;
using Wasm.Syntax;
using Wasm.Text;

namespace Conformance.Harness.Tests.Wasmtime;

/// <summary>A test that needs Wasmtime's library; skipped with the reason when it is not there.</summary>
internal sealed class WasmtimeFactAttribute : FactAttribute
{
    public WasmtimeFactAttribute()
    {
        if (!WasmtimeLibrary.IsAvailable(out string why)) Skip = $"Wasmtime: NOT RUN ({why})";
    }
}

/// <summary>As <see cref="WasmtimeFactAttribute"/>, for theories.</summary>
internal sealed class WasmtimeTheoryAttribute : TheoryAttribute
{
    public WasmtimeTheoryAttribute()
    {
        if (!WasmtimeLibrary.IsAvailable(out string why)) Skip = $"Wasmtime: NOT RUN ({why})";
    }
}

/// <summary>Modules in text, and stores of one runtime for all tests.</summary>
internal static class Wat
{
    private static readonly Lazy<WasmtimeRuntime> Runtime = new(() => WasmtimeRuntime.Create("wasmtime")!);

    public static WasmtimeRuntime Wasmtime => Runtime.Value;

    public static byte[] Binary(string wat, Profile? profile = null) => BinaryEncoder.Encode(TextParser.ParseModule(Encoding.UTF8.GetBytes(wat), profile ?? Profile.All));

    public static IStore Store(this IRuntime runtime, Profile? profile = null, Action<string>? output = null)
    {
        profile ??= Profile.Wasm3;
        var store = runtime.CreateStore(new StoreRequest(profile, output));
        store.Define(SpecTestHost.For(profile));
        return store;
    }

    public static IModule Load(this IStore store, string wat) => Assert.IsType<Outcome.Loaded>(store.Load(Binary(wat))).Module;

    /// <summary>An instance of a module in text.</summary>
    public static IInstance Run(this IStore store, string wat) => Assert.IsType<Outcome.Instantiated>(store.Instantiate(store.Load(wat))).Instance;

    /// <summary>The values that a function returns.</summary>
    public static Value[] Call(this IStore store, IInstance instance, string name, params Value[] arguments) =>
        [.. Assert.IsType<Outcome.Returned>(store.Invoke(instance, name, [.. arguments])).Values];
}
