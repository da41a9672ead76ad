;; Every instruction of f64 on floats: rounding, zeroes with signs, subnormals, infinities, NaNs.

(module
  (func (export "add") (param f64 f64) (result f64) (f64.add (local.get 0) (local.get 1)))
  (func (export "sub") (param f64 f64) (result f64) (f64.sub (local.get 0) (local.get 1)))
  (func (export "mul") (param f64 f64) (result f64) (f64.mul (local.get 0) (local.get 1)))
  (func (export "div") (param f64 f64) (result f64) (f64.div (local.get 0) (local.get 1)))
  (func (export "sqrt") (param f64) (result f64) (f64.sqrt (local.get 0)))
  (func (export "min") (param f64 f64) (result f64) (f64.min (local.get 0) (local.get 1)))
  (func (export "max") (param f64 f64) (result f64) (f64.max (local.get 0) (local.get 1)))
  (func (export "ceil") (param f64) (result f64) (f64.ceil (local.get 0)))
  (func (export "floor") (param f64) (result f64) (f64.floor (local.get 0)))
  (func (export "trunc") (param f64) (result f64) (f64.trunc (local.get 0)))
  (func (export "nearest") (param f64) (result f64) (f64.nearest (local.get 0)))
  (func (export "abs") (param f64) (result f64) (f64.abs (local.get 0)))
  (func (export "neg") (param f64) (result f64) (f64.neg (local.get 0)))
  (func (export "copysign") (param f64 f64) (result f64) (f64.copysign (local.get 0) (local.get 1)))
  (func (export "eq") (param f64 f64) (result i32) (f64.eq (local.get 0) (local.get 1)))
  (func (export "ne") (param f64 f64) (result i32) (f64.ne (local.get 0) (local.get 1)))
  (func (export "lt") (param f64 f64) (result i32) (f64.lt (local.get 0) (local.get 1)))
  (func (export "gt") (param f64 f64) (result i32) (f64.gt (local.get 0) (local.get 1)))
  (func (export "le") (param f64 f64) (result i32) (f64.le (local.get 0) (local.get 1)))
  (func (export "ge") (param f64 f64) (result i32) (f64.ge (local.get 0) (local.get 1)))
)

;; add: sums are rounded to nearest, ties to even
(assert_return (invoke "add" (f64.const 1.5) (f64.const 2.25)) (f64.const 3.75))
(assert_return (invoke "add" (f64.const 1) (f64.const 0x1p-53)) (f64.const 1))
(assert_return (invoke "add" (f64.const 0x1.0000000000001p+0) (f64.const 0x1p-53)) (f64.const 0x1.0000000000002p+0))
(assert_return (invoke "add" (f64.const -0) (f64.const -0)) (f64.const -0))
(assert_return (invoke "add" (f64.const -0) (f64.const 0)) (f64.const 0))
(assert_return (invoke "add" (f64.const 1) (f64.const -1)) (f64.const 0))
(assert_return (invoke "add" (f64.const 0x1.fffffffffffffp+1023) (f64.const 0x1.fffffffffffffp+1023)) (f64.const inf))
(assert_return (invoke "add" (f64.const inf) (f64.const -inf)) (f64.const nan:canonical))
(assert_return (invoke "add" (f64.const 0x1p-1074) (f64.const 0x1p-1074)) (f64.const 0x1p-1073))

;; sub: x - x is +0
(assert_return (invoke "sub" (f64.const 1.5) (f64.const 2.25)) (f64.const -0.75))
(assert_return (invoke "sub" (f64.const -0) (f64.const 0)) (f64.const -0))
(assert_return (invoke "sub" (f64.const 0) (f64.const 0)) (f64.const 0))
(assert_return (invoke "sub" (f64.const inf) (f64.const inf)) (f64.const nan:canonical))
(assert_return (invoke "sub" (f64.const 0x1p-1022) (f64.const 0x1p-1074)) (f64.const 0x0.fffffffffffffp-1022))

;; mul: signs multiply, of zeroes too
(assert_return (invoke "mul" (f64.const 1.5) (f64.const -2)) (f64.const -3))
(assert_return (invoke "mul" (f64.const -0) (f64.const 5)) (f64.const -0))
(assert_return (invoke "mul" (f64.const 0x1.fffffffffffffp+1023) (f64.const 2)) (f64.const inf))
(assert_return (invoke "mul" (f64.const 0x1p-1022) (f64.const 0.5)) (f64.const 0x1p-1023))
(assert_return (invoke "mul" (f64.const 0x1p-1074) (f64.const 0.5)) (f64.const 0))
(assert_return (invoke "mul" (f64.const 0) (f64.const inf)) (f64.const nan:canonical))

