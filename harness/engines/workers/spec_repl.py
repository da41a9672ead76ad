#!/usr/bin/env python3
"""A worker of the conformance kit (PROTOCOL.md) for the `--spec-repl` convention of wasm3 and of engines that follow it.

    spec_repl.py COMMAND…        such as `spec_repl.py wasm3 --spec-repl` or `spec_repl.py toywasm --repl`

The engine prompts, reads a command a line (:init, :load FILE, :register NAME, :invoke NAME NUMBER…, :get-global NAME) and answers `Result: …` or
`Error: …`. It loads and instantiates at once. wasm3 names the last module alone, and calls by the function's name alone, the last module first;
toywasm has names for modules (:module MODULE COMMAND …), so that it has fewer limits.
"""
import json
import os
import re
import subprocess
import sys
from replay import facts, folder, tool

ENGINES = {"wasm3": ["--spec-repl"], "toywasm": ["--repl", "--max-frames", "1000"]}
ENGINE = os.environ.get("SPEC_REPL", "wasm3")
COMMAND = sys.argv[1:] or [tool(ENGINE), *ENGINES[ENGINE]]
PROMPT = re.compile(rb"^(\w+)> \Z", re.M)
FAULT = re.compile(r"^(?:Error: (\[trap\] )?|(load/validation|instantiation) error: )(.*?)(?: \(.*)?$", re.M)
# Where wasm3 does not say which phase it was: what a module's bytes are not to blame for.
LINKING = re.compile(r"missing|import|link|not found|function signature mismatch|unallocated linear memory", re.I)


