using System.Diagnostics;
using Wasm.Syntax;

#pragma warning disable IDE0072 // maps of the few instructions that have an image

namespace Wasm.Execution;

// One source instruction at a time.
internal sealed unsafe partial class Lowering
{
    private void Instruction(Instr instr)
    {
        switch (instr)
        {
            // Control instructions
            case { Op: Op.Nop or Op.AtomicFence }:
                Vanish();
                break;
            case { Op: Op.Unreachable }:
                Emit(new Code(LOp.Unreachable));
                _dead = true;
                break;
            case Block { Op: Op.If } block:
                var condition = TakeCondition();
                Flush();
                // Step_pure/if-true, Step_pure/if-false
                int branch = EmitBranch(condition, when: false);
                Enter(Op.If, block.Type, branch);
                break;
            // Step_read/block, Step_read/loop
            case Block block:
                Flush();
                Enter(block.Op, block.Type);
                Vanish();
                break;
            // Step_read/try_table
            case TryTable tryTable:
                Flush();
                Enter(Op.TryTable, tryTable.Type, catches: tryTable.Catches);
                Vanish();
                break;
            case { Op: Op.Else }:
                Else();
                break;
            // Step_pure/label-vals, Step_pure/handler-vals, Step_pure/frame-vals
            case { Op: Op.End }:
                if (!_dead && _controls.Count > 1) Vanish();
                End();
                break;
            case Idx { Op: Op.Catch, X: var tag }:
                LegacyCatch(HandlerKind.LegacyCatch, tag);
                break;
            case { Op: Op.CatchAll }:
                LegacyCatch(HandlerKind.LegacyCatchAll, 0);
                break;
            case Idx { Op: Op.Delegate, X: var l }:
                LegacyDelegate(l);
                break;
            case Idx { Op: Op.Br, X: var l }:
                Branch(LabelOf(l));
                break;
            case Idx { Op: Op.BrIf, X: var l }:
                BranchIf(LabelOf(l));
                break;
            case BrTable table:
                BranchTable(table);
                break;
            case { Op: Op.Return }:
                Return();
                _dead = true;
                break;
            case Idx { Op: Op.BrOnNull, X: var l }:
                BranchOnNull(LabelOf(l));
                break;
            case Idx { Op: Op.BrOnNonNull, X: var l }:
                Prepare(LabelOf(l));
                int nonNull = Emit(new Code(LOp.BrOnNonNull, 0, CellOf(_stack[_count - 1])));
                BranchWhen(nonNull, LabelOf(l), nonNull);
                Pop();
                break;
            case BrOnCast cast:
                BranchOnCast(cast);
                break;
            case Idx or Idx2 when instr.Op is Op.Call or Op.CallIndirect or Op.CallRef or Op.ReturnCall or Op.ReturnCallIndirect or Op.ReturnCallRef:
                Call(instr);
                break;
            case Idx { Op: Op.Throw, X: var tag }:
                Emit(new Code(LOp.Throw, TakeTop(((FuncType)_info.Tags[(int)tag].Expand).Params.Length), (int)tag));
                _dead = true;
                break;
            case { Op: Op.ThrowRef }:
                Emit(new Code(LOp.ThrowRef, 0, CellOf(Pop())));
                _dead = true;
                break;
            case Idx { Op: Op.Rethrow, X: var l }:
                Emit(new Code(LOp.ThrowRef, 0, _controls[_controls.Count - 1 - (int)l].BaseCell));
                _dead = true;
                break;
            case { Op: >= Op.ContNew and <= Op.Switch }:
                Continuation(instr);
                break;

            // Parametric and variable instructions
            // Step_pure/drop
            case { Op: Op.Drop }:
                Pop();
                Vanish();
                break;
            case { Op: Op.Select or Op.SelectT }:
                Select();
                break;
            case Idx { Op: Op.LocalGet, X: var x }:
                PushLocal((int)x);
                break;
            case Idx { Op: Op.LocalSet, X: var x }:
                LocalSet((int)x);
                break;
            case Idx { Op: Op.LocalTee, X: var x }:
                LocalTee((int)x);
                break;
            case Idx { Op: Op.GlobalGet, X: var x }:
                var getKind = _info.Globals[(int)x].Val.Kind;
                EmitResult(new Code(ByKind(getKind, LOp.GlobalGet, LOp.GlobalGetVec, LOp.GlobalGetRef), Push(getKind), (int)x));
                break;
            case Idx { Op: Op.GlobalSet, X: var x }:
                var value = Pop();
                Emit(new Code(ByKind(value.Kind, LOp.GlobalSet, LOp.GlobalSetVec, LOp.GlobalSetRef), CellOf(value), (int)x));
                break;

            // Table and memory instructions
            case Idx { Op: Op.TableGet, X: var x }:
                int element = CellOf(Pop());
                EmitResult(new Code(LOp.TableGet, Push(ValKind.Ref), element, (int)x));
                break;
            case Idx { Op: Op.TableSet, X: var x }:
                int written = CellOf(Pop());
                Emit(new Code(LOp.TableSet, written, CellOf(Pop()), (int)x));
                break;
            case { Op: Op.TableSize or Op.TableGrow or Op.TableFill or Op.TableCopy or Op.TableInit or Op.ElemDrop }:
                InPlace(LOp.Table, instr);
                break;
            case Idx { Op: Op.MemorySize, X: var x }:
                EmitResult(new Code(LOp.MemorySize, Push(_info.Mems[(int)x].Addr == AddrType.I32 ? ValKind.I32 : ValKind.I64), (int)x));
                break;
            case { Op: Op.MemoryGrow or Op.MemoryFill or Op.MemoryCopy or Op.MemoryInit or Op.DataDrop }:
                ScheduleBulk(instr);
                InPlace(LOp.Memory, instr);
                break;
            case Mem { Op: >= Op.MemoryAtomicNotify } atomic:
                SchedulePoint(atomic.Arg.Mem);
                var row = atomic.Def;
                int operands = TakeTop(row.Params.Length);
                PushAll([.. row.Results.Select(t => t.Type.Kind)]);
                Emit(new Code(LOp.Atomic, operands, (int)atomic.Arg.Mem, 0, (ushort)atomic.Op));
                EmitExt(Code.Wide(LOp.Ext, 0, atomic.Arg.Offset));
                break;
            case Mem mem:
                MemoryAccess(mem.Op, mem.Arg, 0);
                break;
            case MemLane lane:
                MemoryAccess(lane.Op, lane.Arg, lane.Lane);
                break;

            // Numeric and vector instructions
            case Const constant:
                PushConst(constant.Def.Results[0].Type.Kind, constant.Bits);
                break;
            case VConst { Op: Op.V128Const } constant:
                int whole = Push(ValKind.V128);
                Emit(Code.Wide(LOp.Const, whole, constant.Value.Lo));
                Emit(Code.Wide(LOp.Const, whole + 1, constant.Value.Hi));
                break;
            case { Op: >= Op.I32Eqz and <= Op.I64Extend32S }:
                Numeric(instr);
                break;
            case { Op: >= Op.I32TruncSatF32S and <= Op.I64TruncSatF64U }:
                int truncated = CellOf(Pop());
                EmitResult(new Code(LOp.TruncSat, Push(instr.Def.Results[0].Type.Kind), truncated, 0, (ushort)instr.Op));
                break;
            case { Op: >= Op.I64Add128 and <= Op.I64MulWideU }:
                InPlace(LOp.Wide, instr);
                break;
            case { Op: >= Op.V128Load and < Op.MemoryAtomicNotify }:
                Vector(instr);
                break;

            // Reference and aggregate instructions
            case RefNull:
                EmitResult(new Code(LOp.RefNull, Push(ValKind.Ref)));
                break;
            case { Op: Op.RefIsNull }:
                int tested = CellOf(Pop());
                EmitResult(new Code(LOp.RefIsNull, Push(ValKind.I32), tested));
                break;
            case Idx { Op: Op.RefFunc, X: var x }:
                EmitResult(new Code(LOp.RefFunc, Push(ValKind.Ref), (int)x));
                break;
            case { Op: Op.RefEq }:
                var right = Pop();
                var left = Pop();
                EmitResult(new Code(LOp.RefEq, Push(ValKind.I32), CellOf(left), CellOf(right)));
                break;
            case { Op: Op.RefAsNonNull }:
                Emit(new Code(LOp.RefAsNonNull, 0, CellOf(_stack[_count - 1])));
                break;
            case Cast { Op: Op.RefTest or Op.RefTestNull } cast:
                int candidate = CellOf(Pop());
                EmitResult(new Code(LOp.RefTest, Push(ValKind.I32), candidate, TypeIndex(_info.Close(cast.Type))));
                break;
            case Cast { Op: Op.RefCast or Op.RefCastNull } cast:
                int source = CellOf(Pop());
                EmitResult(new Code(LOp.RefCast, Push(ValKind.Ref), source, TypeIndex(_info.Close(cast.Type))));
                break;
            case { Op: Op.AnyConvertExtern or Op.ExternConvertAny }:
                // Step_pure/any.convert_extern-*, Step_pure/extern.convert_any-*: the object is the same, and its type at the boundary tells which it is.
                var converted = Pop();
                Vanish();
                Repush(converted);
                break;
            case Idx2 { Op: Op.StructGet or Op.StructGetS or Op.StructGetU } get:
                StructGet(get);
                break;
            case Idx2 { Op: Op.StructSet } set:
                StructSet(set);
                break;
            default:
                Aggregate(instr);
                break;
        }
    }

