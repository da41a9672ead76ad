;; Every instruction of f32 on floats: rounding, zeroes with signs, subnormals, infinities, NaNs.

(module
  (func (export "add") (param f32 f32) (result f32) (f32.add (local.get 0) (local.get 1)))
  (func (export "sub") (param f32 f32) (result f32) (f32.sub (local.get 0) (local.get 1)))
  (func (export "mul") (param f32 f32) (result f32) (f32.mul (local.get 0) (local.get 1)))
  (func (export "div") (param f32 f32) (result f32) (f32.div (local.get 0) (local.get 1)))
  (func (export "sqrt") (param f32) (result f32) (f32.sqrt (local.get 0)))
  (func (export "min") (param f32 f32) (result f32) (f32.min (local.get 0) (local.get 1)))
  (func (export "max") (param f32 f32) (result f32) (f32.max (local.get 0) (local.get 1)))
  (func (export "ceil") (param f32) (result f32) (f32.ceil (local.get 0)))
  (func (export "floor") (param f32) (result f32) (f32.floor (local.get 0)))
  (func (export "trunc") (param f32) (result f32) (f32.trunc (local.get 0)))
  (func (export "nearest") (param f32) (result f32) (f32.nearest (local.get 0)))
  (func (export "abs") (param f32) (result f32) (f32.abs (local.get 0)))
  (func (export "neg") (param f32) (result f32) (f32.neg (local.get 0)))
  (func (export "copysign") (param f32 f32) (result f32) (f32.copysign (local.get 0) (local.get 1)))
  (func (export "eq") (param f32 f32) (result i32) (f32.eq (local.get 0) (local.get 1)))
  (func (export "ne") (param f32 f32) (result i32) (f32.ne (local.get 0) (local.get 1)))
  (func (export "lt") (param f32 f32) (result i32) (f32.lt (local.get 0) (local.get 1)))
  (func (export "gt") (param f32 f32) (result i32) (f32.gt (local.get 0) (local.get 1)))
  (func (export "le") (param f32 f32) (result i32) (f32.le (local.get 0) (local.get 1)))
  (func (export "ge") (param f32 f32) (result i32) (f32.ge (local.get 0) (local.get 1)))
)

;; add: sums are rounded to nearest, ties to even
(assert_return (invoke "add" (f32.const 1.5) (f32.const 2.25)) (f32.const 3.75))
(assert_return (invoke "add" (f32.const 1) (f32.const 0x1p-24)) (f32.const 1))
(assert_return (invoke "add" (f32.const 0x1.000002p+0) (f32.const 0x1p-24)) (f32.const 0x1.000004p+0))
(assert_return (invoke "add" (f32.const -0) (f32.const -0)) (f32.const -0))
(assert_return (invoke "add" (f32.const -0) (f32.const 0)) (f32.const 0))
(assert_return (invoke "add" (f32.const 1) (f32.const -1)) (f32.const 0))
(assert_return (invoke "add" (f32.const 0x1.fffffep+127) (f32.const 0x1.fffffep+127)) (f32.const inf))
(assert_return (invoke "add" (f32.const inf) (f32.const -inf)) (f32.const nan:canonical))
(assert_return (invoke "add" (f32.const 0x1p-149) (f32.const 0x1p-149)) (f32.const 0x1p-148))

;; sub: x - x is +0
(assert_return (invoke "sub" (f32.const 1.5) (f32.const 2.25)) (f32.const -0.75))
(assert_return (invoke "sub" (f32.const -0) (f32.const 0)) (f32.const -0))
(assert_return (invoke "sub" (f32.const 0) (f32.const 0)) (f32.const 0))
(assert_return (invoke "sub" (f32.const inf) (f32.const inf)) (f32.const nan:canonical))
(assert_return (invoke "sub" (f32.const 0x1p-126) (f32.const 0x1p-149)) (f32.const 0x0.fffffep-126))

;; mul: signs multiply, of zeroes too
(assert_return (invoke "mul" (f32.const 1.5) (f32.const -2)) (f32.const -3))
(assert_return (invoke "mul" (f32.const -0) (f32.const 5)) (f32.const -0))
(assert_return (invoke "mul" (f32.const 0x1.fffffep+127) (f32.const 2)) (f32.const inf))
(assert_return (invoke "mul" (f32.const 0x1p-126) (f32.const 0.5)) (f32.const 0x1p-127))
(assert_return (invoke "mul" (f32.const 0x1p-149) (f32.const 0.5)) (f32.const 0))
(assert_return (invoke "mul" (f32.const 0) (f32.const inf)) (f32.const nan:canonical))

