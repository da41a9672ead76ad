;; relaxed_trunc_u gives, for all NaNs and values out of range alike, either what trunc_sat_u gives, 2^32-1, 2^32-2 or 2^31 (4.3.6, relaxed_trunc^u).
;; JavaScriptCore (Bun 1.4.5, x86-64) gives 0 for NaNs and negative values and 2^31 for large ones, from 2^31 on, which are in range; from f64x2 the low bits of the significand.
;; Found by layer single.

(module
  (func (export "f32x4") (param v128) (result v128) (i32x4.relaxed_trunc_f32x4_u (local.get 0)))
  (func (export "f64x2") (param v128) (result v128) (i32x4.relaxed_trunc_f64x2_u_zero (local.get 0))))

(assert_return (invoke "f32x4" (v128.const f32x4 nan -1 4294967296 inf))
  (either (v128.const i32x4 0 0 -1 -1) (v128.const i32x4 -1 -1 -1 -1) (v128.const i32x4 -2 -2 -2 -2) (v128.const i32x4 0x80000000 0x80000000 0x80000000 0x80000000)))
(assert_return (invoke "f32x4" (v128.const f32x4 0.9 4294967040 -0.9 3)) (v128.const i32x4 0 4294967040 0 3))
(assert_return (invoke "f64x2" (v128.const f64x2 0x1.0000000000001p+40 -inf))
  (either (v128.const i32x4 -1 0 0 0) (v128.const i32x4 -1 -1 0 0) (v128.const i32x4 -2 -2 0 0) (v128.const i32x4 0x80000000 0x80000000 0 0)))