class Repl:
    def __init__(self):
        self.process = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.name = PROMPT.search(self.read()[-99:])[1].decode()

    def read(self):
        said = b""
        while not PROMPT.search(said[-99:]):
            more = os.read(self.process.stdout.fileno(), 1 << 16)
            if not more:
                # The kit starts another worker and brings it where this one was.
                sys.exit(f"the engine ended: {said[-300:].decode(errors='replace')}")
            said += more
        return said

    def ask(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()
        return self.read()[:-len(self.name) - 2].decode(errors="replace").strip()


def fault(said):
    """The fault in what the engine said, or null: its kind (trap, link, load) and its text."""
    if found := FAULT.search(said):
        trap, linking = found[1] or re.search("out of bounds|table underflow", found[3]), found[2] == "instantiation" or not found[2] and LINKING.search(found[3])
        return "trap" if trap else "link" if linking else "load", found[3]


def escaped(name):
    return "".join(c if c.isascii() and c.isprintable() and c not in ' \\"' else "".join(f"\\x{b:02x}" for b in c.encode()) for c in name) or ('""' if NAMED else "\\x00")


def plain(name):  # Escapes are for functions alone, and wasm3 keeps 31 bytes of a module's name.
    return re.fullmatch(r'[^\s\\"\x00-\x1f]+', name) and (NAMED or len(name.encode()) < 32)


def number(value):
    kind, _, digits = value.partition(":")
    return "null" if kind == "null" else digits if kind in ("extern", "host", "v128") else str(int(digits, 16))


def results(said):
    wire = {"externref": lambda v: f"extern:{v}", "funcref": lambda v: "func", "exnref": lambda v: "exn", "v128": lambda v: f"v128:{v}"}
    values = re.findall(r"([0-9a-f]+|null):(\w+)", said.split("Result: ", 1)[1].split("\n")[0])
    return {"is": "returned", "values": ["null" if v == "null" else wire[t](v) if t in wire else f"{t}:{int(v):x}" for v, t in values]}


def written(name, data):
    with open(os.path.join(folder.name, name), "wb") as out:
        out.write(data)
        return out.name


main, scratch = Repl(), Repl()
NAMED = not fault(main.ask(f":module probe load {written('empty.wasm', bytes.fromhex('0061736d01000000'))}"))


class Worker:
    def to(self, instance, command, *words):
        return main.ask(" ".join([f":module i{instance} {command}" if NAMED else f":{command}", *words]))

    def hello(self, request):
        version = (re.search(rf"^{main.name} v?(\S+)", main.ask(":version"), re.M | re.I) or ["", "unknown"])[1]
        return {"is": "hello", "protocol": 1, "name": main.name, "version": version, "traps": "messages", "malformed": False,
                "requests": ["instantiate", "register", "invoke", "get", *([] if NAMED else ["define"])], "values": ["i32", "i64", "f32", "f64", "ref", *(["v128"] if NAMED else [])],
                "lacks": {"memory": "the REPL does not show memories", "table": "the REPL does not show tables"}}

    def reset(self, request):
        main.ask(":init")
        self.files, self.order, self.named, self.unnamed = {}, [], set(), set()

    def define(self, request):
        # What the suite's host module has is built into wasm3; items that are not are then missing imports.
        return {"is": "done"} if request["name"] == "spectest" else {"is": "limit", "why": "the REPL has no host module but spectest"}

    def load(self, request):
        data = bytes.fromhex(request["hex"])
        file = written(f"{request['module']}.wasm", data)
        scratch.ask(":init")
        if (refusal := fault(scratch.ask(f":load {file}"))) and refusal[0] == "load":
            return {"is": "rejected", "message": refusal[1]}
        self.files[request["module"]] = file, {name for name, _ in facts(data)["imports"]}
        return {"is": "loaded"}

    def instantiate(self, request):
        file, imports = self.files[request["module"]]
        if imports & self.unnamed:
            return {"is": "limit", "why": "the REPL cannot register all names" if NAMED else "the REPL names the last module alone, in 31 bytes without blanks"}
        # All modules of a runtime of wasm3 have one memory. Where nothing is registered, nothing can meet the earlier ones again.
        if not NAMED and not self.named:
            main.ask(":init")
        if failed := fault(self.to(request["instance"], "load", file)):
            return {"is": "trapped" if failed[0] == "trap" else "unlinkable", "message": failed[1]}
        self.order.append(request["instance"])
        return {"is": "instantiated"}

    def register(self, request):
        name, given = request["name"], request["instances"][::-1]
        can = plain(name) and (NAMED or self.order[-1:] == given) and not any([fault(self.to(instance, "register", name)) for instance in given])
        (self.named.add if can else self.unnamed.add)(name)
        (self.unnamed.discard if can else self.named.discard)(name)

    def invoke(self, request):
        instance, name, args = request["instance"], request["name"], request.get("args", [])
        if not NAMED and (self.order[-1:] != [instance] or "\0" in name or len(args) > 28):
            return {"is": "limit", "why": "the REPL calls functions of the last module alone, without NUL in their names, with at most 28 arguments"}
        if request["do"] == "get" and not plain(name):
            return {"is": "limit", "why": "the REPL cannot read all names of globals"}
        said = self.to(instance, "invoke", escaped(name), *map(number, args)) if request["do"] == "invoke" else self.to(instance, "global-get" if NAMED else "get-global", name)
        if failed := fault(said):
            told = "inapplicable" if re.search("lookup failed|arguments|failed with", failed[1]) else "threw" if failed[1] == "uncaught exception" else "trapped"
            return {"is": told, "why": failed[1]} if told == "inapplicable" else {"is": told} if told == "threw" else {"is": told, "message": failed[1]}
        if not NAMED and request["do"] == "get" and re.search(":f(32|64)$", said):
            return {"is": "limit", "why": "the REPL rounds globals that are floats"}
        return results(said) if "Result: " in said else {"is": "limit", "why": said[-200:] or "the REPL said nothing"}
    get = invoke


worker = Worker()
for line in sys.stdin:
    request = json.loads(line)
    answer = {"is": "done"} if request["do"] == "bye" else getattr(worker, request["do"])(request) or {"is": "done"}
    print(json.dumps({"id": request["id"], **answer}), flush=True)
    if request["do"] == "bye":
        break
