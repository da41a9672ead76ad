namespace Conformance.Fuzz.Findings;

/// <summary>
/// A text as parentheses and what stands between them, for cutting out parts; every byte is in it. Of the text format it knows strings, comments and
/// parentheses (6.3), no more: a part that is cut wrongly gives a text that no parser takes.
/// </summary>
internal sealed class TextTree
{
    /// <summary>A word, a string, or, when it has children, a pair of parentheses.</summary>
    internal sealed class Node
    {
        /// <summary>Blanks and comments before it.</summary>
        public required byte[] Before { get; set; }

        /// <summary>The word; of parentheses nothing.</summary>
        public required byte[] Word { get; init; }

        /// <summary>What the parentheses hold; null for a word.</summary>
        public List<Node>? Children { get; init; }

        /// <summary>Blanks and comments before the closing parenthesis.</summary>
        public byte[] BeforeClose { get; set; } = [];
    }

    private TextTree(Node root) => Root = root;

    /// <summary>A pair of parentheses that is not there, around everything.</summary>
    public Node Root { get; }

    /// <summary>The tree of a text, or null when its parentheses do not match.</summary>
    public static TextTree? Of(ReadOnlySpan<byte> text)
    {
        var root = new Node { Before = [], Word = [], Children = [] };
        var open = new Stack<Node>([root]);
        int at = 0;
        while (true)
        {
            int begin = at;
            at = AfterTrivia(text, at);
            byte[] before = text[begin..at].ToArray();
            if (at == text.Length)
            {
                root.BeforeClose = before;
                return open.Count == 1 ? new(root) : null;
            }
            switch (text[at])
            {
                case (byte)'(':
                    var group = new Node { Before = before, Word = [], Children = [] };
                    open.Peek().Children!.Add(group);
                    open.Push(group);
                    at++;
                    break;
                case (byte)')':
                    if (open.Count == 1) return null;
                    open.Pop().BeforeClose = before;
                    at++;
                    break;
                default:
                    int end = AfterWord(text, at);
                    open.Peek().Children!.Add(new Node { Before = before, Word = text[at..end].ToArray() });
                    at = end;
                    break;
            }
        }
    }

    /// <summary>The text again.</summary>
    public byte[] ToBytes()
    {
        var bytes = new List<byte>();
        var left = new Stack<(Node Node, int Next)>([(Root, 0)]);
        while (left.TryPop(out var top))
        {
            var (node, next) = top;
            if (next < node.Children!.Count)
            {
                left.Push((node, next + 1));
                var child = node.Children[next];
                bytes.AddRange(child.Before);
                // Words must not grow together where what stood between them is gone.
                if (child.Before.Length == 0 && child.Children is null && bytes.Count > 0 && bytes[^1] is not ((byte)'(' or (byte)')')) bytes.Add((byte)' ');
                if (child.Children is null) bytes.AddRange(child.Word);
                else
                {
                    bytes.Add((byte)'(');
                    left.Push((child, 0));
                }
                continue;
            }
            bytes.AddRange(node.BeforeClose);
            if (node != Root) bytes.Add((byte)')');
        }
        return [.. bytes];
    }

    /// <summary>All parentheses, the outer ones first.</summary>
    public List<Node> Groups()
    {
        var groups = new List<Node> { Root };
        for (int i = 0; i < groups.Count; i++) groups.AddRange(groups[i].Children!.Where(c => c.Children is not null));
        return groups;
    }

    private static int AfterTrivia(ReadOnlySpan<byte> text, int at)
    {
        while (at < text.Length)
        {
            if (text[at] is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r') at++;
            else if (text[at..].StartsWith(";;"u8))
            {
                int line = text[at..].IndexOfAny((byte)'\n', (byte)'\r');
                at = line < 0 ? text.Length : at + line;
            }
            else if (text[at..].StartsWith("(;"u8)) at = AfterBlockComment(text, at);
            else break;
        }
        return at;
    }

    private static int AfterBlockComment(ReadOnlySpan<byte> text, int at)
    {
        int depth = 0;
        while (at < text.Length)
        {
            if (text[at..].StartsWith("(;"u8)) (depth, at) = (depth + 1, at + 2);
            else if (text[at..].StartsWith(";)"u8)) (depth, at) = (depth - 1, at + 2);
            else at++;
            if (depth == 0) break;
        }
        return at;
    }

    /// <summary>The end of a word, strings within it whole.</summary>
    private static int AfterWord(ReadOnlySpan<byte> text, int at)
    {
        bool quoted = false;
        for (; at < text.Length; at++)
        {
            byte c = text[at];
            if (quoted && c == (byte)'\\') at++;
            else if (c == (byte)'"') quoted = !quoted;
            else if (!quoted && (c is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r' or (byte)'(' or (byte)')' || text[at..].StartsWith(";;"u8))) break;
        }
        return Math.Min(at, text.Length);
    }
}
