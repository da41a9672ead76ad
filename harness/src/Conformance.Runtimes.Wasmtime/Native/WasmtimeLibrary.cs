using System.Collections.Frozen;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Conformance.Runtimes.Wasmtime.Installing;

namespace Conformance.Runtimes.Wasmtime.Native;

/// <summary>Wasmtime cannot be used: there is no library, or not one that this layer knows.</summary>
public sealed class WasmtimeUnavailableException(string message) : Exception(message);

/// <summary>
/// The shared library behind the C API: found, checked and loaded once in a process. What its structs look like is asked of it before anything
/// depends on the answer.
/// </summary>
public static class WasmtimeLibrary
{
    /// <summary>The name that imports carry; it is resolved to the library that <see cref="Load"/> has found.</summary>
    internal const string Name = "wasmtime";

    /// <summary>Names the library, or a folder that holds it.</summary>
    public const string PathVariable = "WASMTIME_LIBRARY";

    /// <summary>When set to 1, a version that this layer does not know is used all the same.</summary>
    public const string AllowVariable = "WASMTIME_ALLOW_UNKNOWN_VERSION";

    /// <summary>The release that the signatures and structs of this layer were taken from.</summary>
    public static string PinnedVersion => WasmtimeRelease.Pinned.Version;

    /// <summary>Library files of known releases by their SHA-256.</summary>
    private static readonly FrozenDictionary<string, string> Releases =
        WasmtimeRelease.Pinned.Wheels.Where(w => w.LibrarySha256 is not null).ToFrozenDictionary(w => w.LibrarySha256!, _ => WasmtimeRelease.Pinned.Version);

    /// <summary>Major versions whose interface is that of the pinned release.</summary>
    private static readonly FrozenSet<string> KnownMajors = new[] { "50" }.ToFrozenSet();

    private static readonly Lock Gate = new();
    private static nint _handle;
    private static string? _path;
    private static string? _version;

    static WasmtimeLibrary() => NativeLibrary.SetDllImportResolver(Assembly.GetExecutingAssembly(), Resolve);

    /// <summary>The version of the library that was loaded: a release, or <c>50.x</c> where only the major version is known.</summary>
    public static string Version => _version ?? throw new InvalidOperationException("no library is loaded");

    /// <summary>The path of the library that was loaded.</summary>
    public static string LoadedPath => _path ?? throw new InvalidOperationException("no library is loaded");

    /// <summary>Where the library is, or null, with the reason.</summary>
    /// <param name="option">What the user named: the library or a folder that holds it.</param>
    /// <param name="why">Where it was looked for, when it is not there.</param>
    public static string? Find(string? option, out string why)
    {
        why = "";
        // What the user named must be there: another copy would be a surprise.
        if (option is { Length: > 0 }) return Named(option, "the option", out why);
        if (Environment.GetEnvironmentVariable(PathVariable) is { Length: > 0 } variable) return Named(variable, PathVariable, out why);
        string cache = CacheFolder(CacheRoot());
        if (Named(cache, "the tool cache", out string reason) is { } cached) return cached;
        why = $"neither an option nor {PathVariable} names it, and {reason}";
        return null;
    }

    /// <summary>The folder of the pinned release in a cache of tools.</summary>
    public static string CacheFolder(string cacheRoot) => Path.Combine(cacheRoot, "engines", "wasmtime", PinnedVersion);

