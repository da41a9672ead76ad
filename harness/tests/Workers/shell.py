"""A wasm-shell for tests of the worker for Binaryen, as far as the worker uses it.

`up` counts the calls of its instance, `use` calls the `up` that its instance was linked to, `t` traps, `e` throws, everything else returns nothing.
What modules are is told by the names in them.
"""
import os
import re
import sys

if sys.argv[1:] == ["--version"]:
    print("wasm-shell version 108")
    sys.exit()

counts, links, names, last = {}, {}, {}, None


def die(words):
    # What was said to standard output is lost, as it is there.
    print(words, file=sys.stderr, flush=True)
    os.abort()


def instantiate(name, text):
    global last
    data = bytes(int(byte, 16) for byte in text.split("\\")[1:])
    if b"name" in data:
        sys.exit("a name section would rename the module")
    if b"nowhere" in data:
        sys.exit("Fatal: importGlobals: unknown import: nowhere.g")
    counts[name], links[name], last = 0, names.get("m"), name
    return "unreachable" if b"trap at start" in data else None


def call(name, function):
    if function in ("t", "e"):
        return None, "unreachable" if function == "t" else "exception thrown: tag$0 1"
    counter = name if function == "up" else links[name] if function == "use" else None
    if counter is None:
        return "()", None
    counts[counter] += 1
    return str(counts[counter]), None


def run(text):
    """What a call gave, and why it ended otherwise."""
    if found := re.match(r'\(module (\$\w+) binary "(.*)"\)', text):
        return "()", instantiate(*found.groups())
    return call(*re.match(r'\(invoke (\$\w+) "([^"]*)"', text).groups())


for line in open(sys.argv[1], encoding="utf-8"):
    kind, inner = re.match(r"\((\w+) (.*)\)$", line.rstrip()).groups()
    if kind == "register":
        names[inner.strip('"')] = last
    elif kind == "assert_trap":
        _, why = run(inner)
        if why is None:
            die("wasm-shell: Assertion `trapped' failed.")
        print(f"[{why}]" if why.startswith("exception") else f"[trap {why}]")
    elif kind == "assert_return":
        result, why = run(inner)
        if why is not None:
            die("wasm-shell: Assertion `!trapped' failed.")
        print(f"seen {result}, expected ()", file=sys.stderr)
        if result != "()":
            sys.exit("Fatal: unexpected, should be identical")
    elif run(line.rstrip())[1] is not None:
        die("terminate called after throwing an instance of 'wasm::TrapException'")
