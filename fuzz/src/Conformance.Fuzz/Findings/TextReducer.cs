using System.Diagnostics;

namespace Conformance.Fuzz.Findings;

/// <summary>A text that became smaller.</summary>
/// <param name="Text">The smallest one.</param>
/// <param name="Tried">Candidates that were tried.</param>
/// <param name="Time">The time.</param>
/// <param name="IsMinimal">Whether nothing made it smaller; false when the time was up before.</param>
public sealed record TextReduction(byte[] Text, int Tried, TimeSpan Time, bool IsMinimal);

/// <summary>
/// Makes a text smaller for as long as it keeps what makes it interesting: runs of what stands side by side in parentheses are cut out, long ones first,
/// parentheses take the place of those around them, and blanks and comments become single blanks.
/// </summary>
/// <param name="interesting">Says of a candidate whether it still shows the same.</param>
/// <param name="limit">When to stop.</param>
public sealed class TextReducer(Func<byte[], bool> interesting, TimeSpan limit)
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private int _tried;

    private bool IsOver => Stopwatch.GetElapsedTime(_start) >= limit;

    /// <summary>The smallest text found.</summary>
    /// <param name="text">An interesting one.</param>
    public TextReduction Reduce(byte[] text)
    {
        if (TextTree.Of(text) is not { } tree) return new(text, 0, TimeSpan.Zero, true);
        bool smaller = true;
        while (smaller && !IsOver)
        {
            smaller = false;
            // Those that went with their surroundings are tried in vain, and are found no more in the next round.
            foreach (var group in tree.Groups()) smaller |= Cut(tree, group.Children!);
            // Not the module itself: what is left would be one all the same, but not in a script.
            foreach (var group in tree.Groups().Skip(1)) smaller |= Hoist(tree, group.Children!);
            foreach (var group in tree.Groups()) smaller |= Plain(tree, group);
        }
        return new(tree.ToBytes(), _tried, Stopwatch.GetElapsedTime(_start), !smaller);
    }

    private bool Holds(TextTree tree)
    {
        if (IsOver) return false;
        _tried++;
        return interesting(tree.ToBytes());
    }

    /// <summary>Cuts out runs of neighbours, all of them first, then halves, and so on.</summary>
    private bool Cut(TextTree tree, List<TextTree.Node> neighbours)
    {
        bool any = false;
        for (int length = neighbours.Count; length > 0; length /= 2)
            for (int from = neighbours.Count - length; from >= 0; from -= length)
            {
                if (from + length > neighbours.Count) continue;
                var run = neighbours.GetRange(from, length);
                neighbours.RemoveRange(from, length);
                if (Holds(tree)) any = true;
                else neighbours.InsertRange(from, run);
            }
        return any;
    }

    /// <summary>Puts parentheses within parentheses into the place of the outer ones.</summary>
    private bool Hoist(TextTree tree, List<TextTree.Node> neighbours)
    {
        bool any = false;
        for (int i = 0; i < neighbours.Count; i++)
        {
            var outer = neighbours[i];
            foreach (var inner in outer.Children ?? [])
            {
                if (inner.Children is null) continue;
                neighbours[i] = inner;
                if (Holds(tree))
                {
                    any = true;
                    break;
                }
                neighbours[i] = outer;
            }
        }
        return any;
    }

    /// <summary>Makes what stands between the words of a group single blanks.</summary>
    private bool Plain(TextTree tree, TextTree.Node group)
    {
        bool any = false;
        foreach (var child in group.Children!)
        {
            var before = child.Before;
            // Between parentheses nothing is needed.
            byte[] plain = child.Children is null || before.Length > 0 ? " "u8.ToArray() : before;
            if (child == group.Children[0]) plain = [];
            if (before.AsSpan().SequenceEqual(plain) || before.Length < plain.Length) continue;
            child.Before = plain;
            if (Holds(tree)) any = true;
            else child.Before = before;
        }
        var close = group.BeforeClose;
        if (close.Length == 0) return any;
        group.BeforeClose = [];
        if (Holds(tree)) return true;
        group.BeforeClose = close;
        return any;
    }
}
