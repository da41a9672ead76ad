using System.Buffers;
using System.Text.Json;
using Conformance.Harness.Runtimes;

namespace Conformance.Harness.Workers;

/// <summary>A worker was lost, or broke the protocol, on a request of an action.</summary>
/// <param name="action">The action's index.</param>
/// <param name="loss">How.</param>
internal sealed class CaseLostException(int action, Outcome loss) : Exception(loss.ToString())
{
    public int Action { get; } = action;

    public Outcome Loss { get; } = loss;
}

/// <summary>What an answer to a request may be beside the ends of a call and the general answers.</summary>
internal enum Awaited
{
    Call,
    Done,
    Loaded,
    Instantiated,
    Bytes,
}

/// <summary>The answer to a request, once it has come.</summary>
internal sealed class CaseReply(byte[] body, Awaited awaited, int action)
{
    public byte[] Body => body;

    public Awaited Awaited => awaited;

    /// <summary>The action that the request is made for.</summary>
    public int Action => action;

    /// <summary>How the request ended; null while it has not been answered. What is done returned nothing.</summary>
    public Outcome? Outcome { get; set; }

    public byte[]? Bytes { get; set; }

    /// <summary>Whether the request may have succeeded, or has.</summary>
    public bool MayHold => Outcome is null or Outcome.Loaded or Outcome.Instantiated or Outcome.Returned;
}

/// <summary>
/// The requests of one case on their way to a worker. They are sent ahead, without waiting for each answer; in one request where the worker takes batches.
/// </summary>
/// <param name="worker">The worker.</param>
/// <param name="batches">Whether all that there is goes into one <c>batch</c>.</param>
/// <param name="limit">How long to wait for the answer that is next.</param>
internal sealed class CaseExchange(WorkerProcess worker, bool batches, TimeSpan limit)
{
    private static readonly JsonWriterOptions Bare = new() { SkipValidation = true };

    private readonly List<CaseReply> _waiting = [];
    private readonly ArrayBufferWriter<byte> _buffer = new(256);

    private sealed record Made : IModule, IInstance
    {
        public static Made It { get; } = new();
    }

    /// <summary>The action that requests are made for from now on.</summary>
    public int Action { get; set; }

    /// <summary>Makes a request.</summary>
    /// <param name="request">Its word.</param>
    /// <param name="awaited">What answers it may get.</param>
    /// <param name="members">Its members.</param>
    public CaseReply Ask(string request, Awaited awaited, Action<Utf8JsonWriter> members)
    {
        _buffer.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_buffer, Bare))
        {
            json.WriteStartObject();
            json.WriteString("do", request);
            members(json);
            json.WriteEndObject();
        }
        var reply = new CaseReply(_buffer.WrittenSpan[1..^1].ToArray(), awaited, Action);
        _waiting.Add(reply);
        return reply;
    }

    /// <summary>Where later requests depend on how these end: waits for the answers, unless all go into one batch.</summary>
    public void Settle()
    {
        if (!batches) Flush();
    }

    /// <summary>Waits for all answers.</summary>
    /// <exception cref="CaseLostException">The worker did not give one.</exception>
    public void Flush()
    {
        if (_waiting.Count == 0) return;
        CaseReply[] waiting = [.. _waiting];
        _waiting.Clear();
        if (batches) Together(waiting);
        else Ahead(waiting);
    }

    private void Ahead(CaseReply[] waiting)
    {
        var pending = new WorkerProcess.Pending?[waiting.Length];
        int next = 0;
        try
        {
            for (int i = 0; i < waiting.Length; i++) pending[i] = worker.Begin(waiting[i].Body);
            for (; next < waiting.Length; next++)
            {
                using var answer = pending[next]!.Wait(limit);
                Read(waiting[next], answer.RootElement);
            }
        }
        catch (Exception e) when (e is WorkerLostException or ProtocolException)
        {
            throw Lost(waiting[next].Action, e);
        }
        finally
        {
            foreach (var one in pending) one?.Dispose();
        }
    }

    private void Together(CaseReply[] waiting)
    {
        var body = new ArrayBufferWriter<byte>(waiting.Sum(w => w.Body.Length + 3) + 64);
        body.Write("\"do\":\"batch\",\"requests\":["u8);
        for (int i = 0; i < waiting.Length; i++)
        {
            body.Write(i == 0 ? "{"u8 : ",{"u8);
            body.Write(waiting[i].Body);
            body.Write("}"u8);
        }
        body.Write("]"u8);
        try
        {
            using var pending = worker.Begin(body.WrittenSpan);
            using var document = pending.Wait(limit);
            if (WireOutcome.Word(document.RootElement) != Protocol.Batch) throw new ProtocolException($"a batch was answered with `{WireOutcome.Word(document.RootElement)}`");
            JsonElement[] answers = [.. WireOutcome.Items(document.RootElement, "answers")];
            if (answers.Length != waiting.Length) throw new ProtocolException($"{answers.Length} answers to {waiting.Length} requests of a batch");
            for (int i = 0; i < waiting.Length; i++) Read(waiting[i], answers[i]);
        }
        catch (Exception e) when (e is WorkerLostException or ProtocolException)
        {
            throw Lost(waiting[0].Action, e);
        }
    }

    private CaseLostException Lost(int action, Exception e)
    {
        if (e is ProtocolException) worker.Lose($"protocol violation: {e.Message}", timedOut: false);
        return new(action, CaseWorker.OutcomeOf(e));
    }

    private static void Read(CaseReply reply, JsonElement answer)
    {
        if (answer.ValueKind != JsonValueKind.Object) throw new ProtocolException("an answer is no object");
        string word = WireOutcome.Word(answer);
        if (word == "done" && reply.Awaited == Awaited.Done) reply.Outcome = Nothing;
        else if (word == "bytes" && reply.Awaited == Awaited.Bytes) (reply.Outcome, reply.Bytes) = (Nothing, WireOutcome.Hex(answer));
        else reply.Outcome = WireOutcome.Read(answer, reply.Awaited == Awaited.Loaded ? Made.It : null, reply.Awaited == Awaited.Instantiated ? Made.It : null);
    }

    private static readonly Outcome Nothing = new Outcome.Returned([]);
}
