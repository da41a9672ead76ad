#!/usr/bin/env python3
"""A worker of the conformance kit (PROTOCOL.md) for a validator: it loads modules and can do nothing else.

It drives `wasm-tools validate`, and shows how little a worker needs: what is not in its `requests` is never asked for, and what needs it is
reported as unsupported.
"""
import json
import os
import re
import subprocess
import sys

TOOL = os.environ.get("CONFORMANCE_WASM_TOOLS", "wasm-tools")
# The kit's names of features, and the tool's.
FEATURES = {
    "sign-extension": "sign-extension", "saturating-float-to-int": "saturating-float-to-int", "multi-value": "multi-value",
    "bulk-memory": "bulk-memory", "reference-types": "reference-types", "simd": "simd", "extended-const": "extended-const",
    "tail-calls": "tail-call", "exceptions": "exceptions", "multi-memory": "multi-memory", "memory64": "memory64",
    "function-references": "function-references", "gc": "gc", "relaxed-simd": "relaxed-simd", "threads": "threads",
    "custom-page-sizes": "custom-page-sizes", "wide-arithmetic": "wide-arithmetic", "custom-descriptors": "custom-descriptors",
    "legacy-exceptions": "legacy-exceptions", "stack-switching": "stack-switching",
}
enabled = ""


def hello(request):
    version = subprocess.run([TOOL, "--version"], capture_output=True, text=True, check=True).stdout.split()
    return {"is": "hello", "protocol": 1, "name": "wasm-tools", "version": version[1], "requests": [], "features": list(FEATURES),
            "profiles": True, "malformed": False, "lacks": {"instantiate": "wasm-tools validates modules and does not run them"}}


def reset(request):
    global enabled
    enabled = ",".join(["-all", "mutable-global", "floats", "gc-types"] + [FEATURES[f] for f in request["features"] if f in FEATURES])
    return {"is": "done"}


def load(request):
    run = subprocess.run([TOOL, "validate", f"--features={enabled}", "-"], input=bytes.fromhex(request["hex"]), capture_output=True, check=False)
    if run.returncode == 0:
        return {"is": "loaded"}
    error = run.stderr.decode("utf-8", "replace").strip()
    if run.returncode != 1:
        return {"is": "crashed", "why": f"exit code {run.returncode}: {error[:300]}"}
    # "error: func 0 failed to validate", then the causes, numbered or not, the last of which has the offset.
    lines = [line.strip() for line in error.splitlines() if line.strip()]
    # Bytes without the magic number are read as text: the first line then, above the excerpt.
    line = lines[0 if any(line.startswith("-->") for line in lines) else -1] if lines else "?"
    message = re.sub(r"^(error:|\d+:)\s*", "", line)
    return {"is": "rejected", "message": re.sub(r" \(at offset 0x[0-9a-f]+\)$", "", message)}


REQUESTS = {"hello": hello, "reset": reset, "load": load, "bye": lambda request: {"is": "done"}}

for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps({"id": request["id"], **REQUESTS[request["do"]](request)}), flush=True)
    if request["do"] == "bye":
        break
