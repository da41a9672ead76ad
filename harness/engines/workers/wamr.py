#!/usr/bin/env python3
"""A worker of the conformance kit (PROTOCOL.md) for WAMR, the WebAssembly Micro Runtime, driven through its library libiwasm.

The library is the argument, or CONFORMANCE_LIBIWASM in the environment names it. It needs WAMR_BUILD_MULTI_MODULE and WAMR_BUILD_GC. It links
modules, not instances: whoever imports a registered module gets an instance of its own of it. What the build lacks, the kit finds out.
"""
import ctypes
import json
import mmap
import os
import re
import signal
import sys
from iwasm import *

out = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)  # the library writes to standard output, too
KINDS = {"i31": obj_is_i31_obj, "extern": obj_is_externref_obj, "func": obj_is_func_obj, "struct": obj_is_struct_obj, "array": obj_is_array_obj}
NUMBERS = {0x7F: ("i32", 4), 0x7E: ("i64", 8), 0x7D: ("f32", 4), 0x7C: ("f64", 8), 0x7B: ("v128", 16)}  # by the binary format's code
SIZES = dict(NUMBERS.values())
error = (ctypes.c_char * 512).from_buffer(mmap.mmap(-1, 512))  # shared with child processes


def said(text):
    return re.sub("^(WASM module (load|instantiate) failed: )?(Exception: )?", "", text.decode("utf-8", "replace"))


def unlinked():
    return re.search(b"unknown import|incompatible import type|failed to link import", error.value)


def value(code, data):
    if code in NUMBERS:
        return f"{NUMBERS[code][0]}:{data[:NUMBERS[code][1]][::-1].hex()}"
    if not (pointer := int.from_bytes(data[:8], "little")):
        return "null"
    if obj_is_anyref_obj(pointer):
        return f"host:{anyref_obj_get_value(pointer)}"
    if obj_is_externref_obj(pointer) and obj_is_anyref_obj(inner := externref_obj_to_internal_obj(pointer)):
        return f"extern:{anyref_obj_get_value(inner)}"
    return next((kind for kind, is_one in KINDS.items() if is_one(pointer)), "ref")


def argument(text, environment):
    name, _, digits = text.partition(":")
    if name in SIZES:
        return int(digits, 16).to_bytes(SIZES[name], "little")
    return (0 if name == "null" else {"extern": externref_obj_new, "host": anyref_obj_new}[name](environment, int(digits))).to_bytes(8, "little")


class Wamr:
    def hello(self, request):
        runtime_init()
        self.instances, parts = {}, (ctypes.c_uint32 * 3)()
        runtime_get_version(*(ctypes.addressof(parts) + 4 * i for i in range(3)))
        return {"is": "hello", "protocol": 1, "name": "wamr", "version": ".".join(map(str, parts)), "requests": ["instantiate", "register", "invoke", "get", "memory"]}

    def reset(self, request):
        for instance, _, _ in self.instances.values():
            runtime_deinstantiate(instance)
        runtime_destroy()
        self.modules, self.instances, self.kept = {}, {}, []  # kept: what the library has pointers to
        signal.signal(signal.SIGSEGV, signal.SIG_DFL)  # or the library's handler finds itself as the one before it, and a crash never ends
        runtime_init()
        runtime_set_log_level(0)
        return {"is": "done"}

    def decode(self, data):
        """The module, or None. The loader looks at imports, too: most that are missing are only noted in `error`, and some make it fail."""
        self.kept.append(ctypes.create_string_buffer(data, len(data)))
        error.value = b""
        return runtime_load_ex(self.kept[-1], len(data), ctypes.byref(LoadArgs(no_resolve=True)), error, len(error))

    def load(self, request):
        self.modules[request["module"]] = data = bytes.fromhex(request["hex"])
        if not (child := os.fork()):  # the loader crashes on some modules: that costs no more than a child process
            os._exit(0 if self.decode(data) or unlinked() else 1)
        if (code := os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])) < 0:
            return {"is": "crashed", "why": f"the loader was ended by signal {-code}"}
        return {"is": "rejected", "message": said(error.value)} if code else {"is": "loaded"}

    def instantiate(self, request):
        data = self.modules[request["module"]]
        module = self.decode(data)
        linked = module and runtime_resolve_symbols(module) and not unlinked()
        instance = runtime_instantiate(module, 1 << 20, 0, error, len(error)) if linked else None
        if not instance:
            return {"is": "trapped" if linked and not unlinked() else "unlinkable", "message": said(error.value)}
        types, export = {}, Export()
        for index in range(runtime_get_export_count(module)):
            runtime_get_export_type(module, index, ctypes.byref(export))
            types[export.name.decode()] = export.type
        self.instances[request["instance"]] = (instance, types, data)
        return {"is": "instantiated"}

    def register(self, request):
        name, numbers = request["name"].encode(), request["instances"]
        module = self.decode(self.instances[numbers[0]][2]) if len(numbers) == 1 else None
        self.kept.append(name)
        registered = module and runtime_resolve_symbols(module) and runtime_register_module(name, module, error, len(error))
        return {"is": "done"} if registered else {"is": "limit", "why": said(error.value) or "a name stands for one module"}

    def invoke(self, request):
        instance, types, _ = self.instances[request["instance"]]
        type_, environment = types[request["name"]], runtime_get_exec_env_singleton(instance)
        codes = [func_type_get_result_type(type_, index).code for index in range(func_type_get_result_count(type_))]
        data = b"".join(argument(one, environment) for one in request["args"])
        sizes = [NUMBERS.get(code, ("ref", 8))[1] for code in codes]
        cells = ctypes.create_string_buffer(data, max(len(data), sum(sizes), 8))
        if not runtime_call_wasm(environment, runtime_lookup_function(instance, request["name"].encode()), len(data) // 4, cells):
            text = said(runtime_get_exception(instance))
            runtime_clear_exception(instance)
            return {"is": "exhausted" if "stack overflow" in text else "trapped", "message": text}
        return {"is": "returned", "values": [value(code, cells.raw[sum(sizes[:index]):]) for index, code in enumerate(codes)]}

    def get(self, request):
        instance, types, _ = self.instances[request["instance"]]
        runtime_get_export_global_inst(instance, request["name"].encode(), ctypes.byref(found := Global()))
        code = ctypes.string_at(types[request["name"]], 1)[0]  # a global's type begins with it; the function for it knows two references only
        return {"is": "returned", "values": [value(code, ctypes.string_at(found.data, 16))]}

    def memory(self, request):
        memory = runtime_lookup_memory(self.instances[request["instance"]][0], request["name"].encode())
        size = memory_get_cur_page_count(memory) * memory_get_bytes_per_page(memory)
        return {"is": "bytes", "hex": ctypes.string_at(memory_get_base_address(memory), size)[request["offset"]:request["offset"] + request["length"]].hex()}


worker = Wamr()
for line in sys.stdin:
    request = json.loads(line)
    answer = {"is": "done"} if request["do"] == "bye" else getattr(worker, request["do"])(request)
    print(json.dumps({"id": request["id"], **answer}), file=out, flush=True)
    if request["do"] == "bye":
        break
