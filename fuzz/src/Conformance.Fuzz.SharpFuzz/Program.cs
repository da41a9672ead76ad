using Conformance.Fuzz.Targets;
using SharpFuzz;

// Runs a target under a coverage-guided fuzzer. The assemblies Wasm.Reference.dll and Wasm.Text.dll beside this program are to be instrumented
// first (fuzz/README.md). The second word chooses the fuzzer's way to hand inputs over.
string usage = $"""
    usage: conformance-sharpfuzz TARGET afl|libfuzzer
    What was found is run again by `conformance fuzz target TARGET FILE…`: instrumented code needs its fuzzer.

    targets:
    {string.Join('\n', FuzzTargets.All.Select(t => $"  {t.Name,-13} {t.About}"))}
    """;

if (args.Length < 2 || FuzzTargets.Find(args[0]) is not { } target)
{
    Console.Error.WriteLine(usage);
    return 2;
}

switch (args[1])
{
    case "libfuzzer":
        Fuzzer.LibFuzzer.Run(input => target(input));
        return 0;
    case "afl":
        Fuzzer.Run((Stream stream) =>
        {
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            target(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
        });
        return 0;
    default:
        Console.Error.WriteLine(usage);
        return 2;
}
