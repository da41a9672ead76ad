;;! features: wide-arithmetic
;; Wide arithmetic: sums, differences and products of 128 bits in halves, low half first.

(module
  (func (export "add128") (param i64 i64 i64 i64) (result i64 i64)
    (i64.add128 (local.get 0) (local.get 1) (local.get 2) (local.get 3)))
  (func (export "sub128") (param i64 i64 i64 i64) (result i64 i64)
    (i64.sub128 (local.get 0) (local.get 1) (local.get 2) (local.get 3)))
  (func (export "mul_wide_s") (param i64 i64) (result i64 i64) (i64.mul_wide_s (local.get 0) (local.get 1)))
  (func (export "mul_wide_u") (param i64 i64) (result i64 i64) (i64.mul_wide_u (local.get 0) (local.get 1)))
)

;; the carry goes from the low half to the high one
(assert_return (invoke "add128" (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4)) (i64.const 4) (i64.const 6))
(assert_return (invoke "add128" (i64.const -1) (i64.const 0) (i64.const 1) (i64.const 0)) (i64.const 0) (i64.const 1))
(assert_return (invoke "add128" (i64.const -1) (i64.const -1) (i64.const 1) (i64.const 0)) (i64.const 0) (i64.const 0))
(assert_return (invoke "add128" (i64.const -1) (i64.const 5) (i64.const -1) (i64.const -1)) (i64.const -2) (i64.const 5))
(assert_return (invoke "sub128" (i64.const 5) (i64.const 7) (i64.const 3) (i64.const 4)) (i64.const 2) (i64.const 3))
(assert_return (invoke "sub128" (i64.const 0) (i64.const 1) (i64.const 1) (i64.const 0)) (i64.const -1) (i64.const 0))
(assert_return (invoke "sub128" (i64.const 0) (i64.const 0) (i64.const 1) (i64.const 0)) (i64.const -1) (i64.const -1))

(assert_return (invoke "mul_wide_s" (i64.const -1) (i64.const 1)) (i64.const -1) (i64.const -1))
(assert_return (invoke "mul_wide_s" (i64.const -1) (i64.const -1)) (i64.const 1) (i64.const 0))
(assert_return (invoke "mul_wide_s" (i64.const 0x8000_0000_0000_0000) (i64.const 0x8000_0000_0000_0000)) (i64.const 0) (i64.const 0x4000_0000_0000_0000))
(assert_return (invoke "mul_wide_u" (i64.const -1) (i64.const 1)) (i64.const -1) (i64.const 0))
(assert_return (invoke "mul_wide_u" (i64.const -1) (i64.const -1)) (i64.const 1) (i64.const -2))

(assert_invalid (module (func (result i64) (i64.mul_wide_u (i64.const 1) (i64.const 1)))) "type mismatch")
(assert_invalid (module (func (result i64 i64) (i64.add128 (i64.const 1) (i64.const 1) (i64.const 1)))) "type mismatch")
