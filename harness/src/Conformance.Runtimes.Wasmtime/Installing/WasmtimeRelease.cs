using System.Collections.Immutable;

namespace Conformance.Runtimes.Wasmtime.Installing;

/// <summary>A release of Wasmtime's C API as it is published for Python: one wheel a platform, which is a zip file that holds the library.</summary>
/// <param name="Version">The release, such as <c>50.0.1</c>.</param>
/// <param name="Wheels">Its wheels.</param>
public sealed record WasmtimeRelease(string Version, ImmutableArray<WasmtimeWheel> Wheels)
{
    /// <summary>The release that the native layer was written for.</summary>
    public static WasmtimeRelease Pinned { get; } = new("50.0.1",
    [
        new("linux-x64",    "manylinux1_x86_64",      "cc14c3a17654e0394e0225b11813532ef0cd7bd1e222a0c5494cdedaabeddac4", "3127ca42fe7cdd3f0a43a358e79177dcfedd46c1746329826403b9d854de6178"),
        new("linux-arm64",  "manylinux2014_aarch64",  "675484e525c028dc02762b777f1db4477ea70caa3fec6775426daff4d64edfb1"),
        new("darwin-arm64", "macosx_11_0_arm64",      "ff4fc58ed3cbdb919d056accd4d280be13962a542754aaefd8a9b4654efa9bd9"),
        new("darwin-x64",   "macosx_10_13_x86_64",    "13fe813b922712a9e10fe0f48b2c56da06432eea4b24269bb7cd3a6b2720560b"),
        new("win-x64",      "win_amd64",              "a8999581230471f4ff62073b1111eff3a01d45ccec0a908da3f2ae3a499d459c"),
        new("win-arm64",    "win_arm64",              "83ddab2358ebde392a065581f2c66995a711ccc25ad0aee7b1d20f8c688075d2"),
    ]);
}

/// <summary>The wheel for one platform.</summary>
/// <param name="Platform">The platform in the kit's words, such as <c>linux-x64</c>.</param>
/// <param name="Tag">The platform in Python's words.</param>
/// <param name="Sha256">SHA-256 of the wheel, in lower case.</param>
/// <param name="LibrarySha256">SHA-256 of the library in it, where it is known; without it, only the whole wheel can be verified.</param>
public sealed record WasmtimeWheel(string Platform, string Tag, string Sha256, string? LibrarySha256 = null);
