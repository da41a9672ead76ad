using System.Diagnostics;
using System.Globalization;
using Conformance.Harness.Runtimes;
using Wasm.Syntax;

namespace Conformance.Harness.Workers;

/// <summary>Values as the protocol writes them: <c>f32:7fa00000</c>, <c>null:func</c>, <c>extern:5</c>.</summary>
public static class WireValue
{
    private static readonly (string Word, RefKind Kind)[] References =
    [
        ("i31", RefKind.I31), ("struct", RefKind.Struct), ("array", RefKind.Array), ("func", RefKind.Func), ("exn", RefKind.Exn),
        ("extern", RefKind.Extern), ("host", RefKind.Host), ("cont", RefKind.Cont), ("ref", RefKind.Other),
    ];

    private static readonly HeapType[] NullTypes =
    [
        HeapType.Any, HeapType.Eq, HeapType.I31, HeapType.Struct, HeapType.Array, HeapType.None, HeapType.Func, HeapType.NoFunc,
        HeapType.Exn, HeapType.NoExn, HeapType.Extern, HeapType.NoExtern, HeapType.Cont, HeapType.NoCont,
    ];

    public static string Text(Value value) => value.Kind switch
    {
        ValKind.I32 => $"i32:{value.Lo:x}",
        ValKind.I64 => $"i64:{value.Lo:x}",
        ValKind.F32 => $"f32:{value.Lo:x}",
        ValKind.F64 => $"f64:{value.Lo:x}",
        ValKind.V128 => $"v128:{value.Hi:x16}{value.Lo:x16}",
        ValKind.Ref when value.Ref == RefKind.Null => value.NullType is { } type && TopOf(type) is { } top ? $"null:{top}" : "null",
        ValKind.Ref => value.Number is { } n ? string.Create(CultureInfo.InvariantCulture, $"{Word(value.Ref)}:{n}") : Word(value.Ref),
        ValKind.Bot or _ => throw new UnreachableException($"value of kind {value.Kind}"),
    };

    /// <exception cref="ProtocolException">The text is no value.</exception>
    public static Value Parse(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string type = colon < 0 ? text : text[..colon];
        string? rest = colon < 0 ? null : text[(colon + 1)..];
        switch (type)
        {
            case "i32" when Hex(rest, 32) is { } bits: return Value.I32((uint)bits);
            case "i64" when Hex(rest, 64) is { } bits: return Value.I64((ulong)bits);
            case "f32" when Hex(rest, 32) is { } bits: return Value.F32((uint)bits);
            case "f64" when Hex(rest, 64) is { } bits: return Value.F64((ulong)bits);
            case "v128" when Hex(rest, 128) is { } bits: return Value.V128((ulong)bits, (ulong)(bits >> 64));
            case "null" when rest is null: return Value.Null();
            case "null":
                foreach (var heap in NullTypes)
                    if (heap.ToString() == rest) return Value.Null(heap);
                break;
            default:
                foreach (var (word, kind) in References)
                    if (word == type)
                    {
                        if (rest is null) return Value.Reference(kind);
                        if (uint.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out uint n)) return Value.Reference(kind, n);
                    }
                break;
        }
        throw new ProtocolException($"`{text}` is no value");
    }

    private static UInt128? Hex(string? digits, int bits) =>
        digits is { Length: > 0 and <= 32 } && UInt128.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
        && (bits == 128 || value >> bits == 0) ? value : null;

    private static string Word(RefKind kind) => References.First(r => r.Kind == kind).Word;

    /// <summary>The word for a null's type; the defined types have none, so that of their hierarchy stands for them.</summary>
    private static string? TopOf(HeapType type) => type.IsAbstract ? type.ToString() : type.Def?.Expand switch
    {
        FuncType => "func",
        ContType => "cont",
        null => null,
        _ => "any",
    };
}
