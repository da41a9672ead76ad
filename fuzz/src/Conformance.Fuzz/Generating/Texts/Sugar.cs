using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Texts;

/// <summary>The ways in which the text format says one thing differently.</summary>
internal enum Sugar
{
    /// <summary>White space of any kind, or none where none is needed.</summary>
    Space,
    LineComment,
    BlockComment,
    Annotation,

    /// <summary>Hexadecimal digits, leading zeros.</summary>
    Base,
    Underscore,

    /// <summary>A plus sign, or the unsigned spelling of a negative number.</summary>
    Sign,

    /// <summary>Floats in another form than the shortest decimal one.</summary>
    FloatForm,

    /// <summary>Floats with more digits than the format holds, up to just beside the point where they round to the next.</summary>
    FloatDigits,

    /// <summary>Escapes in strings.</summary>
    Escape,

    /// <summary>One string as several.</summary>
    Strings,

    /// <summary>Definitions with identifiers.</summary>
    Id,

    /// <summary>Uses by index although there is an identifier.</summary>
    Index,
    QuotedId,

    /// <summary>Labels that hide others.</summary>
    Shadow,

    /// <summary>An identifier behind <c>end</c> and <c>else</c>.</summary>
    EndLabel,
    Folded,

    /// <summary>An <c>else</c> with nothing in it.</summary>
    EmptyElse,

    /// <summary>A type use without its function type.</summary>
    BareTypeUse,

    /// <summary>A type use without its index.</summary>
    InlineTypeUse,

    /// <summary>Parameters, results, locals and fields in several clauses.</summary>
    Split,

    /// <summary><c>(ref null func)</c> for <c>funcref</c>.</summary>
    LongRef,

    /// <summary><c>(sub final ...)</c> where it may be left out.</summary>
    SubFinal,

    /// <summary><c>(rec ...)</c> around one type.</summary>
    SingleRec,

    /// <summary>An address type where it may be left out.</summary>
    AddrType,

    /// <summary>Table or memory 0 where it may be left out.</summary>
    ZeroIndex,

    /// <summary>Offset and alignment where they may be left out.</summary>
    MemArg,

    /// <summary><c>(offset ...)</c> and <c>(item ...)</c> where they may be left out.</summary>
    Clause,

    /// <summary>Elements as expressions although they are functions.</summary>
    ElemExprs,
    VectorShape,
    InlineExport,
    InlineImport,

    /// <summary>Segments in the definition of their table or memory.</summary>
    InlineSegment,

    /// <summary>Fields in another order.</summary>
    FieldOrder,
}

/// <summary>The style of one text: how often it takes each sugar. Many texts leave most of them out, so that the others meet.</summary>
internal sealed class Style
{
    private readonly Decisions _d;
    private readonly Features _available;
    private readonly byte[] _rates = new byte[Enum.GetValues<Sugar>().Length];

    /// <summary>Draws a style; the simplest has no sugar.</summary>
    /// <param name="decisions">The decisions.</param>
    /// <param name="available">What sugar may need.</param>
    public Style(Decisions decisions, Features available)
    {
        _d = decisions;
        _available = available;
        int most = decisions.Below(8) switch { 0 => 0, 1 => 2, _ => 4 };
        for (int i = 0; i < _rates.Length; i++)
        {
            _rates[i] = (byte)decisions.Below(most);
            if (IsNoise((Sugar)i) && decisions.Below(2) == 0) _rates[i] = 0;
        }
    }

    /// <summary>What may stand between any two tokens: too much of it makes texts long and says nothing more.</summary>
    private static bool IsNoise(Sugar sugar) => sugar is Sugar.LineComment or Sugar.BlockComment or Sugar.Annotation;

    /// <summary>What the text needs beyond its module.</summary>
    public Features Used { get; private set; }

    /// <summary>Whether the text may have the sugar at all.</summary>
    public bool Has(Sugar sugar) => _rates[(int)sugar] != 0;

    /// <summary>Whether to take the sugar here.</summary>
    public bool Takes(Sugar sugar) => _rates[(int)sugar] switch
    {
        0 => false,
        var rate when IsNoise(sugar) => _d.OneIn(rate == 1 ? 100 : rate == 2 ? 20 : 4),
        1 => _d.OneIn(12),
        2 => _d.OneIn(2),
        _ => _d.Below(8) != 0,
    };

    /// <summary>Whether to take sugar that came with a feature.</summary>
    public bool Takes(Sugar sugar, Features feature)
    {
        if ((_available & feature) != feature || !Takes(sugar)) return false;
        Used |= feature;
        return true;
    }
}
