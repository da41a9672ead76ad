;; Every integer instruction of i32, each on operands where a wrong one would show.

(module
  (func (export "clz") (param i32) (result i32) (i32.clz (local.get 0)))
  (func (export "ctz") (param i32) (result i32) (i32.ctz (local.get 0)))
  (func (export "popcnt") (param i32) (result i32) (i32.popcnt (local.get 0)))
  (func (export "extend8_s") (param i32) (result i32) (i32.extend8_s (local.get 0)))
  (func (export "extend16_s") (param i32) (result i32) (i32.extend16_s (local.get 0)))
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func (export "sub") (param i32 i32) (result i32) (i32.sub (local.get 0) (local.get 1)))
  (func (export "mul") (param i32 i32) (result i32) (i32.mul (local.get 0) (local.get 1)))
  (func (export "div_s") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
  (func (export "div_u") (param i32 i32) (result i32) (i32.div_u (local.get 0) (local.get 1)))
  (func (export "rem_s") (param i32 i32) (result i32) (i32.rem_s (local.get 0) (local.get 1)))
  (func (export "rem_u") (param i32 i32) (result i32) (i32.rem_u (local.get 0) (local.get 1)))
  (func (export "and") (param i32 i32) (result i32) (i32.and (local.get 0) (local.get 1)))
  (func (export "or") (param i32 i32) (result i32) (i32.or (local.get 0) (local.get 1)))
  (func (export "xor") (param i32 i32) (result i32) (i32.xor (local.get 0) (local.get 1)))
  (func (export "shl") (param i32 i32) (result i32) (i32.shl (local.get 0) (local.get 1)))
  (func (export "shr_s") (param i32 i32) (result i32) (i32.shr_s (local.get 0) (local.get 1)))
  (func (export "shr_u") (param i32 i32) (result i32) (i32.shr_u (local.get 0) (local.get 1)))
  (func (export "rotl") (param i32 i32) (result i32) (i32.rotl (local.get 0) (local.get 1)))
  (func (export "rotr") (param i32 i32) (result i32) (i32.rotr (local.get 0) (local.get 1)))
  (func (export "eqz") (param i32) (result i32) (i32.eqz (local.get 0)))
  (func (export "eq") (param i32 i32) (result i32) (i32.eq (local.get 0) (local.get 1)))
  (func (export "ne") (param i32 i32) (result i32) (i32.ne (local.get 0) (local.get 1)))
  (func (export "lt_s") (param i32 i32) (result i32) (i32.lt_s (local.get 0) (local.get 1)))
  (func (export "lt_u") (param i32 i32) (result i32) (i32.lt_u (local.get 0) (local.get 1)))
  (func (export "gt_s") (param i32 i32) (result i32) (i32.gt_s (local.get 0) (local.get 1)))
  (func (export "gt_u") (param i32 i32) (result i32) (i32.gt_u (local.get 0) (local.get 1)))
  (func (export "le_s") (param i32 i32) (result i32) (i32.le_s (local.get 0) (local.get 1)))
  (func (export "le_u") (param i32 i32) (result i32) (i32.le_u (local.get 0) (local.get 1)))
  (func (export "ge_s") (param i32 i32) (result i32) (i32.ge_s (local.get 0) (local.get 1)))
  (func (export "ge_u") (param i32 i32) (result i32) (i32.ge_u (local.get 0) (local.get 1)))
)

;; clz: leading zeroes, all of them for 0
(assert_return (invoke "clz" (i32.const 0)) (i32.const 32))
(assert_return (invoke "clz" (i32.const 1)) (i32.const 31))
(assert_return (invoke "clz" (i32.const 0x8000_0000)) (i32.const 0))
(assert_return (invoke "clz" (i32.const 0x7fff_ffff)) (i32.const 1))

;; ctz: trailing zeroes, all of them for 0
(assert_return (invoke "ctz" (i32.const 0)) (i32.const 32))
(assert_return (invoke "ctz" (i32.const 1)) (i32.const 0))
(assert_return (invoke "ctz" (i32.const 0x8000_0000)) (i32.const 31))
(assert_return (invoke "ctz" (i32.const 12)) (i32.const 2))

