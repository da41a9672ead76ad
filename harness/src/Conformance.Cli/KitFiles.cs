namespace Conformance.Cli;

/// <summary>Files of the kit: in the checkout that the user stands in, else beside the program.</summary>
internal static class KitFiles
{
    /// <summary>The full path of a file or folder, or null.</summary>
    /// <param name="inCheckout">Its path in a checkout.</param>
    /// <param name="besideProgram">Its path beside the program.</param>
    public static string? Find(string inCheckout, string besideProgram)
    {
        string? root = Environment.CurrentDirectory;
        while (root is not null && !File.Exists(Path.Combine(root, "Conformance.sln")))
            root = Path.GetDirectoryName(root);
        foreach (string? path in new[] { root is null ? null : Path.Combine(root, inCheckout), Path.Combine(AppContext.BaseDirectory, besideProgram) })
            if (path is not null && Path.Exists(path)) return Path.GetFullPath(path);
        return null;
    }
}
