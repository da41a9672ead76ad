using System.Collections.Immutable;
using System.Globalization;
using Conformance.Fuzz.Comparing;
using Conformance.Harness.Cases;
using Conformance.Harness.Runtimes;
using Wasm.Binary;
using Wasm.Syntax;

namespace Conformance.Fuzz.Generating;

/// <summary>A case's name, <c>VERSION:LAYER:SEED</c>: with the generator of that version it gives the same case on every machine.</summary>
public readonly record struct CaseName(int Version, string Layer, ulong Seed)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Version}:{Layer}:{Seed}");

    /// <summary>Reads a name, or returns null.</summary>
    public static CaseName? Parse(string text) =>
        text.Split(':') is [var version, var layer, var seed]
        && int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out int v)
        && ulong.TryParse(seed, NumberStyles.None, CultureInfo.InvariantCulture, out ulong s) ? new(v, layer, s) : null;
}

/// <summary>What float results the specification allows at a place of memory where the reference wrote a NaN; anywhere else bits are bits.</summary>
public enum NaNSet : byte
{
    /// <summary>Exactly these bits.</summary>
    Exact,
    /// <summary>An f32, either canonical NaN.</summary>
    Canonical32,
    /// <summary>An f32, any NaN with the quiet bit.</summary>
    Arithmetic32,
    /// <summary>An f64, either canonical NaN.</summary>
    Canonical64,
    /// <summary>An f64, any NaN with the quiet bit.</summary>
    Arithmetic64,
    /// <summary>An f32, any NaN: relaxed minima and maxima may hand on an operand's as it is.</summary>
    Any32,
    /// <summary>An f64, any NaN.</summary>
    Any64,
}

/// <summary>
/// Which NaNs may stand where in the bytes that a <see cref="CaseAction.Memory"/> action reads: one entry for each aligned 4 bytes (an f64 has
/// its set at its first).
/// </summary>
/// <param name="Action">The action's index.</param>
/// <param name="Sets">The sets.</param>
public sealed record NaNPlaces(int Action, ImmutableArray<NaNSet> Sets);

/// <summary>A module that a layer made: as syntax, or as bytes that may be no module at all.</summary>
public sealed record FuzzModule
{
    public FuzzModule(Module module)
    {
        Syntax = module;
        Bytes = BinaryEncoder.Encode(module);
    }

    public FuzzModule(byte[] bytes) => Bytes = bytes;

    /// <summary>The abstract syntax, or null where there are only bytes.</summary>
    public Module? Syntax { get; }

    public byte[] Bytes { get; }
}

/// <summary>A generated case, with what only the kit needs to know of it.</summary>
public sealed record FuzzCase
{
    public required ImmutableArray<FuzzModule> Modules { get; init; }

    public required ImmutableArray<CaseAction> Actions { get; init; }

    /// <summary>The features that the modules need; an engine that lacks one is not given the case.</summary>
    public required Features Features { get; init; }

    /// <summary>Places where several NaNs are allowed.</summary>
    public ImmutableArray<NaNPlaces> NaNs { get; init; } = [];

    /// <summary>Whether a relaxed instruction occurs, so that the reference must choose as the engine does.</summary>
    public bool IsRelaxed { get; init; }

    /// <summary>The mnemonic of the instruction that the case is about, where it is about one.</summary>
    public string? Subject { get; init; }

    /// <summary>Whether a module may be malformed or invalid. In any other case the reference refuses none, or the generator is at fault.</summary>
    public bool MayBeRefused { get; init; }

    /// <summary>The module that the text of the first module is; null when the modules are binaries.</summary>
    public Module? Source { get; init; }

    /// <summary>How many cases it counts for: one for each operand vector of single instructions, 1 for everything else.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>Demands of what the reference did that the case is one at all: agreement that a module is none would prove nothing.</summary>
    /// <exception cref="InvalidOperationException">The generator made a module that is none, or a text that the kit's parser does not read as its module.</exception>
    public void Check(CaseResult reference)
    {
        if (Source is { } source && ParsedModules.Failure(source, reference.Results[0]) is { } failure) throw new InvalidOperationException(failure);
        if (MayBeRefused) return;
        foreach (var result in reference.Results)
            if (result is ActionResult.Ended { Outcome: Outcome.Malformed or Outcome.Invalid } refused) throw new InvalidOperationException($"the generator made a module that is {refused.Outcome}");
    }

    /// <summary>As engines get it.</summary>
    public Case ToCase() => new([.. Modules.Select(m => m.Bytes)], Actions);
}

/// <summary>What a layer may use.</summary>
/// <param name="Features">The features that all engines of the panel have; a layer draws its own subset for each case.</param>
/// <param name="UniformValues">Random bits as values, without boundaries: a baseline to compare with.</param>
public sealed record GeneratorOptions(Features Features, bool UniformValues = false)
{
    public static GeneratorOptions Default { get; } = new(Features.Wasm3);
}

/// <summary>A kind of case. The same decisions give the same case.</summary>
public interface ILayer
{
    /// <summary>The name in case names and reports: <c>single</c>, <c>chain</c>, <c>module</c>, <c>script</c>, <c>damage</c>, <c>text</c>.</summary>
    string Name { get; }

    FuzzCase Generate(Decisions decisions, GeneratorOptions options);
}
