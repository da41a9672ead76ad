;; Relaxed vector instructions: where the specification leaves a choice, `either` lists the results allowed; elsewhere there is one result.

(module
  (func (export "swizzle") (param v128 v128) (result v128) (i8x16.relaxed_swizzle (local.get 0) (local.get 1)))
  (func (export "trunc_f32x4_s") (param v128) (result v128) (i32x4.relaxed_trunc_f32x4_s (local.get 0)))
  (func (export "trunc_f32x4_u") (param v128) (result v128) (i32x4.relaxed_trunc_f32x4_u (local.get 0)))
  (func (export "trunc_f64x2_s_zero") (param v128) (result v128) (i32x4.relaxed_trunc_f64x2_s_zero (local.get 0)))
  (func (export "trunc_f64x2_u_zero") (param v128) (result v128) (i32x4.relaxed_trunc_f64x2_u_zero (local.get 0)))
  (func (export "f32x4.madd") (param v128 v128 v128) (result v128) (f32x4.relaxed_madd (local.get 0) (local.get 1) (local.get 2)))
  (func (export "f32x4.nmadd") (param v128 v128 v128) (result v128) (f32x4.relaxed_nmadd (local.get 0) (local.get 1) (local.get 2)))
  (func (export "f64x2.madd") (param v128 v128 v128) (result v128) (f64x2.relaxed_madd (local.get 0) (local.get 1) (local.get 2)))
  (func (export "f64x2.nmadd") (param v128 v128 v128) (result v128) (f64x2.relaxed_nmadd (local.get 0) (local.get 1) (local.get 2)))
  (func (export "i8x16.laneselect") (param v128 v128 v128) (result v128) (i8x16.relaxed_laneselect (local.get 0) (local.get 1) (local.get 2)))
  (func (export "i16x8.laneselect") (param v128 v128 v128) (result v128) (i16x8.relaxed_laneselect (local.get 0) (local.get 1) (local.get 2)))
  (func (export "i32x4.laneselect") (param v128 v128 v128) (result v128) (i32x4.relaxed_laneselect (local.get 0) (local.get 1) (local.get 2)))
  (func (export "i64x2.laneselect") (param v128 v128 v128) (result v128) (i64x2.relaxed_laneselect (local.get 0) (local.get 1) (local.get 2)))
  (func (export "f32x4.min") (param v128 v128) (result v128) (f32x4.relaxed_min (local.get 0) (local.get 1)))
  (func (export "f32x4.max") (param v128 v128) (result v128) (f32x4.relaxed_max (local.get 0) (local.get 1)))
  (func (export "f64x2.min") (param v128 v128) (result v128) (f64x2.relaxed_min (local.get 0) (local.get 1)))
  (func (export "f64x2.max") (param v128 v128) (result v128) (f64x2.relaxed_max (local.get 0) (local.get 1)))
  (func (export "q15mulr_s") (param v128 v128) (result v128) (i16x8.relaxed_q15mulr_s (local.get 0) (local.get 1)))
  (func (export "dot") (param v128 v128) (result v128) (i16x8.relaxed_dot_i8x16_i7x16_s (local.get 0) (local.get 1)))
  (func (export "dot_add") (param v128 v128 v128) (result v128) (i32x4.relaxed_dot_i8x16_i7x16_add_s (local.get 0) (local.get 1) (local.get 2)))

  ;; a choice is made once: the same operands give the same result
  (func (export "dot twice") (param v128 v128) (result i32)
    (v128.any_true
      (v128.xor
        (i16x8.relaxed_dot_i8x16_i7x16_s (local.get 0) (local.get 1))
        (i16x8.relaxed_dot_i8x16_i7x16_s (local.get 0) (local.get 1)))))
)

;; swizzle: indices 16 to 127 give 0 or the lane modulo 16; negative ones give 0
(assert_return
  (invoke "swizzle" (v128.const i8x16 100 101 102 103 104 105 106 107 108 109 110 111 112 113 114 115) (v128.const i8x16 15 0 128 255 16 127 1 1 1 1 1 1 1 1 1 1))
  (either
    (v128.const i8x16 115 100 0 0 0 0 101 101 101 101 101 101 101 101 101 101)
    (v128.const i8x16 115 100 0 0 100 115 101 101 101 101 101 101 101 101 101 101)))

