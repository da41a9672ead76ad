using System.Text;
using Conformance.Harness.Suites;
using Wasm.Syntax;

namespace Conformance.Harness.Tests.Suites;

public class ProfileTests
{
    [Theory]
    [InlineData("testsuite/", "3.0")]
    [InlineData("testsuite/legacy", "3.0+legacy-exceptions")]
    [InlineData("testsuite/custom", "3.0+custom-sections")]
    [InlineData("testsuite/proposals/threads", "1.0+threads")]
    [InlineData("testsuite/proposals/wide-arithmetic", "3.0+wide-arithmetic")]
    [InlineData("testsuite/proposals/custom-page-sizes", "3.0+custom-page-sizes")]
    [InlineData("testsuite/proposals/custom-descriptors", "3.0+custom-descriptors")]
    [InlineData("threads/", "3.0+threads")]
    [InlineData("stack-switching/", "3.0+stack-switching")]
    [InlineData("wasm-1.0/", "1.0")]
    [InlineData("wasm-2.0/simd", "2.0")]
    [InlineData("/home/me/spec/proposals/threads", "1.0+threads")]
    [InlineData("/home/me/wasm-2.0/simd", "2.0")]
    [InlineData("/home/me/scripts", "3.0")]
    public void Folders_have_profiles(string folder, string profile) => Assert.Equal(Profiles.Parse(profile), SuiteList.Pinned.Profiles.Of(folder));

    [Theory]
    [InlineData("1.0", Features.None, SpecVersion.V1)]
    [InlineData("2.0-simd", Features.Wasm2 & ~Features.Simd, SpecVersion.V2)]
    [InlineData("3.0+custom-page-sizes+threads", Features.Wasm3 | Features.CustomPageSizes | Features.Threads, SpecVersion.V3)]
    [InlineData("3.0+threads-bulk-memory", (Features.Wasm3 | Features.Threads) & ~Features.BulkMemory, SpecVersion.V3)]
    [InlineData("threads", Features.Wasm3 | Features.Threads, SpecVersion.V3)]
    [InlineData("all", Features.All, SpecVersion.V3)]
    [InlineData("all-custom-descriptors", Features.All & ~Features.CustomDescriptors, SpecVersion.V3)]
    public void Profiles_have_names(string name, Features features, SpecVersion version)
    {
        var profile = Profiles.Parse(name);
        Assert.Equal((features, version), (profile.Features, profile.Version));
        Assert.Equal(profile, Profiles.Parse(profile.Name));
    }

    [Theory]
    [InlineData("")]
    [InlineData("4.0")]
    [InlineData("3.0+")]
    [InlineData("3.0+nonsense")]
    [InlineData("3.0 threads")]
    public void Other_names_are_refused(string name) => Assert.Throws<FormatException>(() => Profiles.Parse(name));

    [Fact]
    public void Every_feature_has_a_name() => Assert.Equal(Features.All, Profiles.FeatureNames.Aggregate(Features.None, (f, n) => f | (Profiles.Parse("1.0+" + n).Features)));

    [Theory]
    [InlineData(";;! features: 3.0 + threads\n(module)", "3.0+threads")]
    [InlineData(";;! features: all", "all")]
    [InlineData(";; features: all\n", null)]
    [InlineData("(module)", null)]
    [InlineData("\n;;! features: all\n", null)]
    public void A_first_line_chooses_the_profile(string source, string? profile) => Assert.Equal(profile, Profiles.OfFirstLine(Encoding.UTF8.GetBytes(source))?.Name);

    [Theory]
    [InlineData("**", "a/b", true)]
    [InlineData("**/b", "a/b", true)]
    [InlineData("**/b", "b", true)]
    [InlineData("**/b", "a/b/c", false)]
    [InlineData("**/b/**", "a/b/c/d", true)]
    [InlineData("**/b/**", "a/b", true)]
    [InlineData("a/*/c", "a/b/c", true)]
    [InlineData("a/*/c", "a/b/b/c", false)]
    [InlineData("a/**/x/**/c", "a/x/y/x/c", true)]
    [InlineData("simd_*.wast", "simd_f32.wast", true)]
    [InlineData("*a*b*", "xxaxxbxx", true)]
    [InlineData("*a*b", "xxaxxbxx", false)]
    [InlineData("a?c", "abc", true)]
    [InlineData("a?c", "ac", false)]
    public void Globs(string glob, string path, bool matches) => Assert.Equal(matches, Glob.Matches(glob, path));

    [Fact]
    public void The_pinned_list_names_the_five_suites()
    {
        Assert.Equal(["testsuite", "threads", "stack-switching", "wasm-1.0", "wasm-2.0"], SuiteList.Pinned.Suites.Select(s => s.Name));
        Assert.Equal([288, 13, 4, 73, 147], SuiteList.Pinned.Suites.Select(s => s.Counts.Files));
        Assert.Equal([67_119, 551, 161, 19_270, 53_907], SuiteList.Pinned.Suites.Select(s => s.Counts.Commands));
        Assert.Equal([10_761, 152, 80, 2_650, 6_497], SuiteList.Pinned.Suites.Select(s => s.Counts.Messages));
        Assert.Single(SuiteList.Pinned.Suites, s => s.Official);
    }
}
