using System.Text;
using Conformance.Harness.Converting.Wasi;
using Conformance.Harness.Suites;
using Conformance.Harness.Tests.Repository;
using Conformance.Harness.Tests.Suites;
using Wasm.Binary;
using Wasm.Embedding;
using Wasm.Execution;
using Wasm.Syntax;
using Wasm.Validation;

namespace Conformance.Harness.Tests.Converting;

/// <summary>Scripts as command modules: on the reference with the two functions of WASI that they need, they end as they must.</summary>
public class WasiTests
{
    private const string Script = """
        (module $a
          (global $g (mut i32) (i32.const 1))
          (func (export "next") (result i32) (global.set $g (i32.add (global.get $g) (i32.const 1))) (global.get $g))
          (func (export "div") (param i32) (result i32) (i32.div_s (i32.const 1) (local.get 0)))
          (func (export "nan") (result f32) (f32.const nan)))
        (assert_return (invoke "next") (i32.const 2))
        (assert_trap (invoke "div" (i32.const 0)) "integer divide by zero")
        (assert_return (invoke "next") (i32.const 3))
        (assert_return (invoke "nan") (f32.const nan:canonical))
        (register "a" $a)
        (module (import "a" "next" (func $next (result i32))) (func (export "f") (result i32) (call $next)) (start $s) (func $s (drop (call $next))))
        (assert_return (invoke "f") (i32.const 5))
        (assert_return (invoke $a "next") (i32.const 6))
        (module (memory 1) (func (export "g") (param i32) (result i32) (i32.load (local.get 0))) (data (i32.const 4) "\2a"))
        (assert_return (invoke "g" (i32.const 4)) (i32.const 42))
        (assert_invalid (module (func (result i32))) "type mismatch")
        (assert_malformed (module quote "(func") "unexpected token")
        (assert_unlinkable (module (import "x" "y" (func))) "unknown import")
        """;

    private static WasiScript Convert(string script) => WasiScript.Convert(Encoding.UTF8.GetBytes(script), "s.wast", Profile.Wasm3);

    [Fact]
    public void Linked_instances_are_one_module_and_each_trap_and_invalid_module_is_one()
    {
        var converted = Convert(Script);
        Assert.Equal(
            [("s.1.wasm", Ending.Success, 5), ("s.7.trap.wasm", Ending.Trap, 1), ("s.14.wasm", Ending.Success, 1), ("s.16.refused.wasm", Ending.Refused, 1)],
            converted.Modules.Select(m => (m.Name, m.Expect, m.Assertions)));
        Assert.Equal(["assert_malformed", "assert_unlinkable"], converted.LeftOut.Select(l => l.Kind));
        Assert.All(converted.Modules, module => Assert.Equal("", Difference(module, Profile.Wasm3)));
        Assert.Contains("\"expect\": \"trap\"", converted.Manifest);
    }

    [Theory]
    [InlineData("(i32.const 3))", "(i32.const 4))", "s.wast:8: not as expected\n")]
    [InlineData("(i32.const 42))", "(i32.const 43))", "s.wast:15: not as expected\n")]
    [InlineData("(f32.const nan:canonical)", "(f32.const 1)", "s.wast:9: not as expected\n")]
    public void A_check_that_fails_ends_the_process_with_1_and_names_its_line(string right, string wrong, string message)
    {
        var failed = Convert(Script.Replace(right, wrong, StringComparison.Ordinal)).Modules.Where(m => m.Expect == Ending.Success).Select(m => Run(m, Profile.Wasm3)).Single(r => r.Code != 0);
        Assert.Equal((1, message), failed);
    }

    [Theory]
    [InlineData("(i32.const 0)) \"integer", "(i32.const 1)) \"integer")]      // it does not trap
    [InlineData("(i32.const 2))\n", "(i32.const 9))\n")]                      // what comes before is wrong
    public void A_module_that_must_trap_and_does_not_ends_with_0(string right, string wrong) =>
        Assert.Equal(0, Run(Convert(Script.Replace(right, wrong, StringComparison.Ordinal)).Modules.Single(m => m.Expect == Ending.Trap), Profile.Wasm3).Code);

    [Fact]
    public void What_may_depend_on_a_command_left_out_is_left_out()
    {
        var converted = Convert("""
            (module (table 1 externref) (func (export "set") (param externref) (table.set (i32.const 0) (local.get 0))) (func (export "null") (result i32) (ref.is_null (table.get (i32.const 0)))))
            (assert_return (invoke "null") (i32.const 1))
            (invoke "set" (ref.extern 1))
            (assert_return (invoke "null") (i32.const 0))
            """);
        Assert.Equal(1, Assert.Single(converted.Modules).Assertions);
        Assert.Equal([3, 4], converted.LeftOut.Select(l => l.At.Line));
    }

