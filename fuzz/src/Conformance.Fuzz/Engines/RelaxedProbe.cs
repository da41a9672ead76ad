using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Conformance.Harness.Cases;
using Conformance.Harness.Runtimes;
using Wasm.Binary;
using Wasm.Execution;
using Wasm.Numerics;
using Wasm.Syntax;
using Wasm.Text;

namespace Conformance.Fuzz.Engines;

/// <summary>What an engine was seen to choose where relaxed instructions leave a choice (4.3.6).</summary>
/// <param name="Choices">For each operator the choice that most probes agree with; the reference runs with them.</param>
/// <param name="Problems">Probes that no choice, or another one than the rest, explains: each is a finding by itself.</param>
public sealed record RelaxedFacts(RelaxedChoices Choices, ImmutableArray<RelaxedProblem> Problems)
{
    public static RelaxedFacts None { get; } = new(RelaxedChoices.Deterministic, []);
}

/// <summary>An instruction that does not do what its operator's choice says.</summary>
/// <param name="Mnemonic">The instruction. What an engine does on it cannot be predicted.</param>
/// <param name="What">The operands, what came of them, and what is wrong with it.</param>
public sealed record RelaxedProblem(string Mnemonic, string What)
{
    public override string ToString() => $"{Mnemonic} {What}";
}

/// <summary>
/// Finds out the choices of an engine: runs every relaxed instruction on operands on which the choices differ, once with constants and once with parameters, and
/// looks for the choice with which the reference does the same. An engine's tiers are engines of their own.
/// </summary>
public static class RelaxedProbe
{
    private static RelaxedOperator Find(string name) => RelaxedChoices.Operators.Single(o => o.Name == name);

    private static readonly RelaxedOperator
        Fmadd = Find("fmadd"), Fmin = Find("fmin"), Fmax = Find("fmax"), Idot = Find("idot"), Iq15mulr = Find("iq15mulr"), TruncU = Find("trunc_u"), TruncS = Find("trunc_s"),
        Swizzle = Find("swizzle"), Laneselect = Find("laneselect");

    private sealed record Probe(RelaxedOperator Operator, string Mnemonic, params string[] Operands)
    {
        public override string ToString() => string.Join(", ", Operands);
    }

    private const string
        Round32 = "f32x4 0x1.000002p0 0x1.fffffep0 0x1.00001p-3 -0x1.8p0", Round64 = "f64x2 0x1.0000000000001p0 0x1.fffffffffffffp0",
        Minus32 = "f32x4 -0x1.000004p0 -0x1.fffffcp1 -0x1.00002p-6 -0x1.2p1", Minus64 = "f64x2 -0x1.0000000000002p0 -0x1.ffffffffffffep1",
        // Of opposite sign but for the second pair; a NaN left, a NaN right.
        Left32 = "f32x4 -0 0 nan 1", Right32 = "f32x4 0 -0 2 nan", LeftZeros64 = "f64x2 -0 0", RightZeros64 = "f64x2 0 -0", LeftNaN64 = "f64x2 nan 1", RightNaN64 = "f64x2 2 nan",
        Lanes = "i8x16 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16", Others = "i8x16 -1 -2 -3 -4 -5 -6 -7 -8 -9 -10 -11 -12 -13 -14 -15 -16",
        Signed = "i8x16 127 -128 -128 1 2 3 -1 -1 127 127 -128 -128 5 6 7 8", Large = "i8x16 127 127 -128 -1 -128 64 -2 -3 -128 127 -1 -1 -128 -5 -6 -7";