    private static LOp ByKind(ValKind kind, LOp num, LOp vec, LOp reference) => kind == ValKind.Ref ? reference : kind == ValKind.V128 ? vec : num;

    // Conditions

    /// <summary>Takes the condition off, and the comparison that made it out of the code; gives the branch that is taken when it is true.</summary>
    private (Code Branch, bool Negated) TakeCondition()
    {
        var operand = Pop();
        bool negated = false;
        while (Producer(operand) is { Op: LOp.I32Eqz } test)
        {
            negated = !negated;
            RemoveProducer();
            operand = new Operand { Form = Form.Home, Kind = ValKind.I32, Cell = test.B, Source = -1 };
            if (_code.Count > 0 && test.B >= _localCells && _code[^1].A == test.B && IsComparison(_code[^1].Op) && _lastLabel < _code.Count)
            {
                _producer = _code.Count - 1;
                _producerEnd = _code.Count;
            }
        }
        if (Producer(operand) is { } producer && Fused(producer.Op) is { } branch)
        {
            RemoveProducer();
            return (new Code(branch, 0, producer.B, producer.Op == LOp.I64Eqz ? 0 : producer.C), negated);
        }
        return (new Code(LOp.BrIf, 0, CellOf(operand)), negated);
    }

    /// <summary>The instruction that made an operand, when it was the last one and the operand its only use.</summary>
    private Code? Producer(in Operand operand) =>
        Fuses && operand.Form == Form.Home && _producer == _code.Count - 1 && _producerEnd == _code.Count && _producer >= 0 && _code[_producer].A == operand.Cell
            ? _code[_producer] : null;

