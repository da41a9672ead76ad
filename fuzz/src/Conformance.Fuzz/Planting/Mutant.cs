using System.Collections.Immutable;

namespace Conformance.Fuzz.Planting;

/// <summary>A place in a source file and what is to stand there.</summary>
/// <param name="File">The file, relative to the checkout, with <c>/</c>.</param>
/// <param name="Find">The exact text.</param>
/// <param name="Replace">What stands there instead.</param>
/// <param name="Nth">Which occurrence, from 1; 0 when the text occurs just once.</param>
/// <param name="At">The line of the edit in its own file, for errors.</param>
public sealed record SourceEdit(string File, string Find, string Replace, int Nth, int At);

/// <summary>
/// A planted bug: an edit of the reference's sources that makes it wrong. It is compiled into a copy of the reference that runs in a worker; there is
/// no switch for it in the reference itself.
/// </summary>
public sealed record Mutant
{
    /// <summary><c>M</c> and the row of the list of real bugs, or <c>S</c> and a number for bugs made up from the rules of the specification.</summary>
    public required string Id { get; init; }

    /// <summary>The file that holds it.</summary>
    public required string Source { get; init; }

    /// <summary>Where such a bug was real, or the rule that is broken.</summary>
    public required string Origin { get; init; }

    /// <summary>What is wrong.</summary>
    public required string Plant { get; init; }

    /// <summary>What brings it to light.</summary>
    public required string Trigger { get; init; }

    public required ImmutableArray<SourceEdit> Edits { get; init; }

    /// <summary>A script that passes on the reference and does not on the mutant; empty only for those that are <see cref="Equivalent"/>.</summary>
    public string Kill { get; init; } = "";

    /// <summary>Whether <see cref="Kill"/> fails on the reference too, with another outcome: some can be seen by no assertion.</summary>
    public bool Differs { get; init; }

    /// <summary>Why no program can tell it from the reference, or null.</summary>
    public string? Equivalent { get; init; }

    /// <summary>Why the fuzzer is not expected to kill it though <see cref="Kill"/> does, or null.</summary>
    public string? Beyond { get; init; }

    /// <summary>Why no script may show it on the case that killed it, though <see cref="Kill"/> does; or null.</summary>
    public string? Unscripted { get; init; }
}

/// <summary>A row that cannot be planted.</summary>
public sealed record SkippedMutant(string Id, string Why);

/// <summary>All planted bugs, in the order of their files.</summary>
public sealed record MutantList(ImmutableArray<Mutant> Mutants, ImmutableArray<SkippedMutant> Skipped)
{
    /// <summary>Those with the given ids or, when none is given, all.</summary>
    /// <exception cref="PlantingException">There is no mutant with such an id.</exception>
    public ImmutableArray<Mutant> Select(IReadOnlyCollection<string> ids)
    {
        foreach (string id in ids)
            if (Mutants.All(m => m.Id != id))
                throw new PlantingException(Skipped.FirstOrDefault(s => s.Id == id) is { } skipped ? $"{id} is not planted: {skipped.Why}" : $"there is no mutant {id}");
        return ids.Count == 0 ? Mutants : [.. Mutants.Where(m => ids.Contains(m.Id))];
    }
}

/// <summary>A bug cannot be planted; the message names the mutant, its file and the edit.</summary>
public sealed class PlantingException(string message, Exception? inner = null) : Exception(message, inner);
