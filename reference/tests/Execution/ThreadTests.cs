using Wasm.Execution;
using Wasm.Syntax;

namespace Wasm.Reference.Tests.Execution;

public class ThreadTests
{
    private static readonly MemType Shared = new(AddrType.I32, new Limits(1, 4), Shared: true);

    private const string Wat = """
        (module (import "" "mem" (memory 1 4 shared))
          (func (export "add") (param $n i32) (loop $l (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1))) (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
          (func (export "get") (result i32) (i32.atomic.load (i32.const 0)))
          (func (export "wait") (param i64) (result i32) (memory.atomic.wait32 (i32.const 8) (i32.const 0) (local.get 0)))
          (func (export "notify") (result i32) (memory.atomic.notify (i32.const 8) (i32.const 1)))
          (func (export "set") (i32.atomic.store (i32.const 8) (i32.const 1)))
          (func (export "grow") (result i32) (memory.grow (i32.const 1)))
          (func (export "plain") (i32.store (i32.const 4) (i32.add (i32.load (i32.const 4)) (i32.const 1))))
          (func (export "read") (result i32) (i32.load (i32.const 4))))
        """;

    private static ModuleInst Instance(MemInst mem, bool scheduled = false) => Run.Instance(Run.Store(new StoreOptions { Scheduled = scheduled }), Wat, ("mem", mem));

    [Fact]
    public async Task Stores_in_several_threads_share_a_memory()
    {
        var mem = Run.Store().AllocMem(Shared);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Instance(mem).Invoke("add", Val.I32(20_000)))));
        Assert.Equal(80_000, Instance(mem).I32("get"));
    }

    [Fact]
    public async Task A_wait_ends_when_notified_and_when_its_time_is_over_and_when_the_value_differs()
    {
        var mem = Run.Store().AllocMem(Shared);
        var inst = Instance(mem);
        Assert.Equal(2, inst.I32("wait", Val.I64(1_000_000L)));
        var waiting = Task.Run(() => Instance(mem).I32("wait", Val.I64(-1L)));
        while (inst.I32("notify") == 0)
            await Task.Delay(1);
        Assert.Equal(0, await waiting);
        inst.Invoke("set");
        Assert.Equal(1, inst.I32("wait", Val.I64(-1L)));
    }

    [Fact]
    public async Task An_endless_wait_is_interrupted()
    {
        var mem = Run.Store().AllocMem(Shared);
        var inst = Instance(mem);
        var waiting = Task.Run(() => inst.I32("wait", Val.I64(-1L)));
        await Task.Delay(30);
        inst.Store.Interrupt();
        Assert.Equal(ExhaustionKind.Interrupted, (await Assert.ThrowsAsync<Exhaustion>(() => waiting)).Kind);
        Assert.Equal(0, Instance(mem).I32("notify"));
    }

    [Fact]
    public void A_scheduler_interleaves_at_shared_accesses()
    {
        // Two unprotected increments: lost when both read before either writes.
        foreach (var (order, sum) in new[] { ("aaaabbbb", 2), ("ababab", 1), ("bbaaba", 1) })
        {
            var mem = Run.Store().AllocMem(Shared);
            Machine a = Start("plain", mem), b = Start("plain", mem);
            foreach (char who in order)
                (who == 'a' ? a : b).Run();
            while (a.Run() == MachineStatus.AtSharedAccess || b.Run() == MachineStatus.AtSharedAccess) { }
            Assert.Equal(sum, Instance(mem).I32("read"));
        }
    }

    [Fact]
    public void A_scheduled_wait_blocks_its_machine_only()
    {
        var mem = Run.Store().AllocMem(Shared);
        Machine waits = Start("wait", mem, Val.I64(5L)), notifies = Start("notify", mem);
        Assert.Equal(MachineStatus.AtSharedAccess, waits.Run());
        Assert.Equal(MachineStatus.Blocked, waits.Run());
        Assert.Equal(5, waits.WaitTimeout);
        Assert.Equal(MachineStatus.Blocked, waits.Run());
        while (notifies.Run() == MachineStatus.AtSharedAccess) { }
        Assert.Equal(1u, notifies.Results[0].AsI32);
        Assert.True(waits.WasNotified);
        Assert.Equal(MachineStatus.Done, waits.Run());
        Assert.Equal(0u, waits.Results[0].AsI32);

        Machine late = Start("wait", mem, Val.I64(5L));
        while (late.Run() == MachineStatus.AtSharedAccess) { }
        late.TimeOut();
        Assert.Equal(MachineStatus.Done, late.Run());
        Assert.Equal(2u, late.Results[0].AsI32);
    }

    private static Machine Start(string name, MemInst mem, params Val[] args)
    {
        var inst = Instance(mem, scheduled: true);
        return inst.Store.Start(inst.Func(name), args);
    }

    [Fact]
    public async Task A_shared_memory_grows_under_the_feet_of_others()
    {
        var mem = Run.Store().AllocMem(Shared);
        int[] sizes = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => Instance(mem).I32("grow"))));
        Assert.Equal([1, 2, 3], sizes.Order());
        Assert.Equal(-1, Instance(mem).I32("grow"));
    }
}
