#!/usr/bin/env python3
"""A worker of the conformance kit (PROTOCOL.md) for the `--spec-repl` convention of wasm3 and of engines that follow it.

    spec_repl.py COMMAND…        such as `spec_repl.py wasm3 --spec-repl`

The engine prompts, reads a command a line (:init, :load FILE, :register NAME, :invoke NAME NUMBER…, :get-global NAME) and answers `Result: …` or
`Error: …`. It loads and instantiates at once, names the last module alone, and calls by the function's name alone, the last module first.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

from replay import facts

COMMAND = sys.argv[1:] or [os.environ.get("CONFORMANCE_WASM3", "wasm3"), "--spec-repl"]
PROMPT = os.environ.get("SPEC_REPL_PROMPT", "wasm3> ").encode()
# What a module's bytes are not to blame for.
LINKING = re.compile(r"missing|import|link|not found|type mismatch in import", re.I)
folder = tempfile.TemporaryDirectory(prefix="spec-repl-")


class Repl:
    def __init__(self):
        self.process = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.until_prompt()

    def until_prompt(self):
        said = b""
        while not said.endswith(PROMPT):
            more = os.read(self.process.stdout.fileno(), 1 << 16)
            if not more:
                # The kit starts another worker and brings it where this one was.
                sys.exit(f"the engine ended: {said[-300:].decode(errors='replace')}")
            said += more
        return said[:-len(PROMPT)].decode(errors="replace").strip()

    def ask(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()
        return self.until_prompt()


def escaped(name):
    return "".join(c if c.isascii() and c.isprintable() and c not in " \\" else "".join(f"\\x{b:02x}" for b in c.encode()) for c in name) or "\\x00"


def error(said):
    """The error in what the engine said, or null: its text, and whether it is a trap."""
    found = re.search(r"^Error: (\[trap\] )?(.*?)(?: \(.*\))?$", said, re.M)
    return found and (found[2], found[1] is not None or "out of bounds" in found[2])


def number(value):
    kind, _, digits = value.partition(":")
    return "null" if kind == "null" else digits if kind in ("extern", "host") else str(int(digits, 16))


def results(said):
    values = re.findall(r"(\d+|null):(\w+)", said.split("Result: ", 1)[1])
    wire = {"externref": lambda v: f"extern:{v}", "funcref": lambda v: "func"}
    return {"is": "returned", "values": ["null" if v == "null" else wire[t](v) if t in wire else f"{t}:{int(v):x}" for v, t in values]}


main, scratch, files, order, named, unnamed = Repl(), Repl(), {}, [], set(), set()


def hello(request):
    version = re.search(r"\bv(\d[\w.-]*)", main.ask(":version"))
    return {"is": "hello", "protocol": 1, "name": re.sub(r"\W", "", PROMPT.decode()), "version": version[1] if version else "unknown",
            "requests": ["define", "instantiate", "register", "invoke", "get"], "values": ["i32", "i64", "f32", "f64", "ref"], "traps": "messages", "malformed": False,
            "lacks": {"memory": "the REPL does not show memories", "table": "the REPL does not show tables"}}


def reset(request):
    main.ask(":init")
    files.clear()
    order.clear()
    named.clear()
    unnamed.clear()
    return {"is": "done"}


def define(request):
    # What the suite's host module has is built in; items that are not are then missing imports.
    return {"is": "done"} if request["name"] == "spectest" else {"is": "limit", "why": "the REPL has no host module but spectest"}


def load(request):
    file = os.path.join(folder.name, f"{request['module']}.wasm")
    with open(file, "wb") as out:
        out.write(bytes.fromhex(request["hex"]))
    scratch.ask(":init")
    fault = error(scratch.ask(f":load {file}"))
    if fault and not fault[1] and not LINKING.search(fault[0]):
        return {"is": "rejected", "message": fault[0]}
    files[request["module"]] = file, {name for name, _ in facts(bytes.fromhex(request["hex"]))["imports"]}
    return {"is": "loaded"}


def instantiate(request):
    file, imports = files[request["module"]]
    if imports & unnamed:
        return {"is": "limit", "why": "the REPL names the last module alone"}
    # All modules of a runtime have one memory. Where nothing is registered, nothing can meet the earlier ones again.
    if not named:
        main.ask(":init")
    fault = error(main.ask(f":load {file}"))
    if fault:
        return {"is": "trapped" if fault[1] else "unlinkable", "message": fault[0]}
    order.append(request["instance"])
    return {"is": "instantiated"}


def register(request):
    if order[-1:] == request["instances"]:
        main.ask(f":register {escaped(request['name'])}")
        named.add(request["name"])
        unnamed.discard(request["name"])
    else:
        unnamed.add(request["name"])
    return {"is": "done"}


def call(request):
    if order[-1:] != [request["instance"]]:
        return {"is": "limit", "why": "the REPL calls functions of the last module alone"}
    said = main.ask(" ".join([":invoke", escaped(request["name"]), *map(number, request["args"])]) if request["do"] == "invoke" else f":get-global {escaped(request['name'])}")
    fault = error(said)
    if fault:
        if request["do"] == "get":
            return {"is": "limit", "why": fault[0]}
        return {"is": "inapplicable", "why": fault[0]} if "lookup failed" in fault[0] or "arguments" in fault[0] else {"is": "trapped", "message": fault[0]}
    if request["do"] == "get" and re.search(":f(32|64)$", said):
        return {"is": "limit", "why": "the REPL rounds globals that are floats"}
    return results(said) if "Result: " in said else {"is": "limit", "why": said[-200:] or "the REPL said nothing"}


REQUESTS = {"hello": hello, "reset": reset, "define": define, "load": load, "instantiate": instantiate, "register": register, "invoke": call, "get": call, "bye": lambda request: {"is": "done"}}
for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps({"id": request["id"], **REQUESTS[request["do"]](request)}), flush=True)
    if request["do"] == "bye":
        break