    private void RemoveProducer()
    {
        _unowned.Add(_source[_producer]);
        _code.RemoveAt(_producer);
        _source.RemoveAt(_producer);
        _producer = -1;
    }

    private int EmitBranch((Code Branch, bool Negated) condition, bool when)
    {
        var code = condition.Branch;
        if (condition.Negated == when) code.Op = Opposite(code.Op);
        return Emit(code);
    }

    private static bool IsComparison(LOp op) => op is (>= LOp.I32Eqz and <= LOp.F64Ge) or (>= LOp.I32EqImm and <= LOp.I64GeUImm);

    /// <summary>The branch that compares as an instruction does, or null.</summary>
    private static LOp? Fused(LOp op) => op switch
    {
        >= LOp.I32Eq and <= LOp.I32GeU => LOp.BrIfI32Eq + (op - LOp.I32Eq),
        >= LOp.I64Eq and <= LOp.I64GeU => LOp.BrIfI64Eq + (op - LOp.I64Eq),
        >= LOp.F32Eq and <= LOp.F32Ge => LOp.BrIfF32Eq + (op - LOp.F32Eq),
        >= LOp.F64Eq and <= LOp.F64Ge => LOp.BrIfF64Eq + (op - LOp.F64Eq),
        >= LOp.I32EqImm and <= LOp.I32GeUImm => LOp.BrIfI32EqImm + (op - LOp.I32EqImm),
        >= LOp.I64EqImm and <= LOp.I64GeUImm => LOp.BrIfI64EqImm + (op - LOp.I64EqImm),
        LOp.I64Eqz => LOp.BrIfI64EqImm,
        LOp.RefIsNull => LOp.BrOnNull,
        _ => null,
    };

