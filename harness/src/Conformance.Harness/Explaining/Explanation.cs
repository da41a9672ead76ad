using System.Collections.Immutable;
using Conformance.Harness.Results;
using Conformance.Harness.Running;
using Conformance.Harness.Runtimes;
using Conformance.Harness.Scripts;
using Wasm.Syntax;
using Wasm.Text.Script;

namespace Conformance.Harness.Explaining;

/// <summary>One command of a script on one runtime.</summary>
/// <param name="Result">Its verdict.</param>
/// <param name="Last">What the runtime was asked last, and what came of it: a command that was never run, or only concerns the runner, asks nothing.</param>
public sealed record Explained(CommandResult Result, Recorded? Last);

/// <summary>One command of a script, to be run on several runtimes with all that stands before it.</summary>
public sealed class Explanation
{
    private readonly ScriptFile _file;
    private readonly ReadOnlyMemory<byte> _source;

    private Explanation(ScriptFile file, ReadOnlyMemory<byte> source, CommandSource command)
    {
        _file = file;
        _source = source;
        Source = command;
    }

    /// <summary>The command.</summary>
    public CommandSource Source { get; }

    /// <summary>The command that stands at a line, or the last one before it; null when there is none.</summary>
    public static Explanation? Of(ScriptFile file, ReadOnlyMemory<byte> source, int line)
    {
        var command = ScriptReader.Split(source).Commands.LastOrDefault(c => c.At.Line <= line);
        return command is null ? null : new(file, source, command);
    }

    /// <summary>Runs the script up to the command, the command included.</summary>
    public Explained Run(IRuntime runtime)
    {
        var recorder = new RecordingRuntime(runtime);
        var result = ScriptRunner.Run(_file with { Source = _source[..Source.End] }, new RunOptions { Runtime = recorder, Files = [] });
        return new(result.Commands.Last(c => c.File is null && c.Line == Source.At.Line), recorder.Last);
    }

    /// <summary>Where the specification says what must happen.</summary>
    public ImmutableArray<string> Links(Recorded? last)
    {
        try
        {
            return SpecLinks.Of(ScriptParser.Parse(Source, _file.Profile), last);
        }
        catch (PhaseException)
        {
            return [];
        }
    }
}
