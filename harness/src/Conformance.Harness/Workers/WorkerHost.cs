using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using Conformance.Harness.Cases;
using Conformance.Harness.Runtimes;
using Conformance.Harness.Suites;
using Wasm.Syntax;

namespace Conformance.Harness.Workers;

/// <summary>
/// The worker's side of the protocol for a runtime that the kit drives itself: reads requests, asks the runtime, writes answers.
/// What escapes the runtime ends the process, as it should: the other side knows what that means.
/// </summary>
public sealed class WorkerHost
{
    /// <summary>Engines run wasm code on the thread's stack.</summary>
    private const int StackSize = 64 << 20;

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly IRuntime _runtime;
    private readonly Stream _output;
    private readonly Lock _gate = new();
    private readonly Dictionary<long, HostedStore> _stores = [];

    private WorkerHost(IRuntime runtime, Stream output)
    {
        _runtime = runtime;
        _output = output;
    }

    /// <summary>Serves until <c>bye</c> or the end of the input.</summary>
    public static void Serve(IRuntime runtime, Stream input, Stream output)
    {
        var host = new WorkerHost(runtime, output);
        try
        {
            foreach (byte[] line in LinesOf(input))
                if (!host.Take(line)) return;
        }
        finally
        {
            foreach (var store in host._stores.Values) store.End();
        }
    }

    /// <summary>The lines of the input, each in memory of its own, since requests are handled while the next ones are read.</summary>
    private static IEnumerable<byte[]> LinesOf(Stream input)
    {
        byte[] buffer = new byte[1 << 16];
        int begin = 0, end = 0;
        while (true)
        {
            int length = buffer.AsSpan(begin, end - begin).IndexOf((byte)'\n');
            if (length >= 0)
            {
                yield return buffer[begin..(begin + length)];
                begin += length + 1;
                continue;
            }
            buffer.AsSpan(begin, end - begin).CopyTo(buffer);
            (begin, end) = (0, end - begin);
            if (end == buffer.Length) Array.Resize(ref buffer, 2 * end);
            int count = input.Read(buffer.AsSpan(end));
            if (count == 0) break;
            end += count;
        }
        if (end > 0) yield return buffer[..end];
    }

    /// <summary>Answers a request or gives it to its store's thread. False after <c>bye</c>.</summary>
    private bool Take(byte[] line)
    {
        var document = JsonDocument.Parse(line);
        var request = document.RootElement;
        switch (WireOutcome.Text(request, "do"))
        {
            case Protocol.Hello:
                Answer(request, [], Hello);
                return true;
            case Protocol.Bye:
                foreach (var store in _stores.Values) store.End();
                Answer(request, [], json => json.WriteString("is", "done"));
                return false;
            default:
                StoreOf(WireOutcome.OptionalNumber(request, "store") ?? 0).Take(document);
                return true;
        }
    }

    private HostedStore StoreOf(long number)
    {
        lock (_stores)
        {
            if (!_stores.TryGetValue(number, out var store)) _stores[number] = store = new HostedStore(this, _runtime.Info.Threads);
            return store;
        }
    }

    private void Hello(Utf8JsonWriter json)
    {
        var info = _runtime.Info;
        json.WriteString("is", "hello");
        json.WriteNumber("protocol", Protocol.Version);
        json.WriteString("name", info.Name);
        json.WriteString("version", info.Version);
        Strings(json, "requests", Protocol.Optional.Where(r => r != Protocol.Batch && (r != Protocol.Share || info.Threads)));
        Strings(json, "values", Protocol.ValueTypes);
        Strings(json, "features", Profiles.NamesOf(info.Features));
        json.WriteBoolean("profiles", true);
        json.WriteString("traps", "kinds");
        json.WriteBoolean("malformed", info.DistinguishesMalformed);
        json.WriteBoolean("texts", info.SpeaksSuiteMessages);
        json.WriteBoolean("threads", info.Threads);
    }

