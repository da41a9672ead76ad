using Conformance.Harness.Results;

namespace Conformance.Harness.Scripts;

/// <summary>
/// Why a name stands for nothing: what would have defined it did not. Commands that need it get its verdict, so that what was lost with a crash is
/// not taken for a wrong answer.
/// </summary>
internal sealed record Missing(Verdict Verdict, string Reason);

/// <summary>One of a script's name spaces: what each id, and the latest command, stands for.</summary>
/// <param name="what">In messages: <c>module</c>, <c>instance</c>, <c>script</c>, <c>thread</c>.</param>
internal sealed class Slots<T>(string what) where T : class
{
    private const string Latest = "";
    private readonly Dictionary<string, (T? Value, Missing? Missing)> _slots = new(StringComparer.Ordinal);

    /// <summary>Whether an id already stands for something, which a second definition in the same script may not change.</summary>
    public bool Has(string? id) => id is not null && _slots.TryGetValue(id, out var slot) && slot.Value is not null;

    /// <summary>Makes an id, and the latest, stand for a value.</summary>
    public void Bind(string? id, T value)
    {
        if (id is not null) _slots[id] = (value, null);
        _slots[Latest] = (value, null);
    }

    /// <summary>Makes an id stand for what the latest does, be it something missing.</summary>
    public void BindToLatest(string id)
    {
        if (_slots.TryGetValue(Latest, out var latest)) _slots[id] = latest;
    }

    /// <summary>Makes an id alone stand for a value.</summary>
    public void BindOnly(string id, T value) => _slots[id] = (value, null);

    /// <summary>Makes an id, and the latest, stand for nothing, so that later commands do not meet what stood there before.</summary>
    public void Empty(string? id, Missing missing)
    {
        if (id is not null) _slots[id] = (null, missing);
        _slots[Latest] = (null, missing);
    }

    /// <summary>What an id, or without one the latest, stands for.</summary>
    public (T? Value, Missing Missing) Find(string? id)
    {
        if (_slots.TryGetValue(id ?? Latest, out var slot)) return (slot.Value, slot.Missing!);
        return (null, new(Verdict.Failed, id is null ? $"no {what}" : $"unknown {what} {Id(id)}"));
    }

    public static string Id(string id) => id.StartsWith('$') ? id : "$" + id;
}
