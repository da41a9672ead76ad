;; Exceptions: tags, throw and throw_ref, every form of catch clause, what passes through and what leaves.

(module $E
  (tag $i (export "i") (param i32))
  (tag $pair (export "pair") (param i32 i64))
  (tag $none (export "none"))

  (func (export "throw") (param i32) (throw $i (local.get 0)))
  (func (export "throw none") (throw $none))
  (func $choose (param i32)
    (if (i32.eq (local.get 0) (i32.const 1)) (then (throw $i (i32.const 10))))
    (if (i32.eq (local.get 0) (i32.const 2)) (then (throw $pair (i32.const 20) (i64.const 200))))
    (if (i32.eq (local.get 0) (i32.const 3)) (then (throw $none))))

  ;; catch: the payload goes to the label
  (func (export "catch") (param i32) (result i32)
    (block $all
      (block $on-pair (result i32 i64)
        (block $on-i (result i32)
          (try_table (catch $i $on-i) (catch $pair $on-pair) (catch_all $all)
            (call $choose (local.get 0)))
          (return (i32.const -1)))
        (return))
      (drop) (return))
    (i32.const 99))

  ;; catch_ref: the payload and the exception, which throw_ref throws again
  (func (export "catch_ref") (param i32) (result i32)
    (local $e exnref)
    (block $again (result i32 exnref)
      (try_table (catch_ref $i $again) (call $choose (local.get 0)))
      (return (i32.const -1)))
    (local.set $e)
    (drop)
    (block $back (result i32)
      (try_table (catch $i $back) (throw_ref (local.get $e)))
      (unreachable))
    (i32.add (i32.const 1)))

  (func (export "catch_all_ref") (param i32) (result exnref)
    (block $any (result exnref)
      (try_table (catch_all_ref $any) (call $choose (local.get 0)))
      (ref.null exn)))

  ;; the first clause that matches is taken; what no clause matches passes through
  (func (export "first") (result i32)
    (block $second
      (block $first (result i32)
        (try_table (catch $i $first) (catch_all $second) (throw $i (i32.const 5)))
        (unreachable))
      (return))
    (i32.const 6))
  (func (export "inner misses") (result i32)
    (block $outer (result i32)
      (try_table (result i32) (catch $i $outer)
        (block $inner
          (try_table (catch $none $inner) (throw $i (i32.const 7))))
        (i32.const 8))))

  ;; a result of the try_table itself; state changed before the throw stays changed
  (global $g (mut i32) (i32.const 0))
  (func (export "no throw") (result i32)
    (try_table (result i32) (i32.const 3)))
  (func (export "state") (result i32)
    (block $h (try_table (catch_all $h) (global.set $g (i32.const 4)) (throw $none)))
    (global.get $g))

  (func (export "throw_ref null") (throw_ref (ref.null exn)))

  ;; a trap is no exception
  (func (export "trap") (result i32)
    (block $h (try_table (catch_all $h) (unreachable)))
    (i32.const 1))
)
(register "E")

(assert_exception (invoke "throw" (i32.const 1)))
(assert_exception (invoke "throw none"))
(assert_return (invoke "catch" (i32.const 0)) (i32.const -1))
(assert_return (invoke "catch" (i32.const 1)) (i32.const 10))
(assert_return (invoke "catch" (i32.const 2)) (i32.const 20))
(assert_return (invoke "catch" (i32.const 3)) (i32.const 99))
(assert_return (invoke "catch_ref" (i32.const 0)) (i32.const -1))
(assert_return (invoke "catch_ref" (i32.const 1)) (i32.const 11))
(assert_exception (invoke "catch_ref" (i32.const 2)))
(assert_return (invoke "catch_all_ref" (i32.const 0)) (ref.null exn))
(assert_return (invoke "catch_all_ref" (i32.const 2)) (ref.exn))
(assert_return (invoke "first") (i32.const 5))
(assert_return (invoke "inner misses") (i32.const 7))
(assert_return (invoke "no throw") (i32.const 3))
(assert_return (invoke "state") (i32.const 4))
(assert_trap (invoke "throw_ref null") "null exception reference")
(assert_trap (invoke "trap") "unreachable")

;; a tag is itself wherever it is imported, and another instance has another
(module
  (tag $imported (import "E" "i") (param i32))
  (func $throw (import "E" "throw") (param i32))
  (tag $own (param i32))
  (func (export "imported") (result i32)
    (block $h (result i32) (try_table (catch $imported $h) (call $throw (i32.const 12))) (unreachable)))
  (func (export "own") (result i32)
    (block $h (result i32) (try_table (catch $own $h) (call $throw (i32.const 12))) (unreachable)))
)
(assert_return (invoke "imported") (i32.const 12))
(assert_exception (invoke "own"))

(assert_invalid (module (func (throw 0))) "unknown tag 0")
(assert_invalid (module (tag (result i32))) "non-empty tag result type")
(assert_invalid (module (tag $t (param i32)) (func (throw $t (i64.const 0)))) "type mismatch")
(assert_invalid (module (tag $t (param i32)) (func (block $h (result i64) (try_table (catch $t $h)) (unreachable)) (drop))) "type mismatch")