;; div: division by zero gives an infinity
(assert_return (invoke "div" (f32.const 1) (f32.const 3)) (f32.const 0x1.555556p-2))
(assert_return (invoke "div" (f32.const 1) (f32.const 0)) (f32.const inf))
(assert_return (invoke "div" (f32.const 1) (f32.const -0)) (f32.const -inf))
(assert_return (invoke "div" (f32.const 0) (f32.const 0)) (f32.const nan:canonical))
(assert_return (invoke "div" (f32.const inf) (f32.const inf)) (f32.const nan:canonical))
(assert_return (invoke "div" (f32.const 5) (f32.const inf)) (f32.const 0))

;; sqrt: rounded to nearest; negative numbers have none
(assert_return (invoke "sqrt" (f32.const 2)) (f32.const 0x1.6a09e6p+0))
(assert_return (invoke "sqrt" (f32.const 9)) (f32.const 3))
(assert_return (invoke "sqrt" (f32.const -0)) (f32.const -0))
(assert_return (invoke "sqrt" (f32.const inf)) (f32.const inf))
(assert_return (invoke "sqrt" (f32.const -1)) (f32.const nan:canonical))

;; min: -0 is less than +0, and a NaN wins
(assert_return (invoke "min" (f32.const 1) (f32.const 2)) (f32.const 1))
(assert_return (invoke "min" (f32.const 0) (f32.const -0)) (f32.const -0))
(assert_return (invoke "min" (f32.const -inf) (f32.const 1)) (f32.const -inf))
(assert_return (invoke "min" (f32.const nan) (f32.const 1)) (f32.const nan:canonical))
(assert_return (invoke "min" (f32.const 1) (f32.const nan)) (f32.const nan:canonical))
(assert_return (invoke "min" (f32.const nan:0x200000) (f32.const 1)) (f32.const nan:arithmetic))

;; max: +0 is greater than -0, and a NaN wins
(assert_return (invoke "max" (f32.const 1) (f32.const 2)) (f32.const 2))
(assert_return (invoke "max" (f32.const -0) (f32.const 0)) (f32.const 0))
(assert_return (invoke "max" (f32.const inf) (f32.const 1)) (f32.const inf))
(assert_return (invoke "max" (f32.const nan) (f32.const -inf)) (f32.const nan:canonical))
(assert_return (invoke "max" (f32.const 1) (f32.const -nan)) (f32.const nan:canonical))
(assert_return (invoke "max" (f32.const 1) (f32.const nan:0x200000)) (f32.const nan:arithmetic))

;; ceil: towards +infinity; what rounds to zero keeps its sign
(assert_return (invoke "ceil" (f32.const 1.1)) (f32.const 2))
(assert_return (invoke "ceil" (f32.const -1.9)) (f32.const -1))
(assert_return (invoke "ceil" (f32.const -0.5)) (f32.const -0))
(assert_return (invoke "ceil" (f32.const 0.5)) (f32.const 1))
(assert_return (invoke "ceil" (f32.const 0x1p+24)) (f32.const 0x1p+24))
(assert_return (invoke "ceil" (f32.const -inf)) (f32.const -inf))
(assert_return (invoke "ceil" (f32.const nan:0x600000)) (f32.const nan:arithmetic))

;; floor: towards -infinity
(assert_return (invoke "floor" (f32.const 1.9)) (f32.const 1))
(assert_return (invoke "floor" (f32.const -1.1)) (f32.const -2))
(assert_return (invoke "floor" (f32.const -0)) (f32.const -0))
(assert_return (invoke "floor" (f32.const 0.5)) (f32.const 0))
(assert_return (invoke "floor" (f32.const -0.5)) (f32.const -1))
(assert_return (invoke "floor" (f32.const nan)) (f32.const nan:canonical))

;; trunc: towards zero
(assert_return (invoke "trunc" (f32.const 1.9)) (f32.const 1))
(assert_return (invoke "trunc" (f32.const -1.9)) (f32.const -1))
(assert_return (invoke "trunc" (f32.const -0.9)) (f32.const -0))
(assert_return (invoke "trunc" (f32.const inf)) (f32.const inf))

