using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Wasm.Syntax;

namespace Wasm.Binary.Custom;

/// <summary>A branch hint.</summary>
/// <param name="Offset">The byte offset of its instruction from the first byte of the function's body, the vector of locals.</param>
/// <param name="Likely">Whether the branch is likely, or unlikely, to be taken.</param>
public readonly record struct BranchHint(uint Offset, bool Likely);

/// <summary>The hints of a function, in order of their offsets.</summary>
public sealed record FuncHints(uint Func, ImmutableArray<BranchHint> Hints)
{
    public bool Equals(FuncHints? other) => other is not null && Func == other.Func && Hints.AsSpan().SequenceEqual(other.Hints.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Func, Hints.Length);
}

/// <summary>The <c>metadata.code.branch_hint</c> section; functions in order of their indices.</summary>
public sealed record BranchHints(ImmutableArray<FuncHints> Funcs)
{
    public const string Name = "metadata.code.branch_hint";

    public bool Equals(BranchHints? other) => other is not null && Funcs.AsSpan().SequenceEqual(other.Funcs.AsSpan());

    public override int GetHashCode() => Funcs.Length;

    /// <summary>Hints on instructions of a module by their position in the flat body, in its canonical encoding.</summary>
    /// <param name="module">The module that will be encoded.</param>
    /// <param name="hints">Function index, position in the function's body, and the hint.</param>
    public static BranchHints Of(Module module, IEnumerable<(uint Func, int Instr, bool Likely)> hints)
    {
        int imported = CustomSections.ImportedFuncs(module);
        return new BranchHints([.. hints.GroupBy(h => h.Func).OrderBy(g => g.Key).Select(g =>
        {
            var offsets = BinaryEncoder.InstrOffsets(module.Funcs[(int)g.Key - imported]);
            return new FuncHints(g.Key, [.. g.OrderBy(h => h.Instr).Select(h => new BranchHint(offsets[h.Instr], h.Likely))]);
        })]);
    }

    /// <summary>Decodes the section.</summary>
    /// <exception cref="MalformedCustomException">It is not a branch hint section.</exception>
    public static BranchHints Decode(CustomSection section) => CustomSections.Decode(section, static (ref reader) =>
    {
        int n = reader.Len();
        var funcs = new VecBuilder<FuncHints>(n);
        long last = -1;
        for (int i = 0; i < n; i++)
        {
            int at = reader.Pos;
            uint func = reader.U32();
            if (func <= last) throw reader.Error(at, func == last ? $"multiple entries for function {func}" : $"function {func} out of order");
            last = func;
            funcs.Add(new FuncHints(func, Hints(ref reader)));
        }
        return new BranchHints(funcs.ToImmutable());
    });

    private static ImmutableArray<BranchHint> Hints(ref ByteReader reader)
    {
        int n = reader.Len();
        var hints = new VecBuilder<BranchHint>(n);
        long last = -1;
        for (int i = 0; i < n; i++)
        {
            int at = reader.Pos;
            uint offset = reader.U32();
            if (offset <= last) throw reader.Error(at, offset == last ? $"multiple hints at offset {offset}" : $"offset {offset} out of order");
            last = offset;
            at = reader.Pos;
            if (reader.U32() != 1) throw reader.Error(at, "missing reserved byte");
            byte kind = reader.Byte();
            if (kind > 1) throw reader.Error(reader.Pos - 1, "invalid hint value");
            hints.Add(new BranchHint(offset, kind == 1));
        }
        return hints.ToImmutable();
    }

    /// <summary>The section, at the last place before the code section.</summary>
    public CustomSection Encode(Region at = default)
    {
        var writer = new ByteWriter();
        writer.U32((uint)Funcs.Length);
        foreach (var func in Funcs)
        {
            writer.U32(func.Func);
            writer.U32((uint)func.Hints.Length);
            foreach (var hint in func.Hints)
            {
                writer.U32(hint.Offset);
                writer.U32(1);
                writer.Byte(hint.Likely ? (byte)1 : (byte)0);
            }
        }
        return new CustomSection(Name, ImmutableCollectionsMarshal.AsImmutableArray(writer.ToArray()), SectionId.DataCount, at);
    }
}