    /// <summary>The branch that is taken when another is not. A comparison of floats has no opposite, for NaN is neither below nor above.</summary>
    private static LOp Opposite(LOp op) => op switch
    {
        LOp.BrIf => LOp.BrUnless,
        LOp.BrOnNull => LOp.BrOnNonNull,
        >= LOp.BrIfI32Eq and <= LOp.BrIfI32GeU => OppositeRelation(LOp.BrIfI32Eq, op - LOp.BrIfI32Eq),
        >= LOp.BrIfI64Eq and <= LOp.BrIfI64GeU => OppositeRelation(LOp.BrIfI64Eq, op - LOp.BrIfI64Eq),
        >= LOp.BrIfI32EqImm and <= LOp.BrIfI32GeUImm => OppositeRelation(LOp.BrIfI32EqImm, op - LOp.BrIfI32EqImm),
        >= LOp.BrIfI64EqImm and <= LOp.BrIfI64GeUImm => OppositeRelation(LOp.BrIfI64EqImm, op - LOp.BrIfI64EqImm),
        >= LOp.BrIfF32Eq and <= LOp.BrIfF32Ge => LOp.BrUnlessF32Eq + (op - LOp.BrIfF32Eq),
        >= LOp.BrIfF64Eq and <= LOp.BrIfF64Ge => LOp.BrUnlessF64Eq + (op - LOp.BrIfF64Eq),
        _ => throw new UnreachableException($"{op} is no conditional branch"),
    };

    // The relations in their order: eq ne, lt_s lt_u, gt_s gt_u, le_s le_u, ge_s ge_u.
    private static readonly ushort[] OppositeOf = [1, 0, 8, 9, 6, 7, 4, 5, 2, 3];
    private static readonly ushort[] SwappedOf = [0, 1, 4, 5, 2, 3, 8, 9, 6, 7];

    private static LOp OppositeRelation(LOp first, int relation) => first + OppositeOf[relation];

    private static LOp SwappedRelation(LOp first, int relation) => first + SwappedOf[relation];

    private void BranchIf(Label label)
    {
        var condition = TakeCondition();
        Prepare(label);
        int at = EmitBranch(condition, when: true);
        BranchWhen(at, label, at);
    }

    private void BranchOnNull(Label label)
    {
        var operand = Pop();
        Prepare(label);
        int at = Emit(new Code(LOp.BrOnNull, 0, CellOf(operand)));
        BranchWhen(at, label, at);
        Repush(operand);
    }

    private void BranchOnCast(BrOnCast cast)
    {
        var label = LabelOf(cast.Label);
        bool withDescriptor = cast.Op is Op.BrOnCastDescEq or Op.BrOnCastDescEqFail;
        int descriptor = withDescriptor ? CellOf(Pop()) : 0;
        Prepare(label);
        int cell = CellOf(_stack[_count - 1]);
        int at = withDescriptor
            ? Emit(new Code(LOp.BrOnCastDescEq, 0, cell, descriptor, (ushort)((cast.To.Nullable ? 1 : 0) | (cast.Op == Op.BrOnCastDescEqFail ? 2 : 0))))
            : Emit(new Code(cast.Op == Op.BrOnCast ? LOp.BrOnCast : LOp.BrOnCastFail, 0, cell, TypeIndex(_info.Close(cast.To))));
        BranchWhen(at, label, at);
    }

    // Calls

    private void Call(Instr instr)
    {
        int callee = instr.Op is Op.CallIndirect or Op.CallRef or Op.ReturnCallIndirect or Op.ReturnCallRef ? CellOf(Pop()) : 0;
        // The callee's cell may be the one after the arguments, which the call overwrites only when it has read it.
        var type = instr switch
        {
            Idx2 { Y: var y } => _info.Types[(int)y],
            Idx { Op: Op.CallRef or Op.ReturnCallRef, X: var x } => _info.Types[(int)x],
            Idx { X: var x } => _info.Funcs[(int)x],
            _ => throw new UnreachableException($"call {instr}"),
        };
        var func = (FuncType)type.Expand;
        int cell = TakeTop(func.Params.Length);
        switch (instr)
        {
            case Idx { Op: Op.Call, X: var x }:
                bool defined = x >= _info.Funcs.Length - _info.Module.Funcs.Length;
                Emit(new Code(defined ? LOp.CallDefined : LOp.Call, cell, (int)x));
                break;
            case Idx { Op: Op.ReturnCall, X: var x }:
                Emit(new Code(LOp.ReturnCall, cell, (int)x));
                break;
            case Idx2 { X: var table, Y: var y }:
                Emit(new Code(instr.Op == Op.CallIndirect ? LOp.CallIndirect : LOp.ReturnCallIndirect, cell, callee, (int)y));
                EmitExt(new Code(LOp.Ext, (int)table));
                break;
            default:
                Emit(new Code(instr.Op == Op.CallRef ? LOp.CallRef : LOp.ReturnCallRef, cell, callee));
                break;
        }
        if (instr.Op is Op.ReturnCall or Op.ReturnCallIndirect or Op.ReturnCallRef) _dead = true;
        else PushAll(func.Results);
    }

