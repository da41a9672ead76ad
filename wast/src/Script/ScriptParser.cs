using System.Collections.Immutable;
using System.Text;
using Wasm.Syntax;

namespace Wasm.Text.Script;

/// <summary>Parses one command.</summary>
public static class ScriptParser
{
    /// <summary>How deep <c>script</c> and <c>thread</c> may nest.</summary>
    public const int MaxDepth = 64;

    /// <summary>Words of the script languages of extensions that the kit leaves out; a command with one is not supported rather than malformed.</summary>
    private static readonly HashSet<string> UnsupportedWords = ["f16x8", "ref.i31_shared", "component"];

    /// <exception cref="MalformedException">The command is not of the script language, or its module not of the text format.</exception>
    /// <exception cref="MalformedCustomException">An annotation that the profile interprets cannot be read.</exception>
    /// <exception cref="InvalidCustomException">An annotation that the profile interprets contradicts its module.</exception>
    public static Command Parse(CommandSource command, Profile profile)
    {
        if (command.Depth > MaxDepth) throw new MalformedException(command.At, $"scripts nested deeper than {MaxDepth}");
        if (command.Keyword == "component") return new UnsupportedCommand(command.Keyword, "components are not supported", command.At);
        var start = command.IsInlineModule ? Region.Text(1, 1) : command.At;
        using var parser = new Parser(command.Script, command.Start, command.End, start, profile);
        try
        {
            return command.IsInlineModule ? InlineModule(parser, command) : new CommandParser(parser, command).Parse();
        }
        catch (MalformedException) when (UnsupportedWords.Contains(parser.NoToken()))
        {
            return new UnsupportedCommand(command.Keyword, $"{parser.NoToken()} is not supported", command.At);
        }
    }

    private static ModuleCommand InlineModule(Parser parser, CommandSource command)
    {
        var module = parser.ModuleFields(null);
        parser.ExpectEnd();
        return new ModuleCommand(null, false, new Textual(parser.Finish(module), command.Script, command.At), command.At);
    }

    /// <summary>The identifier that a <c>module</c> command gives an instance.</summary>
    internal static string? ModuleIdOf(CommandSource command)
    {
        using var parser = new Parser(command.Script, command.Start, command.End, command.At, Profile.All);
        if (!parser.TryOpen(Word.Module) || parser.TryWord(Word.Definition)) return null;
        bool instance = parser.TryWord(Word.Instance);
        string? first = parser.OptIdName(), second = instance ? parser.OptIdName() : null;
        return instance && second is null ? null : first;
    }
}

