;; Tables: access, size and growth, fill, copy, init and elem.drop; element segments of every mode and form.

(module
  (table $t (export "t") 3 5 externref)
  (table $f (export "f") 4 funcref)
  (table $init 2 (ref i31) (ref.i31 (i32.const 5)))
  (table $t64 (export "t64") i64 2 4 funcref)

  (elem $active (table $f) (offset (i32.const 1)) func $one)
  (elem (table $t64) (i64.const 1) funcref (ref.func $two))
  (elem $passive func $one $two $two)
  (elem $items externref (item (ref.null extern)) (ref.null extern))
  (elem $declared declare func $three)
  (table $inline funcref (elem $one $two))

  (func $one (result i32) (i32.const 1))
  (func $two (result i32) (i32.const 2))
  (func $three (result i32) (i32.const 3))

  (func (export "get") (param i32) (result externref) (table.get $t (local.get 0)))
  (func (export "set") (param i32 externref) (table.set $t (local.get 0) (local.get 1)))
  (func (export "size") (result i32) (table.size $t))
  (func (export "grow") (param externref i32) (result i32) (table.grow $t (local.get 0) (local.get 1)))
  (func (export "fill") (param i32 externref i32) (table.fill $t (local.get 0) (local.get 1) (local.get 2)))
  (func (export "copy") (param i32 i32 i32) (table.copy $t $t (local.get 0) (local.get 1) (local.get 2)))
  (func (export "init") (param i32 i32 i32) (table.init $f $passive (local.get 0) (local.get 1) (local.get 2)))
  (func (export "drop") (elem.drop $passive))
  (func (export "init active") (table.init $f $active (i32.const 0) (i32.const 0) (i32.const 1)))
  (func (export "init items") (table.init $t $items (i32.const 0) (i32.const 0) (i32.const 2)))
  (func (export "between") (table.copy $f $inline (i32.const 2) (i32.const 0) (i32.const 2)))

  (func (export "call") (param i32) (result i32) (call_indirect $f (result i32) (local.get 0)))
  (func (export "call inline") (param i32) (result i32) (call_indirect $inline (result i32) (local.get 0)))
  (func (export "with initializer") (result i32)
    (i31.get_u (table.get $init (i32.const 1))))
  (func (export "set declared") (table.set $f (i32.const 0) (ref.func $three)))

  ;; a table with 64-bit addresses
  (func (export "call 64") (param i64) (result i32) (call_indirect $t64 (result i32) (local.get 0)))
  (func (export "size 64") (result i64) (table.size $t64))
  (func (export "grow 64") (param i64) (result i64) (table.grow $t64 (ref.null func) (local.get 0)))
  (func (export "get 64") (param i64) (result funcref) (table.get $t64 (local.get 0)))
  (func (export "copy 64 to 32") (param i32 i64 i32) (table.copy $f $t64 (local.get 0) (local.get 1) (local.get 2)))
)

(assert_return (invoke "get" (i32.const 2)) (ref.null extern))
(invoke "set" (i32.const 0) (ref.extern 10))
(invoke "set" (i32.const 2) (ref.extern 12))
(assert_return (invoke "get" (i32.const 0)) (ref.extern 10))
(assert_trap (invoke "get" (i32.const 3)) "out of bounds table access")
(assert_trap (invoke "set" (i32.const -1) (ref.extern 1)) "out of bounds table access")

;; growth gives the old size, or -1 beyond the maximum; new elements have the value given
(assert_return (invoke "grow" (ref.extern 7) (i32.const 1)) (i32.const 3))
(assert_return (invoke "get" (i32.const 3)) (ref.extern 7))
(assert_return (invoke "grow" (ref.null extern) (i32.const 2)) (i32.const -1))
(assert_return (invoke "size") (i32.const 4))

(invoke "fill" (i32.const 1) (ref.extern 5) (i32.const 2))
(assert_return (invoke "get" (i32.const 2)) (ref.extern 5))
(assert_trap (invoke "fill" (i32.const 3) (ref.extern 6) (i32.const 2)) "out of bounds table access")
(assert_return (invoke "get" (i32.const 3)) (ref.extern 7))

;; copy: 10 5 5 7 becomes 10 10 5 5
(invoke "copy" (i32.const 1) (i32.const 0) (i32.const 3))
(assert_return (invoke "get" (i32.const 1)) (ref.extern 10))
(assert_return (invoke "get" (i32.const 3)) (ref.extern 5))
(assert_trap (invoke "copy" (i32.const 2) (i32.const 0) (i32.const 3)) "out of bounds table access")
(invoke "init items")
(assert_return (invoke "get" (i32.const 0)) (ref.null extern))

;; element segments: active ones were copied and dropped, passive ones wait, declarative ones are never there
(assert_return (invoke "call" (i32.const 1)) (i32.const 1))
(assert_trap (invoke "call" (i32.const 0)) "uninitialized element 0")
(assert_trap (invoke "init active") "out of bounds table access")
(invoke "init" (i32.const 0) (i32.const 1) (i32.const 2))
(assert_return (invoke "call" (i32.const 1)) (i32.const 2))
(assert_trap (invoke "init" (i32.const 0) (i32.const 2) (i32.const 2)) "out of bounds table access")
(invoke "drop")
(assert_trap (invoke "init" (i32.const 0) (i32.const 0) (i32.const 1)) "out of bounds table access")
(invoke "init" (i32.const 4) (i32.const 0) (i32.const 0))
(invoke "set declared")
(assert_return (invoke "call" (i32.const 0)) (i32.const 3))
(invoke "between")
(assert_return (invoke "call" (i32.const 2)) (i32.const 1))
(assert_return (invoke "call inline" (i32.const 1)) (i32.const 2))
(assert_return (invoke "with initializer") (i32.const 5))

(assert_return (invoke "call 64" (i64.const 1)) (i32.const 2))
(assert_trap (invoke "call 64" (i64.const 0x1_0000_0001)) "undefined element")
(assert_return (invoke "size 64") (i64.const 2))
(assert_return (invoke "grow 64" (i64.const 3)) (i64.const -1))
(assert_return (invoke "grow 64" (i64.const 2)) (i64.const 2))
(assert_trap (invoke "get 64" (i64.const -1)) "out of bounds table access")
(invoke "copy 64 to 32" (i32.const 3) (i64.const 1) (i32.const 1))
(assert_return (invoke "call" (i32.const 3)) (i32.const 2))

(assert_invalid (module (func (table.set 0 (i32.const 0) (ref.null func)))) "unknown table")
(assert_invalid (module (table 1 funcref) (func (table.set 0 (i32.const 0) (ref.null extern)))) "type mismatch")
(assert_invalid (module (table 1 (ref func))) "type mismatch")
(assert_invalid (module (table 1 funcref) (func (table.init 0 0 (i32.const 0) (i32.const 0) (i32.const 0)))) "unknown elem segment")
(assert_invalid (module (func $f) (func (drop (ref.func $f)))) "undeclared function reference")

;; a definition of the largest table costs nothing
(module definition (table 0xffff_ffff funcref))
