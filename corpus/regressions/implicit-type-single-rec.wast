;; A group of one type that was written out did not count for a type use without an index, which appended a second, equal type.
(module
  (rec (type $t (func (param i32) (result i32))))
  (func $f (export "f") (param i32) (result i32) (local.get 0))
  (type $u (func))
  (table funcref (elem $f))
  (func (export "g") (result i32) (call_indirect (param i32) (result i32) (i32.const 7) (i32.const 0))))
(assert_return (invoke "f" (i32.const 3)) (i32.const 3))
(assert_return (invoke "g") (i32.const 7))

;; There is no type but the one.
(assert_invalid (module (rec (type (func (param i32)))) (func (param i32)) (func (type 1))) "unknown type")

;; Nor does an open type count.
(assert_invalid
  (module (type $open (sub (func (param i32)))) (func $f (param i32)) (elem declare func $f) (global (ref $open) (ref.func $f)))
  "type mismatch")
