;; Every conversion between number types: exact bounds of what traps, single rounding, bits.

(module
  (func (export "i32.wrap_i64") (param i64) (result i32) (i32.wrap_i64 (local.get 0)))
  (func (export "i64.extend_i32_s") (param i32) (result i64) (i64.extend_i32_s (local.get 0)))
  (func (export "i64.extend_i32_u") (param i32) (result i64) (i64.extend_i32_u (local.get 0)))
  (func (export "i32.trunc_f32_s") (param f32) (result i32) (i32.trunc_f32_s (local.get 0)))
  (func (export "i32.trunc_f32_u") (param f32) (result i32) (i32.trunc_f32_u (local.get 0)))
  (func (export "i32.trunc_f64_s") (param f64) (result i32) (i32.trunc_f64_s (local.get 0)))
  (func (export "i32.trunc_f64_u") (param f64) (result i32) (i32.trunc_f64_u (local.get 0)))
  (func (export "i64.trunc_f32_s") (param f32) (result i64) (i64.trunc_f32_s (local.get 0)))
  (func (export "i64.trunc_f32_u") (param f32) (result i64) (i64.trunc_f32_u (local.get 0)))
  (func (export "i64.trunc_f64_s") (param f64) (result i64) (i64.trunc_f64_s (local.get 0)))
  (func (export "i64.trunc_f64_u") (param f64) (result i64) (i64.trunc_f64_u (local.get 0)))
  (func (export "i32.trunc_sat_f32_s") (param f32) (result i32) (i32.trunc_sat_f32_s (local.get 0)))
  (func (export "i32.trunc_sat_f32_u") (param f32) (result i32) (i32.trunc_sat_f32_u (local.get 0)))
  (func (export "i32.trunc_sat_f64_s") (param f64) (result i32) (i32.trunc_sat_f64_s (local.get 0)))
  (func (export "i32.trunc_sat_f64_u") (param f64) (result i32) (i32.trunc_sat_f64_u (local.get 0)))
  (func (export "i64.trunc_sat_f32_s") (param f32) (result i64) (i64.trunc_sat_f32_s (local.get 0)))
  (func (export "i64.trunc_sat_f32_u") (param f32) (result i64) (i64.trunc_sat_f32_u (local.get 0)))
  (func (export "i64.trunc_sat_f64_s") (param f64) (result i64) (i64.trunc_sat_f64_s (local.get 0)))
  (func (export "i64.trunc_sat_f64_u") (param f64) (result i64) (i64.trunc_sat_f64_u (local.get 0)))
  (func (export "f32.convert_i32_s") (param i32) (result f32) (f32.convert_i32_s (local.get 0)))
  (func (export "f32.convert_i32_u") (param i32) (result f32) (f32.convert_i32_u (local.get 0)))
  (func (export "f32.convert_i64_s") (param i64) (result f32) (f32.convert_i64_s (local.get 0)))
  (func (export "f32.convert_i64_u") (param i64) (result f32) (f32.convert_i64_u (local.get 0)))
  (func (export "f64.convert_i32_s") (param i32) (result f64) (f64.convert_i32_s (local.get 0)))
  (func (export "f64.convert_i32_u") (param i32) (result f64) (f64.convert_i32_u (local.get 0)))
  (func (export "f64.convert_i64_s") (param i64) (result f64) (f64.convert_i64_s (local.get 0)))
  (func (export "f64.convert_i64_u") (param i64) (result f64) (f64.convert_i64_u (local.get 0)))
  (func (export "f32.demote_f64") (param f64) (result f32) (f32.demote_f64 (local.get 0)))
  (func (export "f64.promote_f32") (param f32) (result f64) (f64.promote_f32 (local.get 0)))
  (func (export "i32.reinterpret_f32") (param f32) (result i32) (i32.reinterpret_f32 (local.get 0)))
  (func (export "i64.reinterpret_f64") (param f64) (result i64) (i64.reinterpret_f64 (local.get 0)))
  (func (export "f32.reinterpret_i32") (param i32) (result f32) (f32.reinterpret_i32 (local.get 0)))
  (func (export "f64.reinterpret_i64") (param i64) (result f64) (f64.reinterpret_i64 (local.get 0)))
)