    private static readonly Probe[] Probes =
    [
        new(Fmadd, "f32x4.relaxed_madd", Round32, Round32, Minus32), new(Fmadd, "f32x4.relaxed_nmadd", Minus32, Round32, Round32),
        new(Fmadd, "f64x2.relaxed_madd", Round64, Round64, Minus64), new(Fmadd, "f64x2.relaxed_nmadd", Minus64, Round64, Round64),
        new(Fmin, "f32x4.relaxed_min", Left32, Right32), new(Fmin, "f64x2.relaxed_min", LeftZeros64, RightZeros64), new(Fmin, "f64x2.relaxed_min", LeftNaN64, RightNaN64),
        new(Fmax, "f32x4.relaxed_max", Left32, Right32), new(Fmax, "f64x2.relaxed_max", LeftZeros64, RightZeros64), new(Fmax, "f64x2.relaxed_max", LeftNaN64, RightNaN64),
        new(Idot, "i16x8.relaxed_dot_i8x16_i7x16_s", Signed, Large), new(Idot, "i32x4.relaxed_dot_i8x16_i7x16_add_s", Signed, Large, Lanes),
        new(Iq15mulr, "i16x8.relaxed_q15mulr_s", "i16x8 -32768 -32768 32767 1 2 -1 -32768 0", "i16x8 -32768 32767 32767 1 2 -1 -32768 0"),
        new(TruncU, "i32x4.relaxed_trunc_f32x4_u", "f32x4 nan -1 4294967296 inf"), new(TruncU, "i32x4.relaxed_trunc_f32x4_u", "f32x4 -nan -1e30 1e10 -inf"),
        new(TruncU, "i32x4.relaxed_trunc_f64x2_u_zero", "f64x2 nan -1"), new(TruncU, "i32x4.relaxed_trunc_f64x2_u_zero", "f64x2 4294967296 -inf"),
        new(TruncS, "i32x4.relaxed_trunc_f32x4_s", "f32x4 nan 2147483648 -2147483904 inf"), new(TruncS, "i32x4.relaxed_trunc_f64x2_s_zero", "f64x2 nan 2147483648"),
        new(TruncS, "i32x4.relaxed_trunc_f64x2_s_zero", "f64x2 -2147483649 inf"),
        new(Swizzle, "i8x16.relaxed_swizzle", Lanes, "i8x16 0 15 16 17 31 32 127 -128 -1 64 100 3 18 33 -127 16"),
        new(Laneselect, "i8x16.relaxed_laneselect", Lanes, Others, "i8x16 0 -1 1 127 -128 -127 64 15 -16 2 4 8 3 -2 -3 -4"),
        new(Laneselect, "i16x8.relaxed_laneselect", Lanes, Others, "i16x8 0 -1 1 0x7fff 0x8000 0x80 0x8080 0x7f7f"),
        new(Laneselect, "i32x4.relaxed_laneselect", Lanes, Others, "i32x4 1 0x7fffffff 0x80000000 0x8000"), new(Laneselect, "i64x2.relaxed_laneselect", Lanes, Others, "i64x2 0x7fffffffffffffff 0x8000000000000000"),
    ];

    private const int Forms = 2;

    /// <summary>The first action instantiates; then come the forms of each probe.</summary>
    private static readonly Lazy<Case> Question = new(Make);

    /// <summary>Probes an engine.</summary>
    /// <param name="engine">The engine. Without relaxed instructions it has no choices.</param>
    /// <param name="reference">Makes the reference.</param>
    public static RelaxedFacts Run(ICaseEngine engine, Func<StoreOptions, IRuntime> reference)
    {
        if (!engine.Info.Features.HasFlag(Features.RelaxedSimd)) return RelaxedFacts.None;
        var observed = engine.Run([Question.Value, Question.Value]);
        if (Words(observed[0].Results, 0) is null)
        {
            var failed = observed[0].Results.OfType<ActionResult.Ended>().Select(r => r.Outcome).FirstOrDefault(o => o is not Outcome.Returned);
            return RelaxedFacts.None with { Problems = [.. Probes.Select(p => p.Mnemonic).Distinct().Select(m => new RelaxedProblem(m, $"could not be probed: {failed}"))] };
        }
        var problems = ImmutableArray.CreateBuilder<RelaxedProblem>();
        // All operators at once: none looks at another's choice.
        var expected = Enumerable.Range(0, RelaxedChoices.Operators.Max(o => o.Count)).Select(n =>
        {
            var choices = RelaxedChoices.Operators.Aggregate(RelaxedChoices.Deterministic, (c, o) => o.With(c, n < o.Count ? n : 0));
            return new CaseRunner(reference(StoreOptions.Default with { Relaxed = choices }), Profile.Wasm3).Run(Question.Value).Results;
        }).ToArray();

        var found = RelaxedChoices.Deterministic;
        foreach (var @operator in RelaxedChoices.Operators)
        {
            var answers = new List<(Probe Probe, string Form, string Got, bool[] Matches)>();
            for (int p = 0; p < Probes.Length; p++)
            {
                if (Probes[p].Operator != @operator) continue;
                for (int form = 0; form < Forms; form++)
                {
                    int question = (Forms * p) + form;
                    string got = Words(observed[0].Results, question) ?? "no result", again = Words(observed[1].Results, question) ?? "no result";
                    string name = form == 0 ? "constants" : "parameters";
                    if (got != again) problems.Add(new(Probes[p].Mnemonic, $"of {Probes[p]} as {name}: {got}, then {again}"));
                    answers.Add((Probes[p], name, got, [.. Enumerable.Range(0, @operator.Count).Select(n => Words(expected[n], question) == got)]));
                }
            }
            int best = Enumerable.Range(0, @operator.Count).MaxBy(n => answers.Count(a => a.Matches[n]));
            found = @operator.With(found, best);
            foreach (var same in answers.Where(a => !a.Matches[best]).GroupBy(a => (a.Probe, a.Got)))
            {
                int other = Array.IndexOf(same.First().Matches, true);
                string why = other < 0 ? $"is no choice of {@operator.Name}" : $"is choice {other} of {@operator.Name}, elsewhere it is {best}";
                problems.Add(new(same.Key.Probe.Mnemonic, $"of {same.Key.Probe} as {string.Join(" and ", same.Select(a => a.Form))}: {same.Key.Got}, which {why}"));
            }
        }
        return new(found, problems.ToImmutable());
    }