    private void Continuation(Instr instr)
    {
        FuncType FuncOf(uint cont) => (FuncType)((ContType)_info.Types[(int)cont].Expand).Func.Def!.Expand;
        ushort op = (ushort)instr.Op;
        switch (instr)
        {
            case Idx { Op: Op.ContNew, X: var x }:
                Emit(new Code(LOp.Cont, TakeTop(1), (int)x, 0, op));
                Push(ValKind.Ref);
                break;
            case Idx2 { Op: Op.ContBind, X: var x, Y: var y }:
                int bound = FuncOf(x).Params.Length - FuncOf(y).Params.Length;
                int boundCells = CellsOf(FuncOf(x).Params[..bound]);
                Emit(new Code(LOp.Cont, TakeTop(bound + 1), (int)y, boundCells, op));
                Push(ValKind.Ref);
                break;
            case Idx { Op: Op.Suspend, X: var tag }:
                var tagType = (FuncType)_info.Tags[(int)tag].Expand;
                Emit(new Code(LOp.Cont, TakeTop(tagType.Params.Length), (int)tag, CellsOf(tagType.Params), op));
                PushAll(tagType.Results);
                break;
            case Idx2 { Op: Op.Switch, X: var x, Y: var tag }:
                var parameters = FuncOf(x).Params;
                var back = parameters[^1].Ref.Heap.Def!;
                Emit(new Code(LOp.Cont, TakeTop(parameters.Length), (int)tag, CellsOf(parameters) - 1, op));
                EmitExt(new Code(LOp.Ext, TypeIndex(new RefType(false, HeapType.Of(back)))));
                PushAll(((FuncType)((ContType)back.Expand).Func.Def!.Expand).Params);
                break;
            case Resume resume:
                var arguments = resume.Op switch
                {
                    Op.Resume => FuncOf(resume.Type).Params,
                    Op.ResumeThrow => ((FuncType)_info.Tags[(int)resume.Tag].Expand).Params,
                    _ => [ValType.RefNull(HeapType.Exn)],
                };
                int cell = TakeTop(arguments.Length + 1);
                _resumes.Add([.. resume.Handlers.Select(On)]);
                Emit(new Code(LOp.Cont, cell, _resumes.Count - 1, CellsOf(arguments), op));
                EmitExt(new Code(LOp.Ext, (int)resume.Tag));
                PushAll(FuncOf(resume.Type).Results);
                break;
            default:
                throw new UnreachableException($"{instr} is not of stack switching");
        }
    }

    private (OnHandler, Label?) On(OnClause clause)
    {
        if (clause.Label is not { } l) return (new OnHandler(clause.Tag, true, 0, -1, null), null);
        var label = LabelOf(l);
        label.IsAwaited = true;
        var type = _controls[_controls.Count - 1 - (int)l].LabelTypes[^1];
        return (new OnHandler(clause.Tag, false, label.Cell, -1, type.Ref.Heap.Def), label);
    }

    // Variables, memories

    private void Select()
    {
        int condition = CellOf(Pop());
        var second = Pop();
        var first = Pop();
        int b = CellOf(first), c = CellOf(second);
        _producer = Emit(new Code(ByKind(first.Kind, LOp.Select, LOp.SelectVec, LOp.SelectRef), Push(first.Kind), b, c));
        EmitExt(new Code(LOp.Ext, condition));
        _producerEnd = _code.Count;
    }

    /// <summary>Takes all operands home, and leaves the results there.</summary>
    private void InPlace(LOp op, Instr instr)
    {
        (uint x, uint y) = instr switch
        {
            Idx i => (i.X, 0u),
            Idx2 i => (i.X, i.Y),
            _ => (0u, 0u),
        };
        var row = instr.Def;
        int n = row.HasType ? row.Params.Length : 3;    // the copies and inits between two memories or tables
        int cell = TakeTop(n);
        Emit(new Code(op, cell, (int)x, (int)y, (ushort)instr.Op));
        foreach (var result in row.Results)
            Push(result.Var == SigVar.Addr ? AddrKind(instr.Op, x) : result.Type.Kind);
    }

    private ValKind AddrKind(Op op, uint x)
    {
        var addr = op is Op.MemoryGrow ? _info.Mems[(int)x].Addr : _info.Tables[(int)x].Addr;
        return addr == AddrType.I32 ? ValKind.I32 : ValKind.I64;
    }