;; div: division by zero gives an infinity
(assert_return (invoke "div" (f64.const 1) (f64.const 3)) (f64.const 0x1.5555555555555p-2))
(assert_return (invoke "div" (f64.const 1) (f64.const 0)) (f64.const inf))
(assert_return (invoke "div" (f64.const 1) (f64.const -0)) (f64.const -inf))
(assert_return (invoke "div" (f64.const 0) (f64.const 0)) (f64.const nan:canonical))
(assert_return (invoke "div" (f64.const inf) (f64.const inf)) (f64.const nan:canonical))
(assert_return (invoke "div" (f64.const 5) (f64.const inf)) (f64.const 0))

;; sqrt: rounded to nearest; negative numbers have none
(assert_return (invoke "sqrt" (f64.const 2)) (f64.const 0x1.6a09e667f3bcdp+0))
(assert_return (invoke "sqrt" (f64.const 9)) (f64.const 3))
(assert_return (invoke "sqrt" (f64.const -0)) (f64.const -0))
(assert_return (invoke "sqrt" (f64.const inf)) (f64.const inf))
(assert_return (invoke "sqrt" (f64.const -1)) (f64.const nan:canonical))

;; min: -0 is less than +0, and a NaN wins
(assert_return (invoke "min" (f64.const 1) (f64.const 2)) (f64.const 1))
(assert_return (invoke "min" (f64.const 0) (f64.const -0)) (f64.const -0))
(assert_return (invoke "min" (f64.const -inf) (f64.const 1)) (f64.const -inf))
(assert_return (invoke "min" (f64.const nan) (f64.const 1)) (f64.const nan:canonical))
(assert_return (invoke "min" (f64.const 1) (f64.const nan)) (f64.const nan:canonical))
(assert_return (invoke "min" (f64.const nan:0x4000000000000) (f64.const 1)) (f64.const nan:arithmetic))

;; max: +0 is greater than -0, and a NaN wins
(assert_return (invoke "max" (f64.const 1) (f64.const 2)) (f64.const 2))
(assert_return (invoke "max" (f64.const -0) (f64.const 0)) (f64.const 0))
(assert_return (invoke "max" (f64.const inf) (f64.const 1)) (f64.const inf))
(assert_return (invoke "max" (f64.const nan) (f64.const -inf)) (f64.const nan:canonical))
(assert_return (invoke "max" (f64.const 1) (f64.const -nan)) (f64.const nan:canonical))
(assert_return (invoke "max" (f64.const 1) (f64.const nan:0x4000000000000)) (f64.const nan:arithmetic))

;; ceil: towards +infinity; what rounds to zero keeps its sign
(assert_return (invoke "ceil" (f64.const 1.1)) (f64.const 2))
(assert_return (invoke "ceil" (f64.const -1.9)) (f64.const -1))
(assert_return (invoke "ceil" (f64.const -0.5)) (f64.const -0))
(assert_return (invoke "ceil" (f64.const 0.5)) (f64.const 1))
(assert_return (invoke "ceil" (f64.const 0x1p+53)) (f64.const 0x1p+53))
(assert_return (invoke "ceil" (f64.const -inf)) (f64.const -inf))
(assert_return (invoke "ceil" (f64.const nan:0xc000000000000)) (f64.const nan:arithmetic))

;; floor: towards -infinity
(assert_return (invoke "floor" (f64.const 1.9)) (f64.const 1))
(assert_return (invoke "floor" (f64.const -1.1)) (f64.const -2))
(assert_return (invoke "floor" (f64.const -0)) (f64.const -0))
(assert_return (invoke "floor" (f64.const 0.5)) (f64.const 0))
(assert_return (invoke "floor" (f64.const -0.5)) (f64.const -1))
(assert_return (invoke "floor" (f64.const nan)) (f64.const nan:canonical))

;; trunc: towards zero
(assert_return (invoke "trunc" (f64.const 1.9)) (f64.const 1))
(assert_return (invoke "trunc" (f64.const -1.9)) (f64.const -1))
(assert_return (invoke "trunc" (f64.const -0.9)) (f64.const -0))
(assert_return (invoke "trunc" (f64.const inf)) (f64.const inf))