;; popcnt: set bits
(assert_return (invoke "popcnt" (i32.const 0)) (i32.const 0))
(assert_return (invoke "popcnt" (i32.const -1)) (i32.const 32))
(assert_return (invoke "popcnt" (i32.const 0x8000_0000)) (i32.const 1))
(assert_return (invoke "popcnt" (i32.const 0x0123_4567)) (i32.const 12))

;; extend8_s: the low 8 bits as a signed number; the others are ignored
(assert_return (invoke "extend8_s" (i32.const 0x0000_007f)) (i32.const 0x0000_007f))
(assert_return (invoke "extend8_s" (i32.const 0x0000_0080)) (i32.const 0xffff_ff80))
(assert_return (invoke "extend8_s" (i32.const 0x0123_45ff)) (i32.const -1))

;; extend16_s: the low 16 bits
(assert_return (invoke "extend16_s" (i32.const 0x0000_7fff)) (i32.const 0x0000_7fff))
(assert_return (invoke "extend16_s" (i32.const 0x0000_8000)) (i32.const 0xffff_8000))
(assert_return (invoke "extend16_s" (i32.const 0x0123_ffff)) (i32.const -1))

;; add: wraps around
(assert_return (invoke "add" (i32.const 1) (i32.const 2)) (i32.const 3))
(assert_return (invoke "add" (i32.const -1) (i32.const 1)) (i32.const 0))
(assert_return (invoke "add" (i32.const 0x7fff_ffff) (i32.const 1)) (i32.const 0x8000_0000))

;; sub: wraps around
(assert_return (invoke "sub" (i32.const 5) (i32.const 7)) (i32.const -2))
(assert_return (invoke "sub" (i32.const 0) (i32.const 0x8000_0000)) (i32.const 0x8000_0000))
(assert_return (invoke "sub" (i32.const 0x8000_0000) (i32.const 1)) (i32.const 0x7fff_ffff))

;; mul: wraps around
(assert_return (invoke "mul" (i32.const 6) (i32.const 7)) (i32.const 42))
(assert_return (invoke "mul" (i32.const -1) (i32.const -1)) (i32.const 1))
(assert_return (invoke "mul" (i32.const 0x0123_4567) (i32.const 16)) (i32.const 0x1234_5670))
(assert_return (invoke "mul" (i32.const 0x0001_0000) (i32.const 0x0001_0000)) (i32.const 0))

;; div_s: rounds towards zero
(assert_return (invoke "div_s" (i32.const 7) (i32.const 2)) (i32.const 3))
(assert_return (invoke "div_s" (i32.const -7) (i32.const 2)) (i32.const -3))
(assert_return (invoke "div_s" (i32.const 7) (i32.const -2)) (i32.const -3))
(assert_return (invoke "div_s" (i32.const 0x8000_0000) (i32.const 2)) (i32.const 0xc000_0000))
(assert_return (invoke "div_s" (i32.const 0x8000_0000) (i32.const 1)) (i32.const 0x8000_0000))
(assert_trap (invoke "div_s" (i32.const 1) (i32.const 0)) "integer divide by zero")
(assert_trap (invoke "div_s" (i32.const 0x8000_0000) (i32.const -1)) "integer overflow")

;; div_u: takes both as unsigned
(assert_return (invoke "div_u" (i32.const 7) (i32.const 2)) (i32.const 3))
(assert_return (invoke "div_u" (i32.const -7) (i32.const 2)) (i32.const 0x7fff_fffc))
(assert_return (invoke "div_u" (i32.const 0x8000_0000) (i32.const -1)) (i32.const 0))
(assert_trap (invoke "div_u" (i32.const 1) (i32.const 0)) "integer divide by zero")

;; rem_s: has the sign of the dividend; the smallest integer by -1 leaves 0
(assert_return (invoke "rem_s" (i32.const 7) (i32.const 3)) (i32.const 1))
(assert_return (invoke "rem_s" (i32.const -7) (i32.const 3)) (i32.const -1))
(assert_return (invoke "rem_s" (i32.const 7) (i32.const -3)) (i32.const 1))
(assert_return (invoke "rem_s" (i32.const 0x8000_0000) (i32.const -1)) (i32.const 0))
(assert_trap (invoke "rem_s" (i32.const 1) (i32.const 0)) "integer divide by zero")

