using System.Diagnostics;
using System.Globalization;
using Conformance.Harness.Runtimes;

namespace Conformance.Harness.Judging;

/// <summary>Vectors lane by lane: reading lanes, matching them, and writing them for a report.</summary>
internal static class LaneText
{
    public static int Width(LaneShape shape) => shape switch
    {
        LaneShape.I8x16 => 8,
        LaneShape.I16x8 => 16,
        LaneShape.I32x4 or LaneShape.F32x4 => 32,
        LaneShape.I64x2 or LaneShape.F64x2 => 64,
        _ => throw new UnreachableException($"shape {(int)shape}"),
    };

    public static int Count(LaneShape shape) => 128 / Width(shape);

    public static ulong Lane(Value vector, LaneShape shape, int lane)
    {
        int width = Width(shape), bit = lane * width;
        ulong half = bit < 64 ? vector.Lo : vector.Hi;
        return width == 64 ? half : (half >> (bit & 63)) & ((1UL << width) - 1);
    }

    public static bool Matches(LaneShape shape, LanePattern pattern, ulong bits)
    {
        if (pattern.Nan is not { } nan) return bits == pattern.Bits;
        return (shape == LaneShape.F32x4 && Judge.IsNan32((uint)bits, nan)) || (shape == LaneShape.F64x2 && Judge.IsNan64(bits, nan));
    }

    public static string Name(LaneShape shape) => shape.ToString().ToLowerInvariant();

    /// <summary><c>v128 f32x4 1.5 (0x3fc00000) nan:canonical …</c>.</summary>
    public static string Pattern(Pattern.Vector pattern) =>
        $"v128 {Name(pattern.Shape)} {string.Join(' ', pattern.Lanes.Select(lane => Text(pattern.Shape, lane)))}";

    public static string Text(LaneShape shape, LanePattern lane) =>
        lane.Nan is { } nan ? nan == NanClass.Canonical ? "nan:canonical" : "nan:arithmetic" : Text(shape, lane.Bits);

    public static string Text(LaneShape shape, ulong bits) => shape switch
    {
        LaneShape.I8x16 => $"0x{bits:x2}",
        LaneShape.I16x8 => $"0x{bits:x4}",
        LaneShape.I32x4 => $"0x{bits:x8}",
        LaneShape.I64x2 => $"0x{bits:x16}",
        LaneShape.F32x4 => $"{FloatText.Of32((uint)bits)} (0x{bits:x8})",
        LaneShape.F64x2 => $"{FloatText.Of64(bits)} (0x{bits:x16})",
        _ => throw new UnreachableException($"shape {(int)shape}"),
    };

    /// <summary>A vector in a shape.</summary>
    public static string Vector(LaneShape shape, Value vector) =>
        $"v128 {Name(shape)} {string.Join(' ', Enumerable.Range(0, Count(shape)).Select(i => Text(shape, Lane(vector, shape, i))))}";

    /// <summary>Which lanes differ, in words.</summary>
    public static string Differences(Pattern.Vector pattern, Value vector)
    {
        int[] lanes = [.. Enumerable.Range(0, pattern.Lanes.Length).Where(i => !pattern.LaneMatches(vector, i))];
        return $"{(lanes.Length == 1 ? "lane" : "lanes")} {string.Join(", ", lanes.Select(i => i.ToString(CultureInfo.InvariantCulture)))} differ{(lanes.Length == 1 ? "s" : "")}";
    }
}