;; i32.wrap_i64: the low 32 bits
(assert_return (invoke "i32.wrap_i64" (i64.const 0x1234_5678_9abc_def0)) (i32.const 0x9abc_def0))
(assert_return (invoke "i32.wrap_i64" (i64.const -1)) (i32.const -1))

;; i64.extend_i32_s: copies the sign
(assert_return (invoke "i64.extend_i32_s" (i32.const 0x8000_0000)) (i64.const 0xffff_ffff_8000_0000))
(assert_return (invoke "i64.extend_i32_s" (i32.const 5)) (i64.const 5))

;; i64.extend_i32_u: fills with zeroes
(assert_return (invoke "i64.extend_i32_u" (i32.const 0x8000_0000)) (i64.const 0x8000_0000))
(assert_return (invoke "i64.extend_i32_u" (i32.const -1)) (i64.const 0xffff_ffff))

;; i32.trunc_f32_s: towards zero; NaNs and what does not fit trap
(assert_return (invoke "i32.trunc_f32_s" (f32.const 1.9)) (i32.const 1))
(assert_return (invoke "i32.trunc_f32_s" (f32.const -0.5)) (i32.const 0))
(assert_return (invoke "i32.trunc_f32_s" (f32.const -2147483648.0)) (i32.const -2147483648))
(assert_return (invoke "i32.trunc_f32_s" (f32.const 2147483520.0)) (i32.const 0x7fff_ff80))
(assert_trap (invoke "i32.trunc_f32_s" (f32.const nan)) "invalid conversion to integer")
(assert_trap (invoke "i32.trunc_f32_s" (f32.const 0x1p31)) "integer overflow")
(assert_trap (invoke "i32.trunc_f32_s" (f32.const -inf)) "integer overflow")
(assert_trap (invoke "i32.trunc_f32_s" (f32.const -0x1.000002p31)) "integer overflow")

;; i32.trunc_f32_u: towards zero; NaNs and what does not fit trap
(assert_return (invoke "i32.trunc_f32_u" (f32.const 1.9)) (i32.const 1))
(assert_return (invoke "i32.trunc_f32_u" (f32.const -0.5)) (i32.const 0))
(assert_return (invoke "i32.trunc_f32_u" (f32.const -0.99)) (i32.const 0))
(assert_return (invoke "i32.trunc_f32_u" (f32.const 4294967040.0)) (i32.const 0xffff_ff00))
(assert_trap (invoke "i32.trunc_f32_u" (f32.const nan)) "invalid conversion to integer")
(assert_trap (invoke "i32.trunc_f32_u" (f32.const 0x1p32)) "integer overflow")
(assert_trap (invoke "i32.trunc_f32_u" (f32.const -inf)) "integer overflow")
(assert_trap (invoke "i32.trunc_f32_u" (f32.const -1.0)) "integer overflow")

;; i32.trunc_f64_s: towards zero; NaNs and what does not fit trap
(assert_return (invoke "i32.trunc_f64_s" (f64.const 1.9)) (i32.const 1))
(assert_return (invoke "i32.trunc_f64_s" (f64.const -0.5)) (i32.const 0))
(assert_return (invoke "i32.trunc_f64_s" (f64.const -2147483648.9)) (i32.const -2147483648))
(assert_return (invoke "i32.trunc_f64_s" (f64.const 2147483647.9)) (i32.const 0x7fff_ffff))
(assert_trap (invoke "i32.trunc_f64_s" (f64.const nan)) "invalid conversion to integer")
(assert_trap (invoke "i32.trunc_f64_s" (f64.const 0x1p31)) "integer overflow")
(assert_trap (invoke "i32.trunc_f64_s" (f64.const -inf)) "integer overflow")
(assert_trap (invoke "i32.trunc_f64_s" (f64.const -2147483649.0)) "integer overflow")

