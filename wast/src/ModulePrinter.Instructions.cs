using System.Diagnostics;
using System.Globalization;
using Wasm.Binary.Custom;
using Wasm.Syntax;

namespace Wasm.Text;

/// <summary>Functions and instructions, flat; the row of the instruction table says what an immediate is.</summary>
internal sealed partial class ModulePrinter
{
    /// <summary>Deeper nesting is not indented further, so that a million blocks take a million lines and not their square.</summary>
    private const int MaxDepth = 32;

    private IReadOnlyDictionary<uint, string> _locals = NoIds;

    /// <summary>The labels in scope, outermost first: identifier or null, and where that identifier stood for an outer label.</summary>
    private readonly List<(string? Id, int Shadowed)> _labels = [];

    /// <summary>The innermost label of each identifier.</summary>
    private readonly Dictionary<string, int> _labelOf = new(StringComparer.Ordinal);

    private void FuncField(Func func, uint x)
    {
        _locals = _ids.Locals(x);
        _labels.Clear();
        _labelOf.Clear();
        PushLabel(null);
        NewLine(1);
        _out.Write($"(func {Definition(_ids.Funcs, x)} {TypeUse(func.Type, _locals)}");
        Locals(func);
        Body(func.Body, _ids.Labels(x));
        _out.Write(')');
        _locals = NoIds;
    }

    private void Locals(Func func)
    {
        if (func.Locals.IsEmpty) return;
        // Where the type is not a function type, no local has an identifier.
        uint x = func.Type < _types.Length && _types[(int)func.Type].Comp is FuncType type ? (uint)type.Params.Length : 0;
        NewLine(2);
        bool open = false, first = true;
        foreach (var run in func.Locals)
        {
            string valType = Print(run.Type);
            for (uint i = 0; i < run.Count; i++, x++)
            {
                bool named = _locals.TryGetValue(x, out string? id);
                if (open && !named)
                {
                    _out.Write(" " + valType);
                    continue;
                }
                if (open) _out.Write(')');
                _out.Write(first ? "(local " : " (local ");
                _out.Write(named ? $"{id} {valType})" : valType);
                open = !named;
                first = false;
            }
        }
        if (open) _out.Write(')');
    }

    private void Body(Expr body, NameMap labels)
    {
        int depth = 2;
        uint block = 0;
        foreach (var instr in body.Instrs.AsSpan()[..^1])
        {
            if (instr.Op is Op.End or Op.Else or Op.Catch or Op.CatchAll or Op.Delegate) depth--;
            if (instr.Op is Op.End or Op.Delegate) PopLabel();
            NewLine(depth);
            if (instr is Block or TryTable)
            {
                string? name = labels.IsEmpty ? null : labels.Find(block);
                string? id = name is not null && _ids.CanBeId(name) ? StringText.Id(name) : null;
                _out.Write(Print(instr, id));
                PushLabel(id);
                block++;
                depth++;
            }
            else
            {
                _out.Write(Print(instr));
            }
            if (instr.Op is Op.Else or Op.Catch or Op.CatchAll) depth++;
        }
    }

    // Labels

    private void PushLabel(string? id)
    {
        int shadowed = -1;
        if (id is not null)
        {
            if (_labelOf.TryGetValue(id, out int outer)) shadowed = outer;
            _labelOf[id] = _labels.Count;
        }
        _labels.Add((id, shadowed));
    }

    private void PopLabel()
    {
        if (_labels.Count == 0) return;
        var (id, shadowed) = _labels[^1];
        _labels.RemoveAt(_labels.Count - 1);
        if (id is null) return;
        if (shadowed >= 0) _labelOf[id] = shadowed;
        else _labelOf.Remove(id);
    }

    /// <summary>A label's identifier, when no label further in hides it, or its index.</summary>
    private string Label(uint l)
    {
        if (l >= _labels.Count) return $"{l}";
        int position = _labels.Count - 1 - (int)l;
        return _labels[position].Id is { } id && _labelOf[id] == position ? id : $"{l}";
    }

    // Instructions

    /// <param name="instr">The instruction.</param>
    /// <param name="label">The identifier of the label that it opens, or null.</param>
    private string Print(Instr instr, string? label = null)
    {
        var def = instr.Def;
        string mnemonic = label is null ? def.Mnemonic : $"{def.Mnemonic} {label}";
        return instr switch
        {
            Plain => mnemonic,
            Idx i => mnemonic + Index(def.Immediates[0], i.X, optional: true),
            Idx2 i => mnemonic + Indices(def, i),
            Mem i => mnemonic + MemArg(def, i.Arg),
            MemLane i => $"{mnemonic}{MemArg(def, i.Arg)} {i.Lane}",
            Lane i => $"{mnemonic} {i.Index}",
            Const i => $"{mnemonic} {Number(def.Immediates[0], i.Bits)}",
            VConst i => mnemonic + (def.Immediates[0] == Imm.V128 ? Vector(i.Value) : string.Concat(i.Value.ToArray().Select(b => $" {b}"))),
            Block i => mnemonic + BlockType(i.Type),
            TryTable i => mnemonic + BlockType(i.Type) + string.Concat(i.Catches.Select(Catch)),
            BrTable i => $"{mnemonic}{string.Concat(i.Labels.Select(l => " " + Label(l)))} {Label(i.Default)}",
            SelectT i => $"{mnemonic} (result{string.Concat(i.Types.Select(t => " " + Print(t)))})",
            RefNull i => $"{mnemonic} {Print(i.Heap)}",
            Cast i => $"{mnemonic} {Print(i.Type)}",
            BrOnCast i => $"{mnemonic} {Label(i.Label)} {Print(i.From)} {Print(i.To)}",
            Resume i => mnemonic + Index(Imm.TypeIdx, i.Type) + (def.Immediates.Contains(Imm.TagIdx) ? Index(Imm.TagIdx, i.Tag) : "") + string.Concat(i.Handlers.Select(OnClause)),
            _ => throw new UnreachableException($"instruction {instr}"),
        };
    }

