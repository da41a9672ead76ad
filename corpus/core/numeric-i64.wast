;; Every integer instruction of i64, each on operands where a wrong one would show.

(module
  (func (export "clz") (param i64) (result i64) (i64.clz (local.get 0)))
  (func (export "ctz") (param i64) (result i64) (i64.ctz (local.get 0)))
  (func (export "popcnt") (param i64) (result i64) (i64.popcnt (local.get 0)))
  (func (export "extend8_s") (param i64) (result i64) (i64.extend8_s (local.get 0)))
  (func (export "extend16_s") (param i64) (result i64) (i64.extend16_s (local.get 0)))
  (func (export "extend32_s") (param i64) (result i64) (i64.extend32_s (local.get 0)))
  (func (export "add") (param i64 i64) (result i64) (i64.add (local.get 0) (local.get 1)))
  (func (export "sub") (param i64 i64) (result i64) (i64.sub (local.get 0) (local.get 1)))
  (func (export "mul") (param i64 i64) (result i64) (i64.mul (local.get 0) (local.get 1)))
  (func (export "div_s") (param i64 i64) (result i64) (i64.div_s (local.get 0) (local.get 1)))
  (func (export "div_u") (param i64 i64) (result i64) (i64.div_u (local.get 0) (local.get 1)))
  (func (export "rem_s") (param i64 i64) (result i64) (i64.rem_s (local.get 0) (local.get 1)))
  (func (export "rem_u") (param i64 i64) (result i64) (i64.rem_u (local.get 0) (local.get 1)))
  (func (export "and") (param i64 i64) (result i64) (i64.and (local.get 0) (local.get 1)))
  (func (export "or") (param i64 i64) (result i64) (i64.or (local.get 0) (local.get 1)))
  (func (export "xor") (param i64 i64) (result i64) (i64.xor (local.get 0) (local.get 1)))
  (func (export "shl") (param i64 i64) (result i64) (i64.shl (local.get 0) (local.get 1)))
  (func (export "shr_s") (param i64 i64) (result i64) (i64.shr_s (local.get 0) (local.get 1)))
  (func (export "shr_u") (param i64 i64) (result i64) (i64.shr_u (local.get 0) (local.get 1)))
  (func (export "rotl") (param i64 i64) (result i64) (i64.rotl (local.get 0) (local.get 1)))
  (func (export "rotr") (param i64 i64) (result i64) (i64.rotr (local.get 0) (local.get 1)))
  (func (export "eqz") (param i64) (result i32) (i64.eqz (local.get 0)))
  (func (export "eq") (param i64 i64) (result i32) (i64.eq (local.get 0) (local.get 1)))
  (func (export "ne") (param i64 i64) (result i32) (i64.ne (local.get 0) (local.get 1)))
  (func (export "lt_s") (param i64 i64) (result i32) (i64.lt_s (local.get 0) (local.get 1)))
  (func (export "lt_u") (param i64 i64) (result i32) (i64.lt_u (local.get 0) (local.get 1)))
  (func (export "gt_s") (param i64 i64) (result i32) (i64.gt_s (local.get 0) (local.get 1)))
  (func (export "gt_u") (param i64 i64) (result i32) (i64.gt_u (local.get 0) (local.get 1)))
  (func (export "le_s") (param i64 i64) (result i32) (i64.le_s (local.get 0) (local.get 1)))
  (func (export "le_u") (param i64 i64) (result i32) (i64.le_u (local.get 0) (local.get 1)))
  (func (export "ge_s") (param i64 i64) (result i32) (i64.ge_s (local.get 0) (local.get 1)))
  (func (export "ge_u") (param i64 i64) (result i32) (i64.ge_u (local.get 0) (local.get 1)))
)

