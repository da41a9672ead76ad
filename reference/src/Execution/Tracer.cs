namespace Wasm.Execution;

/// <summary>
/// Prints one line a step: offset, rule, instruction, operands and results. The store needs <see cref="StoreOptions.Unfused"/>. A call's line comes
/// before those of the callee; its results follow on a line of their own when it returns.
/// </summary>
public readonly struct Tracer(TextWriter output) : IObserver
{
    /// <summary>A step whose results are not known yet.</summary>
    private sealed record Pending(int Depth, int SourceIndex, string Line)
    {
        public bool IsPrinted { get; set; }
    }

    private readonly Stack<Pending> _pending = new();

    public static bool IsActive => true;

    public void Before(in Step step)
    {
        while (_pending.TryPeek(out var last) && last.Depth >= step.Depth)
        {
            _pending.Pop();
            Print(last, last.Depth == step.Depth ? step.ResultsOf(last.SourceIndex) : []);
        }
        if (_pending.TryPeek(out var caller) && !caller.IsPrinted)
        {
            output.WriteLine(caller.Line);
            caller.IsPrinted = true;
        }
        if (step.Sources.IsEmpty) return;
        var instr = step.Source;
        string operands = string.Concat(step.Operands.Select(v => $" ({v})"));
        string indent = new(' ', Math.Min(step.Depth - 1, 40));
        _pending.Push(new Pending(step.Depth, step.SourceIndex, $"{indent}{instr.At,-8} func {step.Func.Index}  {StepRules.Of(instr)}  {instr}{operands}"));
    }

    /// <summary>Prints the last step, which ended the run.</summary>
    public void Finish()
    {
        while (_pending.TryPop(out var last))
            Print(last, []);
    }

    private void Print(Pending step, Val[] results)
    {
        string values = string.Concat(results.Select(v => $" ({v})"));
        if (!step.IsPrinted) output.WriteLine($"{step.Line}{(values.Length > 0 ? " ->" : "")}{values}");
        else if (values.Length > 0) output.WriteLine($"{step.Line.TrimEnd()} returned{values}");
    }
}