;; rem_u: takes both as unsigned
(assert_return (invoke "rem_u" (i32.const 7) (i32.const 3)) (i32.const 1))
(assert_return (invoke "rem_u" (i32.const -7) (i32.const 3)) (i32.const 0))
(assert_return (invoke "rem_u" (i32.const 0x8000_0000) (i32.const -1)) (i32.const 0x8000_0000))
(assert_trap (invoke "rem_u" (i32.const 1) (i32.const 0)) "integer divide by zero")

;; and: bit by bit
(assert_return (invoke "and" (i32.const 12) (i32.const 10)) (i32.const 8))
(assert_return (invoke "and" (i32.const -1) (i32.const 0x0123_4567)) (i32.const 0x0123_4567))

;; or: bit by bit
(assert_return (invoke "or" (i32.const 12) (i32.const 10)) (i32.const 14))
(assert_return (invoke "or" (i32.const 0) (i32.const 0x0123_4567)) (i32.const 0x0123_4567))

;; xor: bit by bit
(assert_return (invoke "xor" (i32.const 12) (i32.const 10)) (i32.const 6))
(assert_return (invoke "xor" (i32.const -1) (i32.const 0x0123_4567)) (i32.const 0xfedc_ba98))

;; shl: the distance counts modulo 32
(assert_return (invoke "shl" (i32.const 1) (i32.const 4)) (i32.const 16))
(assert_return (invoke "shl" (i32.const 1) (i32.const 31)) (i32.const 0x8000_0000))
(assert_return (invoke "shl" (i32.const 1) (i32.const 32)) (i32.const 1))
(assert_return (invoke "shl" (i32.const 0x0123_4567) (i32.const 36)) (i32.const 0x1234_5670))

;; shr_s: copies the sign
(assert_return (invoke "shr_s" (i32.const 0x8000_0000) (i32.const 31)) (i32.const -1))
(assert_return (invoke "shr_s" (i32.const 0x8000_0000) (i32.const 32)) (i32.const 0x8000_0000))
(assert_return (invoke "shr_s" (i32.const 0x0123_4567) (i32.const 8)) (i32.const 0x0001_2345))
(assert_return (invoke "shr_s" (i32.const -16) (i32.const 2)) (i32.const -4))

;; shr_u: shifts in zeroes
(assert_return (invoke "shr_u" (i32.const 0x8000_0000) (i32.const 31)) (i32.const 1))
(assert_return (invoke "shr_u" (i32.const 0x8000_0000) (i32.const 32)) (i32.const 0x8000_0000))
(assert_return (invoke "shr_u" (i32.const 0x0123_4567) (i32.const 8)) (i32.const 0x0001_2345))
(assert_return (invoke "shr_u" (i32.const -16) (i32.const 34)) (i32.const 0x3fff_fffc))

;; rotl: to the left
(assert_return (invoke "rotl" (i32.const 0x0123_4567) (i32.const 4)) (i32.const 0x1234_5670))
(assert_return (invoke "rotl" (i32.const 0x8000_0000) (i32.const 1)) (i32.const 1))
(assert_return (invoke "rotl" (i32.const 0x0123_4567) (i32.const 32)) (i32.const 0x0123_4567))
(assert_return (invoke "rotl" (i32.const 0x0123_4567) (i32.const 28)) (i32.const 0x7012_3456))

;; rotr: to the right
(assert_return (invoke "rotr" (i32.const 0x0123_4567) (i32.const 4)) (i32.const 0x7012_3456))
(assert_return (invoke "rotr" (i32.const 1) (i32.const 1)) (i32.const 0x8000_0000))
(assert_return (invoke "rotr" (i32.const 0x0123_4567) (i32.const 32)) (i32.const 0x0123_4567))
(assert_return (invoke "rotr" (i32.const 0x0123_4567) (i32.const 28)) (i32.const 0x1234_5670))

;; eqz: is it 0
(assert_return (invoke "eqz" (i32.const 0)) (i32.const 1))
(assert_return (invoke "eqz" (i32.const 1)) (i32.const 0))
(assert_return (invoke "eqz" (i32.const 0x8000_0000)) (i32.const 0))

;; eq
(assert_return (invoke "eq" (i32.const 0x0123_4567) (i32.const 0x0123_4567)) (i32.const 1))
(assert_return (invoke "eq" (i32.const 0) (i32.const 0x8000_0000)) (i32.const 0))

