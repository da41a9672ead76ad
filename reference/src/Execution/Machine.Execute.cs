using System.Runtime.CompilerServices;
using Wasm.Numerics;
using Wasm.Syntax;

namespace Wasm.Execution;

// Why the machine's loop was left.
internal enum Exit : byte
{
    /// <summary>The first function returned.</summary>
    Done,
    /// <summary>A continuation's first function returned.</summary>
    ContReturn,
    /// <summary>An instruction of stack switching is next.</summary>
    Cont,
    /// <summary>Another stack is current.</summary>
    Switched,
    /// <summary>The next call needs more cells.</summary>
    GrowCells,
    /// <summary>The budget is used up.</summary>
    Paused,
    AtSharedAccess,
    Blocked,
    Failed,
}

public sealed unsafe partial class Machine<TObserver>
{
    // One switch, in the order of chapter 4.4. An arm only moves operands: what it computes is a pure function in Wasm.Numerics. What every arm needs is
    // in locals, few enough to stay in registers that calls preserve: i the instruction, s the cells of the frame, r its references, fuel the steps
    // left. The rest of the state is in fields. Arms that are long or rare are calls: the compiler optimizes no method beyond a size.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Exit Execute()
    {
        int fuel = _fuel;
        int at;
        ulong ea;
        Code* next;
        WasmFunc target;
        FuncInst? callee;
        object? reference;
        FuncCode code;
        TrapKind trap;
        bool gone;
        Conversions.TruncFault fault;
        Exit exit;

    Reload:
        var i = _stack.Pc;
        ulong* s = _cells + _stack.Base;
        ref var r = ref _stack.FirstRef;
        if (fuel < 0) goto Poll;

    Next:
        while (true)
        {
            if (TObserver.IsActive) Observe(i, s);
            switch (i->Op)
            {
                // Control instructions

                // Step_pure/unreachable
                case LOp.Unreachable: trap = TrapKind.Unreachable; goto Trapped;
                // Step_pure/nop
                case LOp.Nop: break;

                // Step_pure/br-label-*
                case LOp.Br: goto Branch;

                // Step_pure/br_if-true, Step_pure/br_if-false, and if
                case LOp.BrIf: if ((uint)s[i->B] != 0) goto Branch; break;
                case LOp.BrUnless: if ((uint)s[i->B] == 0) goto Branch; break;

                // Step_pure/br_table-lt, Step_pure/br_table-ge
                case LOp.BrTable: i += i[1 + Math.Min((uint)s[i->B], (uint)i->C)].A; goto Branched;

                // Step_pure/br_on_null-*, Step_pure/br_on_non_null-*
                case LOp.BrOnNull: if (Unsafe.Add(ref r, i->B) is null) goto Branch; break;
                case LOp.BrOnNonNull: if (Unsafe.Add(ref r, i->B) is not null) goto Branch; break;

                // Step_read/br_on_cast-*, Step_read/br_on_cast_fail-*
                case LOp.BrOnCast: if (HasType(Unsafe.Add(ref r, i->B), CurrentFunc, i->C)) goto Branch; break;
                case LOp.BrOnCastFail: if (!HasType(Unsafe.Add(ref r, i->B), CurrentFunc, i->C)) goto Branch; break;
                case LOp.BrOnCastDescEq:
                    if (Unsafe.Add(ref r, i->C) is null) { trap = TrapKind.DescNull; goto Trapped; }
                    if (HasDescriptor(Unsafe.Add(ref r, i->B), Unsafe.Add(ref r, i->C), (i->X & 1) != 0) != ((i->X & 2) != 0)) goto Branch;
                    break;

                // Step_pure/return-frame, Step_pure/frame-vals
                case LOp.Return: goto Return;
                case LOp.ReturnNum: s[0] = s[i->B]; goto Return;
                case LOp.ReturnRef: r = Unsafe.Add(ref r, i->B); goto Return;

                // Step_read/call, Step_read/call_ref-func
                case LOp.Call: callee = _inst.Funcs[i->B]; next = i + 1; goto Invoke;
                case LOp.CallDefined: target = Unsafe.As<WasmFunc>(_inst.Funcs[i->B]); at = i->A; next = i + 1; goto InvokeDefined;

                // Step_pure/call_indirect
                case LOp.CallIndirect:
                    ea = s[i->B];
                    if (ea >= (uint)_inst.Tables[i[1].A].Size) goto IndOob;
                    callee = Unsafe.As<FuncInst>(_inst.Tables[i[1].A].Elems[ea]);
                    if (callee is null) goto IndNull;
                    if (callee.DefType != _inst.Types[i->C] && !callee.DefType.IsSubTypeOf(_inst.Types[i->C])) goto IndSig;
                    next = i + 2;
                    goto Invoke;

                // Step_read/call_ref-null, Step_read/call_ref-func
                case LOp.CallRef:
                    callee = Unsafe.As<FuncInst>(Unsafe.Add(ref r, i->B));
                    if (callee is null) { trap = TrapKind.CallRefNull; goto Trapped; }
                    next = i + 1;
                    goto Invoke;

                // Step_read/return_call, Step_pure/return_call_indirect, Step_read/return_call_ref-*
                case LOp.ReturnCall: callee = _inst.Funcs[i->B]; goto TailCall;
                case LOp.ReturnCallIndirect:
                    ea = s[i->B];
                    if (ea >= (uint)_inst.Tables[i[1].A].Size) goto IndOob;
                    callee = Unsafe.As<FuncInst>(_inst.Tables[i[1].A].Elems[ea]);
                    if (callee is null) goto IndNull;
                    if (callee.DefType != _inst.Types[i->C] && !callee.DefType.IsSubTypeOf(_inst.Types[i->C])) goto IndSig;
                    goto TailCall;
                case LOp.ReturnCallRef:
                    callee = Unsafe.As<FuncInst>(Unsafe.Add(ref r, i->B));
                    if (callee is null) { trap = TrapKind.CallRefNull; goto Trapped; }
                    goto TailCall;

                // Step/throw, Step_read/throw_ref-*
                case LOp.Throw:
                    reference = NewException(_inst.Tags[i->B], s + i->A, ref Unsafe.Add(ref r, i->A));
                    if (reference is null) goto Failed;
                    goto Throw;
                case LOp.ThrowRef:
                    reference = Unsafe.Add(ref r, i->B);
                    if (reference is null) { trap = TrapKind.ThrowRefNull; goto Trapped; }
                    goto Throw;

                case LOp.Halt: exit = Exit.Done; goto Leave;
                case LOp.ContReturn: exit = Exit.ContReturn; goto Leave;
                case LOp.Cont: exit = Exit.Cont; goto Leave;
                case LOp.SharedPoint: i++; exit = Exit.AtSharedAccess; goto Leave;

                // Parametric and variable instructions: Step_read/local.get, Step/local.set and values that change places
                case LOp.Const: s[i->A] = *(ulong*)&i->B; break;
                case LOp.Copy: s[i->A] = s[i->B]; break;
                case LOp.CopyVec: *(V128*)(s + i->A) = *(V128*)(s + i->B); break;
                case LOp.CopyRef: Unsafe.Add(ref r, i->A) = Unsafe.Add(ref r, i->B); break;
                case LOp.CopyRange: CopyRange(s, ref r, i->A, i->B, i->C); break;

                // Step_pure/select-true, Step_pure/select-false
                case LOp.Select: s[i->A] = (uint)s[i[1].A] != 0 ? s[i->B] : s[i->C]; i++; break;
                case LOp.SelectVec: *(V128*)(s + i->A) = *(V128*)(s + ((uint)s[i[1].A] != 0 ? i->B : i->C)); i++; break;
                case LOp.SelectRef: Unsafe.Add(ref r, i->A) = Unsafe.Add(ref r, (uint)s[i[1].A] != 0 ? i->B : i->C); i++; break;

                // Step_read/global.get, Step/global.set
                case LOp.GlobalGet: s[i->A] = _inst.Globals[i->B].Num; break;
                case LOp.GlobalGetVec: *(V128*)(s + i->A) = _inst.Globals[i->B].Bits; break;
                case LOp.GlobalGetRef: Unsafe.Add(ref r, i->A) = _inst.Globals[i->B].Ref; break;
                case LOp.GlobalSet: _inst.Globals[i->B].Num = s[i->A]; break;
                case LOp.GlobalSetVec: _inst.Globals[i->B].Bits = *(V128*)(s + i->A); break;
                case LOp.GlobalSetRef: _inst.Globals[i->B].Ref = Unsafe.Add(ref r, i->A); break;

                // Table instructions

                // Step_read/table.get-*, Step/table.set-*
                case LOp.TableGet:
                    ea = s[i->B];
                    if (ea >= (uint)_inst.Tables[i->C].Size) { trap = TrapKind.TableOob; goto Trapped; }
                    Unsafe.Add(ref r, i->A) = _inst.Tables[i->C].Elems[ea];
                    break;
                case LOp.TableSet:
                    ea = s[i->B];
                    if (ea >= (uint)_inst.Tables[i->C].Size) { trap = TrapKind.TableOob; goto Trapped; }
                    _inst.Tables[i->C].Elems[ea] = Unsafe.Add(ref r, i->A);
                    break;
                case LOp.Table: if (!TableInstr(i, s + i->A, ref Unsafe.Add(ref r, i->A), _inst)) goto Failed; break;

                // Memory instructions: Step_read/load-num-*, Step_read/load-pack-*, Step/store-num-*, Step/store-pack-*
                case LOp.I32Load: if ((ea = (uint)s[i->B] + (ulong)(uint)i->C) + 4 > _memSize) goto MemOob; s[i->A] = *(uint*)(_mem + ea); break;
                case LOp.I64Load: if ((ea = (uint)s[i->B] + (ulong)(uint)i->C) + 8 > _memSize) goto MemOob; s[i->A] = *(ulong*)(_mem + ea); break;
                case LOp.F32Load: if ((ea = (uint)s[i->B] + (ulong)(uint)i->C) + 4 > _memSize) goto MemOob; s[i->A] = *(uint*)(_mem + ea); break;
                case LOp.F64Load: if ((ea = (uint)s[i->B] + (ulong)(uint)i->C) + 8 > _memSize) goto MemOob; s[i->A] = *(ulong*)(_mem + ea); break;
                case LOp.I32Load8S: if ((ea = (uint)s[i->B] + (ulong)(uint)i->C) + 1 > _memSize) goto MemOob; s[i->A] = (uint)*(sbyte*)(_mem + ea); break;
                case LOp.I32Load8U: if ((ea = (uint)s[i->B] + (ulong)(uint)i->C) + 1 > _memSize) goto MemOob; s[i->A] = *(byte*)(_mem + ea); break;
                case LOp.I32Load16S: if ((ea = (uint)s[i->B] + (ulong)(uint)i->C) + 2 > _memSize) goto MemOob; s[i->A] = (uint)*(short*)(_mem + ea); break;
                case LOp.I32Load16U: if ((ea = (uint)s[i->B] + (ulong)(uint)i->C) + 2 > _memSize) goto MemOob; s[i->A] = *(ushort*)(_mem + ea); break;
                case LOp.I64Load8S: if ((ea = (uint)s[i->B] + (ulong)(uint)i->C) + 1 > _memSize) goto MemOob; s[i->A] = (ulong)*(sbyte*)(_mem + ea); break;
                case LOp.I64Load8U: if ((ea = (uint)s[i->B] + (ulong)(uint)i->C) + 1 > _memSize) goto MemOob; s[i->A] = *(byte*)(_mem + ea); break;
                case LOp.I64Load16S: if ((ea = (uint)s[i->B] + (ulong)(uint)i->C) + 2 > _memSize) goto MemOob; s[i->A] = (ulong)*(short*)(_mem + ea); break;
                case LOp.I64Load16U: if ((ea = (uint)s[i->B] + (ulong)(uint)i->C) + 2 > _memSize) goto MemOob; s[i->A] = *(ushort*)(_mem + ea); break;
                case LOp.I64Load32S: if ((ea = (uint)s[i->B] + (ulong)(uint)i->C) + 4 > _memSize) goto MemOob; s[i->A] = (ulong)*(int*)(_mem + ea); break;
                case LOp.I64Load32U: if ((ea = (uint)s[i->B] + (ulong)(uint)i->C) + 4 > _memSize) goto MemOob; s[i->A] = *(uint*)(_mem + ea); break;
                case LOp.I32Store: if ((ea = (uint)s[i->B] + (ulong)(uint)i->C) + 4 > _memSize) goto MemOob; *(uint*)(_mem + ea) = (uint)s[i->A]; break;
                case LOp.I64Store: if ((ea = (uint)s[i->B] + (ulong)(uint)i->C) + 8 > _memSize) goto MemOob; *(ulong*)(_mem + ea) = s[i->A]; break;
                case LOp.F32Store: if ((ea = (uint)s[i->B] + (ulong)(uint)i->C) + 4 > _memSize) goto MemOob; *(uint*)(_mem + ea) = (uint)s[i->A]; break;
                case LOp.F64Store: if ((ea = (uint)s[i->B] + (ulong)(uint)i->C) + 8 > _memSize) goto MemOob; *(ulong*)(_mem + ea) = s[i->A]; break;
                case LOp.I32Store8: if ((ea = (uint)s[i->B] + (ulong)(uint)i->C) + 1 > _memSize) goto MemOob; *(byte*)(_mem + ea) = (byte)s[i->A]; break;
                case LOp.I32Store16: if ((ea = (uint)s[i->B] + (ulong)(uint)i->C) + 2 > _memSize) goto MemOob; *(ushort*)(_mem + ea) = (ushort)s[i->A]; break;
                case LOp.I64Store8: if ((ea = (uint)s[i->B] + (ulong)(uint)i->C) + 1 > _memSize) goto MemOob; *(byte*)(_mem + ea) = (byte)s[i->A]; break;
                case LOp.I64Store16: if ((ea = (uint)s[i->B] + (ulong)(uint)i->C) + 2 > _memSize) goto MemOob; *(ushort*)(_mem + ea) = (ushort)s[i->A]; break;
                case LOp.I64Store32: if ((ea = (uint)s[i->B] + (ulong)(uint)i->C) + 4 > _memSize) goto MemOob; *(uint*)(_mem + ea) = (uint)s[i->A]; break;
                case LOp.V128Load: if ((ea = (uint)s[i->B] + (ulong)(uint)i->C) + 16 > _memSize) goto MemOob; *(V128*)(s + i->A) = *(V128*)(_mem + ea); break;
                case LOp.V128Store: if ((ea = (uint)s[i->B] + (ulong)(uint)i->C) + 16 > _memSize) goto MemOob; *(V128*)(_mem + ea) = *(V128*)(s + i->A); break;
                case LOp.MemorySize: s[i->A] = _inst.Mems[i->B].Pages; break;
                case LOp.Memory:
                    if (!MemoryInstr(i, s + i->A, _inst)) goto Failed;
                    ReloadMemory();
                    break;
                case LOp.MemoryAccess: if (!AccessMemory(i, s, _inst)) goto Failed; i++; break;
                case LOp.Atomic:
                    exit = AtomicInstr(i, s + i->A, _inst);
                    i += 2;
                    if (exit == Exit.Done) continue;
                    if (exit == Exit.Failed) i -= 2;
                    goto Leave;

                // Numeric instructions: Step_pure/testop, Step_pure/relop, Step_pure/unop-*, Step_pure/binop-*, Step_pure/cvtop-*
                case LOp.I32Eqz: s[i->A] = I32.Eqz((uint)s[i->B]) ? 1UL : 0; break;
                case LOp.I32Eq: s[i->A] = I32.Eq((uint)s[i->B], (uint)s[i->C]) ? 1UL : 0; break;
                case LOp.I32Ne: s[i->A] = I32.Ne((uint)s[i->B], (uint)s[i->C]) ? 1UL : 0; break;
                case LOp.I32LtS: s[i->A] = I32.LtS((uint)s[i->B], (uint)s[i->C]) ? 1UL : 0; break;
                case LOp.I32LtU: s[i->A] = I32.LtU((uint)s[i->B], (uint)s[i->C]) ? 1UL : 0; break;
                case LOp.I32GtS: s[i->A] = I32.GtS((uint)s[i->B], (uint)s[i->C]) ? 1UL : 0; break;
                case LOp.I32GtU: s[i->A] = I32.GtU((uint)s[i->B], (uint)s[i->C]) ? 1UL : 0; break;
                case LOp.I32LeS: s[i->A] = I32.LeS((uint)s[i->B], (uint)s[i->C]) ? 1UL : 0; break;
                case LOp.I32LeU: s[i->A] = I32.LeU((uint)s[i->B], (uint)s[i->C]) ? 1UL : 0; break;
                case LOp.I32GeS: s[i->A] = I32.GeS((uint)s[i->B], (uint)s[i->C]) ? 1UL : 0; break;
                case LOp.I32GeU: s[i->A] = I32.GeU((uint)s[i->B], (uint)s[i->C]) ? 1UL : 0; break;
                case LOp.I64Eqz: s[i->A] = I64.Eqz(s[i->B]) ? 1UL : 0; break;
                case LOp.I64Eq: s[i->A] = I64.Eq(s[i->B], s[i->C]) ? 1UL : 0; break;
                case LOp.I64Ne: s[i->A] = I64.Ne(s[i->B], s[i->C]) ? 1UL : 0; break;
                case LOp.I64LtS: s[i->A] = I64.LtS(s[i->B], s[i->C]) ? 1UL : 0; break;
                case LOp.I64LtU: s[i->A] = I64.LtU(s[i->B], s[i->C]) ? 1UL : 0; break;
                case LOp.I64GtS: s[i->A] = I64.GtS(s[i->B], s[i->C]) ? 1UL : 0; break;
                case LOp.I64GtU: s[i->A] = I64.GtU(s[i->B], s[i->C]) ? 1UL : 0; break;
                case LOp.I64LeS: s[i->A] = I64.LeS(s[i->B], s[i->C]) ? 1UL : 0; break;
                case LOp.I64LeU: s[i->A] = I64.LeU(s[i->B], s[i->C]) ? 1UL : 0; break;
                case LOp.I64GeS: s[i->A] = I64.GeS(s[i->B], s[i->C]) ? 1UL : 0; break;
                case LOp.I64GeU: s[i->A] = I64.GeU(s[i->B], s[i->C]) ? 1UL : 0; break;
                case LOp.F32Eq: s[i->A] = F32.Eq((uint)s[i->B], (uint)s[i->C]) ? 1UL : 0; break;
                case LOp.F32Ne: s[i->A] = F32.Ne((uint)s[i->B], (uint)s[i->C]) ? 1UL : 0; break;
                case LOp.F32Lt: s[i->A] = F32.Lt((uint)s[i->B], (uint)s[i->C]) ? 1UL : 0; break;
                case LOp.F32Gt: s[i->A] = F32.Gt((uint)s[i->B], (uint)s[i->C]) ? 1UL : 0; break;
                case LOp.F32Le: s[i->A] = F32.Le((uint)s[i->B], (uint)s[i->C]) ? 1UL : 0; break;
                case LOp.F32Ge: s[i->A] = F32.Ge((uint)s[i->B], (uint)s[i->C]) ? 1UL : 0; break;
                case LOp.F64Eq: s[i->A] = F64.Eq(s[i->B], s[i->C]) ? 1UL : 0; break;
                case LOp.F64Ne: s[i->A] = F64.Ne(s[i->B], s[i->C]) ? 1UL : 0; break;
                case LOp.F64Lt: s[i->A] = F64.Lt(s[i->B], s[i->C]) ? 1UL : 0; break;
                case LOp.F64Gt: s[i->A] = F64.Gt(s[i->B], s[i->C]) ? 1UL : 0; break;
                case LOp.F64Le: s[i->A] = F64.Le(s[i->B], s[i->C]) ? 1UL : 0; break;
                case LOp.F64Ge: s[i->A] = F64.Ge(s[i->B], s[i->C]) ? 1UL : 0; break;
                case LOp.I32Clz: s[i->A] = I32.Clz((uint)s[i->B]); break;
                case LOp.I32Ctz: s[i->A] = I32.Ctz((uint)s[i->B]); break;
                case LOp.I32Popcnt: s[i->A] = I32.Popcnt((uint)s[i->B]); break;
                case LOp.I32Add: s[i->A] = I32.Add((uint)s[i->B], (uint)s[i->C]); break;
                case LOp.I32Sub: s[i->A] = I32.Sub((uint)s[i->B], (uint)s[i->C]); break;
                case LOp.I32Mul: s[i->A] = I32.Mul((uint)s[i->B], (uint)s[i->C]); break;
                case LOp.I32DivS: if ((uint)s[i->C] == 0) goto DivZero; if (I32.DivSOverflows((uint)s[i->B], (uint)s[i->C])) goto DivOverflow; s[i->A] = I32.DivS((uint)s[i->B], (uint)s[i->C]); break;
                case LOp.I32DivU: if ((uint)s[i->C] == 0) goto DivZero; s[i->A] = I32.DivU((uint)s[i->B], (uint)s[i->C]); break;
                case LOp.I32RemS: if ((uint)s[i->C] == 0) goto DivZero; s[i->A] = I32.RemS((uint)s[i->B], (uint)s[i->C]); break;
                case LOp.I32RemU: if ((uint)s[i->C] == 0) goto DivZero; s[i->A] = I32.RemU((uint)s[i->B], (uint)s[i->C]); break;
                case LOp.I32And: s[i->A] = I32.And((uint)s[i->B], (uint)s[i->C]); break;
                case LOp.I32Or: s[i->A] = I32.Or((uint)s[i->B], (uint)s[i->C]); break;
                case LOp.I32Xor: s[i->A] = I32.Xor((uint)s[i->B], (uint)s[i->C]); break;
                case LOp.I32Shl: s[i->A] = I32.Shl((uint)s[i->B], (uint)s[i->C]); break;
                case LOp.I32ShrS: s[i->A] = I32.ShrS((uint)s[i->B], (uint)s[i->C]); break;
                case LOp.I32ShrU: s[i->A] = I32.ShrU((uint)s[i->B], (uint)s[i->C]); break;
                case LOp.I32Rotl: s[i->A] = I32.Rotl((uint)s[i->B], (uint)s[i->C]); break;
                case LOp.I32Rotr: s[i->A] = I32.Rotr((uint)s[i->B], (uint)s[i->C]); break;
                case LOp.I64Clz: s[i->A] = I64.Clz(s[i->B]); break;
                case LOp.I64Ctz: s[i->A] = I64.Ctz(s[i->B]); break;
                case LOp.I64Popcnt: s[i->A] = I64.Popcnt(s[i->B]); break;
                case LOp.I64Add: s[i->A] = I64.Add(s[i->B], s[i->C]); break;
                case LOp.I64Sub: s[i->A] = I64.Sub(s[i->B], s[i->C]); break;
                case LOp.I64Mul: s[i->A] = I64.Mul(s[i->B], s[i->C]); break;
                case LOp.I64DivS: if (s[i->C] == 0) goto DivZero; if (I64.DivSOverflows(s[i->B], s[i->C])) goto DivOverflow; s[i->A] = I64.DivS(s[i->B], s[i->C]); break;
                case LOp.I64DivU: if (s[i->C] == 0) goto DivZero; s[i->A] = I64.DivU(s[i->B], s[i->C]); break;
                case LOp.I64RemS: if (s[i->C] == 0) goto DivZero; s[i->A] = I64.RemS(s[i->B], s[i->C]); break;
                case LOp.I64RemU: if (s[i->C] == 0) goto DivZero; s[i->A] = I64.RemU(s[i->B], s[i->C]); break;
                case LOp.I64And: s[i->A] = I64.And(s[i->B], s[i->C]); break;
                case LOp.I64Or: s[i->A] = I64.Or(s[i->B], s[i->C]); break;
                case LOp.I64Xor: s[i->A] = I64.Xor(s[i->B], s[i->C]); break;
                case LOp.I64Shl: s[i->A] = I64.Shl(s[i->B], s[i->C]); break;
                case LOp.I64ShrS: s[i->A] = I64.ShrS(s[i->B], s[i->C]); break;
                case LOp.I64ShrU: s[i->A] = I64.ShrU(s[i->B], s[i->C]); break;
                case LOp.I64Rotl: s[i->A] = I64.Rotl(s[i->B], s[i->C]); break;
                case LOp.I64Rotr: s[i->A] = I64.Rotr(s[i->B], s[i->C]); break;
                case LOp.F32Abs: s[i->A] = F32.Abs((uint)s[i->B]); break;
                case LOp.F32Neg: s[i->A] = F32.Neg((uint)s[i->B]); break;
                case LOp.F32Ceil: s[i->A] = F32.Ceil((uint)s[i->B]); break;
                case LOp.F32Floor: s[i->A] = F32.Floor((uint)s[i->B]); break;
                case LOp.F32Trunc: s[i->A] = F32.Trunc((uint)s[i->B]); break;
                case LOp.F32Nearest: s[i->A] = F32.Nearest((uint)s[i->B]); break;
                case LOp.F32Sqrt: s[i->A] = F32.Sqrt((uint)s[i->B]); break;
                case LOp.F32Add: s[i->A] = F32.Add((uint)s[i->B], (uint)s[i->C]); break;
                case LOp.F32Sub: s[i->A] = F32.Sub((uint)s[i->B], (uint)s[i->C]); break;
                case LOp.F32Mul: s[i->A] = F32.Mul((uint)s[i->B], (uint)s[i->C]); break;
                case LOp.F32Div: s[i->A] = F32.Div((uint)s[i->B], (uint)s[i->C]); break;
                case LOp.F32Min: s[i->A] = F32.Min((uint)s[i->B], (uint)s[i->C]); break;
                case LOp.F32Max: s[i->A] = F32.Max((uint)s[i->B], (uint)s[i->C]); break;
                case LOp.F32Copysign: s[i->A] = F32.Copysign((uint)s[i->B], (uint)s[i->C]); break;
                case LOp.F64Abs: s[i->A] = F64.Abs(s[i->B]); break;
                case LOp.F64Neg: s[i->A] = F64.Neg(s[i->B]); break;
                case LOp.F64Ceil: s[i->A] = F64.Ceil(s[i->B]); break;
                case LOp.F64Floor: s[i->A] = F64.Floor(s[i->B]); break;
                case LOp.F64Trunc: s[i->A] = F64.Trunc(s[i->B]); break;
                case LOp.F64Nearest: s[i->A] = F64.Nearest(s[i->B]); break;
                case LOp.F64Sqrt: s[i->A] = F64.Sqrt(s[i->B]); break;
                case LOp.F64Add: s[i->A] = F64.Add(s[i->B], s[i->C]); break;
                case LOp.F64Sub: s[i->A] = F64.Sub(s[i->B], s[i->C]); break;
                case LOp.F64Mul: s[i->A] = F64.Mul(s[i->B], s[i->C]); break;
                case LOp.F64Div: s[i->A] = F64.Div(s[i->B], s[i->C]); break;
                case LOp.F64Min: s[i->A] = F64.Min(s[i->B], s[i->C]); break;
                case LOp.F64Max: s[i->A] = F64.Max(s[i->B], s[i->C]); break;
                case LOp.F64Copysign: s[i->A] = F64.Copysign(s[i->B], s[i->C]); break;
                case LOp.I32WrapI64: s[i->A] = Conversions.I32WrapI64(s[i->B]); break;
                case LOp.I32TruncF32S: if ((fault = Conversions.I32TruncF32SFault((uint)s[i->B])) != Conversions.TruncFault.None) goto TruncFault; s[i->A] = Conversions.I32TruncSatF32S((uint)s[i->B]); break;
                case LOp.I32TruncF32U: if ((fault = Conversions.I32TruncF32UFault((uint)s[i->B])) != Conversions.TruncFault.None) goto TruncFault; s[i->A] = Conversions.I32TruncSatF32U((uint)s[i->B]); break;
                case LOp.I32TruncF64S: if ((fault = Conversions.I32TruncF64SFault(s[i->B])) != Conversions.TruncFault.None) goto TruncFault; s[i->A] = Conversions.I32TruncSatF64S(s[i->B]); break;
                case LOp.I32TruncF64U: if ((fault = Conversions.I32TruncF64UFault(s[i->B])) != Conversions.TruncFault.None) goto TruncFault; s[i->A] = Conversions.I32TruncSatF64U(s[i->B]); break;
                case LOp.I64ExtendI32S: s[i->A] = Conversions.I64ExtendI32S((uint)s[i->B]); break;
                case LOp.I64ExtendI32U: s[i->A] = Conversions.I64ExtendI32U((uint)s[i->B]); break;
                case LOp.I64TruncF32S: if ((fault = Conversions.I64TruncF32SFault((uint)s[i->B])) != Conversions.TruncFault.None) goto TruncFault; s[i->A] = Conversions.I64TruncSatF32S((uint)s[i->B]); break;
                case LOp.I64TruncF32U: if ((fault = Conversions.I64TruncF32UFault((uint)s[i->B])) != Conversions.TruncFault.None) goto TruncFault; s[i->A] = Conversions.I64TruncSatF32U((uint)s[i->B]); break;
                case LOp.I64TruncF64S: if ((fault = Conversions.I64TruncF64SFault(s[i->B])) != Conversions.TruncFault.None) goto TruncFault; s[i->A] = Conversions.I64TruncSatF64S(s[i->B]); break;
                case LOp.I64TruncF64U: if ((fault = Conversions.I64TruncF64UFault(s[i->B])) != Conversions.TruncFault.None) goto TruncFault; s[i->A] = Conversions.I64TruncSatF64U(s[i->B]); break;
                case LOp.F32ConvertI32S: s[i->A] = Conversions.F32ConvertI32S((uint)s[i->B]); break;
                case LOp.F32ConvertI32U: s[i->A] = Conversions.F32ConvertI32U((uint)s[i->B]); break;
                case LOp.F32ConvertI64S: s[i->A] = Conversions.F32ConvertI64S(s[i->B]); break;
                case LOp.F32ConvertI64U: s[i->A] = Conversions.F32ConvertI64U(s[i->B]); break;
                case LOp.F32DemoteF64: s[i->A] = Conversions.F32DemoteF64(s[i->B]); break;
                case LOp.F64ConvertI32S: s[i->A] = Conversions.F64ConvertI32S((uint)s[i->B]); break;
                case LOp.F64ConvertI32U: s[i->A] = Conversions.F64ConvertI32U((uint)s[i->B]); break;
                case LOp.F64ConvertI64S: s[i->A] = Conversions.F64ConvertI64S(s[i->B]); break;
                case LOp.F64ConvertI64U: s[i->A] = Conversions.F64ConvertI64U(s[i->B]); break;
                case LOp.F64PromoteF32: s[i->A] = Conversions.F64PromoteF32((uint)s[i->B]); break;
                case LOp.I32ReinterpretF32: s[i->A] = s[i->B]; break;
                case LOp.I64ReinterpretF64: s[i->A] = s[i->B]; break;
                case LOp.F32ReinterpretI32: s[i->A] = s[i->B]; break;
                case LOp.F64ReinterpretI64: s[i->A] = s[i->B]; break;
                case LOp.I32Extend8S: s[i->A] = I32.Extend8S((uint)s[i->B]); break;
                case LOp.I32Extend16S: s[i->A] = I32.Extend16S((uint)s[i->B]); break;
                case LOp.I64Extend8S: s[i->A] = I64.Extend8S(s[i->B]); break;
                case LOp.I64Extend16S: s[i->A] = I64.Extend16S(s[i->B]); break;
                case LOp.I64Extend32S: s[i->A] = I64.Extend32S(s[i->B]); break;
                case LOp.TruncSat: s[i->A] = TruncSat(i->X, s[i->B]); break;
                case LOp.Wide: Wide(i->X, s + i->A); break;
                case LOp.CanonF32: s[i->A] = F32.Canon((uint)s[i->B]); break;
                case LOp.CanonF64: s[i->A] = F64.Canon(s[i->B]); break;
                case LOp.CanonF32x4: Canon(s + i->A, s + i->B, f64: false); break;
                case LOp.CanonF64x2: Canon(s + i->A, s + i->B, f64: true); break;

                // The same with a constant on the right
                case LOp.I32EqImm: s[i->A] = I32.Eq((uint)s[i->B], (uint)i->C) ? 1UL : 0; break;
                case LOp.I32NeImm: s[i->A] = I32.Ne((uint)s[i->B], (uint)i->C) ? 1UL : 0; break;
                case LOp.I32LtSImm: s[i->A] = I32.LtS((uint)s[i->B], (uint)i->C) ? 1UL : 0; break;
                case LOp.I32LtUImm: s[i->A] = I32.LtU((uint)s[i->B], (uint)i->C) ? 1UL : 0; break;
                case LOp.I32GtSImm: s[i->A] = I32.GtS((uint)s[i->B], (uint)i->C) ? 1UL : 0; break;
                case LOp.I32GtUImm: s[i->A] = I32.GtU((uint)s[i->B], (uint)i->C) ? 1UL : 0; break;
                case LOp.I32LeSImm: s[i->A] = I32.LeS((uint)s[i->B], (uint)i->C) ? 1UL : 0; break;
                case LOp.I32LeUImm: s[i->A] = I32.LeU((uint)s[i->B], (uint)i->C) ? 1UL : 0; break;
                case LOp.I32GeSImm: s[i->A] = I32.GeS((uint)s[i->B], (uint)i->C) ? 1UL : 0; break;
                case LOp.I32GeUImm: s[i->A] = I32.GeU((uint)s[i->B], (uint)i->C) ? 1UL : 0; break;
                case LOp.I64EqImm: s[i->A] = I64.Eq(s[i->B], (ulong)i->C) ? 1UL : 0; break;
                case LOp.I64NeImm: s[i->A] = I64.Ne(s[i->B], (ulong)i->C) ? 1UL : 0; break;
                case LOp.I64LtSImm: s[i->A] = I64.LtS(s[i->B], (ulong)i->C) ? 1UL : 0; break;
                case LOp.I64LtUImm: s[i->A] = I64.LtU(s[i->B], (ulong)i->C) ? 1UL : 0; break;
                case LOp.I64GtSImm: s[i->A] = I64.GtS(s[i->B], (ulong)i->C) ? 1UL : 0; break;
                case LOp.I64GtUImm: s[i->A] = I64.GtU(s[i->B], (ulong)i->C) ? 1UL : 0; break;
                case LOp.I64LeSImm: s[i->A] = I64.LeS(s[i->B], (ulong)i->C) ? 1UL : 0; break;
                case LOp.I64LeUImm: s[i->A] = I64.LeU(s[i->B], (ulong)i->C) ? 1UL : 0; break;
                case LOp.I64GeSImm: s[i->A] = I64.GeS(s[i->B], (ulong)i->C) ? 1UL : 0; break;
                case LOp.I64GeUImm: s[i->A] = I64.GeU(s[i->B], (ulong)i->C) ? 1UL : 0; break;
                case LOp.I32AddImm: s[i->A] = I32.Add((uint)s[i->B], (uint)i->C); break;
                case LOp.I32SubImm: s[i->A] = I32.Sub((uint)s[i->B], (uint)i->C); break;
                case LOp.I32MulImm: s[i->A] = I32.Mul((uint)s[i->B], (uint)i->C); break;
                case LOp.I32DivSImm: s[i->A] = I32.DivS((uint)s[i->B], (uint)i->C); break;
                case LOp.I32DivUImm: s[i->A] = I32.DivU((uint)s[i->B], (uint)i->C); break;
                case LOp.I32RemSImm: s[i->A] = I32.RemS((uint)s[i->B], (uint)i->C); break;
                case LOp.I32RemUImm: s[i->A] = I32.RemU((uint)s[i->B], (uint)i->C); break;
                case LOp.I32AndImm: s[i->A] = I32.And((uint)s[i->B], (uint)i->C); break;
                case LOp.I32OrImm: s[i->A] = I32.Or((uint)s[i->B], (uint)i->C); break;
                case LOp.I32XorImm: s[i->A] = I32.Xor((uint)s[i->B], (uint)i->C); break;
                case LOp.I32ShlImm: s[i->A] = I32.Shl((uint)s[i->B], (uint)i->C); break;
                case LOp.I32ShrSImm: s[i->A] = I32.ShrS((uint)s[i->B], (uint)i->C); break;
                case LOp.I32ShrUImm: s[i->A] = I32.ShrU((uint)s[i->B], (uint)i->C); break;
                case LOp.I32RotlImm: s[i->A] = I32.Rotl((uint)s[i->B], (uint)i->C); break;
                case LOp.I32RotrImm: s[i->A] = I32.Rotr((uint)s[i->B], (uint)i->C); break;
                case LOp.I64AddImm: s[i->A] = I64.Add(s[i->B], (ulong)i->C); break;
                case LOp.I64SubImm: s[i->A] = I64.Sub(s[i->B], (ulong)i->C); break;
                case LOp.I64MulImm: s[i->A] = I64.Mul(s[i->B], (ulong)i->C); break;
                case LOp.I64DivSImm: s[i->A] = I64.DivS(s[i->B], (ulong)i->C); break;
                case LOp.I64DivUImm: s[i->A] = I64.DivU(s[i->B], (ulong)i->C); break;
                case LOp.I64RemSImm: s[i->A] = I64.RemS(s[i->B], (ulong)i->C); break;
                case LOp.I64RemUImm: s[i->A] = I64.RemU(s[i->B], (ulong)i->C); break;
                case LOp.I64AndImm: s[i->A] = I64.And(s[i->B], (ulong)i->C); break;
                case LOp.I64OrImm: s[i->A] = I64.Or(s[i->B], (ulong)i->C); break;
                case LOp.I64XorImm: s[i->A] = I64.Xor(s[i->B], (ulong)i->C); break;
                case LOp.I64ShlImm: s[i->A] = I64.Shl(s[i->B], (ulong)i->C); break;
                case LOp.I64ShrSImm: s[i->A] = I64.ShrS(s[i->B], (ulong)i->C); break;
                case LOp.I64ShrUImm: s[i->A] = I64.ShrU(s[i->B], (ulong)i->C); break;
                case LOp.I64RotlImm: s[i->A] = I64.Rotl(s[i->B], (ulong)i->C); break;
                case LOp.I64RotrImm: s[i->A] = I64.Rotr(s[i->B], (ulong)i->C); break;

                // Step_pure/relop, and Step_pure/br_if-* behind it
                case LOp.BrIfI32Eq: if (I32.Eq((uint)s[i->B], (uint)s[i->C])) goto Branch; break;
                case LOp.BrIfI32Ne: if (I32.Ne((uint)s[i->B], (uint)s[i->C])) goto Branch; break;
                case LOp.BrIfI32LtS: if (I32.LtS((uint)s[i->B], (uint)s[i->C])) goto Branch; break;
                case LOp.BrIfI32LtU: if (I32.LtU((uint)s[i->B], (uint)s[i->C])) goto Branch; break;
                case LOp.BrIfI32GtS: if (I32.GtS((uint)s[i->B], (uint)s[i->C])) goto Branch; break;
                case LOp.BrIfI32GtU: if (I32.GtU((uint)s[i->B], (uint)s[i->C])) goto Branch; break;
                case LOp.BrIfI32LeS: if (I32.LeS((uint)s[i->B], (uint)s[i->C])) goto Branch; break;
                case LOp.BrIfI32LeU: if (I32.LeU((uint)s[i->B], (uint)s[i->C])) goto Branch; break;
                case LOp.BrIfI32GeS: if (I32.GeS((uint)s[i->B], (uint)s[i->C])) goto Branch; break;
                case LOp.BrIfI32GeU: if (I32.GeU((uint)s[i->B], (uint)s[i->C])) goto Branch; break;
                case LOp.BrIfI64Eq: if (I64.Eq(s[i->B], s[i->C])) goto Branch; break;
                case LOp.BrIfI64Ne: if (I64.Ne(s[i->B], s[i->C])) goto Branch; break;
                case LOp.BrIfI64LtS: if (I64.LtS(s[i->B], s[i->C])) goto Branch; break;
                case LOp.BrIfI64LtU: if (I64.LtU(s[i->B], s[i->C])) goto Branch; break;
                case LOp.BrIfI64GtS: if (I64.GtS(s[i->B], s[i->C])) goto Branch; break;
                case LOp.BrIfI64GtU: if (I64.GtU(s[i->B], s[i->C])) goto Branch; break;
                case LOp.BrIfI64LeS: if (I64.LeS(s[i->B], s[i->C])) goto Branch; break;
                case LOp.BrIfI64LeU: if (I64.LeU(s[i->B], s[i->C])) goto Branch; break;
                case LOp.BrIfI64GeS: if (I64.GeS(s[i->B], s[i->C])) goto Branch; break;
                case LOp.BrIfI64GeU: if (I64.GeU(s[i->B], s[i->C])) goto Branch; break;
                case LOp.BrIfF32Eq: if (F32.Eq((uint)s[i->B], (uint)s[i->C])) goto Branch; break;
                case LOp.BrIfF32Ne: if (F32.Ne((uint)s[i->B], (uint)s[i->C])) goto Branch; break;
                case LOp.BrIfF32Lt: if (F32.Lt((uint)s[i->B], (uint)s[i->C])) goto Branch; break;
                case LOp.BrIfF32Gt: if (F32.Gt((uint)s[i->B], (uint)s[i->C])) goto Branch; break;
                case LOp.BrIfF32Le: if (F32.Le((uint)s[i->B], (uint)s[i->C])) goto Branch; break;
                case LOp.BrIfF32Ge: if (F32.Ge((uint)s[i->B], (uint)s[i->C])) goto Branch; break;
                case LOp.BrIfF64Eq: if (F64.Eq(s[i->B], s[i->C])) goto Branch; break;
                case LOp.BrIfF64Ne: if (F64.Ne(s[i->B], s[i->C])) goto Branch; break;
                case LOp.BrIfF64Lt: if (F64.Lt(s[i->B], s[i->C])) goto Branch; break;
                case LOp.BrIfF64Gt: if (F64.Gt(s[i->B], s[i->C])) goto Branch; break;
                case LOp.BrIfF64Le: if (F64.Le(s[i->B], s[i->C])) goto Branch; break;
                case LOp.BrIfF64Ge: if (F64.Ge(s[i->B], s[i->C])) goto Branch; break;
                case LOp.BrUnlessF32Eq: if (!F32.Eq((uint)s[i->B], (uint)s[i->C])) goto Branch; break;
                case LOp.BrUnlessF32Ne: if (!F32.Ne((uint)s[i->B], (uint)s[i->C])) goto Branch; break;
                case LOp.BrUnlessF32Lt: if (!F32.Lt((uint)s[i->B], (uint)s[i->C])) goto Branch; break;
                case LOp.BrUnlessF32Gt: if (!F32.Gt((uint)s[i->B], (uint)s[i->C])) goto Branch; break;
                case LOp.BrUnlessF32Le: if (!F32.Le((uint)s[i->B], (uint)s[i->C])) goto Branch; break;
                case LOp.BrUnlessF32Ge: if (!F32.Ge((uint)s[i->B], (uint)s[i->C])) goto Branch; break;
                case LOp.BrUnlessF64Eq: if (!F64.Eq(s[i->B], s[i->C])) goto Branch; break;
                case LOp.BrUnlessF64Ne: if (!F64.Ne(s[i->B], s[i->C])) goto Branch; break;
                case LOp.BrUnlessF64Lt: if (!F64.Lt(s[i->B], s[i->C])) goto Branch; break;
                case LOp.BrUnlessF64Gt: if (!F64.Gt(s[i->B], s[i->C])) goto Branch; break;
                case LOp.BrUnlessF64Le: if (!F64.Le(s[i->B], s[i->C])) goto Branch; break;
                case LOp.BrUnlessF64Ge: if (!F64.Ge(s[i->B], s[i->C])) goto Branch; break;
                case LOp.BrIfI32EqImm: if (I32.Eq((uint)s[i->B], (uint)i->C)) goto Branch; break;
                case LOp.BrIfI32NeImm: if (I32.Ne((uint)s[i->B], (uint)i->C)) goto Branch; break;
                case LOp.BrIfI32LtSImm: if (I32.LtS((uint)s[i->B], (uint)i->C)) goto Branch; break;
                case LOp.BrIfI32LtUImm: if (I32.LtU((uint)s[i->B], (uint)i->C)) goto Branch; break;
                case LOp.BrIfI32GtSImm: if (I32.GtS((uint)s[i->B], (uint)i->C)) goto Branch; break;
                case LOp.BrIfI32GtUImm: if (I32.GtU((uint)s[i->B], (uint)i->C)) goto Branch; break;
                case LOp.BrIfI32LeSImm: if (I32.LeS((uint)s[i->B], (uint)i->C)) goto Branch; break;
                case LOp.BrIfI32LeUImm: if (I32.LeU((uint)s[i->B], (uint)i->C)) goto Branch; break;
                case LOp.BrIfI32GeSImm: if (I32.GeS((uint)s[i->B], (uint)i->C)) goto Branch; break;
                case LOp.BrIfI32GeUImm: if (I32.GeU((uint)s[i->B], (uint)i->C)) goto Branch; break;
                case LOp.BrIfI64EqImm: if (I64.Eq(s[i->B], (ulong)i->C)) goto Branch; break;
                case LOp.BrIfI64NeImm: if (I64.Ne(s[i->B], (ulong)i->C)) goto Branch; break;
                case LOp.BrIfI64LtSImm: if (I64.LtS(s[i->B], (ulong)i->C)) goto Branch; break;
                case LOp.BrIfI64LtUImm: if (I64.LtU(s[i->B], (ulong)i->C)) goto Branch; break;
                case LOp.BrIfI64GtSImm: if (I64.GtS(s[i->B], (ulong)i->C)) goto Branch; break;
                case LOp.BrIfI64GtUImm: if (I64.GtU(s[i->B], (ulong)i->C)) goto Branch; break;
                case LOp.BrIfI64LeSImm: if (I64.LeS(s[i->B], (ulong)i->C)) goto Branch; break;
                case LOp.BrIfI64LeUImm: if (I64.LeU(s[i->B], (ulong)i->C)) goto Branch; break;
                case LOp.BrIfI64GeSImm: if (I64.GeS(s[i->B], (ulong)i->C)) goto Branch; break;
                case LOp.BrIfI64GeUImm: if (I64.GeU(s[i->B], (ulong)i->C)) goto Branch; break;

                // Vector instructions
                case LOp.V128: V128Instr(i, s); break;
                case LOp.I8x16: I8x16Instr(i, s); break;
                case LOp.I16x8: I16x8Instr(i, s); break;
                case LOp.I32x4: I32x4Instr(i, s); break;
                case LOp.I64x2: I64x2Instr(i, s); break;
                case LOp.F32x4: F32x4Instr(i, s); break;
                case LOp.F64x2: F64x2Instr(i, s); break;
                case LOp.Relaxed: RelaxedInstr(i, s, Store.Options.Relaxed); break;
                case LOp.VectorExt: i += VectorExt(i, s, Store.Options.Relaxed); break;

                // Reference and aggregate instructions

                // Step_read/ref.null, Step_read/ref.func, Step_pure/ref.is_null-*, Step_pure/ref.eq-*, Step_pure/ref.as_non_null-*
                case LOp.RefNull: Unsafe.Add(ref r, i->A) = null; break;
                case LOp.RefIsNull: s[i->A] = Unsafe.Add(ref r, i->B) is null ? 1UL : 0; break;
                case LOp.RefFunc: Unsafe.Add(ref r, i->A) = _inst.Funcs[i->B]; break;
                case LOp.RefEq: s[i->A] = RefTypes.Same(Unsafe.Add(ref r, i->B), Unsafe.Add(ref r, i->C)) ? 1UL : 0; break;
                case LOp.RefAsNonNull: if (Unsafe.Add(ref r, i->B) is null) { trap = TrapKind.AsNonNull; goto Trapped; } break;

                // Step_read/ref.test-*, Step_read/ref.cast-*
                case LOp.RefTest: s[i->A] = HasType(Unsafe.Add(ref r, i->B), CurrentFunc, i->C) ? 1UL : 0; break;
                case LOp.RefCast:
                    reference = Unsafe.Add(ref r, i->B);
                    if (!HasType(reference, CurrentFunc, i->C)) { trap = reference is null ? TrapKind.CastFailNull : TrapKind.CastFail; goto Trapped; }
                    Unsafe.Add(ref r, i->A) = reference;
                    break;

                // Step_read/struct.get-*, Step/struct.set-*
                case LOp.StructGet:
                    reference = Unsafe.Add(ref r, i->B);
                    if (reference is null) { trap = TrapKind.StructNull; goto Trapped; }
                    ea = Unsafe.As<StructInst>(reference).Num(i->C);
                    s[i->A] = i->X == 0 ? ea : Extend(ea, i->X);
                    break;
                case LOp.StructGetRef:
                    reference = Unsafe.Add(ref r, i->B);
                    if (reference is null) { trap = TrapKind.StructNull; goto Trapped; }
                    Unsafe.Add(ref r, i->A) = Unsafe.As<StructInst>(reference).Ref(i->C);
                    break;
                case LOp.StructSet:
                    reference = Unsafe.Add(ref r, i->B);
                    if (reference is null) { trap = TrapKind.StructNull; goto Trapped; }
                    ea = s[i->C];
                    Unsafe.As<StructInst>(reference).Num(i->A) = i->X == 0 ? ea : ea & i->X;
                    break;
                case LOp.StructSetRef:
                    reference = Unsafe.Add(ref r, i->B);
                    if (reference is null) { trap = TrapKind.StructNull; goto Trapped; }
                    Unsafe.As<StructInst>(reference).Ref(i->A) = Unsafe.Add(ref r, i->C);
                    break;
                case LOp.Gc: if (!GcInstr(i, s + i->A, ref Unsafe.Add(ref r, i->A), CurrentFunc)) goto Failed; break;

                case LOp.Ext:
                default: throw new System.Diagnostics.UnreachableException("operands of the instruction before are skipped with it");
            }
            i++;
            continue;

        Branch:
            i += i->A;
        Branched:
            if (--fuel < 0) goto Poll;
        }

    Return:
        ref var left = ref _frames[_depth--];
        i = left.Pc;
        at = left.Cells;
        if (at < 0)
        {
            at = ~at;
            SwitchInstance(_frames[_depth].Func.Module);
        }
        s -= at;
        r = ref Unsafe.Subtract(ref r, at);
        goto Next;

    Invoke:
        // Step_read/call_ref-func: the arguments already are where the callee's parameters will be.
        if (callee is not WasmFunc) goto InvokeHost;
        target = Unsafe.As<WasmFunc>(callee);
        at = target.Module == _inst ? i->A : ~i->A;

    InvokeDefined:
        if (--fuel < 0) goto PollCall;
        code = target.Code ?? CodeOf(target);
        if (s + i->A + code.Cells > _end) { _needed = i->A; goto GrowCells; }
        if (_depth + 1 == _frames.Length && !GrowFrames()) goto Failed;
        ref var entered = ref _frames[++_depth];
        entered.Func = target;
        entered.Pc = next;
        entered.Cells = at;
        s += i->A;
        r = ref Unsafe.Add(ref r, i->A);
        if (at < 0) SwitchInstance(target.Module);

    Begin:
        i = code.Entry;
        if (code.LocalCells == code.ParamCells) goto Next;
        for (at = code.ParamCells; at < code.LocalCells; at++)
            s[at] = 0;
        if (code.HasRefLocals) ClearRefs(ref r, code);
        goto Next;

    TailCall:
        // Step_read/return_call_ref-frame-addr: the arguments take the place of the frame.
        if (callee is not WasmFunc)
        {
            // The host's results return at once.
            next = ReturnCode;
            goto InvokeHost;
        }
        if (--fuel < 0) goto PollCall;
        target = Unsafe.As<WasmFunc>(callee);
        code = target.Code ?? CodeOf(target);
        if (s + code.Cells > _end) { _needed = 0; goto GrowCells; }
        CopyRange(s, ref r, 0, i->A, code.ParamCells);
        ref var replaced = ref _frames[_depth];
        replaced.Func = target;
        if (target.Module != _inst)
        {
            // The caller may be of another module than the new callee.
            if (replaced.Cells >= 0) replaced.Cells = ~replaced.Cells;
            SwitchInstance(target.Module);
        }
        goto Begin;

    InvokeHost:
        Save(i, s, fuel);
        at = i->A;
        reference = CallHost(Unsafe.As<HostFunc>(callee), s + at, ref Unsafe.Add(ref r, at));
        fuel = _fuel;
        if (_failure is not null) goto Failed;
        if (reference is not null)
        {
            gone = next == ReturnCode;
            goto Unwind;
        }
        if (next == ReturnCode) CopyRange(s, ref r, 0, at, CellsOfResults(callee));
        i = next;
        ReloadMemory();
        goto Next;

    Throw:
        gone = false;

    Unwind:
        // A handler is a branch: what throws and catches forever takes steps.
        fuel--;
        Save(i, s, fuel);
        if (!Unwind(Unsafe.As<ExnInst>(reference), left: gone)) return Exit.Failed;
        if (!Resumes()) return Exit.Switched;
        goto Reload;

    Poll:
        at = Refill();
        fuel += at;
        if (fuel >= 0) goto Next;
        if (at > 0) goto Poll;
        exit = _refused;
        goto Leave;

    PollCall:
        // The call is not made yet, and will count again.
        _again = true;
        at = Refill();
        fuel += 1 + at;
        if (at > 0) goto Next;
        exit = _refused;
        goto Leave;

    GrowCells:
        // Nor here.
        _again = true;
        fuel++;
        _needed += (int)(s - _cells) + code.Cells;
        exit = Exit.GrowCells;
        goto Leave;

    MemOob: trap = TrapKind.MemOob; goto Trapped;
    DivZero: trap = TrapKind.DivZero; goto Trapped;
    DivOverflow: trap = TrapKind.DivOverflow; goto Trapped;
    TruncFault: trap = fault == Conversions.TruncFault.Nan ? TrapKind.TruncNaN : TrapKind.TruncOverflow; goto Trapped;
    IndOob: _failure = IndirectTrap(TrapKind.IndOob, ea); goto Failed;
    IndNull: _failure = IndirectTrap(TrapKind.IndNull, ea); goto Failed;
    IndSig: trap = TrapKind.IndSig; goto Trapped;

    Trapped:
        _failure = new Trap(trap);

    Failed:
        exit = Exit.Failed;

    Leave:
        Save(i, s, fuel);
        return exit;
    }
}