;; i32.trunc_f64_u: towards zero; NaNs and what does not fit trap
(assert_return (invoke "i32.trunc_f64_u" (f64.const 1.9)) (i32.const 1))
(assert_return (invoke "i32.trunc_f64_u" (f64.const -0.5)) (i32.const 0))
(assert_return (invoke "i32.trunc_f64_u" (f64.const -0.9999999)) (i32.const 0))
(assert_return (invoke "i32.trunc_f64_u" (f64.const 4294967295.9)) (i32.const 0xffff_ffff))
(assert_trap (invoke "i32.trunc_f64_u" (f64.const nan)) "invalid conversion to integer")
(assert_trap (invoke "i32.trunc_f64_u" (f64.const 0x1p32)) "integer overflow")
(assert_trap (invoke "i32.trunc_f64_u" (f64.const -inf)) "integer overflow")
(assert_trap (invoke "i32.trunc_f64_u" (f64.const -1.0)) "integer overflow")

;; i64.trunc_f32_s: towards zero; NaNs and what does not fit trap
(assert_return (invoke "i64.trunc_f32_s" (f32.const 1.9)) (i64.const 1))
(assert_return (invoke "i64.trunc_f32_s" (f32.const -0.5)) (i64.const 0))
(assert_return (invoke "i64.trunc_f32_s" (f32.const -0x1p63)) (i64.const -9223372036854775808))
(assert_return (invoke "i64.trunc_f32_s" (f32.const 0x1.fffffep62)) (i64.const 0x7fff_ff80_0000_0000))
(assert_trap (invoke "i64.trunc_f32_s" (f32.const nan)) "invalid conversion to integer")
(assert_trap (invoke "i64.trunc_f32_s" (f32.const 0x1p63)) "integer overflow")
(assert_trap (invoke "i64.trunc_f32_s" (f32.const -inf)) "integer overflow")
(assert_trap (invoke "i64.trunc_f32_s" (f32.const -0x1.000002p63)) "integer overflow")

;; i64.trunc_f32_u: towards zero; NaNs and what does not fit trap
(assert_return (invoke "i64.trunc_f32_u" (f32.const 1.9)) (i64.const 1))
(assert_return (invoke "i64.trunc_f32_u" (f32.const -0.5)) (i64.const 0))
(assert_return (invoke "i64.trunc_f32_u" (f32.const -0.99)) (i64.const 0))
(assert_return (invoke "i64.trunc_f32_u" (f32.const 0x1.fffffep63)) (i64.const 0xffff_ff00_0000_0000))
(assert_trap (invoke "i64.trunc_f32_u" (f32.const nan)) "invalid conversion to integer")
(assert_trap (invoke "i64.trunc_f32_u" (f32.const 0x1p64)) "integer overflow")
(assert_trap (invoke "i64.trunc_f32_u" (f32.const -inf)) "integer overflow")
(assert_trap (invoke "i64.trunc_f32_u" (f32.const -1.0)) "integer overflow")

;; i64.trunc_f64_s: towards zero; NaNs and what does not fit trap
(assert_return (invoke "i64.trunc_f64_s" (f64.const 1.9)) (i64.const 1))
(assert_return (invoke "i64.trunc_f64_s" (f64.const -0.5)) (i64.const 0))
(assert_return (invoke "i64.trunc_f64_s" (f64.const -0x1p63)) (i64.const -9223372036854775808))
(assert_return (invoke "i64.trunc_f64_s" (f64.const 0x1.fffffffffffffp62)) (i64.const 0x7fff_ffff_ffff_fc00))
(assert_trap (invoke "i64.trunc_f64_s" (f64.const nan)) "invalid conversion to integer")
(assert_trap (invoke "i64.trunc_f64_s" (f64.const 0x1p63)) "integer overflow")
(assert_trap (invoke "i64.trunc_f64_s" (f64.const -inf)) "integer overflow")
(assert_trap (invoke "i64.trunc_f64_s" (f64.const -0x1.0000000000001p63)) "integer overflow")

;; i64.trunc_f64_u: towards zero; NaNs and what does not fit trap
(assert_return (invoke "i64.trunc_f64_u" (f64.const 1.9)) (i64.const 1))
(assert_return (invoke "i64.trunc_f64_u" (f64.const -0.5)) (i64.const 0))
(assert_return (invoke "i64.trunc_f64_u" (f64.const -0.9999999)) (i64.const 0))
(assert_return (invoke "i64.trunc_f64_u" (f64.const 0x1.fffffffffffffp63)) (i64.const 0xffff_ffff_ffff_f800))
(assert_trap (invoke "i64.trunc_f64_u" (f64.const nan)) "invalid conversion to integer")
(assert_trap (invoke "i64.trunc_f64_u" (f64.const 0x1p64)) "integer overflow")
(assert_trap (invoke "i64.trunc_f64_u" (f64.const -inf)) "integer overflow")
(assert_trap (invoke "i64.trunc_f64_u" (f64.const -1.0)) "integer overflow")

