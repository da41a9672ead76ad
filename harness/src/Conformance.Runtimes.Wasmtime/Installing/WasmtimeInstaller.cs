using System.IO.Compression;
using System.Security.Cryptography;
using Conformance.Harness.Engines;
using Conformance.Runtimes.Wasmtime.Native;

namespace Conformance.Runtimes.Wasmtime.Installing;

/// <summary>An engine could not be installed, and nothing was changed.</summary>
public sealed class EngineInstallException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// Puts the library of a release into the cache, where <see cref="WasmtimeLibrary.Find"/> looks. Only what has a published checksum gets there: the
/// wheel for this platform, or the library where its own checksum is known. It gets there by one rename, so that the cache never holds half a file.
/// </summary>
public static class WasmtimeInstaller
{
    /// <summary>Longer than any library of a release, so that a source that never ends does not fill the disk.</summary>
    private const long Longest = 1L << 30;

    /// <summary>Installs the library.</summary>
    /// <param name="release">The release.</param>
    /// <param name="cacheRoot">The cache of tools.</param>
    /// <param name="from">A wheel, zip file or library, a folder that holds one, or the address of one (http, https); null for pip.</param>
    /// <param name="progress">Told what is going on.</param>
    /// <param name="cancel">Stops it; what was in the cache before stays.</param>
    /// <returns>The library's path.</returns>
    /// <exception cref="EngineInstallException">It is not to be had, or not what was published.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static string Install(WasmtimeRelease release, string cacheRoot, string? from, Action<string> progress, CancellationToken cancel)
    {
        var wheel = release.Wheels.FirstOrDefault(w => w.Platform == EngineProgram.Platform)
            ?? throw new EngineInstallException($"Wasmtime {release.Version} is not published for {EngineProgram.Platform}; a library that you have built can be named by --wasmtime or {WasmtimeLibrary.PathVariable}");
        string target = Path.Combine(WasmtimeLibrary.CacheFolder(cacheRoot), WasmtimeLibrary.FileNames[0]);
        // In the cache itself: a rename is atomic only within one file system.
        string work = Path.Combine(cacheRoot, "engines", $".partial-{Environment.ProcessId}-{Guid.NewGuid():n}");
        try
        {
            if (from is null && wheel.LibrarySha256 is { } known && File.Exists(target) && ChecksumOf(target) == known) return target;
            Directory.CreateDirectory(work);
            string source = Source(release, wheel, from, work, progress, cancel);
            string staged = Path.Combine(work, WasmtimeLibrary.FileNames[0]);
            Stage(release, wheel, source, from ?? Path.GetFileName(source), staged, cancel);
            cancel.ThrowIfCancellationRequested();
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Move(staged, target, overwrite: true);
            return target;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineInstallException(e.Message, e);
        }
        finally
        {
            Delete(work);
        }
    }

    private static string Source(WasmtimeRelease release, WasmtimeWheel wheel, string? from, string work, Action<string> progress, CancellationToken cancel)
    {
        if (from is null)
        {
            progress($"asking pip for wasmtime {release.Version}, {wheel.Tag} …");
            return PipDownload.Wheel("wasmtime", release.Version, wheel.Tag, Path.Combine(work, "pip"), cancel);
        }
        if (Uri.TryCreate(from, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps))
        {
            progress($"downloading {from} …");
            return Download(address, Path.Combine(work, "download"), cancel);
        }
        if (Directory.Exists(from)) return InFolder(release, wheel, from);
        return File.Exists(from) ? from : throw new EngineInstallException($"{from} does not exist");
    }

