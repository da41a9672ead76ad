;; A tight loop on i32 locals.
(module
  (func $run (export "run") (param $n i32) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.xor (local.get $n) (i32.shl (local.get $sum) (i32.const 1)))))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))
  (func (export "main") (result i32) (call $run (i32.const 100_000_000))))
