using System.Collections.Immutable;
using Conformance.Harness.Backtraces;
using Conformance.Harness.Running;
using Conformance.Harness.Runtimes;
using Conformance.Runtimes.Reference;
using Wasm.Syntax;

namespace Conformance.Harness.Tests.Backtraces;

/// <summary>The frames of asserted traps, compared with those of a reference that tells them wrongly.</summary>
public sealed class BacktraceTests
{
    private const string Script = """
        (module
          (func $div (param i32) (result i32) (i32.const 1) (block (result i32) (local.get 0)) (i32.div_s))
          (func (export "outer") (result i32) (call $div (i32.const 0)))
          (func (export "if") (if (i32.const 1) (then (nop) (unreachable)) (else (block (nop)) (nop) (unreachable)))))
        (assert_trap (invoke "outer") "integer divide by zero")
        (assert_trap (invoke "if") "unreachable")
        (assert_trap (module (memory 1) (data (i32.const 65536) "a")) "out of bounds memory access")
        (assert_trap (module (func $s (unreachable)) (start $s)) "unreachable")
        """;

    private static ImmutableArray<ComparedTrap> Compare(Func<ImmutableArray<BacktraceFrame>, ImmutableArray<BacktraceFrame>?> tell)
    {
        var file = new ScriptFile("", "traps.wast", null, Profile.Wasm3, System.Text.Encoding.UTF8.GetBytes(Script));
        return BacktraceComparison.Run([file], new ReferenceRuntime(), new Telling(tell), jobs: 1);
    }

    private static ImmutableArray<BacktraceFrame>? Moved(ImmutableArray<BacktraceFrame> frames, int frame, long by) =>
        frame < frames.Length ? frames.SetItem(frame, frames[frame] with { ModuleOffset = frames[frame].ModuleOffset + by }) : frames;

    [Fact]
    public void A_runtime_agrees_with_itself_and_every_asserted_trap_is_compared()
    {
        var traps = Compare(frames => frames);
        Assert.Equal(["traps.wast:5:1", "traps.wast:6:1", "traps.wast:7:1", "traps.wast:8:1"], traps.Select(t => t.Place));
        Assert.Equal([Agreement.Same, Agreement.Same, Agreement.NoFrames, Agreement.Same], traps.Select(t => t.Agreement));
        Assert.Equal([0U, 1U], traps[0].Expected.Select(f => f.Function!.Value));
    }

    [Fact]
    public void Each_difference_is_of_its_own_class()
    {
        Agreement First(Func<ImmutableArray<BacktraceFrame>, ImmutableArray<BacktraceFrame>?> tell) => Compare(tell)[0].Agreement;
        Assert.Equal(Agreement.OtherFunctions, First(frames => [.. frames.Take(1)]));
        Assert.Equal(Agreement.OtherFunctions, First(frames => [.. frames.Select(f => f with { Function = f.Function + 1 })]));
        Assert.Equal(Agreement.Untold, First(_ => []));
        Assert.Equal(Agreement.OtherOffset, First(frames => Moved(frames, 0, 1)));
        Assert.Equal(Agreement.OtherOffset, First(frames => Moved(frames, 1, -1)));
        Assert.Equal(Agreement.NoOffsets, First(frames => [.. frames.Select(f => f with { ModuleOffset = null })]));
        Assert.Equal(Agreement.NoTrap, First(_ => null));
    }

    /// <summary>Offsets before the division: the block's <c>end</c>, where control may join; its beginning; and inside an instruction.</summary>
    [Theory]
    [InlineData(-1)]
    [InlineData(-5)]
    [InlineData(-2)]
    public void Code_in_which_a_block_ends_is_not_straight(long by) => Assert.Equal(Agreement.OtherOffset, Compare(frames => Moved(frames, 0, by))[0].Agreement);

    [Fact]
    public void A_side_of_an_if_is_straight_and_what_an_offset_between_instructions_begins_is_not()
    {
        // if, its type, nop, unreachable: the trap of the first side is three bytes behind the `if`, and two behind its type.
        var explained = Compare(frames => Moved(frames, 0, -3))[1];
        Assert.Equal((Agreement.EarlierInStraightCode, "if; nop; unreachable"), (explained.Agreement, explained.Between));
        Assert.Equal(Agreement.EarlierInStraightCode, Compare(frames => Moved(frames, 0, -1))[1].Agreement);
        Assert.Equal(Agreement.OtherOffset, Compare(frames => Moved(frames, 0, -2))[1].Agreement);
        // The prologue, before the constant and the `if`: three bytes more.
        Assert.Equal("(prologue); unreachable", Compare(frames => Moved(frames, 0, -1))[3].Between);
        Assert.Equal(Agreement.OtherOffset, Compare(frames => Moved(frames, 0, -6))[1].Agreement);
    }

    /// <summary>The reference, telling other frames of its traps; null for another outcome.</summary>
    private sealed class Telling(Func<ImmutableArray<BacktraceFrame>, ImmutableArray<BacktraceFrame>?> tell) : IRuntime
    {
        private readonly ReferenceRuntime _inner = new();

        public RuntimeInfo Info => _inner.Info with { Steppable = false, Direct = false };

        public IStore CreateStore(StoreRequest request) => new Store(_inner.CreateStore(request), tell);

        private sealed class Store(IStore inner, Func<ImmutableArray<BacktraceFrame>, ImmutableArray<BacktraceFrame>?> tell) : IStore
        {
            private Outcome Tell(Outcome outcome) => outcome is not Outcome.Trapped trap ? outcome
                : tell(trap.Backtrace) is { } frames ? trap with { Backtrace = frames } : new Outcome.Unsupported("traps");

            public void Define(HostModule module) => inner.Define(module);

            public Outcome Load(ReadOnlyMemory<byte> binary) => inner.Load(binary);

            public Outcome Instantiate(IModule module) => Tell(inner.Instantiate(module));

            public void Register(string name, IInstance instance) => inner.Register(name, instance);

            public Outcome Invoke(IInstance instance, string name, ImmutableArray<Value> arguments) => Tell(inner.Invoke(instance, name, arguments));

            public Outcome Get(IInstance instance, string name) => inner.Get(instance, name);

            public void Interrupt() => inner.Interrupt();

            public void Dispose() => inner.Dispose();
        }
    }
}
