namespace Wasm.Syntax;

/// <summary>What a module may use beyond WebAssembly 1.0. Every row of the instruction table names the feature it needs.</summary>
[Flags]
public enum Features : ulong
{
    None = 0,

    // WebAssembly 2.0
    SignExtension = 1UL << 0,
    SaturatingFloatToInt = 1UL << 1,
    MultiValue = 1UL << 2,
    BulkMemory = 1UL << 3,
    ReferenceTypes = 1UL << 4,
    Simd = 1UL << 5,

    // WebAssembly 3.0
    ExtendedConst = 1UL << 6,
    TailCalls = 1UL << 7,
    Exceptions = 1UL << 8,
    MultiMemory = 1UL << 9,
    Memory64 = 1UL << 10,
    FunctionReferences = 1UL << 11,
    Gc = 1UL << 12,
    RelaxedSimd = 1UL << 13,
    Annotations = 1UL << 14,

    // Proposals beyond 3.0
    Threads = 1UL << 20,
    CustomPageSizes = 1UL << 21,
    WideArithmetic = 1UL << 22,
    CustomDescriptors = 1UL << 23,
    LegacyExceptions = 1UL << 24,
    StackSwitching = 1UL << 25,
    CustomSections = 1UL << 26,

    Wasm2 = SignExtension | SaturatingFloatToInt | MultiValue | BulkMemory | ReferenceTypes | Simd,
    Wasm3 = Wasm2 | ExtendedConst | TailCalls | Exceptions | MultiMemory | Memory64 | FunctionReferences | Gc | RelaxedSimd | Annotations,
    All = Wasm3 | Threads | CustomPageSizes | WideArithmetic | CustomDescriptors | LegacyExceptions | StackSwitching | CustomSections,
}

/// <summary>The version of the specification, for the few things that no feature selects.</summary>
public enum SpecVersion
{
    V1 = 1,
    V2 = 2,
    V3 = 3,
}

/// <summary>A set of features and a version: what a decoder, validator or parser is asked to obey.</summary>
public sealed record Profile(string Name, Features Features, SpecVersion Version)
{
    public static Profile Wasm1 { get; } = new("1.0", Features.None, SpecVersion.V1);
    public static Profile Wasm2 { get; } = new("2.0", Features.Wasm2, SpecVersion.V2);
    public static Profile Wasm3 { get; } = new("3.0", Features.Wasm3, SpecVersion.V3);

    /// <summary>Every feature at once: for own scripts and fuzzing.</summary>
    public static Profile All { get; } = new("all", Features.All, SpecVersion.V3);

    public bool Has(Features feature) => (Features & feature) == feature;
}
