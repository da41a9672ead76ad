using System.Text;
using Conformance.Harness.Results;
using Conformance.Harness.Running;
using Conformance.Harness.Runtimes;
using Conformance.Harness.Scripts;
using Conformance.Harness.Suites;
using Wasm.Syntax;

namespace Conformance.Fuzz.Planting;

/// <summary>Whether the script of a mutant passes on a runtime: it must on the reference, and must not on the mutant.</summary>
public static class TriggerCheck
{
    /// <summary>The first command that does not pass, in words; null when all do.</summary>
    public static string? FirstFailure(Mutant mutant, IRuntime runtime) => FirstFailure($"{mutant.Id}.wast", Encoding.UTF8.GetBytes(mutant.Kill), runtime);

    /// <summary>The first command of a script that does not pass, in words; null when all do.</summary>
    public static string? FirstFailure(string name, byte[] source, IRuntime runtime)
    {
        var file = new ScriptFile("", name, null, Profiles.OfFirstLine(source) ?? Profile.Wasm3, source);
        var result = ScriptRunner.Run(file, new RunOptions { Runtime = runtime, Files = [file], Messages = MessageRule.None, FileTimeout = TimeSpan.FromSeconds(20) });
        if (result.Error is { } error) return error;
        var failure = result.Commands.FirstOrDefault(c => c.Verdict != Verdict.Passed);
        return failure is null ? result.Commands.IsEmpty ? "the script has no command" : null : $"line {failure.Line}: {failure.Text}";
    }
}
