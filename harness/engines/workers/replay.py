"""What the workers for engines that only run whole scripts have in common (PROTOCOL.md): wabt's spectest-interp and Binaryen's wasm-shell.

Such an engine cannot be kept waiting for the next request. So every request is a process of its own, which gets a script: what the request's
instance depends on, and the request as the last command. Calls of instances that cannot change anything are not repeated.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

folder = tempfile.TemporaryDirectory(prefix="replay-")
modules, instances, names, beyond, script = {}, {}, {}, {}, []
SECONDS = 10
# Opcodes that call or write. A body without such a byte, as opcode or in an immediate, changes nothing.
WRITES = re.compile(rb"[\x10-\x15\x24\x26\x36-\x3e\x40\xe0-\xe6\xfb-\xfe]")
TYPES = {0x7F: "i32", 0x7E: "i64", 0x7D: "f32", 0x7C: "f64", 0x7B: "v128", 0x70: "funcref", 0x6F: "externref"}


def run(*command):
    return subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False, timeout=SECONDS)


def tool(name):
    return os.environ.get("CONFORMANCE_" + name.upper().replace("-", "_"), name)


def returned(values):
    """Values as the engine wrote them in decimal, by type."""
    return {"is": "returned", "values": [f"{t}:{int(v) % (1 << int(t[1:])):x}" for t, v in values]}


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


def serve(engine):
    """Answers the kit's requests by an engine: its `refusal` of a module, its answer to the `last` of commands, and what it says in `hello`."""
    def ask(command, keep):
        wanted = instances[command[1]]["fate"] if instances[command[1]]["state"] else instances[command[1]]["needs"]
        answer = engine.last([c for c in script if c[1] in wanted] + [command])
        if keep(answer["is"]):
            script.append((*command, answer["is"] in ("trapped", "threw")))
        return answer

    def load(request):
        file, data = os.path.join(folder.name, f"{request['module']}.wasm"), bytes.fromhex(request["hex"])
        with open(file, "wb") as out:
            out.write(data)
        if refusal := engine.refusal(file, data):
            return refusal
        modules[request["module"]] = {"file": file, "bytes": data, **facts(data)}
        return {"is": "loaded"}

    def instantiate(request):
        module, number = modules[request["module"]], request["instance"]
        if any(item in beyond.get(name, ()) for name, item in module["imports"]):
            return {"is": "limit", "why": f"{engine.name} has one instance under a name"}
        imported = [instances[names[name]] for name, _ in module["imports"] if name in names]
        instance = instances[number] = {**module, "needs": {number}.union(*(i["needs"] for i in imported)), "fate": {number}}
        # What is linked to something with state shares its fate, and its scripts.
        instance["state"] |= len(imported) < len(module["imports"]) or any(i["state"] for i in imported)
        if instance["state"]:
            instance["fate"].update(*(i["fate"] for i in imported), instance["needs"])
            for other in instance["fate"]:
                instances[other]["fate"] = instance["fate"]
        return ask(("instantiate", number, None, ()), lambda outcome: outcome == "instantiated" or (instance["state"] and outcome in ("trapped", "threw")))

    def register(request):
        names[request["name"]] = request["instances"][0]
        beyond[request["name"]] = {e for i in request["instances"][1:] for e in instances[i]["exports"]}
        script.append(("register", request["instances"][0], request["name"], (), False))
        return {"is": "done"}

    def invoke(request):
        command = (request["do"], request["instance"], request["name"], request.get("args", []))
        of = instances[request["instance"]]
        return ask(command, lambda outcome: request["do"] == "invoke" and of["state"] and request["name"] not in of["quiet"] and outcome != "crashed")

    def reset(request):
        for table in (modules, instances, names, beyond, script):
            table.clear()
        engine.reset(request["features"])
        return {"is": "done"}

    def hello(request):
        return {"is": "hello", "protocol": 1, "name": engine.name, "version": engine.version(), "values": ["i32", "i64"], "traps": "messages",
                "malformed": False, "requests": engine.requests, "lacks": engine.lacks, **engine.more}

    requests = {"hello": hello, "reset": reset, "load": load, "instantiate": instantiate, "register": register,
                "invoke": invoke, "get": invoke, "bye": lambda request: {"is": "done"}}
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = requests[request["do"]](request)
        except subprocess.TimeoutExpired:
            answer = {"is": "timedOut", "why": f"{engine.name} did not end in {SECONDS} s"}
        print(json.dumps({"id": request["id"], **answer}), flush=True)
        if request["do"] == "bye":
            break
