;; Vectors as bits: constants in every shape, bitwise instructions, any_true, shuffle and swizzle.

(module
  (func (export "i8x16") (result v128) (v128.const i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 -1))
  (func (export "i16x8") (result v128) (v128.const i16x8 0x0100 0x0302 0x0504 0x0706 0x0908 0x0b0a 0x0d0c 0xff0e))
  (func (export "i32x4") (result v128) (v128.const i32x4 0x03020100 0x07060504 0x0b0a0908 -0xf1f2f4))
  (func (export "i64x2") (result v128) (v128.const i64x2 0x0706050403020100 0xff0e0d0c0b0a0908))
  (func (export "f32x4") (result v128) (v128.const f32x4 -0 1.5 nan -nan:0x200000))
  (func (export "f64x2") (result v128) (v128.const f64x2 -0 0x1.8p0))

  (func (export "not") (param v128) (result v128) (v128.not (local.get 0)))
  (func (export "and") (param v128 v128) (result v128) (v128.and (local.get 0) (local.get 1)))
  (func (export "andnot") (param v128 v128) (result v128) (v128.andnot (local.get 0) (local.get 1)))
  (func (export "or") (param v128 v128) (result v128) (v128.or (local.get 0) (local.get 1)))
  (func (export "xor") (param v128 v128) (result v128) (v128.xor (local.get 0) (local.get 1)))
  (func (export "bitselect") (param v128 v128 v128) (result v128)
    (v128.bitselect (local.get 0) (local.get 1) (local.get 2)))
  (func (export "any_true") (param v128) (result i32) (v128.any_true (local.get 0)))
  (func (export "swizzle") (param v128 v128) (result v128) (i8x16.swizzle (local.get 0) (local.get 1)))
  (func (export "interleave") (param v128 v128) (result v128)
    (i8x16.shuffle 0 16 1 17 2 18 3 19 4 20 5 21 6 22 7 23 (local.get 0) (local.get 1)))
  (func (export "reverse second") (param v128 v128) (result v128)
    (i8x16.shuffle 31 30 29 28 27 26 25 24 23 22 21 20 19 18 17 16 (local.get 0) (local.get 1)))
)

;; the same bits in four shapes
(assert_return (invoke "i8x16") (v128.const i64x2 0x0706050403020100 0xff0e0d0c0b0a0908))
(assert_return (invoke "i16x8") (v128.const i64x2 0x0706050403020100 0xff0e0d0c0b0a0908))
(assert_return (invoke "i32x4") (v128.const i64x2 0x0706050403020100 0xff0e0d0c0b0a0908))
(assert_return (invoke "i64x2") (v128.const i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 -1))
(assert_return (invoke "f32x4") (v128.const i32x4 0x80000000 0x3fc00000 0x7fc00000 0xffa00000))
(assert_return (invoke "f64x2") (v128.const i64x2 0x8000000000000000 0x3ff8000000000000))

;; bit by bit
(assert_return (invoke "not" (v128.const i64x2 0 0x0f)) (v128.const i64x2 -1 -0x10))
(assert_return (invoke "and" (v128.const i32x4 12 12 -1 0) (v128.const i32x4 10 -1 7 7)) (v128.const i32x4 8 12 7 0))
(assert_return (invoke "andnot" (v128.const i32x4 12 12 -1 0) (v128.const i32x4 10 -1 7 7)) (v128.const i32x4 4 0 -8 0))
(assert_return (invoke "or" (v128.const i32x4 12 12 -1 0) (v128.const i32x4 10 -1 7 7)) (v128.const i32x4 14 -1 -1 7))
(assert_return (invoke "xor" (v128.const i32x4 12 12 -1 0) (v128.const i32x4 10 -1 7 7)) (v128.const i32x4 6 -13 -8 7))

;; bitselect: the first where the mask is set, the second where it is not
(assert_return (invoke "bitselect" (v128.const i32x4 -1 0 0x1234 5) (v128.const i32x4 0 -1 0x5678 9) (v128.const i32x4 0xff 0xff 0x0f0f 0))
  (v128.const i32x4 0xff 0xffffff00 0x5274 9))

(assert_return (invoke "any_true" (v128.const i64x2 0 0)) (i32.const 0))
(assert_return (invoke "any_true" (v128.const i64x2 0 0x8000000000000000)) (i32.const 1))

;; swizzle: an index beyond 15 gives 0
(assert_return
  (invoke "swizzle" (v128.const i8x16 100 101 102 103 104 105 106 107 108 109 110 111 112 113 114 115)
    (v128.const i8x16 15 14 13 12 0 0 1 1 16 31 127 128 240 255 7 8))
  (v128.const i8x16 115 114 113 112 100 100 101 101 0 0 0 0 0 0 107 108))

;; shuffle: 0 to 15 are lanes of the first operand, 16 to 31 of the second
(assert_return
  (invoke "interleave" (v128.const i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15) (v128.const i8x16 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35))
  (v128.const i8x16 0 20 1 21 2 22 3 23 4 24 5 25 6 26 7 27))
(assert_return
  (invoke "reverse second" (v128.const i64x2 -1 -1) (v128.const i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15))
  (v128.const i8x16 15 14 13 12 11 10 9 8 7 6 5 4 3 2 1 0))

(assert_invalid (module (func (result v128) (i8x16.shuffle 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 32 (v128.const i64x2 0 0) (v128.const i64x2 0 0)))) "invalid lane index")
(assert_invalid (module (func (result i32) (i8x16.extract_lane_s 16 (v128.const i64x2 0 0)))) "invalid lane index")
(assert_malformed (module quote "(func (drop (v128.const i8x16 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 256)))") "constant out of range")
(assert_malformed (module quote "(func (param v128) (result i32) (i8x16.extract_lane_s 256 (local.get 0)))") "i8 constant out of range")