;; ne
(assert_return (invoke "ne" (i32.const 0x0123_4567) (i32.const 0x0123_4567)) (i32.const 0))
(assert_return (invoke "ne" (i32.const 0) (i32.const 0x8000_0000)) (i32.const 1))

;; lt_s: -1 is less than 1
(assert_return (invoke "lt_s" (i32.const 1) (i32.const 2)) (i32.const 1))
(assert_return (invoke "lt_s" (i32.const 2) (i32.const 2)) (i32.const 0))
(assert_return (invoke "lt_s" (i32.const -1) (i32.const 1)) (i32.const 1))
(assert_return (invoke "lt_s" (i32.const 0x8000_0000) (i32.const 0x7fff_ffff)) (i32.const 1))

;; lt_u: the same bits as unsigned
(assert_return (invoke "lt_u" (i32.const 1) (i32.const 2)) (i32.const 1))
(assert_return (invoke "lt_u" (i32.const 2) (i32.const 2)) (i32.const 0))
(assert_return (invoke "lt_u" (i32.const -1) (i32.const 1)) (i32.const 0))
(assert_return (invoke "lt_u" (i32.const 0x8000_0000) (i32.const 0x7fff_ffff)) (i32.const 0))

;; gt_s: -1 is less than 1
(assert_return (invoke "gt_s" (i32.const 1) (i32.const 2)) (i32.const 0))
(assert_return (invoke "gt_s" (i32.const 2) (i32.const 2)) (i32.const 0))
(assert_return (invoke "gt_s" (i32.const -1) (i32.const 1)) (i32.const 0))
(assert_return (invoke "gt_s" (i32.const 0x8000_0000) (i32.const 0x7fff_ffff)) (i32.const 0))

;; gt_u: the same bits as unsigned
(assert_return (invoke "gt_u" (i32.const 1) (i32.const 2)) (i32.const 0))
(assert_return (invoke "gt_u" (i32.const 2) (i32.const 2)) (i32.const 0))
(assert_return (invoke "gt_u" (i32.const -1) (i32.const 1)) (i32.const 1))
(assert_return (invoke "gt_u" (i32.const 0x8000_0000) (i32.const 0x7fff_ffff)) (i32.const 1))

;; le_s: -1 is less than 1
(assert_return (invoke "le_s" (i32.const 1) (i32.const 2)) (i32.const 1))
(assert_return (invoke "le_s" (i32.const 2) (i32.const 2)) (i32.const 1))
(assert_return (invoke "le_s" (i32.const -1) (i32.const 1)) (i32.const 1))
(assert_return (invoke "le_s" (i32.const 0x8000_0000) (i32.const 0x7fff_ffff)) (i32.const 1))

;; le_u: the same bits as unsigned
(assert_return (invoke "le_u" (i32.const 1) (i32.const 2)) (i32.const 1))
(assert_return (invoke "le_u" (i32.const 2) (i32.const 2)) (i32.const 1))
(assert_return (invoke "le_u" (i32.const -1) (i32.const 1)) (i32.const 0))
(assert_return (invoke "le_u" (i32.const 0x8000_0000) (i32.const 0x7fff_ffff)) (i32.const 0))

;; ge_s: -1 is less than 1
(assert_return (invoke "ge_s" (i32.const 1) (i32.const 2)) (i32.const 0))
(assert_return (invoke "ge_s" (i32.const 2) (i32.const 2)) (i32.const 1))
(assert_return (invoke "ge_s" (i32.const -1) (i32.const 1)) (i32.const 0))
(assert_return (invoke "ge_s" (i32.const 0x8000_0000) (i32.const 0x7fff_ffff)) (i32.const 0))

;; ge_u: the same bits as unsigned
(assert_return (invoke "ge_u" (i32.const 1) (i32.const 2)) (i32.const 0))
(assert_return (invoke "ge_u" (i32.const 2) (i32.const 2)) (i32.const 1))
(assert_return (invoke "ge_u" (i32.const -1) (i32.const 1)) (i32.const 1))
(assert_return (invoke "ge_u" (i32.const 0x8000_0000) (i32.const 0x7fff_ffff)) (i32.const 1))
