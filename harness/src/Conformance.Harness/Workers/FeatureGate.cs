using Conformance.Harness.Runtimes;
using Conformance.Harness.Suites;
using Wasm.Binary;
using Wasm.Binary.Custom;
using Wasm.Syntax;
using Wasm.Validation;

namespace Conformance.Harness.Workers;

/// <summary>
/// Tells what an engine's verdict on a module says about its correctness and what only says that it has fewer or more features than were asked for.
/// The kit's own decoder and validator are asked what the missing features change.
/// </summary>
public static class FeatureGate
{
    private sealed record Refusal(string Phase, string Message, Region At);

    /// <summary>
    /// The outcome of loading, or <see cref="Outcome.Unsupported"/>: when the engine refused a module and a feature that it lacks decides whether, or why, the
    /// module must be refused; when it took one that is valid with more features than were asked for; when it does not look into custom sections.
    /// </summary>
    /// <param name="outcome">What the engine said.</param>
    /// <param name="binary">The module.</param>
    /// <param name="profile">What was asked for.</param>
    /// <param name="features">What the engine has.</param>
    /// <param name="obeys">Whether the engine can be held to a profile with fewer features than it has.</param>
    public static Outcome Explain(Outcome outcome, ReadOnlyMemory<byte> binary, Profile profile, Features features, bool obeys)
    {
        const Features NotOfModules = Features.Annotations;
        var lacking = profile.Features & ~features & ~NotOfModules;
        if (outcome is Outcome.Loaded)
        {
            if (lacking.HasFlag(Features.CustomSections) && Check(binary, profile) is { Phase: "custom" })
                return new Outcome.Unsupported("the engine does not look into custom sections");
            bool versioned = profile.Version != SpecVersion.V3;
            var beyond = features & ~profile.Features;
            if (obeys || (beyond == Features.None && !versioned)) return outcome;
            if (Check(binary, profile) is null) return outcome;
            var wide = Profile.Wasm3 with { Features = features | profile.Features };
            return Check(binary, wide) is null ? new Outcome.Unsupported($"the engine cannot be held to the profile {profile.Name}: the module is valid with what it has beyond") : outcome;
        }
        if (lacking == Features.None || outcome is not (Outcome.Rejected or Outcome.Malformed or Outcome.Invalid)) return outcome;
        var full = Check(binary, profile);
        if (full == Check(binary, profile with { Features = profile.Features & ~lacking })) return outcome;
        string[] needed = [.. Profiles.FeatureNames.Where(name => Profiles.FeatureOf(name) is { } f && (lacking & f) != 0 && Check(binary, profile with { Features = profile.Features & ~f }) != full)];
        return new Outcome.Unsupported($"the engine lacks {(needed.Length == 0 ? string.Join(", ", Profiles.NamesOf(lacking)) : string.Join(", ", needed))}");
    }

    private static Refusal? Check(ReadOnlyMemory<byte> binary, Profile profile)
    {
        try
        {
            var module = BinaryDecoder.Decode(binary, profile);
            Validator.Validate(module, new Engine(), profile);
            CustomSections.Check(module, profile);
            return null;
        }
        catch (Exception e) when (e is MalformedCustomException or InvalidCustomException)
        {
            return new("custom", e.Message, Region.None);
        }
        catch (PhaseException e)
        {
            return new(e.Phase, e.Message, e.At);
        }
    }
}
