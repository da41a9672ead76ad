;; What `conformance worker-test` runs on a worker, after its frames were checked. A command that needs what the worker does not have is unsupported.

;; modules: accepted, malformed, invalid
(module definition $empty)
(assert_malformed (module binary "\00asm\02\00\00\00") "unknown binary version")
(assert_malformed (module binary "") "unexpected end")
(assert_invalid (module (func (result i32) i64.const 0)) "type mismatch")

;; integers, results in order, arguments in order
(module
  (func (export "i32") (param i32) (result i32) local.get 0)
  (func (export "i64") (param i64) (result i64) local.get 0)
  (func (export "sub") (param i32 i32) (result i32) local.get 0 local.get 1 i32.sub)
  (func (export "nothing")))
(assert_return (invoke "i32" (i32.const 0x80000000)) (i32.const 0x80000000))
(assert_return (invoke "i32" (i32.const -1)) (i32.const 0xffffffff))
(assert_return (invoke "i64" (i64.const 0x8000000000000001)) (i64.const 0x8000000000000001))
(assert_return (invoke "i64" (i64.const -1)) (i64.const 0xffffffffffffffff))
(assert_return (invoke "sub" (i32.const 5) (i32.const 3)) (i32.const 2))
(assert_return (invoke "nothing"))

;; floats: every bit of them, signalling NaNs too
(module
  (func (export "f32") (param f32) (result f32) local.get 0)
  (func (export "f64") (param f64) (result f64) local.get 0)
  (global (export "f32 global") f32 (f32.const nan:0x200001))
  (global (export "f64 global") f64 (f64.const -nan:0x4000000000001)))
(assert_return (invoke "f32" (f32.const -0)) (f32.const -0))
(assert_return (invoke "f32" (f32.const 0x1p-149)) (f32.const 0x1p-149))
(assert_return (invoke "f32" (f32.const nan:0x200001)) (f32.const nan:0x200001))
(assert_return (invoke "f32" (f32.const -nan:0x400000)) (f32.const -nan:0x400000))
(assert_return (invoke "f64" (f64.const nan:0x4000000000001)) (f64.const nan:0x4000000000001))
(assert_return (invoke "f64" (f64.const 0x1.fffffffffffffp+1023)) (f64.const 0x1.fffffffffffffp+1023))
(assert_return (get "f32 global") (f32.const nan:0x200001))
(assert_return (get "f64 global") (f64.const -nan:0x4000000000001))

;; several results
(module (func (export "three") (param i32 f64) (result f64 i32 i64) local.get 1 local.get 0 i64.const -3))
(assert_return (invoke "three" (i32.const 1) (f64.const 2)) (f64.const 2) (i32.const 1) (i64.const -3))

;; vectors
(module
  (func (export "v128") (param v128) (result v128) local.get 0)
  (func (export "swap") (param v128 v128) (result v128 v128) local.get 1 local.get 0))
(assert_return (invoke "v128" (v128.const i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 -1)) (v128.const i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 -1))
(assert_return (invoke "v128" (v128.const f32x4 nan:0x200001 -0 1 inf)) (v128.const f32x4 nan:0x200001 -0 1 inf))
(assert_return (invoke "swap" (v128.const i64x2 1 2) (v128.const i64x2 3 4)) (v128.const i64x2 3 4) (v128.const i64x2 1 2))

;; references: null, of the host, functions
(module
  (func $f (export "extern") (param externref) (result externref) local.get 0)
  (func (export "func") (result funcref) ref.func $f)
  (func (export "null func") (param funcref) (result funcref) local.get 0)
  (global (export "null global") externref (ref.null extern)))
(assert_return (invoke "extern" (ref.null extern)) (ref.null extern))
(assert_return (invoke "extern" (ref.extern 1)) (ref.extern 1))
(assert_return (invoke "extern" (ref.extern 0)) (ref.extern 0))
(assert_return (invoke "func") (ref.func))
(assert_return (invoke "null func" (ref.null func)) (ref.null func))
(assert_return (get "null global") (ref.null extern))

;; the heap: kinds of references, and the host's seen as anyref
(module
  (type $s (struct (field i32)))
  (type $a (array i8))
  (func (export "i31") (result anyref) i32.const 7 ref.i31)
  (func (export "struct") (result (ref $s)) struct.new_default $s)
  (func (export "array") (result eqref) i32.const 2 array.new_default $a)
  (func (export "any") (param anyref) (result anyref) local.get 0)
  (func (export "internal") (param externref) (result anyref) local.get 0 any.convert_extern)
  (func (export "none") (result nullref) ref.null none))
(assert_return (invoke "i31") (ref.i31))
(assert_return (invoke "struct") (ref.struct))
(assert_return (invoke "array") (ref.array))
(assert_return (invoke "any" (ref.host 3)) (ref.host 3))
(assert_return (invoke "any" (ref.null any)) (ref.null any))
(assert_return (invoke "internal" (ref.extern 4)) (ref.host 4))
(assert_return (invoke "none") (ref.null))

