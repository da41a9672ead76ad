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
TYPES = {0x7F: "i32", 0x7E: "i64", 0x7D: "f32", 0x7C: "f64", 0x7B: "v128", 0x70: "funcref", 0x6F: "externref"}


def run(*command):
    return subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False)


def tool(name):
    return os.environ.get("CONFORMANCE_" + name.upper().replace("-", "_"), name)


def returned(values):
    """Values as the engine wrote them in decimal, by type."""
    return {"is": "returned", "values": [f"{t}:{int(v) % (1 << int(t[1:])):x}" for t, v in values]}


def facts(data):
    """Of a valid module: its imports and exports, whether it has state, and the result types of its exports."""
    at, sections = 8, {}
    def number():
        nonlocal at
        value = shift = 0
        while True:
            byte, at = data[at], at + 1
            value, shift = value | (byte & 127) << shift, shift + 7
            if byte < 128:
                return value
    def name():
        nonlocal at
        length = number()
        at += length
        return data[at - length:at].decode()
    def byte():
        nonlocal at
        at += 1
        return data[at - 1]
    while at < len(data):
        kind, size = byte(), number()
        sections[kind], at = at, at + size
    imports, exports, results, types, functions = [], [], {}, [], []
    try:
        if 1 in sections:
            at = sections[1]
            for _ in range(number()):
                if byte() != 0x60:
                    raise ValueError("not only functions")
                _, ends = [byte() for _ in range(number())], [byte() for _ in range(number())]
                types.append([TYPES[t] for t in ends])
        if 2 in sections:
            at = sections[2]
            for _ in range(number()):
                imports.append((name(), name()))
                kind = byte()
                if kind == 0:
                    functions.append(types[number()])
                elif kind == 3:
                    at += 2
                else:
                    kind == 1 and byte()
                    [number() for _ in range(1 + (number() & 1))]
        if 3 in sections:
            at = sections[3]
            functions += [types[number()] for _ in range(number())]
        if 7 in sections:
            at = sections[7]
            for _ in range(number()):
                export, kind, index = name(), byte(), number()
                exports.append(export)
                if kind == 0:
                    results[export] = functions[index]
    except (IndexError, KeyError, ValueError):
        pass  # types that the reader does not know: then the engine's own words must do
    return {"imports": imports, "exports": exports, "state": bool(sections.keys() & {4, 5, 6}), "results": results}


def serve(engine):
    """Answers the kit's requests by an engine: its `validator`, `refusal`, `last`, and what it says in `hello`."""
    def ask(command, keep):
        wanted = instances[command[1]]["fate"] if instances[command[1]]["state"] else instances[command[1]]["needs"]
        answer = engine.last([c for c in script if c[1] in wanted] + [command])
        if keep(answer["is"]):
            script.append(command[:4] + (answer["is"] == "trapped",) if command[0] == "invoke" else command)
        return answer

    def load(request):
        file, data = os.path.join(folder.name, f"{request['module']}.wasm"), bytes.fromhex(request["hex"])
        with open(file, "wb") as out:
            out.write(data)
        result = run(*engine.validator, file)
        if result.returncode == 0:
            modules[request["module"]] = {"file": file, "bytes": data, **facts(data)}
            return {"is": "loaded"}
        return {"is": "rejected", "message": engine.refusal(result)} if result.returncode > 0 else {"is": "crashed", "why": f"signal {-result.returncode}"}

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
        return ask(("instantiate", number), lambda outcome: outcome == "instantiated" or (instance["state"] and outcome == "trapped"))

    def register(request):
        names[request["name"]] = request["instances"][0]
        beyond[request["name"]] = {e for i in request["instances"][1:] for e in instances[i]["exports"]}
        script.append(("register", request["instances"][0], request["name"]))
        return {"is": "done"}

    def invoke(request):
        command = (request["do"], request["instance"], request["name"], request.get("args", []))
        return ask(command, lambda outcome: request["do"] == "invoke" and instances[request["instance"]]["state"] and outcome != "crashed")

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
        print(json.dumps({"id": request["id"], **requests[request["do"]](request)}), flush=True)
        if request["do"] == "bye":
            break
