;; Every result pattern: literals, classes of NaN, lanes, references by kind, `either`.

(module
  (func (export "i32") (result i32) (i32.const -1))
  (func (export "i64") (result i64) (i64.const -1))
  (func (export "f32") (param f32) (result f32) (local.get 0))
  (func (export "f64") (param f64) (result f64) (local.get 0))
  (func (export "v128") (param v128) (result v128) (local.get 0))
  (func (export "none"))
  (func (export "three") (result i32 f32 externref) (i32.const 1) (f32.const 2) (ref.null extern))

  (type $s (struct))
  (type $a (array i8))
  (tag $t)
  (func $f (export "func") (result funcref) (ref.func $f))
  (func (export "i31") (result anyref) (ref.i31 (i32.const 1)))
  (func (export "struct") (result anyref) (struct.new $s))
  (func (export "array") (result anyref) (array.new_fixed $a 0))
  (func (export "extern") (param externref) (result externref) (local.get 0))
  (func (export "host") (param anyref) (result anyref) (local.get 0))
  (func (export "exn") (result exnref)
    (block $h (result exnref) (try_table (catch_all_ref $h) (throw $t)) (unreachable)))
  (func (export "null any") (result anyref) (ref.null none))
  (func (export "null func") (result funcref) (ref.null nofunc))
  (func (export "null extern") (result externref) (ref.null noextern))
  (func (export "null exn") (result exnref) (ref.null noexn))
)

;; numbers: bit by bit, in any spelling
(assert_return (invoke "i32") (i32.const -1))
(assert_return (invoke "i32") (i32.const 4294967295))
(assert_return (invoke "i64") (i64.const 0xffff_ffff_ffff_ffff))
(assert_return (invoke "f32" (f32.const 0.1)) (f32.const 0x1.99999ap-4))
(assert_return (invoke "f64" (f64.const -0)) (f64.const -0x0p0))
(assert_return (invoke "f64" (f64.const inf)) (f64.const inf))
(assert_return (invoke "f32" (f32.const nan:0x123456)) (f32.const nan:0x12_3456))
(assert_return (invoke "none"))
(assert_return (invoke "three") (i32.const 1) (f32.const 2) (ref.null extern))

;; NaNs: the class leaves the sign open, and for arithmetic ones the payload's lower bits
(assert_return (invoke "f32" (f32.const nan)) (f32.const nan:canonical))
(assert_return (invoke "f32" (f32.const -nan)) (f32.const nan:canonical))
(assert_return (invoke "f32" (f32.const -nan:0x400001)) (f32.const nan:arithmetic))
(assert_return (invoke "f64" (f64.const -nan)) (f64.const nan:canonical))
(assert_return (invoke "f64" (f64.const nan:0x8000000000001)) (f64.const nan:arithmetic))

;; vectors: in any shape, classes of NaN lane by lane
(assert_return (invoke "v128" (v128.const i8x16 1 0 2 0 3 0 4 0 5 0 6 0 7 0 8 0)) (v128.const i16x8 1 2 3 4 5 6 7 8))
(assert_return (invoke "v128" (v128.const i32x4 1 0 -1 -1)) (v128.const i64x2 1 -1))
(assert_return (invoke "v128" (v128.const f32x4 1.5 nan -nan:0x600000 nan:0x1)) (v128.const f32x4 1.5 nan:canonical nan:arithmetic nan:0x1))
(assert_return (invoke "v128" (v128.const f64x2 -nan 2)) (v128.const f64x2 nan:canonical 2))

;; references: by kind
(assert_return (invoke "func") (ref.func))
(assert_return (invoke "i31") (ref.i31))
(assert_return (invoke "i31") (ref.eq))
(assert_return (invoke "i31") (ref))
(assert_return (invoke "struct") (ref.struct))
(assert_return (invoke "struct") (ref.eq))
(assert_return (invoke "array") (ref.array))
(assert_return (invoke "array") (ref))
(assert_return (invoke "exn") (ref.exn))
(assert_return (invoke "extern" (ref.extern 7)) (ref.extern 7))
(assert_return (invoke "extern" (ref.extern 7)) (ref.extern))
(assert_return (invoke "host" (ref.host 7)) (ref.host 7))

;; nulls: of any type, or of the one named
(assert_return (invoke "null any") (ref.null))
(assert_return (invoke "null any") (ref.null any))
(assert_return (invoke "null func") (ref.null func))
(assert_return (invoke "null func") (ref.null nofunc))
(assert_return (invoke "null extern") (ref.null))
(assert_return (invoke "null extern") (ref.null extern))
(assert_return (invoke "null exn") (ref.null exn))
(assert_return (invoke "extern" (ref.null extern)) (ref.null))

;; either: one of them, of vectors the whole
(assert_return (invoke "i32") (either (i32.const 1) (i32.const -1)))
(assert_return (invoke "f32" (f32.const nan)) (either (f32.const 0) (f32.const nan:arithmetic)))
(assert_return (invoke "v128" (v128.const i64x2 1 2)) (either (v128.const i64x2 3 4) (v128.const i64x2 1 2)))
(assert_return (invoke "i31") (either (ref.null) (ref.i31)))
