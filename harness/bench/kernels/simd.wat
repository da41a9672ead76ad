;; Vector arithmetic on f32x4 and i32x4.
(module
  (func $run (export "run") (param $n i32) (result i32) (local $f v128) (local $i v128)
    (local.set $f (v128.const f32x4 1 1.5 2 2.5))
    (local.set $i (v128.const i32x4 1 2 3 4))
    (loop $next
      (local.set $f (f32x4.add (f32x4.mul (local.get $f) (v128.const f32x4 0.5 0.25 0.75 0.125)) (v128.const f32x4 1 2 3 4)))
      (local.set $i (i32x4.add (v128.xor (local.get $i) (i32x4.splat (local.get $n))) (i32x4.shl (local.get $i) (i32.const 1))))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i32.add (i32x4.extract_lane 0 (i32x4.trunc_sat_f32x4_s (local.get $f))) (i32x4.extract_lane 3 (local.get $i))))
  (func (export "main") (result i32) (call $run (i32.const 20_000_000))))
