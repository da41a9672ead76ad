using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Wasm.Binary;
using Wasm.Syntax;
using Wasm.Text;
using Wasm.Validation;

namespace Conformance.Fuzz.Damage;

/// <summary>A module to damage.</summary>
/// <param name="Bytes">Its bytes or text.</param>
/// <param name="IsText">Whether it is text.</param>
public sealed record Seed(ImmutableArray<byte> Bytes, bool IsText);

/// <summary>What the cases came to. Every case is counted once.</summary>
public sealed record DamageTotals(long Cases, long Valid, long Malformed, long Invalid, long Findings)
{
    public static DamageTotals operator +(DamageTotals a, DamageTotals b) =>
        new(a.Cases + b.Cases, a.Valid + b.Valid, a.Malformed + b.Malformed, a.Invalid + b.Invalid, a.Findings + b.Findings);
}

/// <summary>A case that ended otherwise than in a module or a phase error, or took too long.</summary>
/// <param name="Case">Its number: with the seed and the same modules it gives the same bytes.</param>
/// <param name="IsText">Whether it is text.</param>
/// <param name="Bytes">The damaged module.</param>
/// <param name="What">What happened.</param>
public sealed record DamageFinding(long Case, bool IsText, ImmutableArray<byte> Bytes, string What);

/// <summary>
/// Decodes or parses, and validates, damaged modules. A binary that is valid is encoded and decoded again and must be equal. Case <c>i</c> depends on
/// the seed, <c>i</c> and the modules only, so any part of a run can be repeated by itself.
/// </summary>
public sealed class DamageRun(ImmutableArray<Seed> seeds, ulong seed)
{
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private DamageTotals _sum = new(0, 0, 0, 0, 0);
    private long _next;

    private readonly ImmutableArray<Seed> _binaries = [.. seeds.Where(s => !s.IsText)];
    private readonly ImmutableArray<Seed> _texts = [.. seeds.Where(s => s.IsText)];

    /// <summary>Receives each finding, from several threads.</summary>
    public Action<DamageFinding>? Found { get; init; }

    /// <summary>Receives the totals so far now and then, from several threads.</summary>
    public Action<DamageTotals>? Progress { get; init; }

    /// <summary>Runs cases <paramref name="first"/> to <paramref name="first"/> + <paramref name="count"/> - 1 on so many threads.</summary>
    /// <remarks>A case that hangs is reported after a minute and its thread is given up, so that the run ends all the same.</remarks>
    public DamageTotals Run(long first, long count, int jobs, CancellationToken cancel = default)
    {
        var workers = Enumerable.Range(0, Math.Max(1, jobs)).Select(_ => new Worker()).ToList();
        _next = first;
        foreach (var worker in workers)
        {
            // A small stack: recursion on input would show.
            var thread = new Thread(() => Work(worker, first + count, cancel), 1 << 20) { IsBackground = true };
            thread.Start();
        }
        while (workers.Any(w => !w.Ended && !w.GivenUp))
        {
            Thread.Sleep(50);
            foreach (var worker in workers.Where(w => !w.Ended && !w.GivenUp && Stopwatch.GetElapsedTime(w.Started) > Hang))
            {
                worker.GivenUp = true;
                var (bytes, text) = Case(worker.Case);
                Found?.Invoke(new(worker.Case, text, [.. bytes], $"still runs after {Hang.TotalSeconds:0} s"));
                lock (_gate) _sum += new DamageTotals(1, 0, 0, 0, 1);
            }
        }
        lock (_gate) return _sum;
    }

    private sealed class Worker
    {
        public long Case;
        public long Started = Stopwatch.GetTimestamp();
        public volatile bool Ended;
        public volatile bool GivenUp;
    }

    private void Work(Worker worker, long end, CancellationToken cancel)
    {
        const int Batch = 500;
        while (!cancel.IsCancellationRequested)
        {
            long from = Interlocked.Add(ref _next, Batch) - Batch;
            if (from >= end) break;
            var engine = new Engine();
            var part = new DamageTotals(0, 0, 0, 0, 0);
            for (long i = from; i < Math.Min(end, from + Batch) && !cancel.IsCancellationRequested; i++)
            {
                worker.Case = i;
                worker.Started = Stopwatch.GetTimestamp();
                part += One(i, engine);
            }
            DamageTotals sum;
            lock (_gate) sum = _sum += part;
            Progress?.Invoke(sum);
        }
        worker.Ended = true;
    }

    /// <summary>The bytes of a case.</summary>
    public (byte[] Bytes, bool IsText) Case(long number)
    {
        var decisions = new Decisions(seed * 0x2545F4914F6CDD1D + (ulong)number);
        bool text = _binaries.IsEmpty || (!_texts.IsEmpty && decisions.OneIn(2));
        var pool = text ? _texts : _binaries;
        var module = pool[decisions.Below(pool.Length)];
        var other = pool[decisions.Below(pool.Length)];
        if (!text && decisions.OneIn(2) && Decoded(module) is { } m && InstrMutator.Mutate(m, Decoded(other) ?? m, decisions) is { } damaged)
            return (BinaryEncoder.Encode(damaged), false);
        return (Mutator.Mutate(module.Bytes.AsSpan(), other.Bytes.AsSpan(), text, decisions), text);
    }

    private readonly ConcurrentDictionary<Seed, Module?> _decoded = new(ReferenceEqualityComparer.Instance);

    /// <summary>A binary seed's module, or null when it is malformed.</summary>
    private Module? Decoded(Seed binary) => _decoded.GetOrAdd(binary, static b =>
    {
        try
        {
            return BinaryDecoder.Decode(b.Bytes.AsMemory(), Profile.All);
        }
        catch (MalformedException)
        {
            return null;
        }
    });

    private DamageTotals One(long number, Engine engine)
    {
        var (bytes, text) = Case(number);
        long start = Stopwatch.GetTimestamp();
        DamageTotals totals;
        try
        {
            totals = Judge(bytes, text, engine);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Found?.Invoke(new(number, text, [.. bytes], e.ToString()));
            return new(1, 0, 0, 0, 1);
        }
        if (Stopwatch.GetElapsedTime(start) is var took && took <= Slow) return totals;
        Found?.Invoke(new(number, text, [.. bytes], string.Create(CultureInfo.InvariantCulture, $"took {took.TotalSeconds:0.0} s")));
        return totals with { Findings = 1 };
    }

    private static DamageTotals Judge(byte[] bytes, bool text, Engine engine)
    {
        try
        {
            var module = text ? TextParser.ParseModule(bytes, Profile.All) : BinaryDecoder.Decode(bytes, Profile.All);
            Validator.Validate(module, engine, Profile.All);
            var again = BinaryDecoder.Decode(BinaryEncoder.Encode(module), Profile.All);
            if (!again.Equals(module)) throw new InvalidOperationException("a valid module that is encoded and decoded is another module");
            return new(1, 1, 0, 0, 0);
        }
        catch (MalformedException)
        {
            return new(1, 0, 1, 0, 0);
        }
        catch (InvalidException)
        {
            return new(1, 0, 0, 1, 0);
        }
        catch (MalformedCustomException)
        {
            return new(1, 0, 1, 0, 0);
        }
        catch (InvalidCustomException)
        {
            return new(1, 0, 0, 1, 0);
        }
    }
}
