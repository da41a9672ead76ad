"""A worker that passes requests on to a real one, and does wrong when an export with a telling name is invoked.

    proxy.py [--values i32,i64] [--unregistered NAME] [--lacks HEX] COMMAND…

With `--unregistered` it cannot register what is called so, with `--lacks` it refuses modules that hold the bytes.
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

for line in sys.stdin:
    request = json.loads(line)
    invoked = [request["name"]] if request["do"] == "invoke" else [
        action[2] for case in request.get("cases", []) for action in case["actions"] if action[0] == "invoke"]
    if fault := next((name for name in invoked if name in FAULTS), None):
        FAULTS[fault](request)
        continue
    if request["do"] == "register" and request["name"] == options.get("unregistered"):
        print(json.dumps({"id": request["id"], "is": "limit", "why": f"{request['name']} is taken"}), flush=True)
        continue
    if request["do"] == "load" and "lacks" in options and options["lacks"] in request["hex"]:
        print(json.dumps({"id": request["id"], "is": "rejected", "message": "unsupported opcode"}), flush=True)
        continue
    child.stdin.write(line.encode())
    child.stdin.flush()
    answer = child.stdout.readline().decode()
    if request["do"] == "hello" and "values" in options:
        answer = json.dumps({**json.loads(answer), "values": options["values"].split(",")}) + "\n"
    sys.stdout.write(answer)
    sys.stdout.flush()
    if request["do"] == "bye":
        break
