using System.Text;
using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Texts;

/// <summary>Writes tokens with what may stand between them: white space, comments and annotations, which may replace each other.</summary>
internal sealed class TokenWriter(Decisions d, Style style)
{
    private const int MaxDepth = 32;

    private readonly StringBuilder _out = new();
    private bool _afterAtom, _afterOpen = true, _newLine;
    private int _depth;

    public int Length => _out.Length;

    public override string ToString() => _out.ToString();

    /// <summary>In the simplest style the next token begins a line.</summary>
    public void Line() => _newLine = true;

    /// <summary>An opening parenthesis, and the keyword behind it.</summary>
    public void Open(string keyword)
    {
        Gap(needed: false, usual: !_afterOpen);
        _out.Append('(');
        (_afterAtom, _afterOpen) = (false, true);
        _depth++;
        Atom(keyword);
    }

    public void Close()
    {
        _depth--;
        _newLine = false;
        Gap(needed: false, usual: false);
        _out.Append(')');
        (_afterAtom, _afterOpen) = (false, false);
    }

    /// <summary>Any other token.</summary>
    public void Atom(string token)
    {
        Gap(needed: _afterAtom, usual: !_afterOpen);
        _out.Append(token);
        (_afterAtom, _afterOpen) = (true, false);
    }

    /// <summary>What stands after the last token.</summary>
    public void End() => Gap(needed: false, usual: false);

    private void Gap(bool needed, bool usual)
    {
        bool some = false;
        if (_newLine)
        {
            _out.Append('\n').Append(' ', 2 * Math.Min(_depth, MaxDepth));
            (_newLine, some) = (false, true);
        }
        else if (style.Takes(Sugar.Space))
        {
            string space = d.Of<string>(["", " ", "  ", "\n", "\t", "\r\n", "\r", "\n\n\t "]);
            _out.Append(space);
            some = space.Length > 0;
        }
        else if (usual)
        {
            _out.Append(' ');
            some = true;
        }
        if (style.Takes(Sugar.LineComment))
        {
            // A return alone seldom: wabt reads on behind it, and fails anywhere. Behind a parenthesis it would open a comment of the other kind.
            _out.Append(_out.Length > 0 && _out[^1] == '(' ? " ;;" : ";;").Append(d.Of(Texts)).Append(d.Below(64) switch { < 48 => "\n", < 63 => "\r\n", _ => "\r" });
            some = true;
        }
        if (style.Takes(Sugar.BlockComment))
        {
            BlockComment(0);
            some = true;
        }
        if (style.Takes(Sugar.Annotation, Features.Annotations))
        {
            Annotation();
            some = true;
        }
        if (needed && !some) _out.Append(' ');
    }

    // No characters that turn the direction of writing: wasm-tools refuses them wherever they stand, on purpose.
    private static readonly string[] Texts =
        ["", " comment", ";", ";;;", "(", ")", " (module", "\"", " \"open", " a;b", "$x", "\\", " α β 😀", "\t", " (@x", "(;;)", ";)", " 0x", "(; ;)", "@"];

    private void BlockComment(int depth)
    {
        _out.Append("(;");
        for (int n = d.Below(3); n > 0; n--)
        {
            if (depth < 3 && d.OneIn(3))
            {
                BlockComment(depth + 1);
                continue;
            }
            string text = d.Of<string>(["", " ", "x", ";", "\n", "\"", ")", "(", ";;\n", " α 😀 ", "\r\n", "(@", "; )", "( ;"]);
            // A semicolon must not open or close a comment together with what comes before or after it.
            _out.Append(text).Append(text.Length > 0 ? " " : "");
        }
        _out.Append(";)");
    }

    private void Annotation()
    {
        _out.Append("(@").Append(d.Of<string>(["x", "note", "a.b", "0", "$", "\"quoted id\"", "\"\\u{78}\"", "offset=1", "module", "customs"]));
        Items(0);
        _out.Append(')');
    }

    private void Items(int depth)
    {
        for (int n = d.Below(4); n > 0; n--)
        {
            _out.Append(d.Of<string>([" ", "\n", "(;;)", ";;\n"]));
            switch (d.Below(10))
            {
                case 0: _out.Append("word"); break;
                case 1: _out.Append("\"string ) \\\" (\""); break;
                case 2: _out.Append("0x1"); break;
                case 3: _out.Append("$id"); break;
                case 4: _out.Append("$\"quoted\""); break;
                case 5: _out.Append("1.5e+3"); break;
                case 6: _out.Append("i32.const"); break;
                case 7: _out.Append(d.Of<string>([",", ";", "[", "]", "{", "}"])).Append(' '); break;
                case 8: _out.Append("\"a\"\"b\""); break;
                default:
                    if (depth > 2) break;
                    _out.Append(d.Of<string>(["( ", "(@y", "(module"]));
                    Items(depth + 1);
                    _out.Append(')');
                    break;
            }
        }
    }
}
