;; The dot products of i8x16 take the second operand's lanes as signed or all of them as unsigned, and saturate the sum of two products;
;; i32x4.relaxed_dot_i8x16_i7x16_add_s adds two such sums (4.3.6, irelaxed_dot_i8x16_i7x16_s).
;; wabt 1.0.32 wraps the sum, and with addition gives what neither sign gives. Found by layer single.

(module
  (func (export "dot") (param v128 v128) (result v128) (i16x8.relaxed_dot_i8x16_i7x16_s (local.get 0) (local.get 1)))
  (func (export "dot_add") (param v128 v128 v128) (result v128) (i32x4.relaxed_dot_i8x16_i7x16_add_s (local.get 0) (local.get 1) (local.get 2))))

(assert_return (invoke "dot" (v128.const i8x16 -128 -128 1 0 0 0 0 0 0 0 0 0 0 0 0 0) (v128.const i8x16 -128 -128 -1 0 0 0 0 0 0 0 0 0 0 0 0 0))
  (either (v128.const i16x8 32767 -1 0 0 0 0 0 0)      ;; -128 * -128 * 2 saturated, 1 * -1
          (v128.const i16x8 -32768 255 0 0 0 0 0 0)))  ;; -128 * 128 * 2, 1 * 255

(assert_return (invoke "dot_add" (v128.const i8x16 -91 -116 102 18 0 0 0 0 0 0 0 0 0 0 0 0) (v128.const i8x16 -30 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0) (v128.const i32x4 0 0 0 0))
  (either (v128.const i32x4 2730 0 0 0)      ;; -91 * -30
          (v128.const i32x4 -20566 0 0 0)))  ;; -91 * 226
