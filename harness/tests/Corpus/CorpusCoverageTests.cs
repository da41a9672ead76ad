using Conformance.Harness.Results;
using Conformance.Harness.Running;
using Conformance.Harness.Scripts;
using Conformance.Runtimes.Reference;
using Wasm.Execution;
using Wasm.Syntax;
using Wasm.Text.Script;

namespace Conformance.Harness.Tests.Corpus;

/// <summary>The project's own scripts pass, and between them they hold everything that there is: a failure lists what is missing.</summary>
public class CorpusCoverageTests
{
    public static TheoryData<string> Scripts => [.. CorpusScripts.Paths];

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Every_script_passes(string path) => Passes(path, new RecordingRuntime(new ReferenceRuntime()));

    private static void Passes(string path, RecordingRuntime runtime)
    {
        var file = CorpusScripts.File(path);
        var result = ScriptRunner.Run(file, new RunOptions { Runtime = runtime, Files = [file] });
        Assert.Null(result.Error);
        Assert.Empty(result.Commands.Where(c => c.Verdict != Verdict.Passed).Select(c => $"{path}:{c.Line}:{c.Column}: {c.Text}"));
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Every_script_says_what_it_shows(string path)
    {
        string[] lines = File.ReadAllLines(Path.Combine(CorpusScripts.Root, path));
        string first = lines.First(l => !l.StartsWith(";;!", StringComparison.Ordinal));
        Assert.StartsWith(";; ", first, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_instruction_occurs_in_a_valid_module() =>
        Complete(InstrTable.Rows.Select(r => r.Op), CorpusScripts.Modules().SelectMany(CorpusScripts.Instructions).Select(i => i.Op));

    [Fact]
    public void Every_kind_of_import_and_export_occurs()
    {
        var modules = CorpusScripts.Modules().ToList();
        Complete(Enum.GetValues<ExternKind>(), modules.SelectMany(m => m.Imports).Select(i => i.Type.Kind));
        Complete(Enum.GetValues<ExternKind>(), modules.SelectMany(m => m.Exports).Select(e => e.Kind));
        // Of imported tables and memories, those with 64-bit addresses; of functions, those of an exact type.
        Complete(["table64", "memory64", "exact"], modules.SelectMany(m => m.Imports).Select(i => i.Type switch
        {
            ExternType.Table { Type.Addr: AddrType.I64 } => "table64",
            ExternType.Mem { Type.Addr: AddrType.I64 } => "memory64",
            ExternType.Func { Exact: true } => "exact",
            _ => "",
        }));
    }

    [Fact]
    public void Every_mode_of_segment_and_every_clause_occurs()
    {
        var modules = CorpusScripts.Modules().ToList();
        Complete(Cases<SegmentMode>(), modules.SelectMany(m => m.Elems).Select(e => e.Mode.GetType()));
        Complete(Cases<SegmentMode>().Except([typeof(SegmentMode.Declarative)]), modules.SelectMany(m => m.Datas).Select(d => d.Mode.GetType()));
        var instructions = modules.SelectMany(CorpusScripts.Instructions).ToList();
        Complete(Enum.GetValues<CatchKind>(), instructions.OfType<TryTable>().SelectMany(t => t.Catches).Select(c => c.Kind));
        Complete([true, false], instructions.OfType<Resume>().SelectMany(r => r.Handlers).Select(h => h.Label is null));
        Assert.Contains(modules, m => m.Start is not null);
        Assert.Contains(modules, m => m.Tables.Any(t => t.Init is not null));
    }

    [Fact]
    public void Every_kind_of_trap_happens()
    {
        var runtime = new RecordingRuntime(new ReferenceRuntime());
        foreach (string path in CorpusScripts.Paths) Passes(path, runtime);
        Complete(Enum.GetValues<TrapKind>(), runtime.Traps);
    }

    [Fact]
    public void Every_command_of_the_script_language_occurs()
    {
        var commands = CorpusScripts.Commands().Select(c => c.Command).ToList();
        var kinds = typeof(Command).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Command)) && !t.IsAbstract);
        Complete(kinds.Except([typeof(UnsupportedCommand)]), commands.Select(c => c.GetType()));
        Complete(["module", "module_definition", "assert_return_canonical_nan", "assert_return_arithmetic_nan"], commands.Select(c => c.Kind));
        Complete([typeof(Invoke), typeof(Get)], commands.OfType<ActionCommand>().Select(c => c.Action.GetType()));
        Complete([typeof(Invoke), typeof(Get)], commands.OfType<AssertReturn>().Select(c => c.Action.GetType()));
        Complete(Cases<Target>(), commands.OfType<AssertUnlinkable>().Select(c => c.Target.GetType()));
        Complete(Cases<Target>(), commands.OfType<AssertUninstantiable>().Select(c => c.Target.GetType()));

        Type[] forms = [typeof(Textual), typeof(Encoded), typeof(Quoted)];
        Complete(forms, commands.OfType<ModuleCommand>().Select(m => m.Definition.GetType()));
        Complete(forms, commands.OfType<AssertInvalid>().Select(m => m.Definition.GetType()).Append(typeof(Quoted)));
        Complete([typeof(Encoded), typeof(Quoted)], commands.OfType<AssertMalformed>().Select(m => m.Definition.GetType()));
        Assert.Contains(CorpusScripts.Paths, p => ScriptReader.Split(File.ReadAllBytes(Path.Combine(CorpusScripts.Root, p))).Commands.Any(c => c.IsInlineModule));
    }

