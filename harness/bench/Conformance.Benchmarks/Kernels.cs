using System.Diagnostics;
using System.Globalization;
using Wasm.Binary;
using Wasm.Execution;
using Wasm.Syntax;
using Wasm.Text;
using Wasm.Validation;

namespace Conformance.Benchmarks;

/// <summary>
/// Whole kernels on several interpreters. A kernel exports <c>run</c>, which takes the amount of work, and <c>main</c>, which does the full amount.
/// The reference is timed in this process after a warm-up; a peer is a process, from which the time it needs for an empty module is taken off.
/// Engines take turns, and the medians are compared.
/// </summary>
internal static class Kernels
{
    private sealed record Kernel(string Name, int Size);

    private static readonly Kernel[] All =
    [
        new("fib", 30), new("sum32", 100_000_000), new("sum64", 100_000_000), new("sieve", 10_000_000), new("mix", 5_000_000), new("matmul", 200),
        new("callind", 20_000_000), new("brtable", 20_000_000), new("memops", 1_000_000),
        new("simd", 20_000_000), new("gclist", 20), new("eh", 1_000_000), new("ehlegacy", 1_000_000),
    ];

    /// <summary>The kernels that every peer runs: the mean is taken over them.</summary>
    private const int Comparable = 9;

    public static int Run(DirectoryInfo? folder, string wabt, string wasmi, string[] only, int rounds, FileInfo? markdown)
    {
        string kernels = folder?.FullName ?? Path.Combine(AppContext.BaseDirectory, "kernels");
        string work = Directory.CreateTempSubdirectory("kernels-").FullName;
        try
        {
            byte[] empty = BinaryEncoder.Encode(TextParser.ParseModule("(module (func (export \"main\")) (func (export \"run\") (param i32)))"u8.ToArray(), Profile.All));
            string emptyFile = Path.Combine(work, "empty.wasm");
            File.WriteAllBytes(emptyFile, empty);
            var peers = new List<Peer>
            {
                new("wabt", wabt, (file, _) => ["--enable-all", "--run-all-exports", file], MainOnly: true),
                new("wasmi", wasmi, (file, size) => ["run", "--invoke", "run", file, size.ToString(CultureInfo.InvariantCulture)], MainOnly: false),
            };
            var present = peers.Where(p => p.Time(emptyFile, 0) is not null).ToList();
            foreach (var peer in peers.Except(present))
                Console.Error.WriteLine($"{peer.Name}: {peer.Program} cannot be run; left out");
            var start = present.ToDictionary(p => p, p => Median([.. Enumerable.Range(0, 7).Select(_ => p.Time(emptyFile, 0)!.Value)]));
            foreach (var peer in present)
                Console.Error.WriteLine($"{peer.Name}: an empty module takes {start[peer] * 1000:0.0} ms, taken off below");

            var lines = new List<string> { $"| kernel | reference s |{string.Concat(present.Select(p => $" {p.Name} s | {p.Name} / reference |"))}", $"|---|--:|{string.Concat(present.Select(_ => "--:|--:|"))}" };
            var ratios = present.ToDictionary(p => p, _ => new List<double>());
            foreach (var kernel in All.Where(k => only.Length == 0 || only.Contains(k.Name)))
            {
                string source = Path.Combine(kernels, kernel.Name + ".wat");
                if (!File.Exists(source)) continue;
                Console.Error.WriteLine($"{kernel.Name} …");
                string line = Measure(kernel, source, work, present, start, rounds, ratios);
                lines.Add(line);
            }
            foreach (var peer in present.Where(p => ratios[p].Count > 0))
                lines.Add($"\n{peer.Name} / reference over {ratios[peer].Count} kernels: geometric mean {Math.Exp(ratios[peer].Average(Math.Log)):0.0}, least {ratios[peer].Min():0.0}  (above 1: the reference is faster)");
            string text = string.Join("\n", lines);
            Console.WriteLine(text);
            if (markdown is not null) File.WriteAllText(markdown.FullName, text + "\n");
            return 0;
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private static string Measure(Kernel kernel, string source, string work, List<Peer> peers, Dictionary<Peer, double> start, int rounds, Dictionary<Peer, List<double>> ratios)
    {
        var module = BinaryDecoder.Decode(BinaryEncoder.Encode(TextParser.ParseModule(File.ReadAllBytes(source), Profile.All)), Profile.All);
        string whole = Path.Combine(work, kernel.Name + ".wasm"), main = Path.Combine(work, kernel.Name + ".main.wasm");
        File.WriteAllBytes(whole, BinaryEncoder.Encode(module));
        File.WriteAllBytes(main, BinaryEncoder.Encode(module with { Exports = [.. module.Exports.Where(e => e.Name == "main")] }));

        var engine = new Engine();
        using var store = new Store(engine);
        var run = (FuncInst)store.Instantiate(Validator.Validate(module, engine, Profile.All)).Export("run")!;
        // The machine's method is compiled optimized by then, as it is in any longer run.
        for (int i = 0; i < 3; i++)
        {
            store.Invoke(run, Val.I32(Math.Max(1, kernel.Size / 50)));
            Thread.Sleep(150);
        }
        var own = new List<double>();
        var times = peers.ToDictionary(p => p, _ => new List<double>());
        for (int round = 0; round < rounds; round++)
        {
            long begin = Stopwatch.GetTimestamp();
            store.Invoke(run, Val.I32(kernel.Size));
            own.Add(Stopwatch.GetElapsedTime(begin).TotalSeconds);
            foreach (var peer in peers)
                if (peer.Time(peer.MainOnly ? main : whole, kernel.Size) is { } time) times[peer].Add(Math.Max(time - start[peer], 1e-6));
        }
        double mine = Median(own);
        string line = string.Create(CultureInfo.InvariantCulture, $"| {kernel.Name} | {mine:0.000} |");
        foreach (var peer in peers)
        {
            if (times[peer].Count == 0)
            {
                line += " cannot run it | |";
                continue;
            }
            double ratio = Median(times[peer]) / mine;
            if (Array.IndexOf(All, kernel) < Comparable) ratios[peer].Add(ratio);
            line += string.Create(CultureInfo.InvariantCulture, $" {Median(times[peer]):0.000} | {ratio:0.0} |");
        }
        return line;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    private sealed record Peer(string Name, string Program, Func<string, int, string[]> Arguments, bool MainOnly)
    {
        /// <summary>Wall seconds of one process, or null when it cannot be started, fails or needs longer than two minutes.</summary>
        public double? Time(string file, int size)
        {
            long begin = Stopwatch.GetTimestamp();
            try
            {
                using var process = Process.Start(new ProcessStartInfo(Program, Arguments(file, size)) { RedirectStandardOutput = true, RedirectStandardError = true })!;
                process.OutputDataReceived += (_, _) => { };
                process.ErrorDataReceived += (_, _) => { };
                process.BeginOutputReadLine();
                process.BeginErrorReadLine();
                if (!process.WaitForExit(120_000))
                {
                    process.Kill();
                    return null;
                }
                return process.ExitCode == 0 ? Stopwatch.GetElapsedTime(begin).TotalSeconds : null;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return null;
            }
        }
    }
}
