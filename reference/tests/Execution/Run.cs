using System.Text;
using Wasm.Binary;
using Wasm.Execution;
using Wasm.Syntax;
using Wasm.Text;
using Wasm.Validation;

namespace Wasm.Reference.Tests.Execution;

/// <summary>Modules in text, instantiated and invoked.</summary>
internal static class Run
{
    /// <summary>A decoded module: instructions have offsets.</summary>
    public static ModuleInfo Module(string wat, Engine engine, Profile? profile = null)
    {
        profile ??= Profile.All;
        var module = BinaryDecoder.Decode(BinaryEncoder.Encode(TextParser.ParseModule(Encoding.UTF8.GetBytes(wat), profile)), profile);
        return Validator.Validate(module, engine, profile);
    }

    public static Store Store(StoreOptions? options = null) => new(new Engine(), options);

    public static ModuleInst Instance(string wat, StoreOptions? options = null) => Instance(Store(options), wat);

    public static ModuleInst Instance(Store store, string wat, params (string Name, Extern Value)[] imports) =>
        store.Instantiate(Module(wat, store.Engine), import => imports.FirstOrDefault(i => i.Name == import.Name).Value);

    public static FuncInst Func(this ModuleInst inst, string name) => (FuncInst)inst.Export(name)!;

    public static Val[] Invoke(this ModuleInst inst, string name, params Val[] args) => inst.Store.Invoke(inst.Func(name), args);

    public static int I32(this ModuleInst inst, string name, params Val[] args) => (int)Assert.Single(inst.Invoke(name, args)).AsI32;

    /// <summary>Compares results by their text, which has types and bits.</summary>
    public static void Returns(this ModuleInst inst, string results, string name, params Val[] args) =>
        Assert.Equal(results, string.Join(' ', inst.Invoke(name, args).Select(v => v.ToString())));
}
