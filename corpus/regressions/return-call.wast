;; return_call calls the function of its index, imported ones counted; it and return_call_indirect drop all operands but the arguments (4.6.8, return_call).
;; wabt 1.0.32 counts imported functions twice, and leaves the operands to the caller. Found by layers module and single.

(module
  (import "spectest" "print" (func))
  (func (export "f") (result i32) (return_call $right))
  (func $right (result i32) (i32.const 1))
  (func $wrong (result i32) (i32.const 2)))
(assert_return (invoke "f") (i32.const 1))

(module
  (type $t (func (result i32)))
  (table funcref (elem $callee))
  (func (export "direct") (result i32) (local $x i32)
    (local.set $x (i32.const 1))
    (drop (call $direct))
    (local.get $x))
  (func (export "indirect") (result i32) (local $x i32)
    (local.set $x (i32.const 1))
    (drop (call $indirect))
    (local.get $x))
  (func $direct (result i32) (i32.const 2) (return_call $callee))
  (func $indirect (result i32) (i32.const 2) (return_call_indirect (type $t) (i32.const 0)))
  (func $callee (result i32) (i32.const 3)))
(assert_return (invoke "direct") (i32.const 1))
(assert_return (invoke "indirect") (i32.const 1))