    private void SchedulePoint(uint mem)
    {
        if ((_options & LoweringOptions.Scheduled) != 0 && _info.Mems[(int)mem].Shared) Emit(new Code(LOp.SharedPoint));
    }

    private void ScheduleBulk(Instr instr)
    {
        if (instr is Idx { Op: not Op.DataDrop, X: var x }) SchedulePoint(x);
        else if (instr is Idx2 { X: var x2, Y: var y2 }) SchedulePoint(instr.Op == Op.MemoryCopy && _info.Mems[(int)y2].Shared ? y2 : x2);
    }

    private void MemoryAccess(Op op, MemArg arg, byte lane)
    {
        SchedulePoint(arg.Mem);
        var row = InstrTable.Of(op);
        var type = _info.Mems[(int)arg.Mem];
        bool plain = arg is { Mem: 0, Offset: <= uint.MaxValue } && type is { Addr: AddrType.I32, Shared: false };
        var fast = op switch
        {
            >= Op.I32Load and <= Op.I64Store32 => LOp.I32Load + (op - Op.I32Load),
            Op.V128Load => LOp.V128Load,
            Op.V128Store => LOp.V128Store,
            _ => LOp.MemoryAccess,
        };
        bool reads = row.Results.Length == 1;
        int value = row.Params.Length == 2 ? CellOf(Pop()) : 0;
        int address = CellOf(Pop());
        int a = reads ? Push(row.Results[0].Type.Kind) : value;
        if (plain && fast != LOp.MemoryAccess)
        {
            var code = new Code(fast, a, address, (int)(uint)arg.Offset);
            if (reads) EmitResult(code);
            else Emit(code);
            return;
        }
        int at = Emit(new Code(LOp.MemoryAccess, a, address, (int)arg.Mem, (ushort)op));
        EmitExt(Code.Wide(LOp.Ext, value, arg.Offset, lane));
        if (!reads) return;
        _producer = at;
        _producerEnd = _code.Count;
    }

    // Numbers and vectors

    private void Numeric(Instr instr)
    {
        var row = instr.Def;
        var result = row.Results[0].Type.Kind;
        var op = LOp.I32Eqz + (instr.Op - Op.I32Eqz);
        if (row.Params.Length == 2)
        {
            Binary(op, result);
        }
        else if (Fuses && op is LOp.I32ReinterpretF32 or LOp.I64ReinterpretF64 or LOp.F32ReinterpretI32 or LOp.F64ReinterpretI64 or LOp.I64ExtendI32U)
        {
            // Cells hold bits, zero-extended: nothing changes but the type.
            _stack[_count - 1].Kind = result;
            _unowned.Add(_at);
        }
        else
        {
            int operand = CellOf(Pop());
            EmitResult(new Code(op, Push(result), operand));
        }
        if ((_options & LoweringOptions.CanonicalNaN) != 0 && MakesNaN(instr.Op)) Canonicalize(result == ValKind.F32 ? LOp.CanonF32 : LOp.CanonF64);
    }

    private void Binary(LOp op, ValKind result)
    {
        var right = Pop();
        var left = Pop();
        if (Fuses && left.Form == Form.Const && right.Form != Form.Const && Swapped(op) is { } swapped)
        {
            (left, right) = (right, left);
            op = swapped;
        }
        if (Fuses && right.Form == Form.Const && Immediate(op, right.Bits) is { } immediate)
        {
            int operand = CellOf(left);
            EmitResult(new Code(immediate, Push(result), operand, (int)right.Bits));
            return;
        }
        int b = CellOf(left), c = CellOf(right);
        EmitResult(new Code(op, Push(result), b, c));
    }

    /// <summary>The instruction that gives the same with its operands exchanged, or null.</summary>
    private static LOp? Swapped(LOp op) => op switch
    {
        >= LOp.I32Eq and <= LOp.I32GeU => SwappedRelation(LOp.I32Eq, op - LOp.I32Eq),
        >= LOp.I64Eq and <= LOp.I64GeU => SwappedRelation(LOp.I64Eq, op - LOp.I64Eq),
        LOp.I32Add or LOp.I32Mul or LOp.I32And or LOp.I32Or or LOp.I32Xor or LOp.I64Add or LOp.I64Mul or LOp.I64And or LOp.I64Or or LOp.I64Xor => op,
        _ => null,
    };