;; i32.trunc_sat_f32_s: the nearest integer there is; 0 for NaNs
(assert_return (invoke "i32.trunc_sat_f32_s" (f32.const 1.9)) (i32.const 1))
(assert_return (invoke "i32.trunc_sat_f32_s" (f32.const -0.5)) (i32.const 0))
(assert_return (invoke "i32.trunc_sat_f32_s" (f32.const nan)) (i32.const 0))
(assert_return (invoke "i32.trunc_sat_f32_s" (f32.const 0x1p31)) (i32.const 0x7fff_ffff))
(assert_return (invoke "i32.trunc_sat_f32_s" (f32.const inf)) (i32.const 0x7fff_ffff))
(assert_return (invoke "i32.trunc_sat_f32_s" (f32.const -inf)) (i32.const 0x8000_0000))

;; i32.trunc_sat_f32_u: the nearest integer there is; 0 for NaNs
(assert_return (invoke "i32.trunc_sat_f32_u" (f32.const 1.9)) (i32.const 1))
(assert_return (invoke "i32.trunc_sat_f32_u" (f32.const -0.5)) (i32.const 0))
(assert_return (invoke "i32.trunc_sat_f32_u" (f32.const nan)) (i32.const 0))
(assert_return (invoke "i32.trunc_sat_f32_u" (f32.const 0x1p32)) (i32.const -1))
(assert_return (invoke "i32.trunc_sat_f32_u" (f32.const inf)) (i32.const -1))
(assert_return (invoke "i32.trunc_sat_f32_u" (f32.const -inf)) (i32.const 0))

;; i32.trunc_sat_f64_s: the nearest integer there is; 0 for NaNs
(assert_return (invoke "i32.trunc_sat_f64_s" (f64.const 1.9)) (i32.const 1))
(assert_return (invoke "i32.trunc_sat_f64_s" (f64.const -0.5)) (i32.const 0))
(assert_return (invoke "i32.trunc_sat_f64_s" (f64.const nan)) (i32.const 0))
(assert_return (invoke "i32.trunc_sat_f64_s" (f64.const 0x1p31)) (i32.const 0x7fff_ffff))
(assert_return (invoke "i32.trunc_sat_f64_s" (f64.const inf)) (i32.const 0x7fff_ffff))
(assert_return (invoke "i32.trunc_sat_f64_s" (f64.const -inf)) (i32.const 0x8000_0000))

;; i32.trunc_sat_f64_u: the nearest integer there is; 0 for NaNs
(assert_return (invoke "i32.trunc_sat_f64_u" (f64.const 1.9)) (i32.const 1))
(assert_return (invoke "i32.trunc_sat_f64_u" (f64.const -0.5)) (i32.const 0))
(assert_return (invoke "i32.trunc_sat_f64_u" (f64.const nan)) (i32.const 0))
(assert_return (invoke "i32.trunc_sat_f64_u" (f64.const 0x1p32)) (i32.const -1))
(assert_return (invoke "i32.trunc_sat_f64_u" (f64.const inf)) (i32.const -1))
(assert_return (invoke "i32.trunc_sat_f64_u" (f64.const -inf)) (i32.const 0))

;; i64.trunc_sat_f32_s: the nearest integer there is; 0 for NaNs
(assert_return (invoke "i64.trunc_sat_f32_s" (f32.const 1.9)) (i64.const 1))
(assert_return (invoke "i64.trunc_sat_f32_s" (f32.const -0.5)) (i64.const 0))
(assert_return (invoke "i64.trunc_sat_f32_s" (f32.const nan)) (i64.const 0))
(assert_return (invoke "i64.trunc_sat_f32_s" (f32.const 0x1p63)) (i64.const 0x7fff_ffff_ffff_ffff))
(assert_return (invoke "i64.trunc_sat_f32_s" (f32.const inf)) (i64.const 0x7fff_ffff_ffff_ffff))
(assert_return (invoke "i64.trunc_sat_f32_s" (f32.const -inf)) (i64.const 0x8000_0000_0000_0000))

