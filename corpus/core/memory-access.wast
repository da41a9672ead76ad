;; Scalar loads and stores: widths, signs, little-endian order, offsets, alignment hints, bounds.

(module
  (memory (export "mem") 1 1)
  (data (i32.const 0) "\01\02\03\84\05\06\07\88")

  (func (export "i32.load") (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "i64.load") (param i32) (result i64) (i64.load (local.get 0)))
  (func (export "f32.load") (param i32) (result f32) (f32.load (local.get 0)))
  (func (export "f64.load") (param i32) (result f64) (f64.load (local.get 0)))
  (func (export "i32.load8_s") (param i32) (result i32) (i32.load8_s (local.get 0)))
  (func (export "i32.load8_u") (param i32) (result i32) (i32.load8_u (local.get 0)))
  (func (export "i32.load16_s") (param i32) (result i32) (i32.load16_s (local.get 0)))
  (func (export "i32.load16_u") (param i32) (result i32) (i32.load16_u (local.get 0)))
  (func (export "i64.load8_s") (param i32) (result i64) (i64.load8_s (local.get 0)))
  (func (export "i64.load8_u") (param i32) (result i64) (i64.load8_u (local.get 0)))
  (func (export "i64.load16_s") (param i32) (result i64) (i64.load16_s (local.get 0)))
  (func (export "i64.load16_u") (param i32) (result i64) (i64.load16_u (local.get 0)))
  (func (export "i64.load32_s") (param i32) (result i64) (i64.load32_s (local.get 0)))
  (func (export "i64.load32_u") (param i32) (result i64) (i64.load32_u (local.get 0)))

  (func (export "i32.store") (param i32 i32) (i32.store (local.get 0) (local.get 1)))
  (func (export "i64.store") (param i32 i64) (i64.store (local.get 0) (local.get 1)))
  (func (export "f32.store") (param i32 f32) (f32.store (local.get 0) (local.get 1)))
  (func (export "f64.store") (param i32 f64) (f64.store (local.get 0) (local.get 1)))
  (func (export "i32.store8") (param i32 i32) (i32.store8 (local.get 0) (local.get 1)))
  (func (export "i32.store16") (param i32 i32) (i32.store16 (local.get 0) (local.get 1)))
  (func (export "i64.store8") (param i32 i64) (i64.store8 (local.get 0) (local.get 1)))
  (func (export "i64.store16") (param i32 i64) (i64.store16 (local.get 0) (local.get 1)))
  (func (export "i64.store32") (param i32 i64) (i64.store32 (local.get 0) (local.get 1)))

  ;; an offset is added without wrapping around; an alignment is only a hint
  (func (export "offset 4") (param i32) (result i32) (i32.load8_u offset=4 (local.get 0)))
  (func (export "offset max") (param i32) (result i32) (i32.load8_u offset=0xffff_ffff (local.get 0)))
  (func (export "align 1") (param i32) (result i64) (i64.load offset=1 align=1 (local.get 0)))
)

;; the lowest byte comes first
(assert_return (invoke "i32.load" (i32.const 0)) (i32.const 0x8403_0201))
(assert_return (invoke "i64.load" (i32.const 0)) (i64.const 0x8807_0605_8403_0201))
(assert_return (invoke "f32.load" (i32.const 0)) (f32.const -0x1.060402p-119))
(assert_return (invoke "f64.load" (i32.const 0)) (f64.const -0x1.7060584030201p-895))

;; narrow loads are extended with the sign or with zeroes
(assert_return (invoke "i32.load8_s" (i32.const 3)) (i32.const 0xffff_ff84))
(assert_return (invoke "i32.load8_u" (i32.const 3)) (i32.const 0x84))
(assert_return (invoke "i32.load16_s" (i32.const 2)) (i32.const 0xffff_8403))
(assert_return (invoke "i32.load16_u" (i32.const 2)) (i32.const 0x8403))
(assert_return (invoke "i64.load8_s" (i32.const 3)) (i64.const 0xffff_ffff_ffff_ff84))
(assert_return (invoke "i64.load8_u" (i32.const 3)) (i64.const 0x84))
(assert_return (invoke "i64.load16_s" (i32.const 2)) (i64.const 0xffff_ffff_ffff_8403))
(assert_return (invoke "i64.load16_u" (i32.const 2)) (i64.const 0x8403))
(assert_return (invoke "i64.load32_s" (i32.const 0)) (i64.const 0xffff_ffff_8403_0201))
(assert_return (invoke "i64.load32_u" (i32.const 0)) (i64.const 0x8403_0201))

;; stores write as many bytes as they say, of floats all bits
(invoke "i64.store" (i32.const 16) (i64.const -1))
(invoke "i32.store8" (i32.const 16) (i32.const 0x1234_5678))
(invoke "i64.store8" (i32.const 17) (i64.const 0x1234_5679))
(invoke "i32.store16" (i32.const 18) (i32.const 0x1234_5678))
(assert_return (invoke "i64.load" (i32.const 16)) (i64.const 0xffff_ffff_5678_7978))
(invoke "i64.store16" (i32.const 20) (i64.const 0xabcd_1234))
(assert_return (invoke "i64.load" (i32.const 16)) (i64.const 0xffff_1234_5678_7978))
(invoke "i64.store32" (i32.const 20) (i64.const 0x1_0000_0007))
(assert_return (invoke "i64.load" (i32.const 16)) (i64.const 0x0000_0007_5678_7978))
(invoke "i32.store" (i32.const 24) (i32.const 0x7fa0_0001))
(assert_return (invoke "f32.load" (i32.const 24)) (f32.const nan:0x200001))
(invoke "f32.store" (i32.const 28) (f32.const -nan:0x200001))
(assert_return (invoke "i32.load" (i32.const 28)) (i32.const 0xffa0_0001))
(invoke "f64.store" (i32.const 32) (f64.const nan:0x4000000000001))
(assert_return (invoke "i64.load" (i32.const 32)) (i64.const 0x7ff4_0000_0000_0001))

(assert_return (invoke "offset 4" (i32.const 1)) (i32.const 6))
(assert_return (invoke "align 1" (i32.const 0)) (i64.const 0x0088_0706_0584_0302))

;; out of bounds: every byte of the access counts, and the address has 33 bits
(assert_return (invoke "i32.load8_u" (i32.const 65535)) (i32.const 0))
(assert_trap (invoke "i32.load8_u" (i32.const 65536)) "out of bounds memory access")
(assert_trap (invoke "i32.load" (i32.const 65533)) "out of bounds memory access")
(assert_trap (invoke "i64.load" (i32.const 65529)) "out of bounds memory access")
(assert_trap (invoke "f64.load" (i32.const -1)) "out of bounds memory access")
(assert_trap (invoke "offset 4" (i32.const -1)) "out of bounds memory access")
(assert_trap (invoke "offset max" (i32.const 1)) "out of bounds memory access")

;; a store that traps has written nothing
(assert_trap (invoke "i64.store" (i32.const 65532) (i64.const -1)) "out of bounds memory access")
(assert_return (invoke "i32.load" (i32.const 65532)) (i32.const 0))

(assert_invalid (module (memory 1) (func (drop (i32.load align=8 (i32.const 0))))) "alignment must not be larger than natural")
(assert_invalid (module (func (drop (i32.load (i32.const 0))))) "unknown memory 0")
(assert_malformed (module quote "(memory 1) (func (drop (i32.load align=3 (i32.const 0))))") "alignment")
