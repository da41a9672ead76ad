using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Conformance.Harness.Workers;

/// <summary>The worker died, was ended for want of time or memory, or broke the protocol; it is of no more use.</summary>
internal sealed class WorkerLostException(string why, bool timedOut) : Exception(why)
{
    public bool TimedOut { get; } = timedOut;
}

/// <summary>A running worker: requests go in, answers come out by number. Threads may ask at the same time.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private const int KeptErrorLines = 5;
    private const int LongestAnswer = 256 << 20;
    private const int ShortBody = 1 << 13;

    private readonly Process _process;
    private readonly WorkerLimits _limits;
    private readonly Stream _input;
    private readonly ConcurrentDictionary<long, Pending> _pending = new();
    private readonly Queue<string> _errors = new();
    private readonly ManualResetEventSlim _errorsEnded = new();
    private readonly Thread _reader;
    private readonly Lock _writing = new(), _losing = new();
    private readonly Timer _watch;
    private long _lastId, _writingSince, _processorTicks;
    private volatile WorkerLostException? _lost;

    /// <summary>A request that was sent; it must be waited for or disposed of.</summary>
    public sealed class Pending(WorkerProcess worker, long id) : IDisposable
    {
        internal ManualResetEventSlim Arrived { get; } = new();

        internal JsonDocument? Answer { get; set; }

        /// <summary>Waits for the answer.</summary>
        /// <param name="limit">How long, from now.</param>
        /// <exception cref="WorkerLostException">There is no answer and will be none.</exception>
        public JsonDocument Wait(TimeSpan limit)
        {
            if (worker._lost is null && !Arrived.Wait(limit))
                worker.Lose($"no answer in {limit.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)} s", timedOut: true);
            return Answer ?? throw worker._lost!;
        }

        public void Dispose()
        {
            worker._pending.TryRemove(id, out _);
            Arrived.Dispose();
        }
    }

    /// <exception cref="WorkerStartException">The program cannot be started.</exception>
    public WorkerProcess(WorkerSpec spec, WorkerLimits limits)
    {
        _limits = limits;
        var start = new ProcessStartInfo(spec.Command[0], spec.Command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            StandardErrorEncoding = Encoding.UTF8,
        };
        if (spec.Environment is not null)
            foreach (var (name, value) in spec.Environment) start.Environment[name] = value;
        try
        {
            _process = Process.Start(start)!;
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or IOException)
        {
            throw new WorkerStartException($"cannot start {spec.Command[0]}: {e.Message}", e);
        }
        _input = _process.StandardInput.BaseStream;
        _process.ErrorDataReceived += (_, e) => KeepError(e.Data);
        _process.BeginErrorReadLine();
        _reader = new Thread(ReadAnswers) { IsBackground = true, Name = $"answers of {spec.Name}" };
        _reader.Start();
        _watch = new Timer(_ => Watch(), null, 100, 100);
    }

    /// <summary>Why it is of no more use, or null.</summary>
    public WorkerLostException? Lost => _lost;

    /// <summary>Resident bytes now; 0 when it has ended.</summary>
    public long Memory
    {
        get
        {
            try
            {
                _process.Refresh();
                return _process.WorkingSet64;
            }
            catch (InvalidOperationException)
            {
                return 0;
            }
        }
    }

    public int ProcessId => _process.Id;

    /// <summary>The processor time so far; of one that has ended what was seen last, at most a tenth of a second before.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            try
            {
                _process.Refresh();
                Volatile.Write(ref _processorTicks, _process.TotalProcessorTime.Ticks);
            }
            catch (Exception e) when (e is InvalidOperationException or Win32Exception)
            {
                // It has ended.
            }
            return new TimeSpan(Volatile.Read(ref _processorTicks));
        }
    }

    /// <summary>Sends a request and waits for its answer.</summary>
    /// <param name="body">The request's members but <c>id</c>, without braces.</param>
    /// <param name="time">How long to wait; null for the limit of a request.</param>
    /// <exception cref="WorkerLostException">There is no answer and will be none.</exception>
    public JsonDocument Ask(ReadOnlySpan<byte> body, TimeSpan? time = null)
    {
        using var pending = Begin(body);
        return pending.Wait(time ?? _limits.Request);
    }

    /// <summary>Sends a request without waiting for its answer; blocks while the worker does not take it.</summary>
    /// <param name="body">The request's members but <c>id</c>, without braces.</param>
    public Pending Begin(ReadOnlySpan<byte> body)
    {
        long id = Interlocked.Increment(ref _lastId);
        var pending = new Pending(this, id);
        _pending[id] = pending;
        if (_lost is null) Send(id, body);
        return pending;
    }

    private void Send(long id, ReadOnlySpan<byte> body)
    {
        try
        {
            byte[] begin = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"id\":{id},"));
            lock (_writing)
            {
                Volatile.Write(ref _writingSince, Stopwatch.GetTimestamp());
                // A long body is not copied; a short line is one write.
                if (body.Length < ShortBody) _input.Write([.. begin, .. body, .. "}\n"u8]);
                else
                {
                    _input.Write(begin);
                    _input.Write(body);
                    _input.Write("}\n"u8);
                }
                _input.Flush();
                Volatile.Write(ref _writingSince, 0);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The reader sees the end of the output and knows more; it only needs a moment.
            _reader.Join(TimeSpan.FromSeconds(2));
            Lose("the worker takes no more requests", timedOut: false);
        }
    }

    private void ReadAnswers()
    {
        var output = _process.StandardOutput.BaseStream;
        byte[] buffer = new byte[1 << 16];
        var line = new MemoryStream();
        try
        {
            for (int count; (count = output.Read(buffer)) > 0;)
            {
                var rest = buffer.AsSpan(0, count);
                for (int end; (end = rest.IndexOf((byte)'\n')) >= 0; rest = rest[(end + 1)..])
                {
                    line.Write(rest[..end]);
                    Take(line.GetBuffer().AsMemory(0, (int)line.Length));
                    line.SetLength(0);
                }
                line.Write(rest);
                if (line.Length > LongestAnswer) throw new ProtocolException($"an answer is longer than {LongestAnswer} bytes");
            }
            Lose(Exit(), timedOut: false);
        }
        catch (ProtocolException e)
        {
            Lose($"protocol violation: {e.Message}", timedOut: false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            Lose(Exit(), timedOut: false);
        }
    }

    private void Take(ReadOnlyMemory<byte> line)
    {
        if (line.Span.Trim(" \r\t"u8).IsEmpty) return;
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(line.ToArray());
        }
        catch (JsonException)
        {
            throw new ProtocolException($"a line is no answer: {Shown(line.Span)}");
        }
        if (document.RootElement.ValueKind != JsonValueKind.Object || WireOutcome.OptionalNumber(document.RootElement, "id") is not { } id)
            throw new ProtocolException($"a line is no answer: {Shown(line.Span)}");
        if (!_pending.TryGetValue(id, out var pending) || pending.Answer is not null)
            throw new ProtocolException($"an answer to no request: {Shown(line.Span)}");
        pending.Answer = document;
        pending.Arrived.Set();
    }

    private static string Shown(ReadOnlySpan<byte> line)
    {
        string text = Encoding.UTF8.GetString(line[..Math.Min(line.Length, 120)]);
        return string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c)) + (line.Length > 120 ? " …" : "");
    }

    /// <summary>How the process ended, in words.</summary>
    private string Exit()
    {
        if (!_process.WaitForExit(2000)) return "the worker closed its output";
        // Its last words may come after its end. A grandchild could hold standard error open: then the lines so far will do.
        _errorsEnded.Wait(1000);
        int code = _process.ExitCode;
        string how = code > 128 && !OperatingSystem.IsWindows() ? $"the worker was ended by signal {code - 128}" : $"the worker ended with exit code {code}";
        string[] errors;
        lock (_errors) errors = [.. _errors];
        return errors.Length == 0 ? how : $"{how}: {string.Join(" | ", errors)}";
    }

    /// <summary>Tells the worker that nothing more will be asked.</summary>
    public void CloseInput()
    {
        lock (_writing) _input.Dispose();
    }

    /// <summary>Whether the process ends in time.</summary>
    public bool WaitForEnd(TimeSpan time) => _process.WaitForExit(time);

    private void KeepError(string? line)
    {
        if (line is null) _errorsEnded.Set();
        if (string.IsNullOrWhiteSpace(line)) return;
        lock (_errors)
        {
            _errors.Enqueue(line.Length > 300 ? line[..300] + " …" : line);
            if (_errors.Count > KeptErrorLines) _errors.Dequeue();
        }
    }

    private void Watch()
    {
        // A worker that does not read blocks the kit's writing once the pipe is full.
        if (Volatile.Read(ref _writingSince) is not 0 and var since && Stopwatch.GetElapsedTime(since) > _limits.Request)
            Lose("the worker does not read its input", timedOut: true);
        _ = ProcessorTime;
        if (_lost is null && Memory is var memory && memory > _limits.Memory)
            Lose($"the worker's memory of {memory >> 20} MiB exceeded the limit of {_limits.Memory >> 20} MiB", timedOut: false);
    }

    /// <summary>Ends the worker; whoever waits for an answer gets the reason.</summary>
    public void Lose(string why, bool timedOut)
    {
        lock (_losing)
        {
            if (_lost is not null) return;
            _lost = new WorkerLostException(why, timedOut);
        }
        Kill();
        foreach (var pending in _pending.Values)
        {
            try
            {
                pending.Arrived.Set();
            }
            catch (ObjectDisposedException)
            {
                // It was answered just now.
            }
        }
    }

    private void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            // It has ended by itself.
        }
    }

    public void Dispose()
    {
        _watch.Dispose();
        if (_lost is null)
        {
            _lost = new WorkerLostException("the worker was dismissed", timedOut: false);
            try
            {
                Send(Interlocked.Increment(ref _lastId), "\"do\":\"bye\""u8);
                _input.Dispose();
            }
            catch (IOException)
            {
                // It has ended by itself.
            }
            if (!_process.WaitForExit(2000)) Kill();
        }
        _reader.Join(2000);
        _process.Dispose();
    }
}
