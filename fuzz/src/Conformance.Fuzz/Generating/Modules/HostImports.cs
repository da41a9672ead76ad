using Conformance.Harness.Cases;
using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Modules;

/// <summary>The functions of the host, which every module imports first.</summary>
internal static class HostImports
{
    public const int Emit32 = 0;
    public const int Emit64 = 1;
    public const int Back = 2;

    public static void AddTo(ModulePlan m)
    {
        Add(m, CaseHost.Emit32, new FuncType([ValType.I32], []), 2);
        Add(m, CaseHost.Emit64, new FuncType([ValType.I64], []), 2);
        Add(m, CaseHost.Back, new FuncType([ValType.I32], [ValType.I32]), 1500);
    }

    private static void Add(ModulePlan m, string name, FuncType sig, long cost)
    {
        var func = m.AddFunc(sig, FuncKind.Top, hidden: true, cost: cost);
        m.Imports.Add(new Import(CaseHost.Name, name, new ExternType.Func(HeapType.Idx((uint)func.Type))));
    }
}
