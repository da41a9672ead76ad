;;! features: 1.0
;; WebAssembly 1.0: what it has, what it says in its own way, and what it refuses in which phase.

(module $M
  (type $i-i (func (param i32) (result i32)))
  (memory $m (export "mem") 1)
  (table $t (export "tab") 2 funcref)
  ;; the first index of a segment is that of its memory or table
  (data $m (i32.const 0) "a")
  (elem $t (i32.const 0) $f)
  (data 0 (offset (i32.const 1)) "b")
  (func $f (type $i-i) (i32.add (local.get 0) (i32.const 1)))
  (func (export "load") (param i32) (result i32) (i32.load8_u (local.get 0)))
  (func (export "call") (param i32) (result i32) (call_indirect (type $i-i) (i32.const 4) (local.get 0)))
)
(register "M" $M)
(assert_return (invoke "load" (i32.const 1)) (i32.const 98))
(assert_return (invoke "call" (i32.const 0)) (i32.const 5))
(assert_trap (invoke "call" (i32.const 1)) "uninitialized element")

;; instantiation is all or nothing: bounds are checked before anything is written, and failure is a link error
(assert_unlinkable
  (module
    (memory (import "M" "mem") 1)
    (data (i32.const 2) "c")
    (data (i32.const 65536) "d"))
  "data segment does not fit")
(assert_return (invoke $M "load" (i32.const 2)) (i32.const 0))
(assert_unlinkable
  (module
    (table (import "M" "tab") 2 funcref)
    (func $f)
    (elem (i32.const 2) $f))
  "elements segment does not fit")

;; NaN results were asked for by commands of their own
(module
  (func (export "nan") (result f32) (f32.div (f32.const 0) (f32.const 0)))
  (func (export "add") (param f64) (result f64) (f64.add (local.get 0) (f64.const 1)))
)
(assert_return_canonical_nan (invoke "nan"))
(assert_return_arithmetic_nan (invoke "add" (f64.const nan:0x4000000000000)))

;; later features: their instructions and types are unknown
(assert_malformed (module quote "(func (param i32) (result i32) (i32.extend8_s (local.get 0)))") "unknown operator")
(assert_malformed (module quote "(func (param externref))") "unknown operator")
(assert_malformed (module quote "(func (param v128))") "unknown operator")
(assert_invalid (module (memory 1) (memory 1)) "multiple memories")
(assert_invalid (module (table 1 funcref) (table 1 funcref)) "multiple tables")
(assert_invalid (module (func (result i32 i32) (i32.const 1) (i32.const 2))) "invalid result arity")
(assert_invalid (module (global $g (mut i32) (i32.const 0)) (func (result i32) (i32.add (i32.const 1)))) "type mismatch")
(assert_malformed
  (module binary "\00asm" "\01\00\00\00" "\01\05\01\60\00\01\7f" "\03\02\01\00" "\0a\07\01\05\00\41\00\c0\0b")   ;; i32.extend8_s
  "illegal opcode")