    /// <summary>The form with the right operand as a number of 32 bits, or null when there is none. Divisors 0 and -1 stay operands: they may trap.</summary>
    private static LOp? Immediate(LOp op, ulong bits)
    {
        bool fits = (ulong)(int)bits == bits;
        return op switch
        {
            LOp.I32DivS or LOp.I32DivU or LOp.I32RemS or LOp.I32RemU when (uint)bits is 0 or uint.MaxValue => null,
            LOp.I64DivS or LOp.I64DivU or LOp.I64RemS or LOp.I64RemU when bits is 0 or ulong.MaxValue => null,
            >= LOp.I32Eq and <= LOp.I32GeU => LOp.I32EqImm + (op - LOp.I32Eq),
            >= LOp.I32Add and <= LOp.I32Rotr => LOp.I32AddImm + (op - LOp.I32Add),
            >= LOp.I64Eq and <= LOp.I64GeU when fits => LOp.I64EqImm + (op - LOp.I64Eq),
            >= LOp.I64Add and <= LOp.I64Rotr when fits => LOp.I64AddImm + (op - LOp.I64Add),
            _ => null,
        };
    }

    private void Vector(Instr instr)
    {
        var row = instr.Def;
        var result = row.Results[0].Type.Kind;
        ushort op = (ushort)instr.Op;
        Span<int> cells = stackalloc int[3];
        for (int k = row.Params.Length - 1; k >= 0; k--)
            cells[k] = CellOf(Pop());
        int a = Push(result);
        switch (instr)
        {
            case Lane { Index: var lane } when row.Params.Length == 1:
                EmitResult(new Code(Shape(row), a, cells[0], lane, op));
                break;
            case Lane { Index: var lane }:
                EmitVectorExt(new Code(LOp.VectorExt, a, cells[0], cells[1], op), new Code(LOp.Ext, lane));
                break;
            case VConst { Value: var lanes }:
                EmitVectorExt(new Code(LOp.VectorExt, a, cells[0], cells[1], op), Code.Wide(LOp.Ext, 0, lanes.Lo), Code.Wide(LOp.Ext, 0, lanes.Hi));
                break;
            default:
                if (row.Params.Length == 3) EmitVectorExt(new Code(LOp.VectorExt, a, cells[0], cells[1], op), new Code(LOp.Ext, cells[2]));
                else EmitResult(new Code(Shape(row), a, cells[0], cells[1], op));
                break;
        }
        if ((_options & LoweringOptions.CanonicalNaN) != 0 && result == ValKind.V128 && MakesNaN(instr.Op))
            Canonicalize(row.Mnemonic.StartsWith("f32x4", StringComparison.Ordinal) ? LOp.CanonF32x4 : LOp.CanonF64x2);
    }

    private static LOp Shape(InstrDef row) => row.Feature == Features.RelaxedSimd ? LOp.Relaxed : row.Mnemonic[..row.Mnemonic.IndexOf('.', StringComparison.Ordinal)] switch
    {
        "v128" => LOp.V128,
        "i8x16" => LOp.I8x16,
        "i16x8" => LOp.I16x8,
        "i32x4" => LOp.I32x4,
        "i64x2" => LOp.I64x2,
        "f32x4" => LOp.F32x4,
        "f64x2" => LOp.F64x2,
        _ => throw new UnreachableException($"shape of {row}"),
    };

    private void EmitVectorExt(Code code, params ReadOnlySpan<Code> more)
    {
        int at = Emit(code);
        foreach (var ext in more)
            EmitExt(ext);
        _producer = at;
        _producerEnd = _code.Count;
    }

    private void Canonicalize(LOp op)
    {
        int cell = _stack[_count - 1].Cell, owner = _owner[_at];
        EmitResult(new Code(op, cell, cell));
        _owner[_at] = owner;
    }

    /// <summary>Whether the operator is one for which the specification allows several NaNs (4.3.3).</summary>
    private static bool MakesNaN(Op op) => InstrTable.Of(op) is { Num: { } num, Mnemonic: { } mnemonic } && mnemonic[0] == 'f'
        && num is "fadd" or "fsub" or "fmul" or "fdiv" or "fmin" or "fmax" or "fsqrt" or "fceil" or "ffloor" or "ftrunc" or "fnearest" or "demote" or "promote"
            or "frelaxed_madd" or "frelaxed_nmadd" or "frelaxed_min" or "frelaxed_max";

    // Aggregates