    /// <summary>An index with a space before it; table and memory 0 are left out where they may be, as they had to be before there were others.</summary>
    private string Index(Imm kind, uint x, bool optional = false)
    {
        if (optional && x == 0 && kind is Imm.TableIdx or Imm.MemIdx) return "";
        return kind switch
        {
            Imm.TypeIdx => " " + Id(_ids.Types, x),
            Imm.FuncIdx => " " + Id(_ids.Funcs, x),
            Imm.TableIdx => " " + Id(_ids.Tables, x),
            Imm.MemIdx => " " + Id(_ids.Mems, x),
            Imm.GlobalIdx => " " + Id(_ids.Globals, x),
            Imm.TagIdx => " " + Id(_ids.Tags, x),
            Imm.ElemIdx => " " + Id(_ids.Elems, x),
            Imm.DataIdx => " " + Id(_ids.Datas, x),
            Imm.LocalIdx => " " + Id(_locals, x),
            Imm.LabelIdx => " " + Label(x),
            Imm.U32 => $" {x}",
            Imm.BlockType or Imm.CatchVec or Imm.LabelVec or Imm.FieldIdx or Imm.MemArg or Imm.LaneIdx or Imm.I32 or Imm.I64 or Imm.F32 or Imm.F64
                or Imm.V128 or Imm.Lanes16 or Imm.ValTypeVec or Imm.HeapType or Imm.RefType or Imm.CastOp or Imm.OnVec or Imm.Fence
                or _ => throw new UnreachableException($"{kind} is no index"),
        };
    }

    private string Indices(InstrDef def, Idx2 i)
    {
        var (first, second) = (def.Immediates[0], def.Immediates[1]);
        return (first, second) switch
        {
            // Two tables or two memories: both or neither.
            (Imm.TableIdx, Imm.TableIdx) or (Imm.MemIdx, Imm.MemIdx) => i is { X: 0, Y: 0 } ? "" : Index(first, i.X) + Index(second, i.Y),
            (Imm.TableIdx, Imm.TypeIdx) => $"{Index(first, i.X, optional: true)} (type {Id(_ids.Types, i.Y)})",
            (_, Imm.FieldIdx) => $"{Index(first, i.X)} {(i.X < _types.Length ? Id(_ids.Fields(i.X), i.Y) : $"{i.Y}")}",
            _ => Index(first, i.X, optional: true) + Index(second, i.Y),
        };
    }

    private string MemArg(InstrDef def, MemArg arg)
    {
        string text = Index(Imm.MemIdx, arg.Mem, optional: true);
        if (arg.Offset != 0) text += $" offset={arg.Offset}";
        return arg.Align == def.NaturalAlign ? text : $"{text} align={1UL << (int)arg.Align}";
    }

    private static string Number(Imm kind, ulong bits)
    {
        if (kind == Imm.I32) return ((int)bits).ToString(CultureInfo.InvariantCulture);
        if (kind == Imm.I64) return ((long)bits).ToString(CultureInfo.InvariantCulture);
        return kind == Imm.F32 ? FloatText.PrintF32((uint)bits) : FloatText.PrintF64(bits);
    }

    internal static string Vector(V128 value) =>
        $" i32x4 0x{(uint)value.Lo:x8} 0x{value.Lo >> 32:x8} 0x{(uint)value.Hi:x8} 0x{value.Hi >> 32:x8}";

    private string BlockType(BlockType type) =>
        type.IsEmpty ? "" : type.IsResult ? $" (result {Print(type.Result)})" : $" (type {Id(_ids.Types, type.TypeIdx)})";

    private string Catch(Catch clause) => clause.Kind switch
    {
        CatchKind.Catch => $" (catch{Index(Imm.TagIdx, clause.Tag)} {Label(clause.Label)})",
        CatchKind.CatchRef => $" (catch_ref{Index(Imm.TagIdx, clause.Tag)} {Label(clause.Label)})",
        CatchKind.CatchAll => $" (catch_all {Label(clause.Label)})",
        CatchKind.CatchAllRef => $" (catch_all_ref {Label(clause.Label)})",
        _ => throw new UnreachableException($"catch {clause.Kind}"),
    };

    private string OnClause(OnClause clause) => $" (on{Index(Imm.TagIdx, clause.Tag)} {(clause.Label is { } l ? Label(l) : "switch")})";
}