    private static string CacheRoot() => Environment.GetEnvironmentVariable("WASM_CONFORMANCE_CACHE") is { Length: > 0 } cache ? cache : Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } home ? home
        : Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "wasm-conformance");

    /// <summary>The names of the library: as built, and as members of the published wheels.</summary>
    internal static readonly string[] FileNames =
        OperatingSystem.IsWindows() ? ["wasmtime.dll", "_wasmtime.dll"]
        : OperatingSystem.IsMacOS() ? ["libwasmtime.dylib", "_libwasmtime.dylib"]
        : ["libwasmtime.so", "_libwasmtime.so"];

    private static string? Named(string path, string by, out string why)
    {
        why = "";
        if (File.Exists(path)) return Path.GetFullPath(path);
        if (Directory.Exists(path) && FileNames.Select(n => Path.Combine(path, n)).FirstOrDefault(File.Exists) is { } inside) return Path.GetFullPath(inside);
        why = Directory.Exists(path) ? $"{path}, named by {by}, holds no {FileNames[0]}" : $"{path}, named by {by}, does not exist";
        return null;
    }

    /// <summary>Loads the library and checks that it is one this layer can drive. Further calls do nothing if they name the same library.</summary>
    /// <param name="option">The library or its folder; null for the environment variable or the cache.</param>
    /// <param name="allowUnknownVersion">Use an unknown version all the same. Its structs are probed; if they differ, it is refused even so.</param>
    /// <exception cref="WasmtimeUnavailableException">There is none, or it is not known.</exception>
    public static void Load(string? option = null, bool allowUnknownVersion = false)
    {
        lock (Gate)
        {
            if (_version is not null && option is null) return;
            string path = Find(option, out string why) ?? throw new WasmtimeUnavailableException($"the Wasmtime library was not found: {why}");
            if (_path is not null && _path != path) throw new WasmtimeUnavailableException($"{path}: this process has loaded {_path} already");
            if (_version is not null) return;
            if (!Environment.Is64BitProcess || !BitConverter.IsLittleEndian) throw new WasmtimeUnavailableException("the Wasmtime layer needs a 64-bit little-endian process");
            allowUnknownVersion |= Environment.GetEnvironmentVariable(AllowVariable) == "1";

            string? release = Releases.GetValueOrDefault(Checksum(path));
            try
            {
                _handle = NativeLibrary.Load(path);
            }
            catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
            {
                throw new WasmtimeUnavailableException($"{path} cannot be loaded: {e.Message}");
            }
            _path = path;
            string[] missing = [.. EntryPoints.Select(m => m.Name).Where(name => !NativeLibrary.TryGetExport(_handle, name, out _))];
            if (missing.Length > 0)
                throw new WasmtimeUnavailableException($"{path} lacks {missing.Length} functions of Wasmtime {PinnedVersion}'s C API, {missing[0]} among them: it is another version, or was built without a feature");

            string version = release ?? MajorVersion() + ".x";
            if (release is null && !allowUnknownVersion && Refusal(path, version) is { } refusal) throw new WasmtimeUnavailableException(refusal);
            if (LayoutProbe.FirstDifference() is { } difference)
                throw new WasmtimeUnavailableException($"{path} (Wasmtime {version}) does not have the structs of {PinnedVersion}: {difference}");
            _version = version;
        }
    }

    /// <summary>Why a library of no known release is not used, or null when its major version is known.</summary>
    internal static string? Refusal(string path, string version) => KnownMajors.Contains(version.Split('.')[0]) ? null
        : $"{path} is Wasmtime {version}; this layer knows {string.Join(", ", KnownMajors.Select(m => m + ".x"))}. --allow-unknown-version or {AllowVariable}=1 uses it all the same.";

    /// <summary>Whether a library can be loaded, and if not, why. Never throws.</summary>
    public static bool IsAvailable(out string why)
    {
        why = "";
        try
        {
            Load();
            return true;
        }
        catch (WasmtimeUnavailableException e)
        {
            why = e.Message;
            return false;
        }
    }

    /// <summary>All functions that this layer calls.</summary>
    internal static IEnumerable<MethodInfo> EntryPoints =>
        typeof(Api).GetMethods(BindingFlags.Static | BindingFlags.NonPublic).Where(m => m.GetCustomAttribute<LibraryImportAttribute>() is not null);

    private static string Checksum(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static string MajorVersion()
    {
        using var engine = new NativeEngine(new EngineConfig());
        using var module = engine.Compile([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
        return MajorVersionOf(module.Serialize()) ?? "unknown";
    }

    /// <summary>
    /// The major version of a compiled module's maker, or null. A section of the file holds: a format number, the length of the version, the version,
    /// the length of the target, the target.
    /// </summary>
    internal static string? MajorVersionOf(ReadOnlySpan<byte> compiled)
    {
        for (int i = 0; i + 2 < compiled.Length; i++)
        {
            int length = compiled[i + 1];
            if (compiled[i] != 0 || length is 0 or > 8 || i + 2 + length >= compiled.Length) continue;
            var version = compiled.Slice(i + 2, length);
            int targetLength = compiled[i + 2 + length];
            if (version.ContainsAnyExceptInRange((byte)'0', (byte)'9') || targetLength is < 5 or > 64 || i + 3 + length + targetLength > compiled.Length) continue;
            var target = compiled.Slice(i + 3 + length, targetLength);
            if (target.Contains((byte)'-') && !target.ContainsAnyExceptInRange((byte)'-', (byte)'z')) return System.Text.Encoding.ASCII.GetString(version);
        }
        return null;
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? search) => name == Name ? _handle : 0;
}
