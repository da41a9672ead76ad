using System.Text;

namespace Conformance.Cli;

/// <summary>Files that commands write: their folders are made, a reader never sees half of one, and what goes wrong names the file.</summary>
internal static class OutputFile
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <exception cref="CliException">The file cannot be written.</exception>
    public static void Write(FileInfo file, Action<Stream> write)
    {
        try
        {
            file.Directory?.Create();
            string partial = file.FullName + ".partial";
            using (var stream = File.Create(partial))
                write(stream);
            File.Move(partial, file.FullName, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{file}: {e.Message}");
        }
    }

    /// <exception cref="CliException">The file cannot be written.</exception>
    public static void Write(FileInfo file, byte[] bytes) => Write(file, (Stream stream) => stream.Write(bytes));

    /// <exception cref="CliException">The file cannot be written.</exception>
    public static void Write(FileInfo file, string text) => Write(file, Utf8.GetBytes(text));

    /// <exception cref="CliException">The file cannot be written.</exception>
    public static void Write(FileInfo file, Action<TextWriter> write) => Write(file, (Stream stream) =>
    {
        using var writer = new StreamWriter(stream, Utf8) { NewLine = "\n" };
        write(writer);
    });
}
