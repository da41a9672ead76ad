using System.CommandLine;
using BenchmarkDotNet.Running;
using Conformance.Benchmarks;

var folder = new Option<DirectoryInfo>("--kernels") { Description = "The folder of kernels. Default: the ones beside the program.", HelpName = "DIR" };
var wabt = new Option<string>("--wabt") { Description = "wabt's wasm-interp.", HelpName = "FILE", DefaultValueFactory = _ => Environment.GetEnvironmentVariable("WABT_INTERP") ?? "wasm-interp" };
var wasmi = new Option<string>("--wasmi") { Description = "wasmi.", HelpName = "FILE", DefaultValueFactory = _ => Environment.GetEnvironmentVariable("WASMI") ?? "wasmi" };
var filter = new Option<string[]>("--only") { Description = "Names of kernels.", HelpName = "NAME", AllowMultipleArgumentsPerToken = true };
var rounds = new Option<int>("--rounds") { Description = "Rounds; every engine runs once in each.", HelpName = "N", DefaultValueFactory = _ => 5 };
var markdown = new Option<FileInfo>("--markdown") { Description = "Write the table here too.", HelpName = "FILE" };
var kernels = new Command("kernels", "Time whole kernels on the reference, on wabt's wasm-interp and on wasmi in one run, and print ratios. Engines that are not found are named and left out.")
{
    folder, wabt, wasmi, filter, rounds, markdown,
};
kernels.SetAction(args => Kernels.Run(args.GetValue(folder), args.GetValue(wabt)!, args.GetValue(wasmi)!, args.GetValue(filter) ?? [], args.GetValue(rounds), args.GetValue(markdown)));

var arguments = new Argument<string[]>("ARG") { Description = "Arguments of BenchmarkDotNet, such as --filter '*Decode*'.", Arity = ArgumentArity.ZeroOrMore };
var micro = new Command("micro", "Decode, validate, parse and execute, with BenchmarkDotNet.") { arguments };
micro.TreatUnmatchedTokensAsErrors = false;
micro.SetAction(args =>
{
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run([.. args.GetValue(arguments) ?? [], .. args.UnmatchedTokens]);
    return 0;
});

return new RootCommand("Benchmarks of the kit. Figures of different machines cannot be compared; ratios of one run can.") { kernels, micro }.Parse(args).Invoke();
