using System.Collections.Immutable;
using Conformance.Harness.Judging;
using Conformance.Harness.Results;
using Conformance.Harness.Running;
using Conformance.Harness.Runtimes;
using Wasm.Binary;
using Wasm.Syntax;
using Wasm.Text;
using Wasm.Text.Script;

namespace Conformance.Harness.Scripts;

internal sealed partial class Session
{
    /// <summary><c>(module …)</c>: a definition, and an instance of it unless it is a definition only.</summary>
    private Judgement Module(ModuleCommand command)
    {
        var judgement = new Judgement(Verdict.Passed);
        if (_modules.Has(command.Id)) judgement = Doubled("module", command.Id!);
        else if (!command.IsDefinition && _instances.Has(command.Id)) judgement = Doubled("instance", command.Id!);
        Defined? defined = null;
        if (judgement.Verdict == Verdict.Passed)
        {
            var outcome = Load(command.Definition);
            judgement = Judge.Of(new Demand.Valid(), outcome, _run.Rules);
            if (outcome is Outcome.Loaded loaded) defined = Define(command.Id, loaded.Module, command.Definition);
            else _modules.Empty(command.Id, new(judgement.Verdict, $"no module (module at line {command.At.Line} {Fate(judgement.Verdict)})"));
            if (!command.IsDefinition) Doubt(command.Definition, judgement.Verdict, command.At);
        }
        if (command.IsDefinition) return judgement;
        if (defined is not null)
        {
            var (outcome, missing) = Instantiate(defined);
            judgement = Instantiated(new Demand.Instance(), defined, outcome, missing, command.At);
            if (outcome is Outcome.Instantiated instantiated) _instances.Bind(command.Id, instantiated.Instance);
        }
        if (judgement.Verdict != Verdict.Passed) EmptyInstance(command.Id, command.At, judgement.Verdict);
        return judgement;
    }

    /// <summary><c>(module instance $inst? $mod?)</c>.</summary>
    private Judgement Instance(InstanceCommand command)
    {
        Judgement judgement;
        if (_instances.Has(command.Id))
        {
            judgement = Doubled("instance", command.Id!);
        }
        else
        {
            var (defined, missing) = _modules.Find(command.Module);
            Outcome? outcome = null;
            if (defined is not null) (outcome, missing!) = Instantiate(defined);
            judgement = defined is null ? Depends(missing!) : Instantiated(new Demand.Instance(), defined, outcome, missing, command.At);
            if (outcome is Outcome.Instantiated instantiated) _instances.Bind(command.Id, instantiated.Instance);
        }
        if (judgement.Verdict != Verdict.Passed) EmptyInstance(command.Id, command.At, judgement.Verdict);
        return judgement;
    }

    /// <summary>Assertions that a module is refused before it is instantiated. They define nothing.</summary>
    private Judgement Refused(AssertRefused command, Demand demand) => Judge.Of(demand, Load(command.Definition), _run.Rules);

    /// <summary>
    /// Assertions that a valid module cannot be instantiated. The module becomes the latest definition; the latest instance stays what it was.
    /// </summary>
    private Judgement NotInstantiated(Target target, Region at, Demand demand)
    {
        Defined? defined;
        Missing? missing = null;
        if (target is Target.Module module)
        {
            if (_modules.Has(module.Id)) return Doubled("module", module.Id!);
            var loaded = Load(module.Definition);
            if (loaded is not Outcome.Loaded { Module: var m })
            {
                var judgement = Judge.Of(demand, loaded, _run.Rules);
                Doubt(module.Definition, judgement.Verdict, at);
                return judgement;
            }
            defined = Define(module.Id, m, module.Definition);
        }
        else
        {
            (defined, missing) = _modules.Find(((Target.Instance)target).Of);
        }
        if (defined is null) return Depends(missing!) with { Expected = demand.ToString() };
        (var outcome, missing) = Instantiate(defined);
        return Instantiated(demand, defined, outcome, missing, at);
    }

    private Defined Define(string? id, IModule module, Definition definition)
    {
        var defined = new Defined(module, definition);
        _modules.Bind(id, defined);
        _scripts.Bind(id, new Quote([_quote[^1]]));
        return defined;
    }

    private static Judgement Doubled(string what, string id) => new(Verdict.Failed, Actual: $"{what} {Slots<Session>.Id(id)} already defined");

    private void EmptyInstance(string? id, Region at, Verdict verdict) =>
        _instances.Empty(id, new(verdict, $"no instance (module at line {at.Line} {Fate(verdict)})"));

    private static string Fate(Verdict verdict) => verdict switch
    {
        Verdict.Unsupported or Verdict.AdapterLimit => "is not supported",
        Verdict.Crashed => "crashed",
        Verdict.TimedOut => "timed out",
        Verdict.Skipped => "was skipped",
        Verdict.Passed or Verdict.Failed or Verdict.ExpectedFailure or Verdict.UnexpectedPass or _ => "failed",
    };

    /// <summary>Decoding or parsing, then validation.</summary>
    private Outcome Load(Definition definition) => GuardOutcome(() => LoadUnguarded(definition))!;

    private Outcome LoadUnguarded(Definition definition)
    {
        try
        {
            return definition switch
            {
                Encoded e => LoadBinary(e.Bytes),
                Quoted q => LoadText(TextParser.ParseModule(q.Text.AsMemory(), _run.File.Profile)),
                Textual t => LoadText(t.Module),
                _ => throw new System.Diagnostics.UnreachableException($"definition {definition.GetType().Name}"),
            };
        }
        catch (MalformedException e)
        {
            return new Outcome.Malformed(e.Message, e.At);
        }
        catch (MalformedCustomException e)
        {
            return new Outcome.MalformedCustom(e.Message, e.At);
        }
        catch (InvalidCustomException e)
        {
            return new Outcome.InvalidCustom(e.Message, e.At);
        }
    }

    private Outcome LoadBinary(ImmutableArray<byte> bytes) => _store.Load(bytes.AsMemory());

    private Outcome LoadText(Module module) => _run.Options.Modules switch
    {
        ModuleRoute.Direct => _store.LoadDirect(module),
        ModuleRoute.Binary => _store.Load(BinaryEncoder.Encode(module)),
        ModuleRoute.RoundTrip => RoundTrip.Of(module, _run.File.Profile, out byte[] bytes) is { } difference ? new Outcome.Inapplicable(difference) : _store.Load(bytes),
        _ => throw new System.Diagnostics.UnreachableException($"route {(int)_run.Options.Modules}"),
    };

    /// <summary>Instantiates, unless an import comes from a name whose instance is missing for a reason of its own.</summary>
    private (Outcome? Outcome, Missing? Missing) Instantiate(Defined defined)
    {
        if (_missingNames.Count > 0)
            foreach (string name in ImportedModules(defined.Definition))
                if (_missingNames.TryGetValue(name, out var missing)) return (null, missing);
        _instantiated = GuardOutcome(() => _store.Instantiate(defined.Module));
        return (_instantiated, null);
    }

    private IEnumerable<string> ImportedModules(Definition definition) => ModuleOf(definition).Imports.Select(i => i.Module);

    /// <summary>The abstract syntax of a definition that was valid.</summary>
    private Module ModuleOf(Definition definition) => definition switch
    {
        Encoded e => BinaryDecoder.Decode(e.Bytes.AsMemory(), _run.File.Profile),
        Quoted q => TextParser.ParseModule(q.Text.AsMemory(), _run.File.Profile),
        Textual t => t.Module,
        _ => throw new System.Diagnostics.UnreachableException($"definition {definition.GetType().Name}"),
    };
}
