using System.Runtime.CompilerServices;

namespace Conformance.Reports.Tests;

/// <summary>
/// Golden files by Verify's conventions: <c>Type.Method.verified.txt</c> beside the test; what differs is written as <c>.received.txt</c> and accepted by
/// renaming it.
/// </summary>
internal static class Golden
{
    public static void Match(string text, [CallerFilePath] string file = "", [CallerMemberName] string method = "")
    {
        string stem = Path.Combine(Path.GetDirectoryName(file)!, $"{Path.GetFileNameWithoutExtension(file)}.{method}");
        string verified = stem + ".verified.txt", received = stem + ".received.txt";
        string actual = text.ReplaceLineEndings("\n");
        if (File.Exists(verified) && File.ReadAllText(verified).ReplaceLineEndings("\n") == actual)
        {
            File.Delete(received);
            return;
        }
        File.WriteAllText(received, actual);
        Assert.Fail($"{received} differs from {verified}; if it is right, rename it.");
    }
}
