using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using Conformance.Harness.Judging;
using Conformance.Harness.Results;
using Wasm.Binary;
using Wasm.Text;
using Wasm.Text.Script;

namespace Conformance.Harness.Scripts;

internal sealed partial class Session
{
    /// <summary>How deep <c>input</c> commands may nest.</summary>
    private const int MaxInputDepth = 16;

    /// <summary><c>(script $id? cmd*)</c>: the commands run here, and the name stands for them.</summary>
    private IEnumerable<Pause> Script(ScriptCommand command, Stopwatch clock)
    {
        Record(command, clock, new(Verdict.Passed));
        var outer = _quote;
        _quote = [];
        foreach (var pause in Run(command.Commands)) yield return pause;
        BindQuote(command.Id, outer);
    }

    /// <summary><c>(input $id? "file")</c>: the commands of another file run here. Only files below the script's own folder are read.</summary>
    private IEnumerable<Pause> Input(Input command, Stopwatch clock)
    {
        var (path, commands, judgement) = Open(command);
        Record(command, clock, judgement);
        if (path is null) yield break;
        var outer = _quote;
        _quote = [];
        _inputs.Push(path);
        foreach (var pause in Run(commands)) yield return pause;
        _inputs.Pop();
        BindQuote(command.Id, outer);
        if (command.Id is not { } id) yield break;
        // The name also stands for the file's last module and instance.
        _modules.BindToLatest(id);
        _instances.BindToLatest(id);
    }

    private void BindQuote(string? id, List<CommandSource> outer)
    {
        _scripts.Bind(id, new Quote([.. _quote]));
        outer.AddRange(_quote);
        _quote = outer;
    }

    private (string? Path, ImmutableArray<CommandSource> Commands, Judgement Judgement) Open(Input command)
    {
        (string?, ImmutableArray<CommandSource>, Judgement) No(string why) => (null, [], new Judgement(Verdict.Failed, Actual: why));
        if (_run.Folder is not { } root) return No("a script from standard input has no folder to read from");
        if (_inputs.Count >= MaxInputDepth) return No($"input commands are nested more than {MaxInputDepth} deep");
        string folder = _inputs.TryPeek(out string? current) ? System.IO.Path.GetDirectoryName(current)! : root;
        if (Below(folder, command.File, root) is not { } path) return No($"\"{command.File}\" is not below the script's folder");
        if (path == _run.File.FullPath || _inputs.Contains(path)) return No($"\"{command.File}\" is being read already");
        if (!File.Exists(path)) return No($"there is no file \"{command.File}\"");
        if (ResolvesOutside(path, root)) return No($"\"{command.File}\" is not below the script's folder");
        try
        {
            byte[] bytes = File.ReadAllBytes(path);
            if (System.IO.Path.GetExtension(path) == ".wasm") bytes = Quoted(bytes);
            var (commands, error) = ScriptReader.Split(bytes);
            return (path, commands, error is null ? new(Verdict.Passed) : new(Verdict.Failed, Actual: $"\"{command.File}\": {error.Message} at {error.At}"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return No(e.Message);
        }
    }

    /// <summary>The full path of a relative one if it lies below a root; null for others.</summary>
    private static string? Below(string folder, string file, string root)
    {
        if (file.Length == 0 || file.Contains('\0', StringComparison.Ordinal)) return null;
        string path = System.IO.Path.GetFullPath(System.IO.Path.Combine(folder, file));
        return path.StartsWith(root.TrimEnd(System.IO.Path.DirectorySeparatorChar) + System.IO.Path.DirectorySeparatorChar, StringComparison.Ordinal) ? path : null;
    }

    /// <summary>Whether a symbolic link on the way leads out of the root.</summary>
    private static bool ResolvesOutside(string path, string root)
    {
        for (string? p = path; p is not null && p.Length > root.Length; p = System.IO.Path.GetDirectoryName(p))
        {
            FileSystemInfo info = Directory.Exists(p) ? new DirectoryInfo(p) : new FileInfo(p);
            if (info.LinkTarget is not null && info.ResolveLinkTarget(returnFinalTarget: true) is { } target && Below(root, target.FullName, root) is null) return true;
        }
        return false;
    }

    /// <summary>A binary module as a script: <c>(module binary "…")</c>.</summary>
    private static byte[] Quoted(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder("(module binary \"", bytes.Length * 3 + 20);
        foreach (byte b in bytes) text.Append('\\').Append(b.ToString("x2", System.Globalization.CultureInfo.InvariantCulture));
        return Encoding.ASCII.GetBytes(text.Append("\")").ToString());
    }

    /// <summary><c>(output $id? "file"?)</c>: writes a module or a script; to a file only below the output folder, else to the host's output.</summary>
    private Judgement Output(Output command)
    {
        if (command.File is not { } file)
        {
            var (defined, missing) = _modules.Find(command.Id);
            if (defined is null) return Depends(missing);
            _run.Options.Output?.Invoke(TextPrinter.Print(ModuleOf(defined.Definition)));
            return new(Verdict.Passed);
        }
        if (_run.Options.OutputDir is not { } root) return new(Verdict.Skipped, Detail: "files are written only when an output folder is given");
        root = System.IO.Path.GetFullPath(root);
        if (Below(root, file, root) is not { } path) return new(Verdict.Failed, Actual: $"\"{file}\" is not below the output folder");
        byte[] content;
        switch (System.IO.Path.GetExtension(file))
        {
            case ".wasm" or ".wat":
                {
                    var (defined, missing) = _modules.Find(command.Id);
                    if (defined is null) return Depends(missing);
                    var module = ModuleOf(defined.Definition);
                    content = System.IO.Path.GetExtension(file) == ".wasm" ? BinaryEncoder.Encode(module) : Encoding.UTF8.GetBytes(TextPrinter.Print(module));
                    break;
                }
            case ".wast" when !file.EndsWith(".bin.wast", StringComparison.Ordinal):
                {
                    var (script, missing) = _scripts.Find(command.Id);
                    if (script is null) return Depends(missing);
                    using var text = new MemoryStream();
                    foreach (var source in script.Commands)
                    {
                        text.Write(source.IsInlineModule ? "(module\n"u8 : ""u8);
                        text.Write(source.Text.Span);
                        text.Write(source.IsInlineModule ? "\n)\n"u8 : "\n"u8);
                    }
                    content = text.ToArray();
                    break;
                }
            case var extension:
                return new(Verdict.Unsupported, Detail: $"output to {(extension == ".wast" ? ".bin.wast" : extension.Length == 0 ? "a file without extension" : extension)} is not supported");
        }
        if (Directory.Exists(root) && ResolvesOutside(path, root)) return new(Verdict.Failed, Actual: $"\"{file}\" is not below the output folder");
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, content);
            return new(Verdict.Passed);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(Verdict.Failed, Actual: e.Message);
        }
    }
}
