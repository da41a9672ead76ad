using System.Text.Json;
using Conformance.Harness.Runtimes;
using Wasm.Syntax;

namespace Conformance.Harness.Workers;

/// <summary>Host modules as the protocol writes them. Types of host items are those of numbers and <c>funcref</c>, <c>externref</c>.</summary>
internal static class WireHost
{
    private static readonly ValType[] Types = [ValType.I32, ValType.I64, ValType.F32, ValType.F64, ValType.V128, ValType.FuncRef, ValType.ExternRef];

    public static void Write(Utf8JsonWriter json, HostModule module)
    {
        json.WriteString("name", module.Name);
        json.WriteStartArray("items");
        foreach (var item in module.Items)
        {
            json.WriteStartObject();
            json.WriteString("name", item.Name);
            switch (item)
            {
                case HostItem.Print f:
                    json.WriteString("kind", "print");
                    json.WriteStartArray("params");
                    foreach (var type in f.Type.Params) json.WriteStringValue(type.ToString());
                    json.WriteEndArray();
                    break;
                case HostItem.Global g:
                    json.WriteString("kind", "global");
                    json.WriteString("type", g.Type.Val.ToString());
                    json.WriteString("value", WireValue.Text(g.Value));
                    break;
                case HostItem.Table t:
                    json.WriteString("kind", "table");
                    Limits(json, t.Type.Addr, t.Type.Limits);
                    json.WriteString("type", t.Type.Elem.ToString());
                    break;
                case HostItem.Memory m:
                    json.WriteString("kind", "memory");
                    Limits(json, m.Type.Addr, m.Type.Limits);
                    json.WriteBoolean("shared", m.Type.Shared);
                    break;
                default: throw new System.Diagnostics.UnreachableException($"host item {item.Name}");
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Limits(Utf8JsonWriter json, AddrType addr, Limits limits)
    {
        json.WriteString("addr", addr == AddrType.I64 ? "i64" : "i32");
        json.WriteNumber("min", limits.Min);
        if (limits.Max is { } max) json.WriteNumber("max", max);
    }

    public static HostModule Read(JsonElement request) =>
        new(WireOutcome.Text(request, "name"), [.. WireOutcome.Items(request, "items").Select(Item)]);

    private static HostItem Item(JsonElement item)
    {
        string name = WireOutcome.Text(item, "name");
        return WireOutcome.Text(item, "kind") switch
        {
            "print" => new HostItem.Print(name, new([.. WireOutcome.Texts(item, "params").Select(TypeOf)], [])),
            "global" => new HostItem.Global(name, new(false, TypeOf(WireOutcome.Text(item, "type"))), WireValue.Parse(WireOutcome.Text(item, "value"))),
            "table" => new HostItem.Table(name, new(Addr(item), Limits(item), TypeOf(WireOutcome.Text(item, "type")).Ref)),
            "memory" => new HostItem.Memory(name, new(Addr(item), Limits(item), item.TryGetProperty("shared", out var shared) && shared.ValueKind == JsonValueKind.True)),
            var kind => throw new ProtocolException($"unknown kind of host item `{kind}`"),
        };
    }

    private static ValType TypeOf(string text) => Types.FirstOrDefault(t => t.ToString() == text) is { Kind: not ValKind.Bot } type ? type
        : throw new ProtocolException($"unknown type `{text}`");

    private static AddrType Addr(JsonElement item) => WireOutcome.Text(item, "addr") == "i64" ? AddrType.I64 : AddrType.I32;

    private static Limits Limits(JsonElement item) => new(
        (ulong)(WireOutcome.OptionalNumber(item, "min") ?? throw new ProtocolException("limits lack `min`")),
        (ulong?)WireOutcome.OptionalNumber(item, "max"));
}
