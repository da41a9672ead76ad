using System.Collections.Immutable;
using Conformance.Runtimes.Reference;
using Wasm.Execution;
using Wasm.Syntax;
using Wasm.Validation;

namespace Conformance.Fuzz.Coverage;

/// <summary>
/// What scripts or cases reached of the specification: execution and validation rules, instructions, classes of every operand, and how instructions
/// ended. It watches the reference; several threads may report to it, and a count may then miss a step, but a cell once reached stays reached.
/// </summary>
public sealed class RuleCoverage : IReferenceWatcher
{
    private const int MostOperands = 3;

    private readonly long[] _executed = new long[ushort.MaxValue + 1];
    private readonly long[] _validated = new long[ushort.MaxValue + 1];
    private readonly ulong[] _operands = new ulong[(ushort.MaxValue + 1) * MostOperands];
    private readonly ulong[] _traps = new ulong[ushort.MaxValue + 1];

    [ThreadStatic]
    private static Op _last;

    /// <summary>A cell: something that can be reached.</summary>
    /// <param name="Kind">What it is a cell of.</param>
    /// <param name="Name">Its name, such as <c>i32.div_s: operand 2 is minus one</c>.</param>
    /// <param name="Reached">Whether it was.</param>
    public sealed record Cell(CellKind Kind, string Name, bool Reached);

    /// <summary>The kinds of cell.</summary>
    public enum CellKind
    {
        ExecutionRule, ValidationRule, Instruction, OperandClass, Trap,
    }

    public void Valid(ModuleInfo module)
    {
        foreach (var func in module.Module.Funcs) Count(func.Body);
        foreach (var global in module.Module.Globals) Count(global.Init);
        foreach (var elem in module.Module.Elems)
            foreach (var init in elem.Inits) Count(init);
    }

    private void Count(Expr expr)
    {
        foreach (var instr in expr.Instrs) _validated[(ushort)instr.Op]++;
    }

    public void Before(in Step step)
    {
        var instrs = step.Body;
        foreach (int source in step.Sources) _executed[(ushort)instrs[source].Op]++;
        _last = step.Source.Op;
        var operands = step.Operands;
        for (int i = 0; i < Math.Min(operands.Length, MostOperands); i++)
            _operands[(ushort)_last * MostOperands + i] |= 1UL << OperandClass.Of(operands[i]);
    }

    public void Ended(Exception? failure)
    {
        if (failure is Trap trap) _traps[(ushort)_last] |= 1UL << (int)trap.Kind;
    }

    /// <summary>A kind of cell in words, in the plural.</summary>
    public static string Words(CellKind kind) => kind switch
    {
        CellKind.ExecutionRule => "execution rules",
        CellKind.ValidationRule => "validation rules of instructions",
        CellKind.Instruction => "instructions",
        CellKind.OperandClass => "operand classes",
        CellKind.Trap => "kinds of trap",
        _ => throw new System.Diagnostics.UnreachableException($"kind {(int)kind}"),
    };

    /// <summary>The steps watched.</summary>
    public long Steps => _executed.Sum();

    /// <summary>Every cell, in the order of the instruction table.</summary>
    public IEnumerable<Cell> Cells()
    {
        var rows = InstrTable.Rows.Where(r => r.Op is not (Op.Else or Op.End)).ToImmutableArray();
        foreach (var rule in rows.GroupBy(r => StepRules.Of(new Plain(r.Op)))) yield return new(CellKind.ExecutionRule, rule.Key, rule.Any(r => _executed[(ushort)r.Op] > 0));
        foreach (var rule in rows.GroupBy(r => r.Rule)) yield return new(CellKind.ValidationRule, $"Instr_ok/{rule.Key}", rule.Any(r => _validated[(ushort)r.Op] > 0));
        foreach (var row in rows) yield return new(CellKind.Instruction, row.Mnemonic, _executed[(ushort)row.Op] > 0);
        foreach (var row in rows)
            for (int i = 0; i < Math.Min(row.Params.Length, MostOperands); i++)
            {
                if (row.Params[i].Var != SigVar.None || row.Params[i].Type.Kind is not (ValKind.I32 or ValKind.I64 or ValKind.F32 or ValKind.F64 or ValKind.V128)) continue;
                var names = OperandClass.NamesOf(row.Params[i].Type.Kind);
                for (int k = 0; k < names.Length; k++)
                    yield return new(CellKind.OperandClass, $"{row.Mnemonic}: operand {i + 1} is {names[k]}", (_operands[(ushort)row.Op * MostOperands + i] >> k & 1) != 0);
            }
        ulong traps = 0;
        foreach (ulong kinds in _traps) traps |= kinds;
        foreach (var kind in Enum.GetValues<TrapKind>())
            yield return new(CellKind.Trap, kind.ToString(), (traps >> (int)kind & 1) != 0);
    }
}
