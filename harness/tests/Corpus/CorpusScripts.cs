using System.Collections.Immutable;
using Conformance.Harness.Running;
using Conformance.Harness.Suites;
using Wasm.Binary;
using Wasm.Syntax;
using Wasm.Text;
using Wasm.Text.Script;

namespace Conformance.Harness.Tests.Corpus;

/// <summary>The project's own scripts: the files, and everything that stands in them.</summary>
internal static class CorpusScripts
{
    public static string Root { get; } = FindRoot();

    /// <summary>Paths below <c>corpus</c>, with <c>/</c>, in order.</summary>
    public static ImmutableArray<string> Paths { get; } =
        [.. Directory.GetFiles(Root, "*.wast", SearchOption.AllDirectories).Select(p => Path.GetRelativePath(Root, p).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    public static ScriptFile File(string path)
    {
        string full = Path.Combine(Root, path);
        return new("", path, full, Profiles.OfFirstLine(System.IO.File.ReadAllBytes(full)) ?? Profile.Wasm3);
    }

    /// <summary>Every command of every script, those inside of threads and scripts too.</summary>
    public static IEnumerable<(ScriptFile File, Command Command)> Commands()
    {
        foreach (string path in Paths)
        {
            var file = File(path);
            var (sources, error) = ScriptReader.Split(System.IO.File.ReadAllBytes(file.FullPath!));
            Assert.True(error is null, $"{path}: {error?.Message} at {error?.At}");
            var pending = new Stack<CommandSource>(sources.Reverse());
            while (pending.TryPop(out var source))
            {
                var command = ScriptParser.Parse(source, file.Profile);
                yield return (file, command);
                ImmutableArray<CommandSource> inner = command switch { ThreadCommand t => t.Commands, ScriptCommand s => s.Commands, _ => [] };
                foreach (var part in inner.Reverse()) pending.Push(part);
            }
        }
    }

    /// <summary>Every valid module: what a <c>module</c> command defines.</summary>
    public static IEnumerable<Module> Modules() => Commands().Where(c => c.Command is ModuleCommand).Select(c => ModuleOf(((ModuleCommand)c.Command).Definition, c.File.Profile));

    private static Module ModuleOf(Definition definition, Profile profile) => definition switch
    {
        Textual text => text.Module,
        Encoded bytes => BinaryDecoder.Decode(bytes.Bytes.ToArray(), profile),
        Quoted quoted => TextParser.ParseModule(quoted.Text.ToArray(), profile),
        _ => throw new ArgumentException(definition.ToString()),
    };

    /// <summary>The instructions of functions, initializers and offsets.</summary>
    public static IEnumerable<Instr> Instructions(Module m) => m.Funcs.Select(f => f.Body)
        .Concat(m.Globals.Select(g => g.Init)).Concat(m.Tables.Select(t => t.Init).OfType<Expr>()).Concat(m.Elems.SelectMany(e => e.Inits))
        .Concat(m.Elems.Select(e => e.Mode).Concat(m.Datas.Select(d => d.Mode)).OfType<SegmentMode.Active>().Select(a => a.Offset))
        .SelectMany(e => e.Instrs);

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !System.IO.File.Exists(Path.Combine(folder, "Conformance.sln"))) folder = Path.GetDirectoryName(folder);
        return Path.Combine(folder!, "corpus");
    }
}
