;; relaxed_laneselect selects by every bit of the mask, or each lane by its top bit (4.3.6, irelaxed_laneselect). The official test allows i16x8 to go by the top bit of each
;; byte; no shape of larger lanes may.
;; JavaScriptCore (Bun 1.4.5, x86-64) goes by the top bits of bytes in all shapes. Found by layer single.

(module
  (func (export "i32x4") (param v128 v128 v128) (result v128) (i32x4.relaxed_laneselect (local.get 0) (local.get 1) (local.get 2)))
  (func (export "i64x2") (param v128 v128 v128) (result v128) (i64x2.relaxed_laneselect (local.get 0) (local.get 1) (local.get 2))))

(assert_return (invoke "i32x4" (v128.const i32x4 0x11111111 0x11111111 0x11111111 0x11111111) (v128.const i32x4 0x22222222 0x22222222 0x22222222 0x22222222) (v128.const i32x4 0x80 0x8000 0x80000000 0x7fffffff))
  (either (v128.const i32x4 0x22222222 0x22222222 0x22222222 0x11111111) ;; by bits
          (v128.const i32x4 0x22222222 0x22222222 0x11111111 0x22222222))) ;; by top bits

(assert_return (invoke "i64x2" (v128.const i64x2 0x1111111111111111 0x1111111111111111) (v128.const i64x2 0x2222222222222222 0x2222222222222222) (v128.const i64x2 0x80 0x8000000000000000))
  (either (v128.const i64x2 0x2222222222222222 0x2222222222222222)   ;; by bits
          (v128.const i64x2 0x2222222222222222 0x1111111111111111))) ;; by top bits
