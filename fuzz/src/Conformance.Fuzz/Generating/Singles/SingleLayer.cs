using System.Collections.Frozen;
using Conformance.Fuzz.Generating.Building;
using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Singles;

/// <summary>
/// The layer <c>single</c>: one instruction on many operand vectors, in every form in which operands come and results go. What the instruction is
/// for decides the test: those that compute, that access memory, that take references and so on have one each.
/// </summary>
public sealed class SingleLayer : ILayer
{
    private delegate FuzzCase Test(InstrDef row, Decisions decisions, GeneratorOptions options);

    public string Name => "single";

    public FuzzCase Generate(Decisions decisions, GeneratorOptions options)
    {
        var rows = RowsOf(options.Features);
        var row = rows[decisions.Below(rows.Length)];
        return Tests[row.Op](row, decisions, options);
    }

    /// <summary>A case of one instruction of the caller's choice.</summary>
    /// <exception cref="ArgumentException">The layer has no test for the row.</exception>
    public static FuzzCase Generate(InstrDef row, Decisions decisions, GeneratorOptions options) =>
        Tests.TryGetValue(row.Op, out var test) ? test(row, decisions, options) : throw new ArgumentException($"no test of {row}", nameof(row));

    /// <summary>The instructions that the layer tests with the features given.</summary>
    public static InstrDef[] RowsOf(Features features)
    {
        var known = s_rows;
        if (known.Of == features) return known.Rows;
        InstrDef[] rows = [.. InstrTable.Rows.Where(r => Tests.ContainsKey(r.Op) && (r.Feature & ~features) == 0)];
        s_rows = new Known(features, rows);
        return rows;
    }

    private sealed record Known(Features Of, InstrDef[] Rows);

    private static volatile Known s_rows = new(Features.None, []);

    private static readonly FrozenDictionary<Op, Test> Tests = All().ToFrozenDictionary();

    private static Dictionary<Op, Test> All()
    {
        var tests = new Dictionary<Op, Test>();
        foreach (var row in Operands.Rows) tests.Add(row.Op, NumericSingle.Make);
        return tests;
    }
}
