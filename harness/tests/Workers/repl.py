"""An engine for tests of the --spec-repl convention: `f` gives the number of the module that was loaded last, `t` traps.

With --named it has names for modules, and `f` gives the number of its module.
"""
import sys

named, loaded, modules = "--named" in sys.argv, 0, {}
print("wasm3> ", end="", flush=True)
for line in sys.stdin:
    words = line.split()
    name, words = (words[1], [":" + words[2], *words[3:]]) if named and words[0] == ":module" else (None, words)
    if words == [":version"]:
        print("Wasm3 v1.2.3")
    elif words[0] == ":init":
        loaded = 0
    elif words[0] == ":load":
        data = open(words[1], "rb").read()
        if b"bad" in data:
            print("Error: unknown opcode ()", file=sys.stderr)
        elif b"nowhere" in data:
            print("Error: missing imported function (nowhere.f)", file=sys.stderr)
        else:
            # Of the modules with names, those that export f: the kit's own host module is made of some.
            loaded += not named or b"\x01f\x00" in data
            modules[name] = loaded
    elif words[0] == ":module":
        print("Error: no such command ()", file=sys.stderr)
    elif words[:2] == [":invoke", "f"] and name is not None:
        print(f"Result: {modules[name]}:i32", file=sys.stderr)
    elif words[:2] == [":invoke", "f"]:
        print(f"Result: {loaded}:i32, {' '.join(words[2:])}:f64" if words[2:] else f"Result: {loaded}:i32", file=sys.stderr)
    elif words[:2] == [":invoke", "t"]:
        print("Error: [trap] unreachable executed ()", file=sys.stderr)
    elif words[:2] == [":invoke", "end"]:
        sys.exit(3)
    sys.stderr.flush()
    print("wasm3> ", end="", flush=True)
