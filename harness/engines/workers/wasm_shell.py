#!/usr/bin/env python3
"""A worker of the conformance kit (PROTOCOL.md) for Binaryen: wasm-opt validates, wasm-shell runs scripts and ends at the first assertion that does not hold.

So the last command is an assertion that a call returns nothing. Where it returns something, wasm-shell says what it has seen instead, in decimal
and without types: those are the function's. Where it traps, wasm-shell aborts and its words are lost, so the call is made again as one that must trap.
"""
import os
import re
import sys
from replay import Replay, folder, instances, returned, run, tool

# The kit's names of features and Binaryen's. Mutable globals that are exported are of 1.0 for the kit.
FEATURES = {"sign-extension": "sign-ext", "saturating-float-to-int": "nontrapping-float-to-int", "multi-value": "multivalue", "bulk-memory": "bulk-memory",
            "reference-types": "reference-types", "simd": "simd", "extended-const": "extended-const", "tail-calls": "tail-call", "memory64": "memory64", "threads": "threads",
            "relaxed-simd": "relaxed-simd", "legacy-exceptions": "exception-handling", "function-references": "typed-function-references", "gc": "gc"}
# (module (global $n (mut i32) (i32.const 0)) (func (export "up") (result i32) …)), which counts its calls; and the empty module.
COUNTER = bytes.fromhex("0061736d010000000105016000017f030201000606017f0141000b07060102757000000a0d010b00230041016a240023000b")
EMPTY = COUNTER[:8]


class WasmShell:
    name, requests = "wasm-shell", ["instantiate", "register", "invoke"]
    lacks = {"memory": "wasm-shell does not show memories", "get": "wasm-shell shows globals without their types"}
    more = {"profiles": True, "features": [*FEATURES]}

    def version(self):
        counted = self.shell(f'{module("$a", COUNTER)}{module("$b", EMPTY)}(invoke $a "up")\n(assert_return (invoke $a "up"))')
        if seen(counted) != ["2"]:
            sys.exit("this wasm-shell forgets the names of binary modules (108 does not), so that a script cannot say which instance it means")
        return run(tool("wasm-shell"), "--version").stdout.split()[-1]

    def reset(self, features):
        self.flags = ["-mvp", "--enable-mutable-globals", *(f"--enable-{flag}" for name, flag in FEATURES.items() if name in features)]

    def shell(self, script):
        file = os.path.join(folder.name, "script.wast")
        with open(file, "w", encoding="utf-8", newline="") as out:
            out.write(script)
        return run(tool("wasm-shell"), file)

    def refusal(self, file, data):
        result = run(os.path.join(os.path.dirname(tool("wasm-shell")), "wasm-opt"), *self.flags, file)
        if result.returncode < 0:
            return crash(result)
        words = re.search(r"^\[(?:wasm-validator error in [^\]]*\] (.*?),? on|parse exception: (.*)\])|^Fatal: (.*)", result.stderr, re.M)
        return result.returncode and {"is": "rejected", "message": next(filter(None, words.groups())) if words else result.stderr[-200:]}

    def last(self, commands):
        # wasm-shell registers the last module. So what is registered is so when it is new, under all names that it gets.
        registered = [c for c in commands if c[0] == "register"]
        order = [c for made in commands if made[0] != "register" for c in (made, *(r for r in registered if made[0] == "instantiate" and r[1] == made[1]))]
        if linked(order) != linked(commands):
            return {"is": "limit", "why": "wasm-shell registers the last module alone"}
        if any('"' in c[2] or "\0" in c[2] or c[2].endswith("\\") for c in commands if c[2]):
            return {"is": "limit", "why": "wasm-shell reads no escapes in names"}
        asked, before = commands[-1], "".join(self.command(*c) for c in order if c is not commands[-1])
        do, instance, name, _ = asked
        result = self.shell(before + self.command(*asked, last=True))
        if result.returncode < 0 and re.search(r"Assertion `!trapped'|instance of 'wasm::(Trap|Wasm)Exception'", result.stderr):
            return self.trapped(self.shell(before + self.command(*asked, failed=True)))
        if do == "instantiate":
            link = re.search(r"^Fatal: (.*(?:import|getExport).*)", result.stderr, re.M)
            return {"is": "instantiated"} if result.returncode == 0 else {"is": "unlinkable", "message": link[1]} if link else crash(result)
        values, types = seen(result), instances[instance]["results"].get(name)
        if values is None:
            return crash(result)
        if types is None or len(types) != len(values) or not {*types} <= {"i32", "i64"}:
            return {"is": "limit", "why": f"wasm-shell shows ({', '.join(values)}), and not of which types"}
        return returned(zip(types, values))

    def trapped(self, result):
        found = re.match(r"\[(trap|exception thrown:) (.*)\]$", (result.stdout.strip().splitlines() or [""])[-1])
        if "[wasm-validator error" in result.stderr:
            return {"is": "limit", "why": "wasm-shell holds modules in assertions to 1.0, so that one with more cannot be seen to trap"}
        if result.returncode or not found:
            return crash(result)
        if found[1] != "trap":
            return {"is": "threw"}
        return {"is": "inapplicable", "why": found[2]} if found[2].startswith("callExport") else {"is": "trapped", "message": found[2]}

    def command(self, do, instance, name, args, failed=False, last=False):
        if do == "register":
            return f'(register "{name}")\n'
        if do == "instantiate":
            text = module(f"$i{instance}", instances[instance]["bytes"])
            return f'(assert_trap {text.strip()} "")\n' if failed else text
        call = f'(invoke $i{instance} "{name}"' + "".join(f" ({t}.const {int(bits, 16)})" for t, bits in (a.split(":") for a in args)) + ")"
        return f"(assert_return {call})\n" if last else f'(assert_trap {call} "")\n' if failed else f"{call}\n"


def linked(commands):
    """By instance, which instances have the names that it imports from when it is made."""
    names, links = {}, {}
    for do, instance, name, *_ in commands:
        if do == "register":
            names[name] = instance
        elif do == "instantiate":
            links[instance] = [names.get(imported) for imported, _ in instances[instance]["imports"]]
    return links


def module(name, data):
    """The module as text, without custom sections: a name section would rename it."""
    kept, at = data[:8], 8
    while at < len(data):
        start, size, shift, at = at, 0, 0, at + 1
        while True:
            size, shift, at = size | (data[at] & 127) << shift, shift + 7, at + 1
            if data[at - 1] < 128:
                break
        at += size
        kept += data[start:at] if data[start] else b""
    return f'(module {name} binary "' + "".join(f"\\{byte:02x}" for byte in kept) + '")\n'


def seen(result):
    """The values that an assertion found, or null where it found none."""
    found = re.findall(r"^seen (.*), expected", result.stderr, re.M)
    return re.findall(r"-?\d+", found[-1]) if found else None


def crash(result):
    return {"is": "crashed", "why": f"exit code {result.returncode}: {' | '.join(result.stderr.strip().splitlines()[-2:])[-300:]}"}


try:
    import resource
    # Where wasm-opt believes what a module claims to have, it ends before the machine does.
    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
except ImportError:
    pass  # of Unix alone
Replay(WasmShell()).serve()
