using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Conformance.Harness.Engines;
using Conformance.Runtimes.Wasmtime.Installing;
using Conformance.Runtimes.Wasmtime.Native;

namespace Conformance.Harness.Tests.Wasmtime;

/// <summary>Getting Wasmtime's library: from where, what is refused, and what a failure leaves behind.</summary>
public sealed class InstallTests : IDisposable
{
    private static readonly byte[] Library = [.. Enumerable.Range(0, 200_000).Select(i => (byte)(i * 31))];
    private static readonly string LibraryName = OperatingSystem.IsWindows() ? "_wasmtime.dll" : OperatingSystem.IsMacOS() ? "_libwasmtime.dylib" : "_libwasmtime.so";
    private static readonly byte[] Wheel = Zip(($"wasmtime/this-platform/{LibraryName}", Library), ("wasmtime/__init__.py", "pass"u8.ToArray()));

    private readonly string _folder = Directory.CreateTempSubdirectory("conformance-install-").FullName;

    private string Cache => Path.Combine(_folder, "cache");

    private string Target => Path.Combine(WasmtimeLibrary.CacheFolder(Cache), LibraryName[1..]);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>A release with the wheel above for this platform.</summary>
    private static WasmtimeRelease Release(bool libraryIsKnown) => new("50.0.1",
    [
        new("linux-other", "other_tag", Sha256("other"u8.ToArray())),
        new(EngineProgram.Platform, "this_tag", Sha256(Wheel), libraryIsKnown ? Sha256(Library) : null),
    ]);

    private string Install(string? from, bool libraryIsKnown = true, CancellationToken cancel = default) =>
        WasmtimeInstaller.Install(Release(libraryIsKnown), Cache, from, _ => { }, cancel);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_wheel_gives_the_library_where_it_is_looked_for(bool libraryIsKnown)
    {
        string installed = Install(Write("w.whl", Wheel), libraryIsKnown);
        Assert.Equal(Target, installed);
        Assert.Equal(Library, File.ReadAllBytes(installed));
        Assert.Equal([Target], Files());
    }

    [Fact]
    public void Another_zip_file_will_do_when_the_library_in_it_is_known()
    {
        string other = Write("other.zip", Zip(($"wasmtime/this-platform/{LibraryName}", Library)));
        Assert.Equal(Library, File.ReadAllBytes(Install(other)));
        var refused = Assert.Throws<EngineInstallException>(() => Install(other, libraryIsKnown: false));
        Assert.Contains("wrong checksum", refused.Message);
        Assert.Contains(Sha256(Wheel), refused.Message);
    }

    [Fact]
    public void The_library_itself_will_do_when_it_is_known()
    {
        string library = Write("any.name", Library);
        Assert.Equal(Library, File.ReadAllBytes(Install(library)));
        Assert.Throws<EngineInstallException>(() => Install(library, libraryIsKnown: false));
    }

    [Theory]
    [InlineData("wasmtime-50.0.1-py3-none-this_tag.whl")]
    [InlineData("x/y/LIBRARY")]
    public void A_folder_holds_the_wheel_or_the_library(string name)
    {
        Write("from/" + name.Replace("LIBRARY", LibraryName, StringComparison.Ordinal), name.EndsWith(".whl", StringComparison.Ordinal) ? Wheel : Library);
        Assert.Equal(Library, File.ReadAllBytes(Install(Path.Combine(_folder, "from"))));
    }

    [Fact]
    public void An_address_gives_the_wheel()
    {
        using var server = new Server(Wheel, Wheel.Length);
        Assert.Equal(Library, File.ReadAllBytes(Install(server.Address)));
    }

    [Fact]
    public void Another_checksum_is_refused_with_both_named_and_what_was_there_stays()
    {
        Write($"cache/engines/wasmtime/50.0.1/{Path.GetFileName(Target)}", "old"u8.ToArray());
        byte[] changed = [.. Library];
        changed[1000] ^= 1;
        foreach (var (name, bytes) in new[] { ("bad.whl", Zip(($"wasmtime/p/{LibraryName}", changed))), ("bad.so", changed) })
        {
            var refused = Assert.Throws<EngineInstallException>(() => Install(Write(name, bytes)));
            Assert.Contains($"{name}: wrong checksum", refused.Message);
            Assert.Contains(Sha256(bytes), refused.Message);
            Assert.Contains(Sha256(Wheel), refused.Message);
        }
        using (var server = new Server(changed, changed.Length))
            Assert.Contains("wrong checksum", Assert.Throws<EngineInstallException>(() => Install(server.Address)).Message);
        Assert.Equal("old"u8.ToArray(), File.ReadAllBytes(Target));
        Assert.Equal([Target], Files());
    }