;; clz: leading zeroes, all of them for 0
(assert_return (invoke "clz" (i64.const 0)) (i64.const 64))
(assert_return (invoke "clz" (i64.const 1)) (i64.const 63))
(assert_return (invoke "clz" (i64.const 0x8000_0000_0000_0000)) (i64.const 0))
(assert_return (invoke "clz" (i64.const 0x7fff_ffff_ffff_ffff)) (i64.const 1))

;; ctz: trailing zeroes, all of them for 0
(assert_return (invoke "ctz" (i64.const 0)) (i64.const 64))
(assert_return (invoke "ctz" (i64.const 1)) (i64.const 0))
(assert_return (invoke "ctz" (i64.const 0x8000_0000_0000_0000)) (i64.const 63))
(assert_return (invoke "ctz" (i64.const 12)) (i64.const 2))

;; popcnt: set bits
(assert_return (invoke "popcnt" (i64.const 0)) (i64.const 0))
(assert_return (invoke "popcnt" (i64.const -1)) (i64.const 64))
(assert_return (invoke "popcnt" (i64.const 0x8000_0000_0000_0000)) (i64.const 1))
(assert_return (invoke "popcnt" (i64.const 0x0123_4567_89ab_cdef)) (i64.const 32))

;; extend8_s: the low 8 bits as a signed number; the others are ignored
(assert_return (invoke "extend8_s" (i64.const 0x0000_0000_0000_007f)) (i64.const 0x0000_0000_0000_007f))
(assert_return (invoke "extend8_s" (i64.const 0x0000_0000_0000_0080)) (i64.const 0xffff_ffff_ffff_ff80))
(assert_return (invoke "extend8_s" (i64.const 0x0123_4567_89ab_cdff)) (i64.const -1))

;; extend16_s: the low 16 bits
(assert_return (invoke "extend16_s" (i64.const 0x0000_0000_0000_7fff)) (i64.const 0x0000_0000_0000_7fff))
(assert_return (invoke "extend16_s" (i64.const 0x0000_0000_0000_8000)) (i64.const 0xffff_ffff_ffff_8000))
(assert_return (invoke "extend16_s" (i64.const 0x0123_4567_89ab_ffff)) (i64.const -1))

;; extend32_s: the low 32 bits
(assert_return (invoke "extend32_s" (i64.const 0x0000_0000_7fff_ffff)) (i64.const 0x0000_0000_7fff_ffff))
(assert_return (invoke "extend32_s" (i64.const 0x0000_0000_8000_0000)) (i64.const 0xffff_ffff_8000_0000))
(assert_return (invoke "extend32_s" (i64.const 0x0123_4567_ffff_ffff)) (i64.const -1))

;; add: wraps around
(assert_return (invoke "add" (i64.const 1) (i64.const 2)) (i64.const 3))
(assert_return (invoke "add" (i64.const -1) (i64.const 1)) (i64.const 0))
(assert_return (invoke "add" (i64.const 0x7fff_ffff_ffff_ffff) (i64.const 1)) (i64.const 0x8000_0000_0000_0000))

;; sub: wraps around
(assert_return (invoke "sub" (i64.const 5) (i64.const 7)) (i64.const -2))
(assert_return (invoke "sub" (i64.const 0) (i64.const 0x8000_0000_0000_0000)) (i64.const 0x8000_0000_0000_0000))
(assert_return (invoke "sub" (i64.const 0x8000_0000_0000_0000) (i64.const 1)) (i64.const 0x7fff_ffff_ffff_ffff))

;; mul: wraps around
(assert_return (invoke "mul" (i64.const 6) (i64.const 7)) (i64.const 42))
(assert_return (invoke "mul" (i64.const -1) (i64.const -1)) (i64.const 1))
(assert_return (invoke "mul" (i64.const 0x0123_4567_89ab_cdef) (i64.const 16)) (i64.const 0x1234_5678_9abc_def0))
(assert_return (invoke "mul" (i64.const 0x0000_0001_0000_0000) (i64.const 0x0000_0001_0000_0000)) (i64.const 0))

