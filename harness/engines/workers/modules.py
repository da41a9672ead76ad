"""What workers look for in modules (PROTOCOL.md)."""
import re

# Opcodes that call or write. A body without such a byte, as opcode or in an immediate, changes nothing.
WRITES = re.compile(rb"[\x10-\x15\x24\x26\x36-\x3e\x40\xe0-\xe6\xfb-\xfe]")
TYPES = {0x7F: "i32", 0x7E: "i64", 0x7D: "f32", 0x7C: "f64", 0x7B: "v128", 0x70: "funcref", 0x6F: "externref"}


def facts(data):
    """Of a valid module: its imports and exports, whether it has state, and of its exported functions the result types and which cannot change state."""
    at, sections = 8, {}
    def number():
        nonlocal at
        value = shift = 0
        while True:
            byte, at = data[at], at + 1
            value, shift = value | (byte & 127) << shift, shift + 7
            if byte < 128:
                return value
    def take(length):
        nonlocal at
        at += length
        return data[at - length:at]
    def entries(section):
        nonlocal at
        at = sections.get(section)
        return range(number() if at else 0)
    imports, exports, results, quiet, types, functions = [], [], {}, set(), [], []
    try:
        while at < len(data):
            kind, size = take(1)[0], number()
            sections[kind], at = at, at + size
        for _ in entries(1):
            if take(1) != b"\x60":
                raise ValueError("not only functions")
            types.append([TYPES[t] for t in (take(number()), take(number()))[1]])
        for _ in entries(2):
            imports.append((take(number()).decode(), take(number()).decode()))
            kind = take(1)[0]
            if kind == 0:
                functions.append(types[number()])
            elif kind == 3:
                take(2)
            else:
                kind == 1 and take(1)
                [number() for _ in range(1 + (number() & 1))]
        first = len(functions)
        functions += [types[number()] for _ in entries(3)]
        bodies = [take(number()) for _ in entries(10)]
        for _ in entries(7):
            export, kind, index = take(number()).decode(), take(1)[0], number()
            exports.append(export)
            if kind == 0:
                results[export] = functions[index]
                if index >= first and not WRITES.search(bodies[index - first]):
                    quiet.add(export)
    except (IndexError, KeyError, ValueError):
        pass  # types that the reader does not know: then the engine's own words must do
    return {"imports": imports, "exports": exports, "state": bool(sections.keys() & {4, 5, 6}), "results": results, "quiet": quiet}
