;; What the older form of exception handling catches, hands on and throws again.
(module
  (import "host" "emit32" (func $emit (param i32)))
  (memory (export "mem") 1)
  (tag $one (export "one") (param i32))
  (tag $two (export "two") (param i32 i64))
  (tag $none (export "none"))
  (func $what (param i32) (result i32) (i32.load8_u offset=1024 (i32.shl (local.get 0) (i32.const 4))))
  (func $value (param i32) (result i32) (i32.load offset=1028 (i32.shl (local.get 0) (i32.const 4))))
  (func $large (param i32) (result i64) (i64.load offset=1032 (i32.shl (local.get 0) (i32.const 4))))
  (func $emit64 (param i64)
    (call $emit (i32.wrap_i64 (local.get 0)))
    (call $emit (i32.wrap_i64 (i64.shr_u (local.get 0) (i64.const 32)))))

  (func $throw (param $i i32) (result i32)
    (block $3 (block $2 (block $1 (block $0
      (br_table $0 $1 $2 $3 (i32.and (call $what (local.get $i)) (i32.const 3))))
      (return (call $value (local.get $i))))
      (throw $one (call $value (local.get $i))))
      (throw $two (call $value (local.get $i)) (call $large (local.get $i))))
    (throw $none))

  (func (export "run0") (param $i i32)
    (call $emit (i32.add (i32.const 7)
      (try (result i32)
        (do (call $throw (local.get $i)))
        (catch $one (i32.add (i32.const 1)))
        (catch $two (call $emit64) (i32.mul (i32.const 3)))
        (catch_all (i32.const 77))))))

  ;; thrown again from the handler, with its payload
  (func (export "run1") (param $i i32)
    (local $v i32)
    (call $emit
      (try (result i32)
        (do
          (try (result i32)
            (do (call $throw (local.get $i)))
            (catch $two (call $emit64) (call $emit) (rethrow 0))
            (catch_all (call $emit (i32.const 5)) (rethrow 0))))
        (catch $one)
        (catch $two (call $emit64))
        (catch_all (i32.const 78)))))

  ;; the outer one thrown again from an inner handler
  (func (export "run2") (param $i i32)
    (call $emit
      (try (result i32)
        (do
          (try (result i32)
            (do (call $throw (local.get $i)))
            (catch_all
              (try (result i32)
                (do (throw $one (i32.const 11)))
                (catch $one (call $emit) (rethrow 1))))))
        (catch $one (i32.xor (i32.const -1)))
        (catch_all (i32.const 79)))))

  ;; handed to an outer try, past the one between
  (func (export "run3") (param $i i32)
    (call $emit
      (try $outer (result i32)
        (do
          (try $middle (result i32)
            (do
              (try (result i32)
                (do (i32.add (i32.const 1) (call $throw (local.get $i))))
                (delegate $outer)))
            (catch_all (call $emit (i32.const 99)) (i32.const 98))))
        (catch $one)
        (catch $two (drop))
        (catch_all (i32.const 80)))))

  ;; not caught, or handed to the caller; a trap is not caught either
  (func (export "run4") (param $i i32)
    (try (do (call $emit (call $throw (local.get $i)))) (catch $two (drop) (call $emit))))
  (func (export "run5") (param $i i32)
    (try $t
      (do (try (do (call $emit (call $throw (local.get $i)))) (delegate 1)))
      (catch_all (call $emit (i32.const 97)))))
  (func (export "run6") (param $i i32)
    (try
      (do (call $emit (i32.div_u (i32.const 100) (call $what (local.get $i)))))
      (catch_all (call $emit (i32.const 96)))))

  ;; branches out of a try, and out of its handler
  (func (export "run7") (param $i i32)
    (call $emit
      (block $out (result i32)
        (try
          (do
            (br_if $out (i32.const 1) (call $what (local.get $i)))
            (drop)
            (drop (call $throw (local.get $i))))
          (catch $one (br $out))
          (catch_all (br $out (i32.const 4))))
        (call $throw (local.get $i)))))
)
