using System.Collections.Immutable;
using Wasm.Binary;
using Wasm.Syntax;
using Wasm.Text.Script;

namespace Conformance.Fuzz.Damage;

/// <summary>Gathers the modules of scripts: each text module as it stands and encoded, binary and quoted modules as they are.</summary>
public static class Seeds
{
    /// <summary>The modules of some scripts, in order, without repetition.</summary>
    public static ImmutableArray<Seed> Of(IEnumerable<ReadOnlyMemory<byte>> scripts)
    {
        var seeds = ImmutableArray.CreateBuilder<Seed>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var script in scripts)
            foreach (var command in ScriptReader.Split(script).Commands)
                foreach (var seed in Of(command))
                    if (seen.Add(Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(seed.Bytes.AsSpan())))) seeds.Add(seed);
        return seeds.ToImmutable();
    }

    private static IEnumerable<Seed> Of(CommandSource source)
    {
        Command command;
        try
        {
            command = ScriptParser.Parse(source, Profile.All);
        }
        catch (PhaseException)
        {
            return [];      // a command of another profile; its module is not missed
        }
        var definition = command switch
        {
            ModuleCommand m => m.Definition,
            AssertRefused a => a.Definition,
            AssertUninstantiable { Target: Target.Module m } => m.Definition,
            AssertUnlinkable { Target: Target.Module m } => m.Definition,
            _ => null,
        };
        return definition switch
        {
            Textual t => [new(t.Source.ToArray().ToImmutableArray(), true), new([.. BinaryEncoder.Encode(t.Module)], false)],
            Encoded e => [new(e.Bytes, false)],
            Quoted q => [new(q.Text, true)],
            _ => [],
        };
    }
}
