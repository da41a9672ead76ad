using System.Diagnostics;
using Wasm.Syntax;

namespace Conformance.Runtimes.Wasmtime.Native;

/// <summary>How code is made.</summary>
public enum Compiler
{
    Cranelift,

    /// <summary>The baseline compiler.</summary>
    Winch,

    /// <summary>The interpreter of Cranelift's portable bytecode.</summary>
    Pulley,
}

/// <summary>The levels of Cranelift's optimizer; the numbers are the library's.</summary>
public enum OptLevel : byte
{
    None = 0,
    Speed = 1,
    SpeedAndSize = 2,
}

/// <summary>What an engine is made with. A combination that the library refuses ends the process; <see cref="Possible"/> keeps to those it takes.</summary>
public sealed record EngineConfig
{
    public Compiler Compiler { get; init; } = Compiler.Cranelift;

    public OptLevel OptLevel { get; init; } = OptLevel.Speed;

    /// <summary>
    /// The features that have a switch. Sign extension, saturating conversions and extended constant expressions are always on;
    /// custom descriptors and legacy exceptions cannot be switched on; annotations and custom sections are none of the library's business.
    /// </summary>
    public const Features Switchable = Features.MultiValue | Features.BulkMemory | Features.ReferenceTypes | Features.Simd | Features.TailCalls | Features.Exceptions
        | Features.MultiMemory | Features.Memory64 | Features.FunctionReferences | Features.Gc | Features.RelaxedSimd | Features.Threads | Features.CustomPageSizes
        | Features.WideArithmetic | Features.StackSwitching;

    /// <summary>What the baseline compiler cannot be made with.</summary>
    public const Features NotInWinch = Features.FunctionReferences | Features.Gc | Features.RelaxedSimd | Features.StackSwitching;

    /// <summary>What the bytecode cannot be made with.</summary>
    public const Features NotInPulley = Features.Threads | Features.StackSwitching;

    /// <summary>The features that are switched on; others than <see cref="Switchable"/> do not matter.</summary>
    public Features Features { get; init; } = Features.Wasm3;

    /// <summary>Those of some features that a compiler can be made with.</summary>
    public static Features Possible(Compiler compiler, Features features)
    {
        features &= Switchable & compiler switch
        {
            Compiler.Cranelift => ~Features.None,
            Compiler.Winch => ~NotInWinch,
            Compiler.Pulley => ~NotInPulley,
            _ => throw new UnreachableException($"compiler {(int)compiler}"),
        };
        // Each of these insists on the one before it.
        if ((features & Features.Simd) == 0) features &= ~Features.RelaxedSimd;
        if ((features & Features.ReferenceTypes) == 0) features &= ~Features.FunctionReferences;
        if ((features & Features.FunctionReferences) == 0) features &= ~Features.Gc;
        if ((features & (Features.FunctionReferences | Features.Exceptions)) != (Features.FunctionReferences | Features.Exceptions)) features &= ~Features.StackSwitching;
        return features;
    }

    /// <summary>Whether code counts fuel. A store then begins with none.</summary>
    public bool ConsumeFuel { get; init; }

    /// <summary>Whether code watches the engine's epoch, so that it can be stopped from another thread.</summary>
    public bool EpochInterruption { get; init; } = true;

    /// <summary>Whether Cranelift gives registers in one pass over the code: faster to compile, slower to run.</summary>
    public bool SinglePassRegisters { get; init; }

    /// <summary>Whether code comes with what debuggers and profilers unwind stacks by. Wasmtime itself needs none.</summary>
    public bool UnwindInfo { get; init; } = true;

    /// <summary>The stack that wasm code may use, in bytes; null for the library's default.</summary>
    public long? MaxWasmStack { get; init; }

    /// <summary>Whether the choices of relaxed SIMD are the same on every machine.</summary>
    public bool RelaxedSimdDeterministic { get; init; }

    /// <summary>Whether modules are compiled on several threads.</summary>
    public bool ParallelCompilation { get; init; }

    /// <summary>A configuration of the library, which an engine takes over.</summary>
    internal unsafe nint Create()
    {
        nint config = Api.wasm_config_new();
        Api.wasmtime_config_strategy_set(config, Compiler == Compiler.Winch ? (byte)2 : (byte)1);
        if (Compiler == Compiler.Pulley)
        {
            nint error;
            fixed (byte* target = "pulley64\0"u8)
                error = Api.wasmtime_config_target_set(config, target);
            if (error != 0)
            {
                Api.wasm_config_delete(config);
                throw new WasmtimeException(Errors.Message(error));
            }
        }
        Api.wasmtime_config_cranelift_opt_level_set(config, (byte)OptLevel);
        if (SinglePassRegisters) Api.wasmtime_config_cranelift_regalloc_algorithm_set(config, 1);
        // Windows unwinds by it whatever it is for.
        if (!UnwindInfo && !OperatingSystem.IsWindows()) Api.wasmtime_config_native_unwind_info_set(config, false);
        Api.wasmtime_config_parallel_compilation_set(config, ParallelCompilation);
        // The support of asynchronous components insists on reference types.
        Api.wasmtime_config_concurrency_support_set(config, false);
        Api.wasmtime_config_consume_fuel_set(config, ConsumeFuel);
        Api.wasmtime_config_epoch_interruption_set(config, EpochInterruption);
        if (MaxWasmStack is { } stack) Api.wasmtime_config_max_wasm_stack_set(config, (nuint)stack);

        Api.wasmtime_config_wasm_multi_value_set(config, Has(Features.MultiValue));
        Api.wasmtime_config_wasm_bulk_memory_set(config, Has(Features.BulkMemory));
        Api.wasmtime_config_wasm_reference_types_set(config, Has(Features.ReferenceTypes));
        // Host references live on the collector's heap.
        Api.wasmtime_config_gc_support_set(config, Has(Features.ReferenceTypes) || Has(Features.Exceptions));
        Api.wasmtime_config_wasm_simd_set(config, Has(Features.Simd));
        Api.wasmtime_config_wasm_tail_call_set(config, Has(Features.TailCalls));
        Api.wasmtime_config_wasm_exceptions_set(config, Has(Features.Exceptions));
        Api.wasmtime_config_wasm_multi_memory_set(config, Has(Features.MultiMemory));
        Api.wasmtime_config_wasm_memory64_set(config, Has(Features.Memory64));
        Api.wasmtime_config_wasm_function_references_set(config, Has(Features.FunctionReferences));
        Api.wasmtime_config_wasm_gc_set(config, Has(Features.Gc));
        Api.wasmtime_config_wasm_relaxed_simd_set(config, Has(Features.RelaxedSimd));
        if (Has(Features.RelaxedSimd)) Api.wasmtime_config_wasm_relaxed_simd_deterministic_set(config, RelaxedSimdDeterministic);
        Api.wasmtime_config_wasm_threads_set(config, Has(Features.Threads));
        Api.wasmtime_config_shared_memory_set(config, Has(Features.Threads));
        Api.wasmtime_config_wasm_custom_page_sizes_set(config, Has(Features.CustomPageSizes));
        Api.wasmtime_config_wasm_wide_arithmetic_set(config, Has(Features.WideArithmetic));
        Api.wasmtime_config_wasm_stack_switching_set(config, Has(Features.StackSwitching));
        return config;
    }

    private bool Has(Features feature) => (Features & feature) == feature;
}