;; trunc: in range there is one result; beyond it any may come, here those of saturation and of the x86 and Arm instructions
(assert_return (invoke "trunc_f32x4_s" (v128.const f32x4 -1.9 2147483520 0 -2147483648)) (v128.const i32x4 -1 2147483520 0 0x80000000))
(assert_return (invoke "trunc_f32x4_s" (v128.const f32x4 nan 0x1p31 1 2))
  (either (v128.const i32x4 0 0x7fffffff 1 2) (v128.const i32x4 0x80000000 0x80000000 1 2)))
(assert_return (invoke "trunc_f32x4_u" (v128.const f32x4 1.9 4294967040 -0.9 2147483648)) (v128.const i32x4 1 0xffffff00 0 0x80000000))
(assert_return (invoke "trunc_f32x4_u" (v128.const f32x4 nan -1 1 2))
  (either (v128.const i32x4 0 0 1 2) (v128.const i32x4 -1 -1 1 2) (v128.const i32x4 0x80000000 0x80000000 1 2)))
(assert_return (invoke "trunc_f64x2_s_zero" (v128.const f64x2 -2147483648.9 2147483647.9)) (v128.const i32x4 0x80000000 0x7fffffff 0 0))
(assert_return (invoke "trunc_f64x2_s_zero" (v128.const f64x2 nan 1))
  (either (v128.const i32x4 0 1 0 0) (v128.const i32x4 0x80000000 1 0 0)))
(assert_return (invoke "trunc_f64x2_u_zero" (v128.const f64x2 4294967295.9 0.5)) (v128.const i32x4 0xffffffff 0 0 0))
(assert_return (invoke "trunc_f64x2_u_zero" (v128.const f64x2 -nan 1))
  (either (v128.const i32x4 0 1 0 0) (v128.const i32x4 -1 1 0 0) (v128.const i32x4 0x80000000 1 0 0)))

;; madd: rounded twice or once. (1 + 2^-12)^2 - (1 + 2^-11) is 2^-24 when the product is not rounded.
(assert_return (invoke "f32x4.madd" (v128.const f32x4 2 3 4 -5) (v128.const f32x4 3 4 5 6) (v128.const f32x4 1 1 1 1)) (v128.const f32x4 7 13 21 -29))
(assert_return
  (invoke "f32x4.madd" (v128.const f32x4 0x1.001p0 1 1 1) (v128.const f32x4 0x1.001p0 1 1 1) (v128.const f32x4 -0x1.002p0 0 0 0))
  (either (v128.const f32x4 0 1 1 1) (v128.const f32x4 0x1p-24 1 1 1)))
(assert_return
  (invoke "f32x4.nmadd" (v128.const f32x4 0x1.001p0 2 1 1) (v128.const f32x4 0x1.001p0 3 1 1) (v128.const f32x4 0x1.002p0 1 0 0))
  (either (v128.const f32x4 0 -5 -1 -1) (v128.const f32x4 -0x1p-24 -5 -1 -1)))
(assert_return
  (invoke "f64x2.madd" (v128.const f64x2 0x1.0000002p0 2) (v128.const f64x2 0x1.0000002p0 3) (v128.const f64x2 -0x1.0000004p0 1))
  (either (v128.const f64x2 0 7) (v128.const f64x2 0x1p-54 7)))
(assert_return
  (invoke "f64x2.nmadd" (v128.const f64x2 0x1.0000002p0 2) (v128.const f64x2 0x1.0000002p0 3) (v128.const f64x2 0x1.0000004p0 1))
  (either (v128.const f64x2 0 -5) (v128.const f64x2 -0x1p-54 -5)))

;; laneselect: by every bit of the mask, or by the top bit of its lane; i16x8 also by the top bit of each byte, as the official test allows
(assert_return (invoke "i32x4.laneselect" (v128.const i32x4 1 2 3 4) (v128.const i32x4 5 6 7 8) (v128.const i32x4 -1 0 -1 0)) (v128.const i32x4 1 6 3 8))
(assert_return
  (invoke "i8x16.laneselect" (v128.const i64x2 -1 -1) (v128.const i64x2 0 0) (v128.const i8x16 0x80 0x7f 0 0 0 0 0 0 0 0 0 0 0 0 0 -1))
  (either (v128.const i8x16 0x80 0x7f 0 0 0 0 0 0 0 0 0 0 0 0 0 -1) (v128.const i8x16 -1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 -1)))