;; i64.trunc_sat_f32_u: the nearest integer there is; 0 for NaNs
(assert_return (invoke "i64.trunc_sat_f32_u" (f32.const 1.9)) (i64.const 1))
(assert_return (invoke "i64.trunc_sat_f32_u" (f32.const -0.5)) (i64.const 0))
(assert_return (invoke "i64.trunc_sat_f32_u" (f32.const nan)) (i64.const 0))
(assert_return (invoke "i64.trunc_sat_f32_u" (f32.const 0x1p64)) (i64.const -1))
(assert_return (invoke "i64.trunc_sat_f32_u" (f32.const inf)) (i64.const -1))
(assert_return (invoke "i64.trunc_sat_f32_u" (f32.const -inf)) (i64.const 0))

;; i64.trunc_sat_f64_s: the nearest integer there is; 0 for NaNs
(assert_return (invoke "i64.trunc_sat_f64_s" (f64.const 1.9)) (i64.const 1))
(assert_return (invoke "i64.trunc_sat_f64_s" (f64.const -0.5)) (i64.const 0))
(assert_return (invoke "i64.trunc_sat_f64_s" (f64.const nan)) (i64.const 0))
(assert_return (invoke "i64.trunc_sat_f64_s" (f64.const 0x1p63)) (i64.const 0x7fff_ffff_ffff_ffff))
(assert_return (invoke "i64.trunc_sat_f64_s" (f64.const inf)) (i64.const 0x7fff_ffff_ffff_ffff))
(assert_return (invoke "i64.trunc_sat_f64_s" (f64.const -inf)) (i64.const 0x8000_0000_0000_0000))

;; i64.trunc_sat_f64_u: the nearest integer there is; 0 for NaNs
(assert_return (invoke "i64.trunc_sat_f64_u" (f64.const 1.9)) (i64.const 1))
(assert_return (invoke "i64.trunc_sat_f64_u" (f64.const -0.5)) (i64.const 0))
(assert_return (invoke "i64.trunc_sat_f64_u" (f64.const nan)) (i64.const 0))
(assert_return (invoke "i64.trunc_sat_f64_u" (f64.const 0x1p64)) (i64.const -1))
(assert_return (invoke "i64.trunc_sat_f64_u" (f64.const inf)) (i64.const -1))
(assert_return (invoke "i64.trunc_sat_f64_u" (f64.const -inf)) (i64.const 0))

;; f32.convert_i32_s: rounded to nearest, ties to even
(assert_return (invoke "f32.convert_i32_s" (i32.const -1)) (f32.const -1))
(assert_return (invoke "f32.convert_i32_s" (i32.const 0x0100_0001)) (f32.const 16777216))
(assert_return (invoke "f32.convert_i32_s" (i32.const 0x0100_0003)) (f32.const 16777220))
(assert_return (invoke "f32.convert_i32_s" (i32.const 0x8000_0000)) (f32.const -2147483648))

;; f32.convert_i32_u
(assert_return (invoke "f32.convert_i32_u" (i32.const -1)) (f32.const 4294967296))
(assert_return (invoke "f32.convert_i32_u" (i32.const 0x8000_0080)) (f32.const 2147483648))
(assert_return (invoke "f32.convert_i32_u" (i32.const 0x8000_0081)) (f32.const 2147483904))

;; f32.convert_i64_s: rounded once, not to f64 first
(assert_return (invoke "f32.convert_i64_s" (i64.const -1)) (f32.const -1))
(assert_return (invoke "f32.convert_i64_s" (i64.const 0x7fff_ffbf_ffff_ffff)) (f32.const 0x1.fffffep62))
(assert_return (invoke "f32.convert_i64_s" (i64.const 0x4000_0040_0000_0001)) (f32.const 0x1.000002p62))

;; f32.convert_i64_u: rounded once, not to f64 first
(assert_return (invoke "f32.convert_i64_u" (i64.const -1)) (f32.const 0x1p64))
(assert_return (invoke "f32.convert_i64_u" (i64.const 0x8000_0080_0000_0000)) (f32.const 0x1p63))
(assert_return (invoke "f32.convert_i64_u" (i64.const 0x8000_0080_0000_0001)) (f32.const 0x1.000002p63))

