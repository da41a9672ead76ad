"""An engine of one function for tests of the --spec-repl convention: `f` gives the number of the module that was loaded last, `t` traps."""
import sys

loaded = 0
print("wasm3> ", end="", flush=True)
for line in sys.stdin:
    words = line.split()
    if words == [":version"]:
        print("Fake v1.2.3")
    elif words[0] == ":init":
        loaded = 0
    elif words[0] == ":load":
        data = open(words[1], "rb").read()
        if b"bad" in data:
            print("Error: unknown opcode ()", file=sys.stderr)
        elif b"nowhere" in data:
            print("Error: missing imported function (nowhere.f)", file=sys.stderr)
        else:
            loaded += 1
    elif words[:2] == [":invoke", "f"]:
        print(f"Result: {loaded}:i32, {' '.join(words[2:])}:f64" if words[2:] else f"Result: {loaded}:i32", file=sys.stderr)
    elif words[:2] == [":invoke", "t"]:
        print("Error: [trap] unreachable executed ()", file=sys.stderr)
    elif words[:2] == [":invoke", "end"]:
        sys.exit(3)
    sys.stderr.flush()
    print("wasm3> ", end="", flush=True)