;; nearest: halves go to the even neighbour
(assert_return (invoke "nearest" (f64.const 0.5)) (f64.const 0))
(assert_return (invoke "nearest" (f64.const 1.5)) (f64.const 2))
(assert_return (invoke "nearest" (f64.const 2.5)) (f64.const 2))
(assert_return (invoke "nearest" (f64.const -0.5)) (f64.const -0))
(assert_return (invoke "nearest" (f64.const -1.5)) (f64.const -2))
(assert_return (invoke "nearest" (f64.const 0.51)) (f64.const 1))
(assert_return (invoke "nearest" (f64.const -0)) (f64.const -0))
(assert_return (invoke "nearest" (f64.const nan:0x4000000000000)) (f64.const nan:arithmetic))

;; abs: only the sign bit, of NaNs too
(assert_return (invoke "abs" (f64.const -1.5)) (f64.const 1.5))
(assert_return (invoke "abs" (f64.const -0)) (f64.const 0))
(assert_return (invoke "abs" (f64.const -nan:0x4000000000000)) (f64.const nan:0x4000000000000))
(assert_return (invoke "abs" (f64.const -inf)) (f64.const inf))

;; neg: only the sign bit, of NaNs too
(assert_return (invoke "neg" (f64.const 1.5)) (f64.const -1.5))
(assert_return (invoke "neg" (f64.const 0)) (f64.const -0))
(assert_return (invoke "neg" (f64.const nan:0x4000000000000)) (f64.const -nan:0x4000000000000))
(assert_return (invoke "neg" (f64.const -nan)) (f64.const nan))

;; copysign: the sign bit of the second operand, of NaNs too
(assert_return (invoke "copysign" (f64.const 1) (f64.const -2)) (f64.const -1))
(assert_return (invoke "copysign" (f64.const -1) (f64.const 0)) (f64.const 1))
(assert_return (invoke "copysign" (f64.const -1) (f64.const nan)) (f64.const 1))
(assert_return (invoke "copysign" (f64.const nan:0x4000000000000) (f64.const -1)) (f64.const -nan:0x4000000000000))

;; eq: zeroes are equal, NaNs to nothing
(assert_return (invoke "eq" (f64.const 1) (f64.const 1)) (i32.const 1))
(assert_return (invoke "eq" (f64.const 0) (f64.const -0)) (i32.const 1))
(assert_return (invoke "eq" (f64.const nan) (f64.const nan)) (i32.const 0))

;; ne
(assert_return (invoke "ne" (f64.const 1) (f64.const 1)) (i32.const 0))
(assert_return (invoke "ne" (f64.const 0) (f64.const -0)) (i32.const 0))
(assert_return (invoke "ne" (f64.const nan) (f64.const nan)) (i32.const 1))

;; lt
(assert_return (invoke "lt" (f64.const 1) (f64.const 2)) (i32.const 1))
(assert_return (invoke "lt" (f64.const 2) (f64.const 2)) (i32.const 0))
(assert_return (invoke "lt" (f64.const -0) (f64.const 0)) (i32.const 0))
(assert_return (invoke "lt" (f64.const nan) (f64.const 1)) (i32.const 0))
(assert_return (invoke "lt" (f64.const -inf) (f64.const -0x1.fffffffffffffp+1023)) (i32.const 1))

;; gt
(assert_return (invoke "gt" (f64.const 2) (f64.const 1)) (i32.const 1))
(assert_return (invoke "gt" (f64.const 2) (f64.const 2)) (i32.const 0))
(assert_return (invoke "gt" (f64.const 0) (f64.const -0)) (i32.const 0))
(assert_return (invoke "gt" (f64.const 1) (f64.const nan)) (i32.const 0))
(assert_return (invoke "gt" (f64.const 0x1p-1074) (f64.const 0)) (i32.const 1))

;; le
(assert_return (invoke "le" (f64.const 1) (f64.const 2)) (i32.const 1))
(assert_return (invoke "le" (f64.const 2) (f64.const 2)) (i32.const 1))
(assert_return (invoke "le" (f64.const 0) (f64.const -0)) (i32.const 1))
(assert_return (invoke "le" (f64.const nan) (f64.const nan)) (i32.const 0))

;; ge
(assert_return (invoke "ge" (f64.const 1) (f64.const 2)) (i32.const 0))
(assert_return (invoke "ge" (f64.const 2) (f64.const 2)) (i32.const 1))
(assert_return (invoke "ge" (f64.const -0) (f64.const 0)) (i32.const 1))
(assert_return (invoke "ge" (f64.const nan) (f64.const nan)) (i32.const 0))