    /// <summary>Scripts of the threads proposal are of 1.0 otherwise.</summary>
    [Fact]
    public void An_invalid_module_that_an_engine_with_more_features_takes_is_left_out()
    {
        var converted = WasiScript.Convert(Encoding.UTF8.GetBytes("""
            (assert_invalid (module (memory 0) (memory 0)) "multiple memories")
            (assert_invalid (module (table 0 funcref) (table 0 funcref)) "multiple tables")
            (assert_invalid (module (func (result i32))) "type mismatch")
            """), "s.wast", Profile.Wasm1);
        Assert.Equal("s.3.refused.wasm", Assert.Single(converted.Modules).Name);
        Assert.Equal([1, 2], converted.LeftOut.Select(l => l.At.Line));
    }

    public static TheoryData<string> OwnScripts => ConvertTests.OwnScripts;

    [Theory]
    [MemberData(nameof(OwnScripts))]
    public void The_command_modules_of_a_script_end_as_they_must(string name)
    {
        byte[] source = File.ReadAllBytes(Path.Combine(Repo.Root, "corpus", "core", name));
        var profile = Profiles.OfFirstLine(source) ?? Profile.Wasm3;
        Assert.Equal("", Differences(WasiScript.Convert(source, name, profile), profile));
    }

    /// <summary>All scripts of the official suite's top level.</summary>
    [SuiteTheory("testsuite")]
    [InlineData(51_000, 4_800, 2_600)]
    public void The_command_modules_of_the_official_suite_end_as_they_must(int asserted, int traps, int refused)
    {
        var files = Selection.Of(["testsuite"], SuiteList.Pinned, SuitePlaces.FromEnvironment()).Files.Where(f => Path.GetDirectoryName(f.Path) is null or "").ToArray();
        var all = files.Select(f => (f.Path, f.Profile, Script: WasiScript.Convert(File.ReadAllBytes(f.FullPath!), f.Path, f.Profile))).ToArray();
        Assert.Equal("", string.Join("\n", all.AsParallel().Select(c => Differences(c.Script, c.Profile)).Where(d => d.Length > 0)));
        int Count(Ending ending) => all.Sum(c => c.Script.Modules.Where(m => m.Expect == ending).Sum(m => m.Assertions));
        Assert.True(Count(Ending.Success) > asserted && Count(Ending.Trap) > traps && Count(Ending.Refused) > refused, $"{Count(Ending.Success)} {Count(Ending.Trap)} {Count(Ending.Refused)}");
    }

    /// <summary>Modules that end in another way than they must.</summary>
    private static string Differences(WasiScript script, Profile profile) => string.Join("\n", script.Modules.Select(m => Difference(m, profile)).Where(d => d.Length > 0));

    private static string Difference(CommandModule module, Profile profile)
    {
        // Linking puts side by side what the profile may allow only once.
        var needed = new Profile(profile.Name, profile.Features | Features.MultiMemory | Features.BulkMemory | Features.ReferenceTypes | Features.Gc | Features.FunctionReferences, profile.Version);
        var (code, text) = Run(module, module.Expect == Ending.Refused ? profile : needed);
        return (code == 0) == (module.Expect == Ending.Success) ? "" : $"{module.Name}: {code} {text}";
    }

    private sealed class ExitException(int code) : Exception
    {
        public int Code { get; } = code;
    }

    /// <summary>Runs a command module on the reference: its exit code, 134 for a trap and 2 for a module refused, and what it wrote.</summary>
    private static (int Code, string Text) Run(CommandModule module, Profile profile)
    {
        var written = new StringBuilder();
        try
        {
            var engine = new Engine();
            var info = Validator.Validate(BinaryDecoder.Decode(module.Bytes.AsMemory(), profile), engine, profile);
            var store = new Store(engine, new StoreOptions());
            ModuleInst? instance = null;
            Extern FdWrite() => store.AllocFunc(new FuncType([ValType.I32, ValType.I32, ValType.I32, ValType.I32], [ValType.I32]), arguments =>
            {
                var memory = (MemInst)Embedding.InstanceExport(instance!, "memory");
                ulong address = Word(memory, arguments[1].AsI32), length = Word(memory, arguments[1].AsI32 + 4);
                for (ulong i = 0; i < length; i++) written.Append((char)Embedding.MemRead(memory, address + i));
                return [Val.I32(0)];
            });
            Extern ProcExit() => store.AllocFunc(new FuncType([ValType.I32], []), arguments => throw new ExitException((int)arguments[0].AsI32));
            instance = store.Instantiate(info, [.. info.Module.Imports.Select(i => i.Name == "fd_write" ? FdWrite() : ProcExit())]);
            store.Invoke((FuncInst)Embedding.InstanceExport(instance, "_start"));
            return (0, written.ToString());
        }
        catch (ExitException e)
        {
            return (e.Code, written.ToString());
        }
        catch (PhaseException e)
        {
            return (2, e.Message);
        }
        catch (Exception e) when (e is Trap or Exhaustion or Thrown)
        {
            return (134, e.Message);
        }
    }

    private static uint Word(MemInst memory, ulong at) => (uint)(Embedding.MemRead(memory, at) | Embedding.MemRead(memory, at + 1) << 8 | Embedding.MemRead(memory, at + 2) << 16 | Embedding.MemRead(memory, at + 3) << 24);
}
