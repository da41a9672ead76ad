using System.Buffers.Binary;
using System.Collections.Immutable;
using Conformance.Harness.Cases;
using Conformance.Harness.Runtimes;
using Wasm.Binary;
using Wasm.Syntax;

namespace Conformance.Harness.Workers;

internal sealed partial class CaseDialogue
{
    // State

    private Func<ActionResult> Memory(Instance instance, string name, int offset, int length)
    {
        if (Find(instance, name, ExternKind.Memory) is not { } export) return () => NoMemory(name);
        if (_facts.Has(Protocol.Memory))
        {
            var reply = AskMemory(instance, name, offset, length);
            return () => reply.Bytes is { } bytes ? new ActionResult.Bytes(bytes) : Unread(reply.Outcome!);
        }
        if (ReaderOf(instance, export) is not { } reader) return () => Unread(null);
        var size = Call(reader.Number, "length");
        CaseReply[] pieces = [.. Enumerable.Range(0, (length + (8 * Step) - 1) / (8 * Step)).Select(i => Call(reader.Number, "at", Value.I32((uint)(offset + (8 * Step * i)))))];
        return () =>
        {
            if (reader.Failure is { } failure) return Unread(failure);
            if (size.Outcome is not Outcome.Returned { Values: [{ Kind: ValKind.I64 } end] }) return Unread(size.Outcome);
            byte[] bytes = new byte[8 * Step * pieces.Length];
            for (int i = 0; i < pieces.Length; i++)
            {
                if (Numbers(pieces[i]) is not { } numbers) return Unread(pieces[i].Outcome);
                for (int k = 0; k < Step; k++) BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8 * ((Step * i) + k)), numbers[k].Lo);
            }
            return new ActionResult.Bytes(bytes[..(int)Math.Min((ulong)length, end.Lo > (ulong)offset ? end.Lo - (ulong)offset : 0)]);
        };
    }

    private Func<ActionResult> Digest(Instance instance, string name)
    {
        if (Find(instance, name, ExternKind.Memory) is not { } export) return () => NoMemory(name);
        if (_facts.Has(Protocol.Memory))
        {
            var reply = AskMemory(instance, name, 0, int.MaxValue);
            return () => reply.Bytes is { } bytes ? new ActionResult.Digested((ulong)bytes.Length, MemoryHash.Of(bytes)) : Unread(reply.Outcome!);
        }
        if (ReaderOf(instance, export) is not { } reader) return () => Unread(null);
        CaseReply length = Call(reader.Number, "length"), hash = Call(reader.Number, "hash");
        return () => reader.Failure is { } failure ? Unread(failure)
            : (length.Outcome, hash.Outcome) is (Outcome.Returned { Values: [{ Kind: ValKind.I64 } l] }, Outcome.Returned { Values: [{ Kind: ValKind.I32 } h] }) ? new ActionResult.Digested(l.Lo, (uint)h.Lo)
            : Unread(length.MayHold ? hash.Outcome : length.Outcome);
    }

    private Func<ActionResult> Get(Instance instance, string name)
    {
        if (Find(instance, name, ExternKind.Global) is not { } export) return () => Ended(new Outcome.Inapplicable($"no global \"{name}\""));
        if (_facts.Has(Protocol.Get))
        {
            var reply = _exchange.Ask(Protocol.Get, Awaited.Call, json =>
            {
                json.WriteNumber("instance", instance.Number);
                json.WriteString("name", name);
            });
            return () => Ended(reply.Outcome!);
        }
        if (_noLinks is not null || !_facts.Has(Protocol.Invoke)) return () => Unread(null);
        var reader = Reader(instance, name, of => BinaryEncoder.Encode(Bridge.Of(instance.Syntax!, of, [export], hosts: false)));
        var value = Call(reader.Number, name);
        return () => reader.Failure is { } failure ? Unread(failure) : value.Outcome is Outcome.Returned ? Ended(value.Outcome) : Unread(value.Outcome);
    }

    private CaseReply AskMemory(Instance instance, string name, int offset, int length) => _exchange.Ask(Protocol.Memory, Awaited.Bytes, json =>
    {
        json.WriteNumber("instance", instance.Number);
        json.WriteString("name", name);
        json.WriteNumber("offset", offset);
        json.WriteNumber("length", length);
    });

    private static Export? Find(Instance instance, string name, ExternKind kind) => instance.Syntax?.Exports.FirstOrDefault(e => e.Name == name && e.Kind == kind);

    private Observer? ReaderOf(Instance instance, Export memory) => _noLinks is not null || !_facts.Has(Protocol.Invoke) ? null
        : Reader(instance, memory.Name, name => CaseObservers.ReaderOf(name, memory.Name, Bridge.TypeOfMemory(instance.Syntax!, memory.Index), _many));

    private Observer Reader(Instance instance, string export, Func<string, byte[]> make)
    {
        if (_observers.TryGetValue((instance, export), out var known)) return known;
        return _observers[(instance, export)] = Beside(instance, make(NameOf(instance)));
    }

    private ActionResult.Ended Unread(Outcome? why) => new(new Outcome.AdapterLimit(why is null ? _noLinks ?? _facts.WhyNot(Protocol.Memory) : $"it cannot be read: {why}"));

    private static ActionResult.Ended NoMemory(string name) => new(new Outcome.Inapplicable($"no memory \"{name}\""));

    // The trace

    private void ReadTrace(List<CaseReply> values, List<CaseReply> widths, int total)
    {
        total = Math.Min(total, MostRead);
        while (values.Count * Step < total) values.Add(Call(_host, "at", Value.I32((uint)(values.Count * Step))));
        while (widths.Count * 64 < total) widths.Add(Call(_host, "wide", Value.I32((uint)widths.Count)));
    }

    private static int? Emitted(Outcome outcome) => outcome is Outcome.Returned { Values: [{ Kind: ValKind.I32 } count] } && count.Lo <= int.MaxValue ? (int)count.Lo : null;

    private ImmutableArray<Value>? Numbers(CaseReply reply) =>
        reply.Outcome is Outcome.Returned { Values: var values } && values.Length == Step && values.All(v => v.Kind == ValKind.I64) ? values : null;

    /// <summary>The results with what was emitted during each action.</summary>
    private ImmutableArray<ActionResult> Traced(ActionResult[] results, CaseReply?[] counts, List<CaseReply> values, List<CaseReply> widths)
    {
        int begin = 0;
        for (int i = 0; i < results.Length; i++)
        {
            if (counts[i] is not { } counted) continue;
            if (Emitted(counted.Outcome!) is not { } end || end < begin)
            {
                // Without a host nothing was linked to it, and its absence is told there.
                if (_whyUnregistered[CaseHost.Name]() is null) results[i] = new ActionResult.Ended(new Outcome.AdapterLimit($"the trace cannot be read: {counted.Outcome}"));
                continue;
            }
            var trace = ImmutableArray.CreateBuilder<Value>(end - begin);
            for (int k = begin; k < end && trace.Count == k - begin; k++)
                if (k / Step < values.Count && Numbers(values[k / Step]) is { } numbers && k / 64 < widths.Count && widths[k / 64].Outcome is Outcome.Returned { Values: [var wide] })
                    trace.Add((wide.Lo >> (k % 64) & 1) != 0 ? Value.I64(numbers[k % Step].Lo) : Value.I32((uint)numbers[k % Step].Lo));
            results[i] = trace.Count == end - begin ? results[i] with { Trace = trace.ToImmutable() }
                : new ActionResult.Ended(new Outcome.AdapterLimit("the trace is too long to be read")) { Trace = trace.ToImmutable() };
            begin = end;
        }
        return [.. results];
    }
}
