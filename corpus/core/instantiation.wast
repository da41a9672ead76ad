;; Instantiation: order of segments and start function, what a failure leaves behind, instances of one definition.

(module $M
  (memory (export "memory") 1)
  (table (export "table") 4 funcref)
  (global (export "log") (mut i32) (i32.const 0))
  (func (export "load") (param i32) (result i32) (i32.load8_u (local.get 0)))
  (func (export "call") (param i32) (result i32) (call_indirect (result i32) (local.get 0)))
)
(register "M" $M)

;; start runs after the segments
(module
  (import "M" "memory" (memory 1))
  (import "M" "log" (global $log (mut i32)))
  (data (i32.const 0) "\05")
  (start $s)
  (func $s (global.set $log (i32.load8_u (i32.const 0))))
)
(assert_return (get $M "log") (i32.const 5))

;; segments take effect one by one: what came before the trap stays, and its functions stay callable
(assert_trap
  (module
    (import "M" "memory" (memory 1))
    (import "M" "table" (table 4 funcref))
    (func $f (result i32) (i32.const 77))
    (elem (i32.const 0) $f)
    (data (i32.const 1) "\06")
    (data (i32.const 65536) "\07"))
  "out of bounds memory access")
(assert_return (invoke $M "load" (i32.const 1)) (i32.const 6))
(assert_return (invoke $M "call" (i32.const 0)) (i32.const 77))

;; element segments come before data segments
(assert_trap
  (module
    (import "M" "memory" (memory 1))
    (table 1 funcref)
    (func $f)
    (data (i32.const 2) "\08")
    (elem (i32.const 1) $f))
  "out of bounds table access")
(assert_return (invoke $M "load" (i32.const 2)) (i32.const 0))

;; a trap or an exception in the start function ends instantiation, its effects stay
(assert_trap
  (module
    (import "M" "log" (global $log (mut i32)))
    (func $s (global.set $log (i32.const 9)) (unreachable))
    (start $s))
  "unreachable")
(assert_return (get $M "log") (i32.const 9))

;; a module that does not link leaves nothing behind
(assert_unlinkable
  (module
    (import "M" "memory" (memory 1))
    (import "M" "missing" (func))
    (data (i32.const 3) "\09"))
  "unknown import")
(assert_return (invoke $M "load" (i32.const 3)) (i32.const 0))

;; a definition is instantiated as often as one likes, each time anew
(module definition $D
  (global (export "g") (mut i32) (i32.const 0))
  (func (export "inc") (result i32)
    (global.set 0 (i32.add (global.get 0) (i32.const 1)))
    (global.get 0)))
(module instance $I1 $D)
(module instance $I2 $D)
(assert_return (invoke $I1 "inc") (i32.const 1))
(assert_return (invoke $I1 "inc") (i32.const 2))
(assert_return (invoke $I2 "inc") (i32.const 1))
(module instance)
(assert_return (invoke "inc") (i32.const 1))

(module definition $trap (func $s (unreachable)) (start $s))
(assert_trap (module instance $trap) "unreachable")
(module definition $unlinkable (import "nobody" "f" (func)))
(assert_unlinkable (module instance $unlinkable) "unknown import")
;; the latest instance is still the one before
(assert_return (invoke "inc") (i32.const 2))

(assert_invalid (module (func $s (param i32)) (start $s)) "start function")
(assert_malformed (module quote "(func $s) (start $s) (start $s)") "multiple start sections")