    [Fact]
    public void Every_argument_and_result_pattern_occurs()
    {
        var commands = CorpusScripts.Commands().Select(c => c.Command).ToList();
        var arguments = commands.OfType<AssertReturn>().Select(a => a.Action).OfType<Invoke>().SelectMany(i => i.Arguments).ToList();
        Complete(Cases<Literal>(), arguments.Select(a => a.GetType()));
        Complete(Enum.GetValues<VecShape>(), arguments.OfType<Literal.Vec>().Select(v => v.Shape));

        var patterns = commands.OfType<AssertReturn>().SelectMany(a => a.Results).ToList();
        patterns.AddRange(patterns.OfType<ResultPattern.Either>().SelectMany(e => e.Alternatives).ToList());
        Complete(Cases<ResultPattern>(), patterns.Select(p => p.GetType()));
        Complete(Cases<Literal>(), patterns.OfType<ResultPattern.Equal>().Select(e => e.Value.GetType()));
        Complete(Enum.GetValues<RefClass>(), patterns.OfType<ResultPattern.Ref>().Select(r => r.Class));
        Complete(Enum.GetValues<NanKind>(), patterns.OfType<ResultPattern.Lanes>().SelectMany(l => l.Patterns).Select(l => l.Nan).OfType<NanKind>());
        Complete(
            [(ValKind.F32, NanKind.Canonical), (ValKind.F32, NanKind.Arithmetic), (ValKind.F64, NanKind.Canonical), (ValKind.F64, NanKind.Arithmetic)],
            patterns.OfType<ResultPattern.Nan>().Select(n => (n.Type, n.Class)));
    }

    [Fact]
    public void Every_feature_is_needed_by_a_module()
    {
        var features = CorpusScripts.Modules().SelectMany(CorpusScripts.Instructions).Aggregate(Features.None, (f, i) => f | i.Def.Feature);
        var inTable = InstrTable.Rows.Aggregate(Features.None, (f, r) => f | r.Feature);
        Assert.Equal(inTable, features);
        // And by a script of every profile that a proposal has.
        Complete(
            ["1.0", "2.0", "3.0", "3.0+threads", "3.0+custom-page-sizes", "3.0+wide-arithmetic", "3.0+custom-descriptors", "3.0+legacy-exceptions", "3.0+stack-switching", "3.0+custom-sections", "all"],
            CorpusScripts.Paths.Select(p => CorpusScripts.File(p).Profile.Name));
    }

    private static IEnumerable<Type> Cases<T>() => typeof(T).GetNestedTypes().Where(t => t.IsSubclassOf(typeof(T)));

    /// <summary>Fails with what is expected and was not found.</summary>
    private static void Complete<T>(IEnumerable<T> expected, IEnumerable<T> found)
    {
        var missing = expected.Except(found).ToList();
        Assert.True(missing.Count == 0, $"missing in the corpus: {string.Join(", ", missing.Select(m => m is Op op ? InstrTable.Of(op).Mnemonic : m is Type t ? t.Name : $"{m}"))}");
    }
}
