using System.Collections.Concurrent;
using System.Collections.Immutable;
using Conformance.Fuzz.Damage;

namespace Conformance.Fuzz.Tests;

public class DamageTests
{
    /// <summary>The modules of the kit's own corpus.</summary>
    internal static readonly ImmutableArray<Seed> Corpus = Seeds.Of(Directory.EnumerateFiles(CorpusFolder(), "*.wast", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal).Select(f => (ReadOnlyMemory<byte>)File.ReadAllBytes(f)));

    [Fact]
    public void Damaged_modules_end_in_a_module_or_a_phase_error()
    {
        Assert.NotEmpty(Corpus);
        var findings = new ConcurrentBag<DamageFinding>();
        var totals = new DamageRun(Corpus, seed: 20261120) { Found = findings.Add }.Run(0, 60_000, Environment.ProcessorCount);
        Assert.Empty(findings.Select(f => $"case {f.Case}: {f.What}"));
        Assert.Equal(60_000, totals.Cases);
        Assert.Equal(totals.Cases, totals.Valid + totals.Malformed + totals.Invalid);
        // All three answers are common: damage that nothing survives, or that changes nothing, would test little.
        Assert.All([totals.Valid, totals.Malformed, totals.Invalid], n => Assert.True(n > 1000, totals.ToString()));
    }

    [Fact]
    public void A_case_is_the_same_whenever_it_is_made()
    {
        for (int i = 0; i < 200; i++)
        {
            var (bytes, isText) = new DamageRun(Corpus, 7).Case(i);
            var again = new DamageRun(Corpus, 7).Case(i);
            Assert.Equal(bytes, again.Bytes);
            Assert.Equal(isText, again.IsText);
        }
    }

    private static string CorpusFolder([System.Runtime.CompilerServices.CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "corpus"));
}