    private void StructGet(Idx2 get)
    {
        var (storage, place) = Field(get.X, get.Y);
        int reference = CellOf(Pop());
        if (storage.Unpacked.IsVec)
        {
            // Rare: by way of the general form, which wants its operand at home.
            int home = Push(ValKind.Ref);
            if (home != reference) Emit(new Code(LOp.CopyRef, home, reference));
            Pop();
            Push(ValKind.V128);
            Emit(new Code(LOp.Gc, home, place, 0, (ushort)Op.StructGet));
            return;
        }
        int bits = get.Op == Op.StructGetS ? storage.Pack == PackType.I8 ? 8 : 16 : 0;
        var kind = storage.Unpacked.Kind;
        EmitResult(new Code(kind == ValKind.Ref ? LOp.StructGetRef : LOp.StructGet, Push(kind), reference, place, (ushort)bits));
    }

    private void StructSet(Idx2 set)
    {
        var (storage, place) = Field(set.X, set.Y);
        if (storage.Unpacked.IsVec)
        {
            Emit(new Code(LOp.Gc, TakeTop(2), place, 0, (ushort)Op.StructSet));
            return;
        }
        int value = CellOf(Pop());
        int reference = CellOf(Pop());
        ushort mask = storage.Pack switch { PackType.I8 => 0xFF, PackType.I16 => 0xFFFF, PackType.None or _ => 0 };
        Emit(new Code(storage.Unpacked.IsRef ? LOp.StructSetRef : LOp.StructSet, place, reference, value, mask));
    }

    private (StorageType Storage, int Place) Field(uint x, uint i)
    {
        var type = _info.Types[(int)x];
        return (((StructType)type.Expand).Fields[(int)i].Storage, StructLayout.Of(type).Place[(int)i]);
    }

    /// <summary>The other instructions on structures, arrays and i31: operands and result at home.</summary>
    private void Aggregate(Instr instr)
    {
        (uint x, uint y) = instr switch
        {
            Idx i => (i.X, 0u),
            Idx2 i => (i.X, i.Y),
            _ => (0u, 0u),
        };
        ushort op = (ushort)instr.Op;
        ValKind Element() => ((ArrayType)_info.Types[(int)x].Expand).Field.Storage.Unpacked.Kind;
        int Fields() => ((StructType)_info.Types[(int)x].Expand).Fields.Length;
        void Gc(int operands, ValKind? result, int b = 0, int c = 0)
        {
            Emit(new Code(LOp.Gc, TakeTop(operands), b, c, op));
            if (result is { } kind) Push(kind);
        }
        switch (instr)
        {
            case { Op: Op.RefI31 }:
                Gc(1, ValKind.Ref);
                break;
            case { Op: Op.I31GetS or Op.I31GetU or Op.ArrayLen }:
                Gc(1, ValKind.I32);
                break;
            case { Op: Op.StructNew }:
                Gc(Fields(), ValKind.Ref, (int)x);
                break;
            case { Op: Op.StructNewDefault }:
                Gc(0, ValKind.Ref, (int)x);
                break;
            case { Op: Op.StructNewDesc }:
                Gc(Fields() + 1, ValKind.Ref, (int)x);
                break;
            case { Op: Op.StructNewDefaultDesc }:
                Gc(1, ValKind.Ref, (int)x);
                break;
            case { Op: Op.RefGetDesc }:
                Gc(1, ValKind.Ref);
                break;
            case Cast { Op: Op.RefCastDescEq or Op.RefCastDescEqNull } cast:
                Gc(2, ValKind.Ref, cast.Type.Nullable ? 1 : 0);
                break;
            case { Op: Op.ArrayNew }:
                Gc(2, ValKind.Ref, (int)x);
                break;
            case { Op: Op.ArrayNewDefault }:
                Gc(1, ValKind.Ref, (int)x);
                break;
            case { Op: Op.ArrayNewFixed }:
                Gc((int)y, ValKind.Ref, (int)x, (int)y);
                break;
            case { Op: Op.ArrayNewData or Op.ArrayNewElem }:
                Gc(2, ValKind.Ref, (int)x, (int)y);
                break;
            case { Op: Op.ArrayGet or Op.ArrayGetS or Op.ArrayGetU }:
                Gc(2, Element());
                break;
            case { Op: Op.ArraySet }:
                Gc(3, null);
                break;
            case { Op: Op.ArrayFill }:
                Gc(4, null);
                break;
            case { Op: Op.ArrayCopy }:
                Gc(5, null);
                break;
            case { Op: Op.ArrayInitData or Op.ArrayInitElem }:
                Gc(4, null, (int)y);
                break;
            default:
                throw new UnreachableException($"no lowering for {instr}");
        }
    }
}
