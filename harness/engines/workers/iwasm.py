"""What wamr.py uses of WAMR's library libiwasm: its functions, by their names without wasm_, and its structs."""
import ctypes
import os
import sys

LIBRARY = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("CONFORMANCE_LIBIWASM") or sys.exit("CONFORMANCE_LIBIWASM names no libiwasm")
lib = ctypes.CDLL(LIBRARY)
LETTERS = {"P": ctypes.c_void_p, "S": ctypes.c_char_p, "B": ctypes.c_bool, "C": ctypes.c_uint8, "N": ctypes.c_uint32, "Q": ctypes.c_uint64, "-": None}


def struct(title, /, **fields):
    return type(title, (ctypes.Structure,), {"_fields_": [(field, LETTERS[letter]) for field, letter in fields.items()]})


LoadArgs, Export = struct("LoadArgs", name="S", clone="B", freeable="B", no_resolve="B"), struct("Export", name="S", kind="N", type="P")
Global, LETTERS["R"] = struct("Global", kind="C", mutable="B", data="P"), struct("RefType", code="C", nullable="B", heap="N")
# The library's functions, each with the types of its result and its parameters.
for signature in """runtime_init B; runtime_destroy -; runtime_set_log_level -N; runtime_get_version -PPP; runtime_load_ex PPNPPN;
        runtime_resolve_symbols BP; runtime_register_module BSPPN; runtime_instantiate PPNNPN; runtime_deinstantiate -P;
        runtime_get_export_count NP; runtime_get_export_type -PNP; runtime_lookup_function PPS; runtime_get_export_global_inst BPSP;
        runtime_get_exec_env_singleton PP; runtime_call_wasm BPPNP; runtime_get_exception SP; runtime_clear_exception -P;
        func_type_get_result_count NP; func_type_get_result_type RPN; externref_obj_new PPP; anyref_obj_new PPP; anyref_obj_get_value NP;
        externref_obj_to_internal_obj PP; obj_is_i31_obj BP; obj_is_externref_obj BP; obj_is_anyref_obj BP; obj_is_func_obj BP;
        obj_is_struct_obj BP; obj_is_array_obj BP; runtime_lookup_memory PPS; memory_get_base_address PP; memory_get_cur_page_count QP;
        memory_get_bytes_per_page QP""".split(";"):
    name, types = signature.split()
    function = globals()[name] = getattr(lib, "wasm_" + name)
    function.restype, *function.argtypes = [LETTERS[letter] for letter in types]
