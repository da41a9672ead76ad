using BenchmarkDotNet.Attributes;
using Wasm.Binary;
using Wasm.Execution;
using Wasm.Syntax;
using Wasm.Text;
using Wasm.Validation;

namespace Conformance.Benchmarks;

/// <summary>The phases of a module of a few thousand instructions: the kernels many times over.</summary>
[MemoryDiagnoser]
public class Micro
{
    private byte[] _text = [];
    private byte[] _binary = [];
    private Module _module = new();
    private Store _store = null!;
    private FuncInst _fib = null!;
    private readonly Engine _engine = new();

    [GlobalSetup]
    public void Setup()
    {
        string source = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "kernels", "mix.wat"));
        int start = source.IndexOf("(func", StringComparison.Ordinal), end = source.IndexOf("  (func (export \"main\")", StringComparison.Ordinal);
        string function = source[start..end].Replace("$run (export \"run\")", "", StringComparison.Ordinal);
        _text = System.Text.Encoding.UTF8.GetBytes($"(module {string.Concat(Enumerable.Repeat(function, 100))})");
        _module = TextParser.ParseModule(_text, Profile.Wasm3);
        _binary = BinaryEncoder.Encode(_module);
        _store = new Store(_engine);
        var fib = TextParser.ParseModule(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "kernels", "fib.wat")), Profile.Wasm3);
        _fib = (FuncInst)_store.Instantiate(Validator.Validate(fib, _engine, Profile.Wasm3)).Export("run")!;
    }

    [Benchmark]
    public Module Parse() => TextParser.ParseModule(_text, Profile.Wasm3);

    [Benchmark]
    public Module Decode() => BinaryDecoder.Decode(_binary, Profile.Wasm3);

    [Benchmark]
    public byte[] Encode() => BinaryEncoder.Encode(_module);

    [Benchmark]
    public ModuleInfo Validate() => Validator.Validate(_module, _engine, Profile.Wasm3);

    [Benchmark]
    public Val[] Execute() => _store.Invoke(_fib, Val.I32(20));
}
