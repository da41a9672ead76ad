"""What the workers for engines that only run whole scripts have in common (PROTOCOL.md): wabt's spectest-interp and Binaryen's wasm-shell.

Such an engine cannot be kept waiting for the next request. So every request is a process of its own, which gets a script: what the request's
instance depends on, and the request as the last command. Calls of instances that cannot change anything are not repeated.
"""
import json
import os
import subprocess
import sys
import tempfile
from modules import facts

folder = tempfile.TemporaryDirectory(prefix="replay-")
modules, instances, names, beyond, script = {}, {}, {}, {}, []
SECONDS = 10


def run(*command):
    return subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False, timeout=SECONDS)


def tool(name):
    return os.environ.get("CONFORMANCE_" + name.upper().replace("-", "_"), name)


def returned(values):
    """Values as the engine wrote them in decimal, by type."""
    return {"is": "returned", "values": [f"{t}:{int(v) % (1 << int(t[1:])):x}" for t, v in values]}


class Replay:
    """Answers the kit's requests by an engine: its `refusal` of a module, its answer to the `last` of commands, and what it says in `hello`."""

    def __init__(self, engine):
        self.engine = engine

    def refuse(self, request, file, data):
        return self.engine.refusal(file, data)

    def ask(self, command, keep):
        of = instances[command[1]]
        wanted = of["fate"] if of["state"] else of["needs"]
        answer = self.engine.last([c for c in script if c[1] in wanted] + [command])
        if keep(answer["is"]):
            script.append((*command, answer["is"] in ("trapped", "threw")))
        return answer

    def note(self, command):
        script.append((*command, False))

    def load(self, request):
        file, data = os.path.join(folder.name, f"{request['module']}.wasm"), bytes.fromhex(request["hex"])
        with open(file, "wb") as out:
            out.write(data)
        if refusal := self.refuse(request, file, data):
            return refusal
        modules[request["module"]] = {"file": file, "bytes": data, **facts(data)}
        return {"is": "loaded"}

    def instantiate(self, request):
        module, number = modules[request["module"]], request["instance"]
        if any(item in beyond.get(name, ()) for name, item in module["imports"]):
            return {"is": "limit", "why": f"{self.engine.name} has one instance under a name"}
        imported = [instances[names[name]] for name, _ in module["imports"] if name in names]
        instance = instances[number] = {**module, "needs": {number}.union(*(i["needs"] for i in imported)), "fate": {number}}
        # What is linked to something with state shares its fate, and its scripts.
        instance["state"] |= len(imported) < len(module["imports"]) or any(i["state"] for i in imported)
        if instance["state"]:
            instance["fate"].update(*(i["fate"] for i in imported), instance["needs"])
            for other in instance["fate"]:
                instances[other]["fate"] = instance["fate"]
        return self.ask(("instantiate", number, None, ()), lambda outcome: outcome == "instantiated" or (instance["state"] and outcome in ("trapped", "threw")))

    def register(self, request):
        names[request["name"]] = request["instances"][0]
        beyond[request["name"]] = {e for i in request["instances"][1:] for e in instances[i]["exports"]}
        self.note(("register", request["instances"][0], request["name"], ()))
        return {"is": "done"}

    def invoke(self, request):
        command = (request["do"], request["instance"], request["name"], request.get("args", []))
        of = instances[request["instance"]]
        return self.ask(command, lambda outcome: request["do"] == "invoke" and of["state"] and request["name"] not in of["quiet"] and outcome != "crashed")

    get = invoke

    def reset(self, request):
        for table in (modules, instances, names, beyond, script):
            table.clear()
        self.engine.reset(request["features"])
        return {"is": "done"}

    def hello(self, request):
        engine = self.engine
        return {"is": "hello", "protocol": 1, "name": engine.name, "version": engine.version(), "values": ["i32", "i64"], "traps": "messages",
                "malformed": False, "requests": engine.requests, "lacks": engine.lacks, **engine.more}

    def bye(self, request):
        return {"is": "done"}

    def serve(self):
        for line in sys.stdin:
            request = json.loads(line)
            try:
                answer = getattr(self, request["do"])(request)
            except subprocess.TimeoutExpired:
                answer = {"is": "timedOut", "why": f"{self.engine.name} did not end in {SECONDS} s"}
            print(json.dumps({"id": request["id"], **answer}), flush=True)
            if request["do"] == "bye":
                break
