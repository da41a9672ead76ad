using System.Reflection;
using System.Runtime.Intrinsics;
using Wasm.Numerics;
using Wasm.Syntax;

namespace Wasm.Reference.Tests.Numerics;

/// <summary>Finds the functions of <c>Wasm.Numerics</c> by an instruction's mnemonic, so that a missing or misnamed one fails a test.</summary>
internal static class Operators
{
    /// <summary>The function of a scalar or vector instruction: <c>i32.add</c> is <c>I32.Add</c>, <c>v128.and</c> is <c>V128Ops.And</c>.</summary>
    public static MethodInfo Of(InstrDef def)
    {
        string[] name = def.Mnemonic.Split('.', 2);
        return def.Rule == "cvtop" ? Find("Conversions", def.Mnemonic)
            : def.Feature == Features.WideArithmetic ? Find("WideArithmetic", name[1])
            : Find(name[0] == "v128" ? "V128Ops" : name[0], name[1]);
    }

    public static MethodInfo Find(string type, string name)
    {
        var owner = typeof(I32).Assembly.GetTypes().Single(t => t.Namespace == "Wasm.Numerics" && t.IsPublic && Same(t.Name, type));
        return owner.GetMethods(BindingFlags.Public | BindingFlags.Static).SingleOrDefault(m => Same(m.Name, name))
            ?? throw new MissingMethodException(owner.Name, name);
    }

    private static bool Same(string method, string name) =>
        method.Equals(name.Replace("_", "", StringComparison.Ordinal).Replace(".", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);

    /// <summary>Calls a scalar function with bits; operands are narrowed to the parameters' types, and booleans are 0 and 1.</summary>
    public static ulong Scalar(MethodInfo method, params ulong[] args)
    {
        object result = Call(method, [.. args.Select(a => (object)a)]);
        return result switch { uint u => u, ulong u => u, bool b => b ? 1UL : 0, _ => throw new ArgumentException(method.Name) };
    }

    /// <summary>Calls any function; integers are narrowed to the parameters' types.</summary>
    public static object Call(MethodInfo method, params object[] args) => method.Invoke(null, [.. method.GetParameters().Zip(args, (p, a) =>
        p.ParameterType == typeof(uint) && a is ulong u ? (uint)u : p.ParameterType == typeof(int) && a is ulong i ? (int)i : a)])!;

    /// <summary>The sign in a mnemonic, last or before <c>_zero</c>.</summary>
    public static bool IsSigned(InstrDef def) => def.Mnemonic.EndsWith("_s", StringComparison.Ordinal) || def.Mnemonic.EndsWith("_s_zero", StringComparison.Ordinal);

    /// <summary>The lanes of a vector as bits, lane 0 first.</summary>
    public static ulong[] Lanes(Vector128<byte> v, int width) => [.. Enumerable.Range(0, 128 / width).Select(i => Lane(v, width, i))];

    private static ulong Lane(Vector128<byte> v, int width, int i)
    {
        ulong bits = 0;
        for (int b = width / 8 - 1; b >= 0; b--) bits = bits << 8 | v[i * width / 8 + b];
        return bits;
    }

    public static Vector128<byte> Vector(int width, ReadOnlySpan<ulong> lanes)
    {
        Span<byte> bytes = stackalloc byte[16];
        for (int i = 0; i < lanes.Length; i++)
            for (int b = 0; b < width / 8; b++)
                bytes[i * width / 8 + b] = (byte)(lanes[i] >> 8 * b);
        return Vector128.Create<byte>(bytes);
    }
}
