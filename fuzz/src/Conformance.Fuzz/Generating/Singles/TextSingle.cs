using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Conformance.Fuzz.Generating.Building;
using Conformance.Harness.Cases;
using Wasm.Syntax;
using Wasm.Text;

namespace Conformance.Fuzz.Generating.Singles;

/// <summary>
/// The instructions of proposals that few engines have: a module written down for each proposal, with functions to sweep over operands: 16 bytes a row
/// from address 1024, of which the first two are small numbers.
/// </summary>
internal sealed class TextSingle
{
    private const int MostRows = 32;

    private readonly Module _module;
    private readonly Features _features;
    private readonly int _runs;

    private TextSingle(string name)
    {
        var assembly = typeof(TextSingle).Assembly;
        using var stream = assembly.GetManifestResourceStream($"Singles.{name}.wat") ?? throw new InvalidOperationException($"no text {name}.wat");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        _module = TextParser.ParseModule(Encoding.UTF8.GetBytes(reader.ReadToEnd()), Profile.All) with { Customs = [] };
        _features = FeatureUse.Of(_module);
        _runs = _module.Exports.Count(e => e.Name.StartsWith("run", StringComparison.Ordinal));
    }

    public static TextSingle LegacyExceptions { get; } = new("legacy-exceptions");

    public static TextSingle StackSwitching { get; } = new("stack-switching");

    public static TextSingle CustomDescriptors { get; } = new("custom-descriptors");

    /// <summary>What the module needs.</summary>
    public Features Features => _features;

    public FuzzCase Make(InstrDef _, Decisions d, GeneratorOptions options)
    {
        var values = new Values(d, options.UniformValues);
        int rows = 8 + d.Below(MostRows - 7);
        byte[] bytes = new byte[rows * 16];
        for (int row = 0; row < rows; row++)
        {
            var at = bytes.AsSpan(row * 16);
            at[0] = (byte)(row < 8 ? row : d.Below(8));
            at[1] = (byte)d.Below(6);
            BitConverter.TryWriteBytes(at[4..], values.I32());
            BitConverter.TryWriteBytes(at[8..], values.I64());
        }
        var data = new Data([.. bytes], new SegmentMode.Active(0, new Body(0).I32(1024).ToExpr()));
        var actions = ImmutableArray.CreateBuilder<CaseAction>(_runs + 1);
        actions.Add(new CaseAction.Instantiate(0));
        for (int run = 0; run < _runs; run++)
            if (!d.OneIn(3)) actions.Add(new CaseAction.Sweep(0, string.Create(CultureInfo.InvariantCulture, $"run{run}"), rows));
        return new FuzzCase
        {
            Modules = [new FuzzModule(_module with { Datas = [data] })],
            Actions = actions.ToImmutable(),
            Features = _features,
            Weight = Math.Max(1, (actions.Count - 1) * rows),
        };
    }
}
