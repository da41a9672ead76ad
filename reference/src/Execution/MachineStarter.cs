namespace Wasm.Execution;

/// <summary>Begins a call of a function of a store: with an observer, perhaps.</summary>
public delegate Machine MachineStarter(FuncInst func, ReadOnlySpan<Val> args);