;; div_s: rounds towards zero
(assert_return (invoke "div_s" (i64.const 7) (i64.const 2)) (i64.const 3))
(assert_return (invoke "div_s" (i64.const -7) (i64.const 2)) (i64.const -3))
(assert_return (invoke "div_s" (i64.const 7) (i64.const -2)) (i64.const -3))
(assert_return (invoke "div_s" (i64.const 0x8000_0000_0000_0000) (i64.const 2)) (i64.const 0xc000_0000_0000_0000))
(assert_return (invoke "div_s" (i64.const 0x8000_0000_0000_0000) (i64.const 1)) (i64.const 0x8000_0000_0000_0000))
(assert_trap (invoke "div_s" (i64.const 1) (i64.const 0)) "integer divide by zero")
(assert_trap (invoke "div_s" (i64.const 0x8000_0000_0000_0000) (i64.const -1)) "integer overflow")

;; div_u: takes both as unsigned
(assert_return (invoke "div_u" (i64.const 7) (i64.const 2)) (i64.const 3))
(assert_return (invoke "div_u" (i64.const -7) (i64.const 2)) (i64.const 0x7fff_ffff_ffff_fffc))
(assert_return (invoke "div_u" (i64.const 0x8000_0000_0000_0000) (i64.const -1)) (i64.const 0))
(assert_trap (invoke "div_u" (i64.const 1) (i64.const 0)) "integer divide by zero")

;; rem_s: has the sign of the dividend; the smallest integer by -1 leaves 0
(assert_return (invoke "rem_s" (i64.const 7) (i64.const 3)) (i64.const 1))
(assert_return (invoke "rem_s" (i64.const -7) (i64.const 3)) (i64.const -1))
(assert_return (invoke "rem_s" (i64.const 7) (i64.const -3)) (i64.const 1))
(assert_return (invoke "rem_s" (i64.const 0x8000_0000_0000_0000) (i64.const -1)) (i64.const 0))
(assert_trap (invoke "rem_s" (i64.const 1) (i64.const 0)) "integer divide by zero")

;; rem_u: takes both as unsigned
(assert_return (invoke "rem_u" (i64.const 7) (i64.const 3)) (i64.const 1))
(assert_return (invoke "rem_u" (i64.const -7) (i64.const 3)) (i64.const 0))
(assert_return (invoke "rem_u" (i64.const 0x8000_0000_0000_0000) (i64.const -1)) (i64.const 0x8000_0000_0000_0000))
(assert_trap (invoke "rem_u" (i64.const 1) (i64.const 0)) "integer divide by zero")

;; and: bit by bit
(assert_return (invoke "and" (i64.const 12) (i64.const 10)) (i64.const 8))
(assert_return (invoke "and" (i64.const -1) (i64.const 0x0123_4567_89ab_cdef)) (i64.const 0x0123_4567_89ab_cdef))

;; or: bit by bit
(assert_return (invoke "or" (i64.const 12) (i64.const 10)) (i64.const 14))
(assert_return (invoke "or" (i64.const 0) (i64.const 0x0123_4567_89ab_cdef)) (i64.const 0x0123_4567_89ab_cdef))

;; xor: bit by bit
(assert_return (invoke "xor" (i64.const 12) (i64.const 10)) (i64.const 6))
(assert_return (invoke "xor" (i64.const -1) (i64.const 0x0123_4567_89ab_cdef)) (i64.const 0xfedc_ba98_7654_3210))

;; shl: the distance counts modulo 64
(assert_return (invoke "shl" (i64.const 1) (i64.const 4)) (i64.const 16))
(assert_return (invoke "shl" (i64.const 1) (i64.const 63)) (i64.const 0x8000_0000_0000_0000))
(assert_return (invoke "shl" (i64.const 1) (i64.const 64)) (i64.const 1))
(assert_return (invoke "shl" (i64.const 0x0123_4567_89ab_cdef) (i64.const 68)) (i64.const 0x1234_5678_9abc_def0))