(assert_return
  (invoke "i16x8.laneselect" (v128.const i64x2 -1 -1) (v128.const i64x2 0 0) (v128.const i16x8 0x8000 0x7fff 0 0 0 0 0 -1))
  (either (v128.const i16x8 0x8000 0x7fff 0 0 0 0 0 -1) (v128.const i16x8 -1 0 0 0 0 0 0 -1) (v128.const i16x8 0xff00 0x00ff 0 0 0 0 0 -1)))
(assert_return
  (invoke "i32x4.laneselect" (v128.const i64x2 -1 -1) (v128.const i64x2 0 0) (v128.const i32x4 0x80000000 0x7fffffff 0 -1))
  (either (v128.const i32x4 0x80000000 0x7fffffff 0 -1) (v128.const i32x4 -1 0 0 -1)))
(assert_return
  (invoke "i64x2.laneselect" (v128.const i64x2 -1 -1) (v128.const i64x2 0 0) (v128.const i64x2 0x8000000000000000 1))
  (either (v128.const i64x2 0x8000000000000000 1) (v128.const i64x2 -1 0)))

;; min, max: free for NaNs and for zeroes of opposite sign
(assert_return (invoke "f32x4.min" (v128.const f32x4 1 -inf 3 -0) (v128.const f32x4 2 0 -3 -0)) (v128.const f32x4 1 -inf -3 -0))
(assert_return (invoke "f32x4.min" (v128.const f32x4 nan 1 0 -0) (v128.const f32x4 1 nan -0 0))
  (either
    (v128.const f32x4 nan:canonical nan:canonical -0 -0)
    (v128.const f32x4 nan:canonical 1 0 -0)
    (v128.const f32x4 1 nan:canonical -0 0)
    (v128.const f32x4 1 1 -0 -0)))
(assert_return (invoke "f32x4.max" (v128.const f32x4 nan 1 0 -0) (v128.const f32x4 1 nan -0 0))
  (either
    (v128.const f32x4 nan:canonical nan:canonical 0 0)
    (v128.const f32x4 nan:canonical 1 0 -0)
    (v128.const f32x4 1 nan:canonical -0 0)
    (v128.const f32x4 1 1 0 0)))
(assert_return (invoke "f64x2.min" (v128.const f64x2 nan 0) (v128.const f64x2 1 -0))
  (either (v128.const f64x2 nan:canonical -0) (v128.const f64x2 nan:canonical 0) (v128.const f64x2 1 -0)))
(assert_return (invoke "f64x2.max" (v128.const f64x2 1 -0) (v128.const f64x2 nan 0))
  (either (v128.const f64x2 nan:canonical 0) (v128.const f64x2 1 -0) (v128.const f64x2 1 0)))

;; q15mulr: the smallest integer by itself saturates or wraps around
(assert_return (invoke "q15mulr_s" (v128.const i16x8 0x4000 -0x4000 0x7fff 3 0x8000 0x8000 1 0) (v128.const i16x8 0x4000 0x4000 0x7fff 0x4000 0x7fff 0x8000 1 0))
  (either (v128.const i16x8 0x2000 -0x2000 0x7ffe 2 -0x7fff 0x7fff 0 0) (v128.const i16x8 0x2000 -0x2000 0x7ffe 2 -0x7fff 0x8000 0 0)))

;; dot: lanes of the second operand with their top bit set are signed or unsigned
(assert_return
  (invoke "dot" (v128.const i8x16 1 2 -3 4 -128 -128 127 127 0 0 0 0 0 0 0 0) (v128.const i8x16 5 6 7 8 127 127 127 127 0 0 0 0 0 0 0 0))
  (v128.const i16x8 17 11 -32512 32258 0 0 0 0))
(assert_return
  (invoke "dot" (v128.const i8x16 1 2 0 0 0 0 0 0 0 0 0 0 0 0 0 0) (v128.const i8x16 -1 3 0 0 0 0 0 0 0 0 0 0 0 0 0 0))
  (either (v128.const i16x8 5 0 0 0 0 0 0 0) (v128.const i16x8 261 0 0 0 0 0 0 0)))
(assert_return
  (invoke "dot_add" (v128.const i8x16 1 2 3 4 0 0 0 0 0 0 0 0 0 0 0 0) (v128.const i8x16 5 6 7 8 0 0 0 0 0 0 0 0 0 0 0 0) (v128.const i32x4 100 -1 0x7fffffff 0))
  (v128.const i32x4 170 -1 0x7fffffff 0))
(assert_return (invoke "dot twice" (v128.const i64x2 -1 0x8080808080808080) (v128.const i64x2 -1 -1)) (i32.const 0))
