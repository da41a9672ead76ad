using System.CommandLine;
using System.Globalization;
using System.Numerics;

namespace Conformance.Cli;

/// <summary>Options that are numbers of a range: what is outside is a usage error, and never taken for the default.</summary>
internal static class OptionRange
{
    /// <summary><c>--jobs</c>: at least 1, and as many as there are processors when it is not given.</summary>
    /// <param name="what">What is done at the same time.</param>
    public static Option<int> Jobs(string what) =>
        new Option<int>("--jobs", "-j") { Description = $"{what} By default one a processor.", HelpName = "N", DefaultValueFactory = _ => Environment.ProcessorCount }.AtLeast(1);

    /// <summary>The option, with a least value.</summary>
    public static Option<T> AtLeast<T>(this Option<T> option, T least) where T : INumber<T> => option.Within(n => n >= least, $"at least {least}");

    /// <summary>The option, with a greatest value.</summary>
    public static Option<T> AtMost<T>(this Option<T> option, T most) where T : INumber<T> => option.Within(n => n <= most, $"at most {most}");

    private static Option<T> Within<T>(this Option<T> option, Func<T, bool> isWithin, string range) where T : INumber<T>
    {
        option.Validators.Add(result =>
        {
            // What is no number at all is refused before.
            if (result.Tokens is [var token] && T.TryParse(token.Value, CultureInfo.InvariantCulture, out var n) && !isWithin(n))
                result.AddError($"{option.Name} {token.Value}: {range}");
        });
        return option;
    }
}
