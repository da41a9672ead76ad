;; i32x4.relaxed_dot_i8x16_i7x16_add_s adds the sums of two products each, of which only the second operand's sign is open (4.3.6, irelaxed_dot_i8x16_i7x16_s).
;; wabt 1.0.32 gives neither. Found by layer single.

(module
  (func (export "f") (param v128 v128 v128) (result v128) (i32x4.relaxed_dot_i8x16_i7x16_add_s (local.get 0) (local.get 1) (local.get 2))))

(assert_return (invoke "f" (v128.const i8x16 -91 -116 102 18 0 0 0 0 0 0 0 0 0 0 0 0) (v128.const i8x16 -30 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0) (v128.const i32x4 0 0 0 0))
  (either (v128.const i32x4 2730 0 0 0)      ;; -91 * -30
          (v128.const i32x4 -20566 0 0 0)))  ;; -91 * 226
