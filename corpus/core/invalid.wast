;; Well-formed modules that break a rule of validation: the rules that no other script shows.

;; operands: what is there, what is asked for
(assert_invalid (module (func (i32.add (i32.const 1)) (drop))) "type mismatch: instruction requires [i32 i32] but stack has [i32]")
(assert_invalid (module (func (result i32) (i32.eqz (i64.const 1)))) "type mismatch: instruction requires [i32] but stack has [i64]")
(assert_invalid (module (func (i32.const 1))) "type mismatch: block requires [] but stack has [i32]")
(assert_invalid (module (func (result i32) (return))) "type mismatch")
(assert_invalid (module (func (drop))) "type mismatch")
(assert_invalid (module (func (if (i64.const 1) (then)))) "type mismatch")
(assert_invalid (module (func (select (i32.const 1) (i64.const 1) (i32.const 1)) (drop))) "type mismatch")
(assert_invalid (module (func (result i32) (block (br 1)) (i32.const 1))) "type mismatch")
(assert_invalid (module (func (block (result i32) (block (br_table 0 1 (i32.const 1) (i32.const 0))) (i32.const 2)) (drop))) "type mismatch")
(assert_invalid (module (func (loop (param i32) (drop)))) "type mismatch")
;; after a branch the stack is polymorphic, but not without types
(assert_invalid (module (func (result i32) (unreachable) (i64.const 1))) "type mismatch")
(assert_invalid (module (func (block (br 0) (i32.const 1)))) "type mismatch")

;; indices
(assert_invalid (module (func (type 7))) "unknown type")
(assert_invalid (module (func (call_indirect (type 0)))) "unknown table")
(assert_invalid (module (func (drop (memory.size)))) "unknown memory")
(assert_invalid (module (func (drop (global.get 0)))) "unknown global")
(assert_invalid (module (table 0 funcref) (func (elem.drop 0))) "unknown elem segment")
(assert_invalid (module (func (br_table 0 1 (i32.const 0)))) "unknown label")
(assert_invalid (module (elem (i32.const 0) func)) "unknown table")
(assert_invalid (module (data (i32.const 0) "")) "unknown memory")
(assert_invalid (module (start 0)) "unknown function")

;; kinds of types
(assert_invalid (module (type $s (struct)) (func (type $s))) "non-function type")
(assert_invalid (module (type $f (func)) (func (drop (struct.new $f)))) "non-structure type")
(assert_invalid (module (type $s (struct)) (func (drop (array.new_default $s (i32.const 0))))) "non-array type")
(assert_invalid (module (func (param externref) (drop (i31.get_s (local.get 0))))) "type mismatch")
(assert_invalid (module (type $f (func)) (func (param funcref) (call_ref $f (local.get 0)))) "type mismatch")

;; locals without default are set before they are read, on every way to the read
(assert_invalid
  (module (func (param i32) (local $r (ref extern)) (if (local.get 0) (then (local.set $r (ref.as_non_null (ref.null extern))))) (drop (local.get $r))))
  "uninitialized local")

;; constant expressions
(assert_invalid (module (global $g (mut i32) (i32.const 0)) (global i32 (global.get $g))) "constant expression required")
(assert_invalid (module (memory 1) (data (i32.load (i32.const 0)) "")) "constant expression required")
(assert_invalid (module (global i32 (i64.const 0))) "type mismatch")
(assert_invalid (module (memory 1) (data (i64.const 0) "")) "type mismatch")

;; limits
(assert_invalid (module (table 2 1 funcref)) "size minimum must not be greater than maximum")
(assert_invalid (module (import "m" "t" (table 2 1 funcref))) "size minimum must not be greater than maximum")
(assert_invalid (module (memory 0 65537)) "memory size must be at most")

;; exports share one name space
(assert_invalid (module (memory 1) (func) (export "x" (func 0)) (export "x" (memory 0))) "duplicate export name")

;; the same rules hold for bodies that never run
(assert_invalid (module (func (return) (i32.add (f32.const 1)))) "type mismatch")