    /// <summary>In a folder: the wheel by its name, else the library itself, there or where an unpacked wheel has it.</summary>
    private static string InFolder(WasmtimeRelease release, WasmtimeWheel wheel, string folder)
    {
        string[] wheels = Directory.GetFiles(folder, $"wasmtime-{release.Version}-*{wheel.Tag}*.whl");
        if (wheels.Length > 0) return wheels[0];
        var options = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2 };
        return WasmtimeLibrary.FileNames.SelectMany(name => Directory.EnumerateFiles(folder, name, options)).Order(StringComparer.Ordinal).FirstOrDefault()
            ?? throw new EngineInstallException($"{folder} holds neither wasmtime-{release.Version}-…-{wheel.Tag}.whl nor {string.Join(" or ", WasmtimeLibrary.FileNames)}");
    }

    private static string Download(Uri address, string file, CancellationToken cancel)
    {
        try
        {
            using var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            using var response = client.Send(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            if (!response.IsSuccessStatusCode) throw new EngineInstallException($"{address}: the server answered {(int)response.StatusCode} {response.ReasonPhrase}");
            using var content = response.Content.ReadAsStream(cancel);
            using var stop = cancel.Register(content.Dispose);
            using var output = File.Create(file);
            Copy(content, output, address.ToString(), cancel);
            return file;
        }
        catch (Exception) when (cancel.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancel);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new EngineInstallException($"{address}: {e.Message}", e);
        }
    }

    /// <summary>Copies the library out of a source, and refuses it unless the source or the library is what was published.</summary>
    /// <param name="release">The release.</param>
    /// <param name="wheel">Its wheel for this platform.</param>
    /// <param name="source">The wheel or the library.</param>
    /// <param name="called">What the user knows it as.</param>
    /// <param name="staged">Where the library goes.</param>
    /// <param name="cancel">Stops it.</param>
    private static void Stage(WasmtimeRelease release, WasmtimeWheel wheel, string source, string called, string staged, CancellationToken cancel)
    {
        // One open file for checksum and content: it cannot be exchanged in between.
        using var input = File.OpenRead(source);
        string checksum = Convert.ToHexStringLower(SHA256.HashData(input));
        bool isZip = IsZip(input);
        string library = isZip ? Extract(input, called, staged, cancel) : CopyWhole(input, called, staged, cancel);
        string libraryChecksum = ChecksumOf(staged);
        if (libraryChecksum == wheel.LibrarySha256) return;
        if (isZip && checksum == wheel.Sha256 && wheel.LibrarySha256 is null) return;

        string expected = $"Wasmtime {release.Version} for {wheel.Platform} is published as the wheel {wheel.Tag} with {wheel.Sha256}"
            + (wheel.LibrarySha256 is null ? "" : $" and the library {wheel.LibrarySha256}");
        string got = isZip ? $"{checksum}, and {library} in it {libraryChecksum}" : checksum;
        string other = release.Wheels.FirstOrDefault(w => w.Sha256 == checksum || w.LibrarySha256 == libraryChecksum) is { } foreign ? $" (it is the one for {foreign.Platform})" : "";
        throw new EngineInstallException($"{called}: wrong checksum{other}: its SHA-256 is {got}; {expected}. Nothing was installed.");
    }

    private static bool IsZip(FileStream file)
    {
        Span<byte> magic = stackalloc byte[4];
        file.Position = 0;
        bool isZip = file.ReadAtLeast(magic, 4, throwOnEndOfStream: false) == 4 && magic.SequenceEqual("PK\x03\x04"u8);
        file.Position = 0;
        return isZip;
    }

    /// <returns>The name of the library in the zip file.</returns>
    private static string Extract(FileStream file, string called, string staged, CancellationToken cancel)
    {
        try
        {
            using var zip = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
            var members = zip.Entries.Where(e => WasmtimeLibrary.FileNames.Contains(e.Name)).ToArray();
            if (members.Length != 1) throw new EngineInstallException($"{called} holds {members.Length} files called {string.Join(" or ", WasmtimeLibrary.FileNames)} instead of one: it is not a wheel of Wasmtime for {EngineProgram.Platform}");
            using var content = members[0].Open();
            using var output = File.Create(staged);
            Copy(content, output, called, cancel);
            return members[0].FullName;
        }
        catch (InvalidDataException e)
        {
            throw new EngineInstallException($"{called} is a damaged zip file: {e.Message}", e);
        }
    }

    private static string CopyWhole(FileStream file, string called, string staged, CancellationToken cancel)
    {
        using var output = File.Create(staged);
        Copy(file, output, called, cancel);
        return called;
    }

    private static void Copy(Stream from, Stream to, string called, CancellationToken cancel)
    {
        byte[] buffer = new byte[1 << 16];
        long total = 0;
        for (int read; (read = from.Read(buffer)) > 0; to.Write(buffer, 0, read))
        {
            cancel.ThrowIfCancellationRequested();
            if ((total += read) > Longest) throw new EngineInstallException($"{called} is longer than {Longest >> 20} MiB: it is no library of Wasmtime");
        }
    }

    private static string ChecksumOf(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static void Delete(string folder)
    {
        try
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What happened before matters more; nothing looks into such a folder again.
        }
    }
}