;; shr_s: copies the sign
(assert_return (invoke "shr_s" (i64.const 0x8000_0000_0000_0000) (i64.const 63)) (i64.const -1))
(assert_return (invoke "shr_s" (i64.const 0x8000_0000_0000_0000) (i64.const 64)) (i64.const 0x8000_0000_0000_0000))
(assert_return (invoke "shr_s" (i64.const 0x0123_4567_89ab_cdef) (i64.const 8)) (i64.const 0x0001_2345_6789_abcd))
(assert_return (invoke "shr_s" (i64.const -16) (i64.const 2)) (i64.const -4))

;; shr_u: shifts in zeroes
(assert_return (invoke "shr_u" (i64.const 0x8000_0000_0000_0000) (i64.const 63)) (i64.const 1))
(assert_return (invoke "shr_u" (i64.const 0x8000_0000_0000_0000) (i64.const 64)) (i64.const 0x8000_0000_0000_0000))
(assert_return (invoke "shr_u" (i64.const 0x0123_4567_89ab_cdef) (i64.const 8)) (i64.const 0x0001_2345_6789_abcd))
(assert_return (invoke "shr_u" (i64.const -16) (i64.const 66)) (i64.const 0x3fff_ffff_ffff_fffc))

;; rotl: to the left
(assert_return (invoke "rotl" (i64.const 0x0123_4567_89ab_cdef) (i64.const 4)) (i64.const 0x1234_5678_9abc_def0))
(assert_return (invoke "rotl" (i64.const 0x8000_0000_0000_0000) (i64.const 1)) (i64.const 1))
(assert_return (invoke "rotl" (i64.const 0x0123_4567_89ab_cdef) (i64.const 64)) (i64.const 0x0123_4567_89ab_cdef))
(assert_return (invoke "rotl" (i64.const 0x0123_4567_89ab_cdef) (i64.const 60)) (i64.const 0xf012_3456_789a_bcde))

;; rotr: to the right
(assert_return (invoke "rotr" (i64.const 0x0123_4567_89ab_cdef) (i64.const 4)) (i64.const 0xf012_3456_789a_bcde))
(assert_return (invoke "rotr" (i64.const 1) (i64.const 1)) (i64.const 0x8000_0000_0000_0000))
(assert_return (invoke "rotr" (i64.const 0x0123_4567_89ab_cdef) (i64.const 64)) (i64.const 0x0123_4567_89ab_cdef))
(assert_return (invoke "rotr" (i64.const 0x0123_4567_89ab_cdef) (i64.const 60)) (i64.const 0x1234_5678_9abc_def0))

;; eqz: is it 0
(assert_return (invoke "eqz" (i64.const 0)) (i32.const 1))
(assert_return (invoke "eqz" (i64.const 1)) (i32.const 0))
(assert_return (invoke "eqz" (i64.const 0x8000_0000_0000_0000)) (i32.const 0))

;; eq
(assert_return (invoke "eq" (i64.const 0x0123_4567_89ab_cdef) (i64.const 0x0123_4567_89ab_cdef)) (i32.const 1))
(assert_return (invoke "eq" (i64.const 0) (i64.const 0x8000_0000_0000_0000)) (i32.const 0))

;; ne
(assert_return (invoke "ne" (i64.const 0x0123_4567_89ab_cdef) (i64.const 0x0123_4567_89ab_cdef)) (i32.const 0))
(assert_return (invoke "ne" (i64.const 0) (i64.const 0x8000_0000_0000_0000)) (i32.const 1))

;; lt_s: -1 is less than 1
(assert_return (invoke "lt_s" (i64.const 1) (i64.const 2)) (i32.const 1))
(assert_return (invoke "lt_s" (i64.const 2) (i64.const 2)) (i32.const 0))
(assert_return (invoke "lt_s" (i64.const -1) (i64.const 1)) (i32.const 1))
(assert_return (invoke "lt_s" (i64.const 0x8000_0000_0000_0000) (i64.const 0x7fff_ffff_ffff_ffff)) (i32.const 1))

