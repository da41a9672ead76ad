namespace Wasm.Execution;

/// <summary>
/// Writes one line for each source instruction that runs: its offset, function, rule, operands and results. A call's line has no results: its callee's
/// lines follow. The store must be <see cref="StoreOptions.Unfused"/>.
/// </summary>
public struct Tracer(TextWriter output) : IObserver
{
    public static bool IsActive => true;

    // The instruction before: its line waits for its results.
    private string? _line;
    private WasmFunc? _func;
    private int _depth;
    private int _source;

    public void Before(in Step step)
    {
        if (!step.IsFirst) return;
        if (_line is not null)
        {
            bool sameFrame = ReferenceEquals(_func, step.Func) && _depth == step.Depth;
            var results = sameFrame ? step.ResultsOf(_source) : [];
            output.WriteLine(results.Length == 0 ? _line : $"{_line} -> {Text(results)}");
        }
        var instr = step.Source;
        _func = step.Func;
        _depth = step.Depth;
        _source = step.SourceIndex;
        _line = $"{instr.At,8}  {new string(' ', Math.Min(step.Depth - 1, 40))}func {step.Func.Index}  {instr.Def.Rule}  {instr}{Text(step.Operands, before: " ")}";
    }

    /// <summary>Writes the last line.</summary>
    public readonly void Finish()
    {
        if (_line is not null) output.WriteLine(_line);
    }

    private static string Text(Val[] values, string before = "") => values.Length == 0 ? "" : $"{before}[{string.Join(", ", values)}]";
}
