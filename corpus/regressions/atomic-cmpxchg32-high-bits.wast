;;! features: 3.0+threads
;; The 32-bit compare-exchange gave the expected operand's high half back once its method had been compiled with optimization.

(module
  (memory 1 1 shared)
  (func (export "run") (param $n i32) (result i64) (local $old i64)
    (loop $next
      (i32.store (i32.const 0) (i32.const 0x1111_1111))
      (local.set $old
        (i64.atomic.rmw32.cmpxchg_u (i32.const 0) (i64.const 0x1111_1111_1111_1111) (i64.const 0x4242_4242_4242_4242)))
      (br_if $next
        (i32.and
          (i64.eq (local.get $old) (i64.const 0x1111_1111))
          (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 1))) (i32.const 0)))))
    (local.get $old)))

(assert_return (invoke "run" (i32.const 0x40_0001)) (i64.const 0x1111_1111))
