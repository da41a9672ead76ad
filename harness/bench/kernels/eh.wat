;; Exceptions: n times thrown one call below and caught.
(module
  (tag $e (param i32))
  (func $thrower (param $x i32) (throw $e (i32.mul (local.get $x) (i32.const 3))))
  (func $run (export "run") (param $n i32) (result i32) (local $sum i32)
    (loop $next
      (block $caught (result i32)
        (try_table (catch $e $caught) (call $thrower (local.get $n)))
        (i32.const 0))
      (local.set $sum (i32.add (local.get $sum)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))
  (func (export "main") (result i32) (call $run (i32.const 1_000_000))))
