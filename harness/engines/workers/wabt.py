#!/usr/bin/env python3
"""A worker of the conformance kit (PROTOCOL.md) for wabt: spectest-interp reads scripts as JSON, and prints what actions gave."""
import json
import os
import re
from batch import Batches
from replay import folder, instances, returned, run, tool


ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
# The kit's names of features that wabt has, and wabt's; those that it has on by itself are switched off where they are not wanted.
ON = {"sign-extension": "sign-extension", "saturating-float-to-int": "saturating-float-to-int", "multi-value": "multi-value", "bulk-memory": "bulk-memory",
      "reference-types": "reference-types", "simd": "simd"}
OFF = {"extended-const": "extended-const", "tail-calls": "tail-call", "exceptions": "exceptions", "legacy-exceptions": "exceptions", "multi-memory": "multi-memory",
       "memory64": "memory64", "relaxed-simd": "relaxed-simd", "threads": "threads", "custom-page-sizes": "custom-page-sizes"}


class Wabt:
    name, requests = "wabt", ["instantiate", "register", "invoke", "batch"]
    lacks = {"memory": "spectest-interp does not show memories", "get": "spectest-interp does not show globals"}

    def __init__(self):
        known = set(re.findall(r"--(?:en|dis)able-([a-z0-9-]+)", run(tool("wasm-validate"), "--help").stdout))
        for table in (ON, OFF):
            for feature in [f for f in table if table[f] not in known]:
                del table[feature]
        self.more = {"profiles": True, "features": [*ON, *OFF]}

    def reset(self, features):
        self.flags = [f"--disable-{flag}" for name, flag in ON.items() if name not in features]
        self.flags += sorted({f"--enable-{flag}" for name, flag in OFF.items() if name in features})

    def version(self):
        return run(tool("spectest-interp"), "--version").stdout.strip()

    def refusal(self, file, data):
        result = run(tool("wasm-validate"), *self.flags, file)
        if result.returncode < 0:
            return {"is": "crashed", "why": f"signal {-result.returncode}"}
        return result.returncode and {"is": "rejected", "message": self.message(((result.stdout + result.stderr).strip().splitlines() or ["?"])[0])}

    def message(self, said):
        return re.sub(r"^.*?[0-9a-f]{7}: (error: )?", "", said.strip())

    def run(self, commands):
        file = os.path.join(folder.name, "script.json")
        with open(file, "w", encoding="utf-8") as out:
            text = json.dumps({"source_filename": "script", "commands": [self.command(i, *c) for i, c in enumerate(commands)]})
            # Of JSON's escapes spectest-interp knows one.
            out.write(re.sub(r'\\(["\\/bfnrt])', lambda m: f"\\u{ord(ESCAPES.get(m[1], m[1])):04x}", text))
        return run(tool("spectest-interp"), *self.flags, file)

    def last(self, commands):
        result = self.run(commands)
        if result.returncode < 0 or not result.stdout.strip():
            return {"is": "crashed", "why": f"exit code {result.returncode}: {result.stderr[-300:]}"}
        # The last line counts the commands; the last command's own is before it.
        said = result.stdout.strip().splitlines()[:-1]
        return self.instantiated(said, len(commands) - 1) if commands[-1][0] == "instantiate" else self.called(said[-1] if said else "")

    def all(self, commands):
        result = self.run(commands)
        if result.returncode < 0 or not result.stdout.strip():
            self.fault = f"exit code {result.returncode}: {result.stderr[-300:]}"
            return None
        try:
            return self.answers(commands, result.stdout.split("\n"))
        except IndexError:
            self.fault = f"it did not run to the end: {result.stdout[-300:]}"
            return None

    def answers(self, commands, said):
        at, answers = 0, []
        for line, (do, *_) in enumerate(commands):
            here = f"script:{line}: "
            if do == "invoke":
                answers.append(self.called(said[at]))
                at += 1 + said[at + 1].startswith(here)
            elif do == "load":
                refused = "passed" in said[at]
                answers.append({"is": "rejected", "message": self.message(said[at + 1])} if refused else {"is": "loaded"})
                at += 1
                while refused and said[at].startswith("  "):
                    at += 1
            elif said[at].startswith(here):
                answers.append(self.instantiated(said[at:], line))
                at += 1
            else:
                answers.append({"is": "instantiated" if do == "instantiate" else "done"})
        return answers

    def command(self, line, do, instance, name, args, failed=False):
        if do == "load":
            # It says why it refuses a module only when that is what is expected.
            return {"type": "assert_invalid", "line": line, "filename": os.path.basename(name), "text": "", "module_type": "binary"}
        if do == "instantiate":
            return {"type": "module", "line": line, "name": f"$i{instance}", "filename": os.path.basename(instances[instance]["file"])}
        if do == "register":
            return {"type": "register", "line": line, "name": f"$i{instance}", "as": self.bytes(name)}
        values = [{"type": t, "value": str(int(bits, 16))} for t, bits in (a.split(":") for a in args)]
        return {"type": "action", "line": line, "action": {"type": do, "module": f"$i{instance}", "field": self.bytes(name), **({"args": values} if do == "invoke" else {})}, "expected": []}

    def bytes(self, name):
        return name.encode().decode("latin-1")

    def instantiated(self, said, line):
        answer = next((s for s in said if s.startswith(f"script:{line}: ")), None)
        if answer is None:
            return {"is": "instantiated"}
        found = re.match(r'script:\d+: error instantiating module: "(.*)"$', answer)
        return {"is": "unlinkable" if re.search("import|declared", found[1]) else "trapped", "message": found[1]} if found else {"is": "crashed", "why": answer}

    def called(self, answer):
        # NAME(VALUES) => VALUES, NAME() => error: WHY, script:LINE: unexpected trap: WHY
        if found := re.search(r"(?:^script:\d+: unexpected trap|\) => error): (.*)$", answer):
            return {"is": "threw"} if "uncaught exception" in found[1] else {"is": "trapped", "message": found[1]}
        if found := re.search(r"\) =>([^)]*)$", answer):
            return returned(re.findall(r"(i32|i64):(-?\d+)", found[1]))
        return {"is": "inapplicable", "why": answer}


Batches(Wabt()).serve()