;; lt_u: the same bits as unsigned
(assert_return (invoke "lt_u" (i64.const 1) (i64.const 2)) (i32.const 1))
(assert_return (invoke "lt_u" (i64.const 2) (i64.const 2)) (i32.const 0))
(assert_return (invoke "lt_u" (i64.const -1) (i64.const 1)) (i32.const 0))
(assert_return (invoke "lt_u" (i64.const 0x8000_0000_0000_0000) (i64.const 0x7fff_ffff_ffff_ffff)) (i32.const 0))

;; gt_s: -1 is less than 1
(assert_return (invoke "gt_s" (i64.const 1) (i64.const 2)) (i32.const 0))
(assert_return (invoke "gt_s" (i64.const 2) (i64.const 2)) (i32.const 0))
(assert_return (invoke "gt_s" (i64.const -1) (i64.const 1)) (i32.const 0))
(assert_return (invoke "gt_s" (i64.const 0x8000_0000_0000_0000) (i64.const 0x7fff_ffff_ffff_ffff)) (i32.const 0))

;; gt_u: the same bits as unsigned
(assert_return (invoke "gt_u" (i64.const 1) (i64.const 2)) (i32.const 0))
(assert_return (invoke "gt_u" (i64.const 2) (i64.const 2)) (i32.const 0))
(assert_return (invoke "gt_u" (i64.const -1) (i64.const 1)) (i32.const 1))
(assert_return (invoke "gt_u" (i64.const 0x8000_0000_0000_0000) (i64.const 0x7fff_ffff_ffff_ffff)) (i32.const 1))

;; le_s: -1 is less than 1
(assert_return (invoke "le_s" (i64.const 1) (i64.const 2)) (i32.const 1))
(assert_return (invoke "le_s" (i64.const 2) (i64.const 2)) (i32.const 1))
(assert_return (invoke "le_s" (i64.const -1) (i64.const 1)) (i32.const 1))
(assert_return (invoke "le_s" (i64.const 0x8000_0000_0000_0000) (i64.const 0x7fff_ffff_ffff_ffff)) (i32.const 1))

;; le_u: the same bits as unsigned
(assert_return (invoke "le_u" (i64.const 1) (i64.const 2)) (i32.const 1))
(assert_return (invoke "le_u" (i64.const 2) (i64.const 2)) (i32.const 1))
(assert_return (invoke "le_u" (i64.const -1) (i64.const 1)) (i32.const 0))
(assert_return (invoke "le_u" (i64.const 0x8000_0000_0000_0000) (i64.const 0x7fff_ffff_ffff_ffff)) (i32.const 0))

;; ge_s: -1 is less than 1
(assert_return (invoke "ge_s" (i64.const 1) (i64.const 2)) (i32.const 0))
(assert_return (invoke "ge_s" (i64.const 2) (i64.const 2)) (i32.const 1))
(assert_return (invoke "ge_s" (i64.const -1) (i64.const 1)) (i32.const 0))
(assert_return (invoke "ge_s" (i64.const 0x8000_0000_0000_0000) (i64.const 0x7fff_ffff_ffff_ffff)) (i32.const 0))

;; ge_u: the same bits as unsigned
(assert_return (invoke "ge_u" (i64.const 1) (i64.const 2)) (i32.const 0))
(assert_return (invoke "ge_u" (i64.const 2) (i64.const 2)) (i32.const 1))
(assert_return (invoke "ge_u" (i64.const -1) (i64.const 1)) (i32.const 1))
(assert_return (invoke "ge_u" (i64.const 0x8000_0000_0000_0000) (i64.const 0x7fff_ffff_ffff_ffff)) (i32.const 1))
