;; Exhaustion is no trap: the call stack ends, wherever the calls go through, and the instance stays usable.

(module
  (type $void (func))
  (table funcref (elem $indirect))
  (elem declare func $by-ref)
  (func $direct (export "direct") (call $direct))
  (func $indirect (export "indirect") (call_indirect (type $void) (i32.const 0)))
  (func $by-ref (export "by reference") (call_ref $void (ref.func $by-ref)))
  (func $a (export "mutual") (call $b))
  (func $b (call $a))
  (func $values (export "with values") (param i64 i64 f64) (result i64)
    (i64.add (local.get 0) (call $values (local.get 1) (local.get 0) (local.get 2))))
  ;; no handler catches it
  (func $in-try (export "in a handler")
    (block $h (try_table (catch_all $h) (call $in-try))))
  (func (export "fine") (result i32) (i32.const 1))
)

(assert_exhaustion (invoke "direct") "call stack exhausted")
(assert_exhaustion (invoke "indirect") "call stack exhausted")
(assert_exhaustion (invoke "by reference") "call stack exhausted")
(assert_exhaustion (invoke "mutual") "call stack exhausted")
(assert_exhaustion (invoke "with values" (i64.const 1) (i64.const 2) (f64.const 3)) "call stack exhausted")
(assert_exhaustion (invoke "in a handler") "call stack exhausted")
(assert_return (invoke "fine") (i32.const 1))
