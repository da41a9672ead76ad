;; Commands that older scripts use: NaN results without a pattern, and a result that is a function.

(module
  (func (export "canonical32") (result f32) (f32.div (f32.const 0) (f32.const 0)))
  (func (export "canonical64") (result f64) (f64.sqrt (f64.const -1)))
  (func (export "arithmetic32") (result f32) (f32.add (f32.const nan:0x200000) (f32.const 1)))
  (func (export "arithmetic64") (result f64) (f64.add (f64.const nan:0x4000000000000) (f64.const 1)))
  (func $f (export "func") (result funcref) (ref.func $f))
)
(assert_return_canonical_nan (invoke "canonical32"))
(assert_return_canonical_nan (invoke "canonical64"))
(assert_return_arithmetic_nan (invoke "arithmetic32"))
(assert_return_arithmetic_nan (invoke "arithmetic64"))
(assert_return_arithmetic_nan (invoke "canonical32"))
(assert_return_func (invoke "func"))
