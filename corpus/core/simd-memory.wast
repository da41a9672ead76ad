;; Vector loads and stores: whole, extending, splatting, zero-filling and of single lanes; bounds.

(module
  (memory (export "mem") 1 1)
  (data (i32.const 0) "\00\01\02\03\04\05\06\07\f8\f9\fa\fb\fc\fd\fe\ff")

  (func (export "load") (param i32) (result v128) (v128.load (local.get 0)))
  (func (export "load8x8_s") (param i32) (result v128) (v128.load8x8_s (local.get 0)))
  (func (export "load8x8_u") (param i32) (result v128) (v128.load8x8_u (local.get 0)))
  (func (export "load16x4_s") (param i32) (result v128) (v128.load16x4_s (local.get 0)))
  (func (export "load16x4_u") (param i32) (result v128) (v128.load16x4_u (local.get 0)))
  (func (export "load32x2_s") (param i32) (result v128) (v128.load32x2_s (local.get 0)))
  (func (export "load32x2_u") (param i32) (result v128) (v128.load32x2_u (local.get 0)))
  (func (export "load8_splat") (param i32) (result v128) (v128.load8_splat (local.get 0)))
  (func (export "load16_splat") (param i32) (result v128) (v128.load16_splat (local.get 0)))
  (func (export "load32_splat") (param i32) (result v128) (v128.load32_splat (local.get 0)))
  (func (export "load64_splat") (param i32) (result v128) (v128.load64_splat (local.get 0)))
  (func (export "load32_zero") (param i32) (result v128) (v128.load32_zero (local.get 0)))
  (func (export "load64_zero") (param i32) (result v128) (v128.load64_zero (local.get 0)))
  (func (export "load8_lane") (param i32 v128) (result v128) (v128.load8_lane 15 (local.get 0) (local.get 1)))
  (func (export "load16_lane") (param i32 v128) (result v128) (v128.load16_lane offset=2 align=1 7 (local.get 0) (local.get 1)))
  (func (export "load32_lane") (param i32 v128) (result v128) (v128.load32_lane 0 (local.get 0) (local.get 1)))
  (func (export "load64_lane") (param i32 v128) (result v128) (v128.load64_lane 1 (local.get 0) (local.get 1)))

  (func (export "store") (param i32 v128) (v128.store (local.get 0) (local.get 1)))
  (func (export "store8_lane") (param i32 v128) (v128.store8_lane 15 (local.get 0) (local.get 1)))
  (func (export "store16_lane") (param i32 v128) (v128.store16_lane 7 (local.get 0) (local.get 1)))
  (func (export "store32_lane") (param i32 v128) (v128.store32_lane 3 (local.get 0) (local.get 1)))
  (func (export "store64_lane") (param i32 v128) (v128.store64_lane 1 (local.get 0) (local.get 1)))
)

(assert_return (invoke "load" (i32.const 0)) (v128.const i8x16 0 1 2 3 4 5 6 7 -8 -7 -6 -5 -4 -3 -2 -1))
(assert_return (invoke "load" (i32.const 1)) (v128.const i8x16 1 2 3 4 5 6 7 -8 -7 -6 -5 -4 -3 -2 -1 0))

;; 8 bytes become lanes of twice the width
(assert_return (invoke "load8x8_s" (i32.const 4)) (v128.const i16x8 4 5 6 7 -8 -7 -6 -5))
(assert_return (invoke "load8x8_u" (i32.const 4)) (v128.const i16x8 4 5 6 7 0xf8 0xf9 0xfa 0xfb))
(assert_return (invoke "load16x4_s" (i32.const 4)) (v128.const i32x4 0x0504 0x0706 0xfffff9f8 0xfffffbfa))
(assert_return (invoke "load16x4_u" (i32.const 4)) (v128.const i32x4 0x0504 0x0706 0xf9f8 0xfbfa))
(assert_return (invoke "load32x2_s" (i32.const 4)) (v128.const i64x2 0x07060504 0xfffffffffbfaf9f8))
(assert_return (invoke "load32x2_u" (i32.const 4)) (v128.const i64x2 0x07060504 0xfbfaf9f8))