    [Fact]
    public void Another_platforms_wheel_is_named() =>
        Assert.Contains("the one for linux-other", Assert.Throws<EngineInstallException>(() => Install(Write("w", "other"u8.ToArray()))).Message);

    [Fact]
    public void What_holds_no_library_is_refused()
    {
        Assert.Contains("holds 0 files", Assert.Throws<EngineInstallException>(() => Install(Write("a.zip", Zip(("readme", [1]))))).Message);
        Assert.Contains("damaged zip", Assert.Throws<EngineInstallException>(() => Install(Write("b.zip", Wheel[..^30]))).Message);
        Assert.Contains("does not exist", Assert.Throws<EngineInstallException>(() => Install(Path.Combine(_folder, "none"))).Message);
        Assert.Contains("holds neither", Assert.Throws<EngineInstallException>(() => Install(Directory.CreateDirectory(Path.Combine(_folder, "empty")).FullName)).Message);
        Assert.Empty(Files());
    }

    [Fact]
    public void An_interrupted_download_leaves_the_cache_as_it_was()
    {
        Install(Write("w.whl", Wheel));
        using var server = new Server(Wheel, Wheel.Length / 2);
        using var cancel = new CancellationTokenSource();
        server.Sent += cancel.Cancel;
        Assert.ThrowsAny<OperationCanceledException>(() => Install(server.Address, cancel: cancel.Token));
        Assert.Equal(Library, File.ReadAllBytes(Target));
        Assert.Equal([Target], Files());
    }

    [Fact]
    public void An_answer_cut_short_is_an_error()
    {
        using var server = new Server(Wheel, Wheel.Length / 2, closes: true);
        Assert.Throws<EngineInstallException>(() => Install(server.Address));
        Assert.Empty(Files());
    }

    [Fact]
    public void The_pinned_release_has_every_platform_and_the_version_of_the_layer()
    {
        Assert.Equal(["darwin-arm64", "darwin-x64", "linux-arm64", "linux-x64", "win-arm64", "win-x64"], WasmtimeRelease.Pinned.Wheels.Select(w => w.Platform).Order(StringComparer.Ordinal));
        Assert.All(WasmtimeRelease.Pinned.Wheels, w => Assert.Matches("^[0-9a-f]{64}$", w.Sha256));
        Assert.Equal(WasmtimeLibrary.PinnedVersion, WasmtimeRelease.Pinned.Version);
    }

    // The command

    [Fact]
    public void Without_pip_the_command_says_what_to_do()
    {
        var run = Command(["engines", "install", "wasmtime"], path: Directory.CreateDirectory(Path.Combine(_folder, "nothing")).FullName);
        Assert.Equal(2, run.Code);
        Assert.Contains("conformance: wasmtime: pip is not here", run.Error);
        Assert.Contains("--from FILE", run.Error);
        Assert.DoesNotContain("   at ", run.Error);
    }

    [UnixFact]
    public void What_pip_calls_an_error_is_passed_on()
    {
        var run = Command(["engines", "install", "wasmtime"], path: FakePip("echo WARNING: Retrying >&2; echo 'ERROR: No matching distribution' >&2; exit 1"));
        Assert.Equal(2, run.Code);
        Assert.Contains("(exit code 1): No matching distribution; --from", run.Error);
        Assert.DoesNotContain("Retrying", run.Error);
    }

    [UnixFact]
    public void Pip_is_asked_for_the_pinned_wheel_of_this_platform_and_what_it_gives_is_verified()
    {
        string wheel = Write("fake.whl", Wheel);
        // Its arguments, one a line; then the folder behind --dest gets the wheel.
        var run = Command(["engines", "install", "wasmtime"], path: FakePip($"""
            for a in "$@"; do echo "$a"; done > '{_folder}/arguments'
            while [ "$1" != --dest ]; do shift; done
            /bin/cp '{wheel}' "$2/wasmtime-50.0.1-py3-none-any.whl"
            """));
        string[] arguments = File.ReadAllLines(Path.Combine(_folder, "arguments"));
        Assert.Equal("download", arguments[0]);
        Assert.Equal("wasmtime==50.0.1", arguments[^1]);
        Assert.Contains(WasmtimeRelease.Pinned.Wheels.Single(w => w.Platform == EngineProgram.Platform).Tag, arguments);
        Assert.Equal(2, run.Code);
        Assert.Contains("wrong checksum", run.Error);
        Assert.Empty(Files());
    }

