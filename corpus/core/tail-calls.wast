;; Tail calls: direct, through a table and through a reference, in constant space.

(module
  (type $step (func (param i64 i64) (result i64)))
  (table funcref (elem $even $odd))
  (elem declare func $even)

  (func $count (export "count") (param i64 i64) (result i64)
    (if (i64.eqz (local.get 0)) (then (return (local.get 1))))
    (return_call $count (i64.sub (local.get 0) (i64.const 1)) (i64.add (local.get 1) (i64.const 3))))

  ;; even and odd call each other through the table
  (func $even (export "even") (type $step)
    (if (i64.eqz (local.get 0)) (then (return (i64.const 44))))
    (return_call_indirect (type $step) (i64.sub (local.get 0) (i64.const 1)) (local.get 1) (i32.const 1)))
  (func $odd (type $step)
    (if (i64.eqz (local.get 0)) (then (return (i64.const 99))))
    (return_call_indirect (type $step) (i64.sub (local.get 0) (i64.const 1)) (local.get 1) (i32.const 0)))

  (func $loop (export "by reference") (param i64 (ref $by)) (result i64)
    (if (i64.eqz (local.get 0)) (then (return (i64.const 7))))
    (return_call_ref $by (i64.sub (local.get 0) (i64.const 1)) (local.get 1) (local.get 1)))
  (type $by (func (param i64 (ref $by)) (result i64)))
  (elem declare func $loop)
  (func (export "start by reference") (param i64) (result i64) (call $loop (local.get 0) (ref.func $loop)))

  (func (export "null") (result i64) (return_call_ref $step (i64.const 0) (i64.const 0) (ref.null $step)))
  (func (export "beyond") (result i64) (return_call_indirect (type $step) (i64.const 0) (i64.const 0) (i32.const 2)))
)

(assert_return (invoke "count" (i64.const 100_000) (i64.const 0)) (i64.const 300_000))
(assert_return (invoke "even" (i64.const 100_000) (i64.const 0)) (i64.const 44))
(assert_return (invoke "even" (i64.const 99_999) (i64.const 0)) (i64.const 99))
(assert_return (invoke "start by reference" (i64.const 100_000)) (i64.const 7))
(assert_trap (invoke "null") "null function reference")
(assert_trap (invoke "beyond") "undefined element")

(assert_invalid (module (func $f (result i64) (i64.const 0)) (func (result i32) (return_call $f))) "type mismatch")
