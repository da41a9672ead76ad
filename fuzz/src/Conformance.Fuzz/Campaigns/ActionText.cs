using System.Diagnostics;
using System.Globalization;
using System.Text;
using Conformance.Harness.Cases;
using Conformance.Harness.Runtimes;

namespace Conformance.Fuzz.Campaigns;

/// <summary>Actions and their results in words.</summary>
public static class ActionText
{
    /// <summary>Trace values and outcomes of a sweep beyond this number are counted.</summary>
    private const int Most = 8;

    /// <summary>The kind, as in signatures and files.</summary>
    public static string Kind(CaseAction action) => action switch
    {
        CaseAction.Load => "load",
        CaseAction.Parse => "parse",
        CaseAction.Instantiate => "instantiate",
        CaseAction.Invoke => "invoke",
        CaseAction.Sweep => "sweep",
        CaseAction.Memory => "memory",
        CaseAction.Digest => "digest",
        CaseAction.Get => "get",
        _ => throw new UnreachableException($"action {action}"),
    };

    /// <summary>The action on one line: <c>invoke 0 "f" (i32 1 (0x00000001))</c>.</summary>
    public static string Of(CaseAction action) => action switch
    {
        CaseAction.Load a => $"load module {a.Module}",
        CaseAction.Parse a => $"parse module {a.Module}",
        CaseAction.Instantiate a => $"instantiate module {a.Module}{(a.As is null ? "" : $" as \"{a.As}\"")}",
        CaseAction.Invoke a => $"invoke {a.Instance} \"{a.Name}\" {Value.Text(a.Args)}",
        CaseAction.Sweep a => $"sweep {a.Instance} \"{a.Name}\" 0 to {a.Count - 1}",
        CaseAction.Memory a => $"memory {a.Instance} \"{a.Name}\" at {a.Offset}, {a.Length} bytes",
        CaseAction.Digest a => $"digest {a.Instance} \"{a.Name}\"",
        CaseAction.Get a => $"get {a.Instance} \"{a.Name}\"",
        _ => throw new UnreachableException($"action {action}"),
    };

    /// <summary>The result on one line.</summary>
    public static string Of(ActionResult result)
    {
        var text = new StringBuilder(result switch
        {
            ActionResult.Ended { Outcome: Outcome.Returned { Values.IsEmpty: true } } => "ok",
            ActionResult.Ended r => r.Outcome.ToString(),
            ActionResult.Swept r => Swept(r),
            ActionResult.Bytes r => $"{r.Data.Length} bytes, hash {MemoryHash.Of(r.Data):x8}",
            ActionResult.Digested r => $"{r.Length} bytes, hash {r.Hash:x8}",
            ActionResult.Parsed r => $"a module of {r.Binary.Length} bytes, hash {MemoryHash.Of(r.Binary):x8}",
            ActionResult.NotRun => "not run: no such instance",
            _ => throw new UnreachableException($"result {result}"),
        });
        if (!result.Trace.IsEmpty)
        {
            text.Append("; trace ").AppendJoin(", ", result.Trace.Take(Most).Select(v => v.ToString()));
            if (result.Trace.Length > Most) text.Append(CultureInfo.InvariantCulture, $" and {result.Trace.Length - Most} more");
        }
        return text.ToString();
    }

    private static string Swept(ActionResult.Swept swept)
    {
        var ended = swept.Outcomes.Select((outcome, i) => (Index: i, Outcome: outcome)).Where(o => o.Outcome is not null).ToList();
        string shown = string.Join("; ", ended.Take(Most).Select(o => string.Create(CultureInfo.InvariantCulture, $"{o.Index}: {o.Outcome}")));
        return string.Create(CultureInfo.InvariantCulture, $"{swept.Outcomes.Length - ended.Count} of {swept.Outcomes.Length} returned{(ended.Count == 0 ? "" : "; ")}{shown}{(ended.Count > Most ? $" and {ended.Count - Most} more" : "")}");
    }
}