    /// <summary>The vector of a form in hexadecimal, or null when there is none.</summary>
    private static string? Words(ImmutableArray<ActionResult> results, int form) =>
        form + 1 < results.Length && results[form + 1] is ActionResult.Ended { Outcome: Outcome.Returned { Values: [var low, var high] } }
            ? string.Create(CultureInfo.InvariantCulture, $"{high.Lo:x16}{low.Lo:x16}") : null;

    private static Case Make()
    {
        var text = new StringBuilder("(module ");
        var actions = ImmutableArray.CreateBuilder<CaseAction>();
        actions.Add(new CaseAction.Instantiate(0));
        for (int p = 0; p < Probes.Length; p++)
        {
            var probe = Probes[p];
            text.Append(CultureInfo.InvariantCulture, $"(func (export \"c{p}\") (result i64 i64) (local $v v128) ({probe.Mnemonic} {string.Join(' ', probe.Operands.Select(o => $"(v128.const {o})"))}) {Split(probe)})\n");
            string halves = string.Join(' ', probe.Operands.Select(_ => "i64 i64"));
            string built = string.Join(' ', probe.Operands.Select((_, i) => string.Create(CultureInfo.InvariantCulture, $"(i64x2.replace_lane 1 (i64x2.splat (local.get {2 * i})) (local.get {(2 * i) + 1}))")));
            text.Append(CultureInfo.InvariantCulture, $"(func (export \"p{p}\") (param {halves}) (result i64 i64) (local $v v128) ({probe.Mnemonic} {built}) {Split(probe)})\n");
            actions.Add(new CaseAction.Invoke(0, string.Create(CultureInfo.InvariantCulture, $"c{p}"), []));
            actions.Add(new CaseAction.Invoke(0, string.Create(CultureInfo.InvariantCulture, $"p{p}"), [.. probe.Operands.SelectMany(HalvesOf)]));
        }
        return new([Encode(text.Append(')').ToString())], actions.ToImmutable());
    }

    /// <summary>The lanes of the result as integers; which NaN it is does not count.</summary>
    private static string Split(Probe probe)
    {
        string lanes = "local.set $v (i64x2.extract_lane 0 (local.get $v)) (i64x2.extract_lane 1 (local.get $v))";
        return probe.Mnemonic[..5] switch
        {
            "f32x4" => $"local.set $v (v128.bitselect (local.get $v) (v128.const f32x4 nan nan nan nan) (f32x4.eq (local.get $v) (local.get $v))) {lanes}",
            "f64x2" => $"local.set $v (v128.bitselect (local.get $v) (v128.const f64x2 nan nan) (f64x2.eq (local.get $v) (local.get $v))) {lanes}",
            _ => lanes,
        };
    }

    /// <summary>The halves of a constant in text.</summary>
    private static Value[] HalvesOf(string operand)
    {
        var module = TextParser.ParseModule(Encoding.UTF8.GetBytes($"(module (global v128 (v128.const {operand})))"), Profile.Wasm3);
        var constant = ((VConst)module.Globals[0].Init.Instrs[0]).Value;
        return [Value.I64(constant.Lo), Value.I64(constant.Hi)];
    }

    private static byte[] Encode(string text) => BinaryEncoder.Encode(TextParser.ParseModule(Encoding.UTF8.GetBytes(text), Profile.Wasm3));
}