    private static void Strings(Utf8JsonWriter json, string member, IEnumerable<string> items)
    {
        json.WriteStartArray(member);
        foreach (string item in items) json.WriteStringValue(item);
        json.WriteEndArray();
    }

    private void Answer(JsonElement request, IReadOnlyCollection<string> output, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, Relaxed))
        {
            json.WriteStartObject();
            json.WriteNumber("id", WireOutcome.OptionalNumber(request, "id") ?? throw new ProtocolException("a request lacks `id`"));
            write(json);
            if (output.Count > 0) Strings(json, "output", output);
            json.WriteEndObject();
        }
        buffer.Write("\n"u8);
        lock (_gate)
        {
            _output.Write(buffer.WrittenSpan);
            _output.Flush();
        }
    }

    /// <summary>A store, its handles by number, and its thread where the runtime has threads.</summary>
    private sealed class HostedStore
    {
        private readonly WorkerHost _host;
        private readonly Dictionary<long, IModule> _modules = [];
        private readonly Dictionary<long, IInstance> _instances = [];
        private readonly ConcurrentQueue<string> _printed = new();
        private readonly BlockingCollection<JsonDocument>? _requests;
        private readonly Thread? _thread;
        private IStore? _store;
        private CaseRunner? _runner;
        private Features _runnerFeatures;

        public HostedStore(WorkerHost host, bool hasThread)
        {
            _host = host;
            if (!hasThread) return;
            _requests = [];
            _thread = new Thread(Loop, StackSize) { IsBackground = true };
            _thread.Start();
        }

        public void Take(JsonDocument request)
        {
            if (_requests is not null) _requests.Add(request);
            else Handle(request);
        }

        /// <summary>Waits for what was asked, then frees the store.</summary>
        public void End()
        {
            if (_requests is { IsAddingCompleted: false })
            {
                _requests.CompleteAdding();
                _thread!.Join();
            }
            _store?.Dispose();
            _store = null;
        }

        private void Loop()
        {
            foreach (var request in _requests!.GetConsumingEnumerable()) Handle(request);
        }

        private void Handle(JsonDocument document)
        {
            using (document)
            {
                var request = document.RootElement;
                var answer = Do(WireOutcome.Text(request, "do"), request);
                var printed = new List<string>();
                while (_printed.TryDequeue(out string? line)) printed.Add(line);
                _host.Answer(request, printed, answer);
            }
        }

        private Action<Utf8JsonWriter> Do(string what, JsonElement request)
        {
            switch (what)
            {
                case Protocol.Reset:
                    Reset(request);
                    return Done;
                case Protocol.Define:
                    Store.Define(WireHost.Read(request));
                    return Done;
                case Protocol.Load:
                    var loaded = Store.Load(Convert.FromHexString(WireOutcome.Text(request, "hex")));
                    if (loaded is Outcome.Loaded { Module: var module }) _modules[Number(request, "module")] = module;
                    return Is(loaded);
                case Protocol.Instantiate:
                    return !_modules.TryGetValue(Number(request, "module"), out var from) ? Is(Unknown("module")) : Instantiated(request, "instance", Store.Instantiate(from));
                case Protocol.Register:
                    return Register(request);
                case Protocol.Cases:
                    return Cases(request);
                case Protocol.Share:
                    if (Instance(request) is not { } shared) return Is(Unknown("instance"));
                    var other = _host.StoreOf(Number(request, "to"));
                    return other.Instantiated(request, "as", Store.Share(shared, other.Store));
                default:
                    return Instance(request) is not { } instance ? Is(Unknown("instance")) : Do(what, request, instance, WireOutcome.Text(request, "name"));
            }
        }

        private Action<Utf8JsonWriter> Do(string what, JsonElement request, IInstance instance, string name)
        {
            switch (what)
            {
                case Protocol.Invoke: return Is(Store.Invoke(instance, name, WireOutcome.Values(request, "args")));
                case Protocol.Get: return Is(Store.Get(instance, name));
                case Protocol.Memory:
                    return Store.ReadMemory(instance, name, (ulong)Number(request, "offset"), (int)Number(request, "length")) is not { } bytes
                        ? Is(new Outcome.Inapplicable($"no memory \"{name}\""))
                        : json =>
                        {
                            json.WriteString("is", "bytes");
                            json.WriteString("hex", Convert.ToHexStringLower(bytes));
                        };
                case Protocol.Table:
                    return Store.ReadTable(instance, name, (ulong)Number(request, "offset"), (int)Number(request, "length")) is not { } elements
                        ? Is(new Outcome.Inapplicable($"no table \"{name}\", or the runtime cannot read it"))
                        : json =>
                        {
                            json.WriteString("is", "elements");
                            WireOutcome.Values(json, "values", elements);
                        };
                default: throw new ProtocolException($"unknown request `{what}`");
            }
        }

        private void Reset(JsonElement request)
        {
            _store?.Dispose();
            _modules.Clear();
            _instances.Clear();
            _printed.Clear();
            IStore? beside;
            lock (_host._stores) beside = _host._stores.TryGetValue(0, out var first) && first != this ? first._store : null;
            var version = WireOutcome.Text(request, "version") switch
            {
                "1.0" => Profile.Wasm1,
                "2.0" => Profile.Wasm2,
                "3.0" => Profile.Wasm3,
                var other => throw new ProtocolException($"unknown version `{other}`"),
            };
            _store = _host._runtime.CreateStore(new StoreRequest(version with { Features = FeaturesOf(request) }, _printed.Enqueue, false, beside));
        }

        /// <summary>Cases have stores of their own, in this store's thread.</summary>
        private Action<Utf8JsonWriter> Cases(JsonElement request)
        {
            var features = _host._runtime.Info.Features & ~Features.CustomSections;
            if (request.TryGetProperty("features", out _)) features &= FeaturesOf(request);
            if (_runner is null || _runnerFeatures != features) (_runner, _runnerFeatures) = (new(_host._runtime, Profile.Wasm3 with { Features = features }), features);
            var results = new List<CaseResult>();
            foreach (var @case in WireOutcome.Items(request, "cases")) results.Add(_runner.Run(WireCase.Read(@case)));
            return json =>
            {
                json.WriteString("is", "cases");
                json.WriteStartArray("cases");
                foreach (var result in results) WireCase.Write(json, result);
                json.WriteEndArray();
            };
        }

        private static Features FeaturesOf(JsonElement request)
        {
            var features = Features.None;
            foreach (string name in WireOutcome.Texts(request, "features"))
                features |= Profiles.FeatureOf(name) ?? throw new ProtocolException($"unknown feature `{name}`");
            return features;
        }

        private Action<Utf8JsonWriter> Register(JsonElement request)
        {
            var numbers = WireOutcome.Items(request, "instances").Select(i => i.GetInt64()).ToImmutableArray();
            if (numbers.Length != 1) return Is(new Outcome.AdapterLimit("one instance a name"));
            if (!_instances.TryGetValue(numbers[0], out var instance)) return Is(Unknown("instance"));
            Store.Register(WireOutcome.Text(request, "name"), instance);
            return Done;
        }

        private Action<Utf8JsonWriter> Instantiated(JsonElement request, string member, Outcome outcome)
        {
            if (outcome is Outcome.Instantiated { Instance: var instance })
                lock (_instances) _instances[Number(request, member)] = instance;
            return Is(outcome);
        }

        private IStore Store => _store ?? throw new ProtocolException("a store is used before its first reset");

        private IInstance? Instance(JsonElement request)
        {
            lock (_instances) return _instances.GetValueOrDefault(Number(request, "instance"));
        }

        private static Outcome Unknown(string what) => new Outcome.Inapplicable($"no such {what}");

        private static long Number(JsonElement request, string member) =>
            WireOutcome.OptionalNumber(request, member) ?? throw new ProtocolException($"a request lacks `{member}`");

        private static Action<Utf8JsonWriter> Is(Outcome outcome) => json => WireOutcome.Write(json, outcome);

        private static void Done(Utf8JsonWriter json) => json.WriteString("is", "done");
    }
}