    [UnixFact]
    public void One_installer_that_fails_does_not_keep_the_others_from_theirs()
    {
        string path = FakePip("echo 'ERROR: none' >&2; exit 1");
        Executable("bin/npm", "exit 0");
        var run = Command(["engines", "install"], path, workingDirectory: Repository.Repo.Root);
        Assert.Equal(2, run.Code);
        Assert.Contains("npm: installed in ", run.Out);
        Assert.Contains("conformance: wasmtime: pip could not get", run.Error);
        Executable("bin/npm", "exit 7");
        run = Command(["engines", "install"], path, workingDirectory: Repository.Repo.Root);
        Assert.Contains("npm ended with exit code 7", run.Error);
        Assert.Contains("conformance: wasmtime: pip could not get", run.Error);
    }

    [WasmtimeFact]
    public void The_real_library_in_a_zip_file_laid_out_as_the_wheel_installs_and_runs()
    {
        string zip = Path.Combine(_folder, "wheel.zip");
        using (var archive = ZipFile.Open(zip, ZipArchiveMode.Create))
            archive.CreateEntryFromFile(WasmtimeLibrary.LoadedPath, $"wasmtime/{EngineProgram.Platform}/{LibraryName}", CompressionLevel.NoCompression);
        var run = Command(["engines", "install", "wasmtime", "--from", zip]);
        // A library of another build than the published one is refused, which is right.
        if (WasmtimeRelease.Pinned.Wheels.All(w => w.LibrarySha256 != Sha256(File.ReadAllBytes(WasmtimeLibrary.LoadedPath))))
        {
            Assert.Contains("wrong checksum", run.Error);
            return;
        }
        Assert.Equal($"wasmtime: installed as {Target}\n", run.Out);
        Write("s.wast", """(module (func (export "f") (result i32) (i32.const 7))) (assert_return (invoke "f") (i32.const 7))"""u8.ToArray());
        Assert.Contains("2 passed, 0 failed", Command(["run", "s.wast", "--runtime", "wasmtime"]).Out);
        // Once more, with no pip to be asked: it is there, and is what was published.
        Assert.Equal(0, Command(["engines", "install", "wasmtime"], path: Path.GetDirectoryName(zip)).Code);
        Assert.Contains($"names {WasmtimeLibrary.LoadedPath}, which is used instead", Command(["engines", "install", "wasmtime"], library: WasmtimeLibrary.LoadedPath).Out);
    }

    private (int Code, string Out, string Error) Command(string[] args, string? path = null, string? workingDirectory = null, string? library = null)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "conformance.dll"), .. args])
        {
            WorkingDirectory = workingDirectory ?? _folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["WASM_CONFORMANCE_CACHE"] = Cache;
        start.Environment.Remove(WasmtimeLibrary.PathVariable);
        if (library is not null) start.Environment[WasmtimeLibrary.PathVariable] = library;
        if (path is not null) start.Environment["PATH"] = path;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output.ReplaceLineEndings("\n"), error.Result.ReplaceLineEndings("\n"));
    }

    /// <summary>A folder with a program called pip.</summary>
    private string FakePip(string script) => Path.GetDirectoryName(Executable("bin/pip", script))!;

    private string Executable(string name, string script)
    {
        string file = Write(name, Encoding.UTF8.GetBytes($"#!/bin/sh\n{script}\n"));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return file;
    }

    private string Write(string name, byte[] bytes)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private string[] Files() => Directory.Exists(Cache) ? Directory.GetFiles(Cache, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }) : [];

    private static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static byte[] Zip(params (string Name, byte[] Bytes)[] members)
    {
        using var buffer = new MemoryStream();
        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, bytes) in members)
            {
                using var member = zip.CreateEntry(name).Open();
                member.Write(bytes);
            }
        return buffer.ToArray();
    }

    /// <summary>Answers one request on the loopback with the first bytes of a file.</summary>
    private sealed class Server : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private TcpClient? _client;

        public Server(byte[] content, int sent, bool closes = false)
        {
            _listener.Start();
            _ = Task.Run(() =>
            {
                _client = _listener.AcceptTcpClient();
                var stream = _client.GetStream();
                var request = new StringBuilder();
                while (!request.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal)) request.Append((char)stream.ReadByte());
                stream.Write(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {content.Length}\r\n\r\n"));
                stream.Write(content.AsSpan(0, sent));
                if (closes) _client.Dispose();
                Sent?.Invoke();
            });
        }

        public event System.Action? Sent;

        public string Address => $"http://{_listener.LocalEndpoint}/wasmtime.whl";

        public void Dispose()
        {
            _listener.Dispose();
            _client?.Dispose();
        }
    }
}

/// <summary>A test whose stand-in programs are shell scripts.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class UnixFactAttribute : FactAttribute
{
    public UnixFactAttribute()
    {
        if (OperatingSystem.IsWindows()) Skip = "the stand-in for pip is a shell script";
    }
}