;; nearest: halves go to the even neighbour
(assert_return (invoke "nearest" (f32.const 0.5)) (f32.const 0))
(assert_return (invoke "nearest" (f32.const 1.5)) (f32.const 2))
(assert_return (invoke "nearest" (f32.const 2.5)) (f32.const 2))
(assert_return (invoke "nearest" (f32.const -0.5)) (f32.const -0))
(assert_return (invoke "nearest" (f32.const -1.5)) (f32.const -2))
(assert_return (invoke "nearest" (f32.const 0.51)) (f32.const 1))
(assert_return (invoke "nearest" (f32.const -0)) (f32.const -0))
(assert_return (invoke "nearest" (f32.const nan:0x200000)) (f32.const nan:arithmetic))

;; abs: only the sign bit, of NaNs too
(assert_return (invoke "abs" (f32.const -1.5)) (f32.const 1.5))
(assert_return (invoke "abs" (f32.const -0)) (f32.const 0))
(assert_return (invoke "abs" (f32.const -nan:0x200000)) (f32.const nan:0x200000))
(assert_return (invoke "abs" (f32.const -inf)) (f32.const inf))

;; neg: only the sign bit, of NaNs too
(assert_return (invoke "neg" (f32.const 1.5)) (f32.const -1.5))
(assert_return (invoke "neg" (f32.const 0)) (f32.const -0))
(assert_return (invoke "neg" (f32.const nan:0x200000)) (f32.const -nan:0x200000))
(assert_return (invoke "neg" (f32.const -nan)) (f32.const nan))

;; copysign: the sign bit of the second operand, of NaNs too
(assert_return (invoke "copysign" (f32.const 1) (f32.const -2)) (f32.const -1))
(assert_return (invoke "copysign" (f32.const -1) (f32.const 0)) (f32.const 1))
(assert_return (invoke "copysign" (f32.const -1) (f32.const nan)) (f32.const 1))
(assert_return (invoke "copysign" (f32.const nan:0x200000) (f32.const -1)) (f32.const -nan:0x200000))

;; eq: zeroes are equal, NaNs to nothing
(assert_return (invoke "eq" (f32.const 1) (f32.const 1)) (i32.const 1))
(assert_return (invoke "eq" (f32.const 0) (f32.const -0)) (i32.const 1))
(assert_return (invoke "eq" (f32.const nan) (f32.const nan)) (i32.const 0))

;; ne
(assert_return (invoke "ne" (f32.const 1) (f32.const 1)) (i32.const 0))
(assert_return (invoke "ne" (f32.const 0) (f32.const -0)) (i32.const 0))
(assert_return (invoke "ne" (f32.const nan) (f32.const nan)) (i32.const 1))

;; lt
(assert_return (invoke "lt" (f32.const 1) (f32.const 2)) (i32.const 1))
(assert_return (invoke "lt" (f32.const 2) (f32.const 2)) (i32.const 0))
(assert_return (invoke "lt" (f32.const -0) (f32.const 0)) (i32.const 0))
(assert_return (invoke "lt" (f32.const nan) (f32.const 1)) (i32.const 0))
(assert_return (invoke "lt" (f32.const -inf) (f32.const -0x1.fffffep+127)) (i32.const 1))

;; gt
(assert_return (invoke "gt" (f32.const 2) (f32.const 1)) (i32.const 1))
(assert_return (invoke "gt" (f32.const 2) (f32.const 2)) (i32.const 0))
(assert_return (invoke "gt" (f32.const 0) (f32.const -0)) (i32.const 0))
(assert_return (invoke "gt" (f32.const 1) (f32.const nan)) (i32.const 0))
(assert_return (invoke "gt" (f32.const 0x1p-149) (f32.const 0)) (i32.const 1))

;; le
(assert_return (invoke "le" (f32.const 1) (f32.const 2)) (i32.const 1))
(assert_return (invoke "le" (f32.const 2) (f32.const 2)) (i32.const 1))
(assert_return (invoke "le" (f32.const 0) (f32.const -0)) (i32.const 1))
(assert_return (invoke "le" (f32.const nan) (f32.const nan)) (i32.const 0))

;; ge
(assert_return (invoke "ge" (f32.const 1) (f32.const 2)) (i32.const 0))
(assert_return (invoke "ge" (f32.const 2) (f32.const 2)) (i32.const 1))
(assert_return (invoke "ge" (f32.const -0) (f32.const 0)) (i32.const 1))
(assert_return (invoke "ge" (f32.const nan) (f32.const nan)) (i32.const 0))