;; f64.convert_i32_s: always exact
(assert_return (invoke "f64.convert_i32_s" (i32.const -1)) (f64.const -1))
(assert_return (invoke "f64.convert_i32_s" (i32.const 0x8000_0000)) (f64.const -2147483648))

;; f64.convert_i32_u: always exact
(assert_return (invoke "f64.convert_i32_u" (i32.const -1)) (f64.const 4294967295))

;; f64.convert_i64_s: rounded to nearest, ties to even
(assert_return (invoke "f64.convert_i64_s" (i64.const -1)) (f64.const -1))
(assert_return (invoke "f64.convert_i64_s" (i64.const 0x0020_0000_0000_0001)) (f64.const 0x1p53))
(assert_return (invoke "f64.convert_i64_s" (i64.const 0x0020_0000_0000_0003)) (f64.const 0x1.0000000000002p53))

;; f64.convert_i64_u
(assert_return (invoke "f64.convert_i64_u" (i64.const -1)) (f64.const 0x1p64))
(assert_return (invoke "f64.convert_i64_u" (i64.const 0x8000_0000_0000_0400)) (f64.const 0x1p63))
(assert_return (invoke "f64.convert_i64_u" (i64.const 0x8000_0000_0000_0401)) (f64.const 0x1.0000000000001p63))

;; f32.demote_f64: rounded; a NaN stays a NaN
(assert_return (invoke "f32.demote_f64" (f64.const 0.1)) (f32.const 0x1.99999ap-4))
(assert_return (invoke "f32.demote_f64" (f64.const 0x1.0000010000000p0)) (f32.const 1))
(assert_return (invoke "f32.demote_f64" (f64.const 0x1.0000010000001p0)) (f32.const 0x1.000002p0))
(assert_return (invoke "f32.demote_f64" (f64.const 0x1p128)) (f32.const inf))
(assert_return (invoke "f32.demote_f64" (f64.const 0x1p-150)) (f32.const 0))
(assert_return (invoke "f32.demote_f64" (f64.const 0x1.8p-149)) (f32.const 0x1p-148))
(assert_return (invoke "f32.demote_f64" (f64.const nan)) (f32.const nan:canonical))
(assert_return (invoke "f32.demote_f64" (f64.const nan:0x4000000000000)) (f32.const nan:arithmetic))

;; f64.promote_f32: exact; a NaN stays a NaN
(assert_return (invoke "f64.promote_f32" (f32.const 0.1)) (f64.const 0x1.99999ap-4))
(assert_return (invoke "f64.promote_f32" (f32.const 0x1p-149)) (f64.const 0x1p-149))
(assert_return (invoke "f64.promote_f32" (f32.const -inf)) (f64.const -inf))
(assert_return (invoke "f64.promote_f32" (f32.const nan)) (f64.const nan:canonical))
(assert_return (invoke "f64.promote_f32" (f32.const nan:0x200000)) (f64.const nan:arithmetic))

;; i32.reinterpret_f32: the same bits
(assert_return (invoke "i32.reinterpret_f32" (f32.const -0)) (i32.const 0x8000_0000))
(assert_return (invoke "i32.reinterpret_f32" (f32.const nan:0x200001)) (i32.const 0x7fa0_0001))

;; i64.reinterpret_f64: the same bits
(assert_return (invoke "i64.reinterpret_f64" (f64.const -0)) (i64.const 0x8000_0000_0000_0000))
(assert_return (invoke "i64.reinterpret_f64" (f64.const nan:0x4000000000001)) (i64.const 0x7ff4_0000_0000_0001))

;; f32.reinterpret_i32: the same bits
(assert_return (invoke "f32.reinterpret_i32" (i32.const 0x3fc0_0000)) (f32.const 1.5))
(assert_return (invoke "f32.reinterpret_i32" (i32.const 0xffa0_0001)) (f32.const -nan:0x200001))

;; f64.reinterpret_i64: the same bits
(assert_return (invoke "f64.reinterpret_i64" (i64.const 0x3ff8_0000_0000_0000)) (f64.const 1.5))
(assert_return (invoke "f64.reinterpret_i64" (i64.const 0xfff4_0000_0000_0001)) (f64.const -nan:0x4000000000001))
