"""A worker that passes requests on to a real one, and does wrong when an export with a telling name is invoked.

    proxy.py [--values i32,i64] [--unregistered NAME] [--lacks HEX] [--without cases,get] [--batches yes] [--copies yes] COMMAND…

With `--unregistered` it cannot register what is called so, with `--lacks` it refuses modules that hold the bytes, with `--without` it has not these
requests, with `--batches` it takes batches, with `--copies` it registers new instances of the modules of those that it is asked to.
"""
import json
import os
import signal
import subprocess
import sys
import time

arguments = sys.argv[1:]
options = {}
while arguments[0].startswith("--"):
    options[arguments[0][2:]] = arguments[1]
    arguments = arguments[2:]
child = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def leak():
    kept = []
    while True:
        kept.append(b"x" * (16 << 20))
        time.sleep(0.005)


FAULTS = {
    "die": lambda request: os.kill(os.getpid(), signal.SIGKILL),
    "die after": lambda request: (print(json.dumps({"id": request["id"], "is": "returned", "values": []}), flush=True), os.kill(os.getpid(), signal.SIGKILL)),
    "exit": lambda request: (print("out of luck", file=sys.stderr, flush=True), os._exit(3)),
    "hang": lambda request: time.sleep(1000),
    "garbage": lambda request: print("Segmentation fault", flush=True),
    "no json": lambda request: print("{\"id\":", request["id"], ", is: done}", flush=True),
    "other id": lambda request: print(json.dumps({"id": request["id"] + 1000, "is": "returned", "values": []}), flush=True),
    "twice": lambda request: print(2 * (json.dumps({"id": request["id"], "is": "returned", "values": []}) + "\n"), end="", flush=True),
    "no outcome": lambda request: print(json.dumps({"id": request["id"], "is": "loaded"}), flush=True),
    "no value": lambda request: print(json.dumps({"id": request["id"], "is": "returned", "values": ["i33:0"]}), flush=True),
    "close": lambda request: (os.close(1), time.sleep(1000)),
    "leak": lambda request: leak(),
}

modules, broken = {}, set()  # of instances; instances that could not be made


def pass_on(request):
    child.stdin.write(json.dumps(request).encode() + b"\n")
    child.stdin.flush()
    return json.loads(child.stdout.readline())


def answer(request):
    """The answer, or nothing when the fault has given one."""
    does = request["do"]
    invoked = [request["name"]] if does == "invoke" else [action[2] for case in request.get("cases", []) for action in case["actions"] if action[0] == "invoke"]
    if fault := next((name for name in invoked if name in FAULTS), None):
        FAULTS[fault](request)
        return None
    if does == "batch":
        answers = []
        for part in request["requests"]:
            named = part.get("instances", [part["instance"]] if "instance" in part and part["do"] != "instantiate" else [])
            known = not broken.intersection(named) and ("module" not in part or part["do"] == "load" or -part["module"] not in broken)
            answers.append(answer({"id": request["id"], **part}) if known else {"is": "inapplicable", "why": "it could not be made"})
            if part["do"] == "load" and answers[-1]["is"] != "loaded":
                broken.add(-part["module"])
            if part["do"] == "instantiate" and answers[-1]["is"] != "instantiated":
                broken.add(part["instance"])
        return {"id": request["id"], "is": "batch", "answers": answers}
    if does == "reset":
        broken.clear()
    if does == "instantiate":
        modules[request["instance"]] = request["module"]
    if does == "register" and request["name"] == options.get("unregistered"):
        return {"id": request["id"], "is": "limit", "why": f"{request['name']} is taken"}
    if does == "register" and "copies" in options:
        copies = [instance + 1_000_000_000 for instance in request["instances"]]
        for instance, copy in zip(request["instances"], copies):
            pass_on({"id": 0, "do": "instantiate", "module": modules[instance], "instance": copy})
        request["instances"] = copies
    if does == "load" and "lacks" in options and options["lacks"] in request["hex"]:
        return {"id": request["id"], "is": "rejected", "message": "unsupported opcode"}
    said = pass_on(request)
    if does == "hello":
        if "values" in options:
            said["values"] = options["values"].split(",")
        said["requests"] = [r for r in said["requests"] if r not in options.get("without", "").split(",")] + ["batch"] * ("batches" in options)
    return said


for line in sys.stdin:
    request = json.loads(line)
    if (said := answer(request)) is not None:
        print(json.dumps(said), flush=True)
    if request["do"] == "bye":
        break