/// <summary>The grammar of one command.</summary>
internal readonly struct CommandParser(Parser parser, CommandSource source)
{
    private static readonly Dictionary<Word, Func<CommandParser, Region, Command>> Readers = new()
    {
        [Word.Module] = (p, at) => p.ModuleOrInstance(at),
        [Word.Register] = (p, at) => p.Register(at),
        [Word.Invoke] = (p, at) => p.ActionAlone(at),
        [Word.Get] = (p, at) => p.ActionAlone(at),
        [Word.AssertReturn] = (p, at) => p.AssertReturn(at),
        [Word.AssertReturnCanonicalNan] = (p, at) => p.OnAction(action => new AssertReturnNan(action, NanKind.Canonical, at)),
        [Word.AssertReturnArithmeticNan] = (p, at) => p.OnAction(action => new AssertReturnNan(action, NanKind.Arithmetic, at)),
        [Word.AssertReturnFunc] = (p, at) => p.OnAction(action => new AssertReturnFunc(action, at)),
        [Word.AssertException] = (p, at) => p.OnAction(action => new AssertException(action, at)),
        [Word.AssertTrap] = (p, at) => p.AssertTrap(at),
        [Word.AssertExhaustion] = (p, at) => p.OnActionAndMessage((action, message) => new AssertExhaustion(action, message, at)),
        [Word.AssertSuspension] = (p, at) => p.OnActionAndMessage((action, message) => new AssertSuspension(action, message, at)),
        [Word.AssertUnlinkable] = (p, at) => p.OnTarget((target, message) => new AssertUnlinkable(target, message, at)),
        [Word.AssertMalformed] = (p, at) => p.OnModule((id, module, message) => new AssertMalformed(id, module, message, at)),
        [Word.AssertInvalid] = (p, at) => p.OnModule((id, module, message) => new AssertInvalid(id, module, message, at)),
        [Word.AssertMalformedCustom] = (p, at) => p.OnModule((id, module, message) => new AssertMalformedCustom(id, module, message, at)),
        [Word.AssertInvalidCustom] = (p, at) => p.OnModule((id, module, message) => new AssertInvalidCustom(id, module, message, at)),
        [Word.Thread] = (p, at) => p.Thread(at),
        [Word.Wait] = (p, at) => p.Wait(at),
        [Word.Script] = (p, at) => p.Script(at),
        [Word.Input] = (p, at) => p.Input(at),
        [Word.Output] = (p, at) => p.Output(at),
    };

    public Command Parse()
    {
        var at = parser.At;
        parser.Expect(TokenKind.LParen);
        if (!parser.Is(TokenKind.Word) || !Readers.TryGetValue((Word)parser.Cur.Value, out var reader)) throw parser.Unexpected();
        // An action keeps its keyword: it may also stand inside an assertion.
        if (!parser.IsWord(Word.Invoke) && !parser.IsWord(Word.Get)) parser.Advance();
        return reader(this, at);
    }

    /// <summary>The command's closing parenthesis, and nothing behind it. Errors of meaning come after those of syntax.</summary>
    private void Close()
    {
        parser.Expect(TokenKind.RParen);
        parser.ExpectEnd();
    }

    private void Done()
    {
        Close();
        parser.ThrowDeferred();
    }

    // Modules

    /// <summary>A module read but not finished: its deferred errors come when the command has been read.</summary>
    private readonly record struct Draft(string? Id, bool IsDefinition, Module? Module, Definition? Strings, ReadOnlyMemory<byte> Source, Region At)
    {
        public Definition Finish(Parser parser) => Strings ?? new Textual(parser.Finish(Module!), Source, At);
    }

    private Command ModuleOrInstance(Region at)
    {
        if (parser.TryWord(Word.Instance))
        {
            var instance = InstanceRest();
            Done();
            return new InstanceCommand(instance.Id, instance.Of, at);
        }
        int start = source.Start;
        var draft = ModuleRest(start, at);
        parser.ExpectEnd();
        return new ModuleCommand(draft.Id, draft.IsDefinition, draft.Finish(parser), at);
    }

    /// <summary>The rest of <c>(module instance</c> up to the closing parenthesis, which is left.</summary>
    private Target.Instance InstanceRest()
    {
        string? first = parser.OptIdName(), second = parser.OptIdName();
        return second is null ? new Target.Instance(null, first) : new Target.Instance(first, second);
    }

    /// <summary>The rest of <c>(module</c>, with its closing parenthesis.</summary>
    private Draft ModuleRest(int start, Region at)
    {
        bool isDefinition = parser.TryWord(Word.Definition);
        string? id = parser.OptIdName();
        Module? module = null;
        Definition? strings = null;
        if (parser.TryWord(Word.Binary)) strings = new Encoded(parser.Strings(), at);
        else if (parser.TryWord(Word.Quote)) strings = new Quoted(parser.Strings(), at);
        else module = parser.ModuleFields(id);
        int end = parser.Cur.Start + 1;
        parser.Expect(TokenKind.RParen);
        return new Draft(id, isDefinition, module, strings, source.Script[start..end], at);
    }

    private Draft InnerModule()
    {
        var at = parser.At;
        int start = parser.Cur.Start;
        if (!parser.TryOpen(Word.Module)) throw parser.UnexpectedOpen();
        return ModuleRest(start, at);
    }

    private Command OnModule(Func<string?, Definition, string, Command> make)
    {
        var draft = InnerModule();
        string message = Message();
        Close();
        return make(draft.Id, draft.Finish(parser), message);
    }

    private Command OnTarget(Func<Target, string, Command> make)
    {
        var at = parser.At;
        int start = parser.Cur.Start;
        if (!parser.TryOpen(Word.Module)) throw parser.UnexpectedOpen();
        if (parser.TryWord(Word.Instance))
        {
            var instance = InstanceRest();
            parser.Expect(TokenKind.RParen);
            string text = Message();
            Done();
            return make(instance, text);
        }
        var draft = ModuleRest(start, at);
        if (draft.IsDefinition) throw new MalformedException(at, "misplaced module definition");
        string message = Message();
        Close();
        return make(new Target.Module(draft.Id, draft.Finish(parser)), message);
    }

    // Actions and assertions about them

    private Action Action()
    {
        var at = parser.At;
        if (parser.TryOpen(Word.Get))
        {
            string? instance = parser.OptIdName();
            var get = new Get(instance, parser.Name(), at);
            parser.Expect(TokenKind.RParen);
            return get;
        }
        if (!parser.TryOpen(Word.Invoke)) throw parser.UnexpectedOpen();
        return InvokeRest(at);
    }

    private Invoke InvokeRest(Region at)
    {
        string? instance = parser.OptIdName();
        string name = parser.Name();
        var arguments = ImmutableArray.CreateBuilder<Literal>();
        while (parser.Is(TokenKind.LParen))
            arguments.Add(new ValueParser(parser).Literal());
        parser.Expect(TokenKind.RParen);
        return new Invoke(instance, name, arguments.ToImmutable(), at);
    }

    private ActionCommand ActionAlone(Region at)
    {
        Action action;
        if (parser.TryWord(Word.Invoke))
        {
            action = InvokeRest(at);
        }
        else
        {
            parser.Expect(Word.Get);
            string? instance = parser.OptIdName();
            action = new Get(instance, parser.Name(), at);
            parser.Expect(TokenKind.RParen);
        }
        parser.ExpectEnd();
        parser.ThrowDeferred();
        return new ActionCommand(action, at);
    }

    private AssertReturn AssertReturn(Region at)
    {
        var action = Action();
        var results = ImmutableArray.CreateBuilder<ResultPattern>();
        while (parser.Is(TokenKind.LParen))
            results.Add(new ValueParser(parser).Result());
        Done();
        return new AssertReturn(action, results.ToImmutable(), at);
    }

    private Command AssertTrap(Region at) => parser.IsOpen(Word.Module)
        ? OnTarget((target, message) => new AssertUninstantiable(target, message, at))
        : OnActionAndMessage((action, message) => new AssertTrap(action, message, at));

    private Command OnAction(Func<Action, Command> make)
    {
        var action = Action();
        Done();
        return make(action);
    }

    private Command OnActionAndMessage(Func<Action, string, Command> make)
    {
        var action = Action();
        string message = Message();
        Done();
        return make(action, message);
    }

    private string Message()
    {
        if (!parser.Is(TokenKind.String)) throw parser.Unexpected();
        string message = Encoding.UTF8.GetString(Literals.DecodeString(parser.TextOf(parser.Cur)));
        parser.Advance();
        return message;
    }

    // Other commands

    private Register Register(Region at)
    {
        string name = parser.Name();
        var command = new Register(name, parser.OptIdName(), at);
        Done();
        return command;
    }

    private Input Input(Region at)
    {
        string? id = parser.OptIdName();
        var command = new Input(id, Message(), at);
        Done();
        return command;
    }

    private Output Output(Region at)
    {
        string? id = parser.OptIdName();
        var command = new Output(id, parser.Is(TokenKind.String) ? Message() : null, at);
        Done();
        return command;
    }

    private Wait Wait(Region at)
    {
        var command = new Wait(parser.OptIdName(), at);
        Done();
        return command;
    }

    private ThreadCommand Thread(Region at)
    {
        string? id = parser.OptIdName();
        var shared = ImmutableArray.CreateBuilder<string>();
        while (parser.TryOpen(Word.Shared))
        {
            if (!parser.TryOpen(Word.Module)) throw parser.UnexpectedOpen();
            shared.Add(parser.OptIdName() ?? throw parser.Unexpected());
            parser.Expect(TokenKind.RParen);
            parser.Expect(TokenKind.RParen);
        }
        return new ThreadCommand(id, shared.ToImmutable(), Inner(), at);
    }

    private ScriptCommand Script(Region at)
    {
        string? id = parser.OptIdName();
        return new ScriptCommand(id, Inner(), at);
    }

    /// <summary>The commands from the token at hand up to the command's own closing parenthesis.</summary>
    private ImmutableArray<CommandSource> Inner()
    {
        if (!parser.Is(TokenKind.LParen) && !parser.Is(TokenKind.RParen)) throw parser.Unexpected();
        var inner = ScriptReader.Split(source.Script, parser.Cur.Start, source.End - 1, parser.At, source.Depth + 1);
        return inner.Error is null ? inner.Commands : throw inner.Error;
    }
}