;; one lane, repeated
(assert_return (invoke "load8_splat" (i32.const 9)) (v128.const i8x16 -7 -7 -7 -7 -7 -7 -7 -7 -7 -7 -7 -7 -7 -7 -7 -7))
(assert_return (invoke "load16_splat" (i32.const 1)) (v128.const i16x8 0x0201 0x0201 0x0201 0x0201 0x0201 0x0201 0x0201 0x0201))
(assert_return (invoke "load32_splat" (i32.const 0)) (v128.const i32x4 0x03020100 0x03020100 0x03020100 0x03020100))
(assert_return (invoke "load64_splat" (i32.const 8)) (v128.const i64x2 0xfffefdfcfbfaf9f8 0xfffefdfcfbfaf9f8))

;; the lowest lane, the others zero
(assert_return (invoke "load32_zero" (i32.const 12)) (v128.const i32x4 0xfffefdfc 0 0 0))
(assert_return (invoke "load64_zero" (i32.const 8)) (v128.const i64x2 0xfffefdfcfbfaf9f8 0))

;; one lane of a given vector
(assert_return (invoke "load8_lane" (i32.const 7) (v128.const i64x2 0 0)) (v128.const i64x2 0 0x0700000000000000))
(assert_return (invoke "load16_lane" (i32.const 1) (v128.const i64x2 -1 -1)) (v128.const i16x8 -1 -1 -1 -1 -1 -1 -1 0x0403))
(assert_return (invoke "load32_lane" (i32.const 4) (v128.const i32x4 1 2 3 4)) (v128.const i32x4 0x07060504 2 3 4))
(assert_return (invoke "load64_lane" (i32.const 0) (v128.const i64x2 1 2)) (v128.const i64x2 1 0x0706050403020100))

(invoke "store" (i32.const 32) (v128.const i64x2 0x1111111111111111 0x2222222222222222))
(assert_return (invoke "load" (i32.const 40)) (v128.const i64x2 0x2222222222222222 0))
(invoke "store8_lane" (i32.const 32) (v128.const i8x16 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1))
(invoke "store16_lane" (i32.const 34) (v128.const i16x8 0 0 0 0 0 0 0 0x0203))
(invoke "store32_lane" (i32.const 36) (v128.const i32x4 0 0 0 0x04050607))
(invoke "store64_lane" (i32.const 40) (v128.const i64x2 0 0x08090a0b0c0d0e0f))
(assert_return (invoke "load" (i32.const 32)) (v128.const i64x2 0x0405060702031101 0x08090a0b0c0d0e0f))

;; the last byte that an access may touch is the last of the memory
(assert_return (invoke "load" (i32.const 65520)) (v128.const i64x2 0 0))
(assert_trap (invoke "load" (i32.const 65521)) "out of bounds memory access")
(assert_trap (invoke "load8x8_s" (i32.const 65529)) "out of bounds memory access")
(assert_trap (invoke "load64_splat" (i32.const 65529)) "out of bounds memory access")
(assert_return (invoke "load32_zero" (i32.const 65532)) (v128.const i64x2 0 0))
(assert_trap (invoke "load32_zero" (i32.const 65533)) "out of bounds memory access")
(assert_trap (invoke "load16_lane" (i32.const 65533) (v128.const i64x2 0 0)) "out of bounds memory access")
(assert_trap (invoke "store8_lane" (i32.const 65536) (v128.const i64x2 0 0)) "out of bounds memory access")

;; a store that traps has written nothing
(assert_trap (invoke "store" (i32.const 65521) (v128.const i64x2 -1 -1)) "out of bounds memory access")
(assert_return (invoke "load" (i32.const 65520)) (v128.const i64x2 0 0))

(assert_invalid (module (memory 1) (func (drop (v128.load align=32 (i32.const 0))))) "alignment must not be larger than natural")
(assert_invalid (module (memory 1) (func (drop (v128.load8_splat align=2 (i32.const 0))))) "alignment must not be larger than natural")
(assert_invalid (module (memory 1) (func (v128.store64_lane 2 (i32.const 0) (v128.const i64x2 0 0)))) "invalid lane index")
