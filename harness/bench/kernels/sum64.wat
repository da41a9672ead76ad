;; A tight loop on i64 locals.
(module
  (func $run (export "run") (param $n i32) (result i64) (local $sum i64) (local $i i64)
    (local.set $i (i64.extend_i32_u (local.get $n)))
    (loop $next
      (local.set $sum (i64.add (local.get $sum) (i64.xor (local.get $i) (i64.shl (local.get $sum) (i64.const 1)))))
      (br_if $next (i64.ne (local.tee $i (i64.sub (local.get $i) (i64.const 1))) (i64.const 0))))
    (local.get $sum))
  (func (export "main") (result i64) (call $run (i32.const 100_000_000))))