;; globals
(module
  (global (export "g") i32 (i32.const -7))
  (global $m (export "m") (mut i64) (i64.const 1))
  (func (export "set") (param i64) local.get 0 global.set $m))
(assert_return (get "g") (i32.const -7))
(invoke "set" (i64.const 0x123456789abcdef0))
(assert_return (get "m") (i64.const 0x123456789abcdef0))

;; traps, and state behind them
(module
  (memory (export "memory") 1)
  (func (export "unreachable") i32.const 0 i32.const 0x11223344 i32.store unreachable)
  (func (export "divide") (param i32 i32) (result i32) local.get 0 local.get 1 i32.div_s)
  (func (export "load") (param i32) (result i32) local.get 0 i32.load)
  (func $deep (export "deep") call $deep))
(assert_trap (invoke "unreachable") "unreachable")
(assert_return (invoke "load" (i32.const 0)) (i32.const 0x11223344))
(assert_trap (invoke "divide" (i32.const 1) (i32.const 0)) "integer divide by zero")
(assert_trap (invoke "divide" (i32.const 0x80000000) (i32.const -1)) "integer overflow")
(assert_trap (invoke "load" (i32.const 65533)) "out of bounds memory access")
(assert_exhaustion (invoke "deep") "call stack exhausted")
(assert_return (invoke "load" (i32.const 0)) (i32.const 0x11223344))

;; linking: by name, the last registration counts, two instances of one module
(module $counter (global $n (mut i32) (i32.const 0)) (func (export "up") (result i32) global.get $n i32.const 1 i32.add global.set $n global.get $n))
(register "a" $counter)
(module $user (func $up (import "a" "up") (result i32)) (func (export "use") (result i32) call $up))
(assert_return (invoke $user "use") (i32.const 1))
(assert_return (invoke $counter "up") (i32.const 2))
(assert_return (invoke $user "use") (i32.const 3))
(module $other (func (export "up") (result i32) i32.const 100))
(register "a" $other)
(module $user2 (func $up (import "a" "up") (result i32)) (func (export "use") (result i32) call $up))
(assert_return (invoke $user2 "use") (i32.const 100))
(assert_return (invoke $user "use") (i32.const 4))
(assert_unlinkable (module (func (import "a" "no such"))) "unknown import")
(assert_unlinkable (module (func (import "no such" "up"))) "unknown import")
(assert_unlinkable (module (global (import "a" "no such") externref)) "unknown import")
(assert_unlinkable (module (func (import "a" "up") (result i64))) "incompatible import type")
(module $typed (type $t (func)) (func $f (type $t)) (global (export "f") (ref $t) (ref.func $f)))
(register "typed" $typed)
(module (type $t (func)) (global (import "typed" "f") (ref $t)))
(assert_unlinkable (module (memory (import "a" "up") 1)) "incompatible import type")

;; instantiation that fails keeps what it wrote
(module $m (memory (export "mem") 1) (func (export "byte") (result i32) i32.const 0 i32.load8_u))
(register "m" $m)
(assert_trap (module (memory (import "m" "mem") 1) (data (i32.const 0) "x") (data (i32.const 65536) "y")) "out of bounds memory access")
(assert_return (invoke $m "byte") (i32.const 0x78))
(assert_trap (module (func $f unreachable) (start $f)) "unreachable")

;; the host module
(module
  (import "spectest" "global_i32" (global i32))
  (import "spectest" "global_f32" (global f32))
  (import "spectest" "memory" (memory 1 2))
  (import "spectest" "table" (table 10 20 funcref))
  (import "spectest" "print_i32_f32" (func $print (param i32 f32)))
  (export "i32" (global 0))
  (export "f32" (global 1))
  (func (export "print") i32.const 1 f32.const 2 call $print))
(assert_return (get "i32") (i32.const 666))
(assert_return (get "f32") (f32.const 666.6))
(assert_return (invoke "print"))
(assert_unlinkable (module (func (import "spectest" "print_i32") (param i64))) "incompatible import type")

;; names
(module (func (export "") (result i32) i32.const 1) (func (export "\"\\\n\e2\82\ac") (result i32) i32.const 2) (func (export "__proto__") (result i32) i32.const 3))
(assert_return (invoke "") (i32.const 1))
(assert_return (invoke "\"\\\n\e2\82\ac") (i32.const 2))
(assert_return (invoke "__proto__") (i32.const 3))

;; exceptions
(module
  (tag $e (export "e") (param i32 f64))
  (tag $hidden (param i64))
  (func (export "throw") i32.const 7 f64.const 1.5 throw $e)
  (func (export "throw hidden") i64.const 7 throw $hidden)
  (func (export "caught") (result i32 f64) block (result i32 f64) try_table (result i32 f64) (catch $e 0) i32.const 8 f64.const nan:0x4000000000001 throw $e end end))
(assert_exception (invoke "throw"))
(assert_exception (invoke "throw hidden"))
(assert_return (invoke "caught") (i32.const 8) (f64.const nan:0x4000000000001))
