;; Where a relaxed instruction leaves a choice, it is made once for a whole execution (4.3.6): the same operands give the same results, however often a function was called.
;; JavaScriptCore (Bun 1.4.5, x86-64) gives others once its baseline compiler has taken a function over from the interpreter. Found by layers single, chain and script.

(module
  (func $lanes (param v128) (result i64)
    (i64x2.extract_lane 0 (i16x8.relaxed_laneselect (v128.const i64x2 0 0) (v128.const i64x2 -1 -1) (local.get 0))))
  (func $lanes8 (param v128) (result i64)
    (i64x2.extract_lane 0 (i8x16.relaxed_laneselect (v128.const i64x2 0 0) (v128.const i64x2 -1 -1) (local.get 0))))
  (func $trunc32 (param v128) (result i64) (i64x2.extract_lane 0 (i32x4.relaxed_trunc_f32x4_s (local.get 0))))
  (func $trunc64 (param v128) (result i64) (i64x2.extract_lane 0 (i32x4.relaxed_trunc_f64x2_s_zero (local.get 0))))
  (func (export "lanes") (param $n i32) (result i64) (local $old i64) (local $differs i64)
    (local.set $old (call $lanes (v128.const i16x8 0x80 0x8000 0x7fff 0x0100 0 0 0 0)))
    (loop
      (local.set $differs (i64.or (local.get $differs) (i64.xor (local.get $old) (call $lanes (v128.const i16x8 0x80 0x8000 0x7fff 0x0100 0 0 0 0)))))
      (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $differs))
  (func (export "lanes8") (param $n i32) (result i64) (local $old i64) (local $differs i64)
    (local.set $old (call $lanes8 (v128.const i16x8 0x80 0x8000 0x7fff 0x0100 0 0 0 0)))
    (loop
      (local.set $differs (i64.or (local.get $differs) (i64.xor (local.get $old) (call $lanes8 (v128.const i16x8 0x80 0x8000 0x7fff 0x0100 0 0 0 0)))))
      (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $differs))
  (func (export "trunc32") (param $n i32) (result i64) (local $old i64) (local $differs i64)
    (local.set $old (call $trunc32 (v128.const f32x4 nan 4294967296 0 0)))
    (loop
      (local.set $differs (i64.or (local.get $differs) (i64.xor (local.get $old) (call $trunc32 (v128.const f32x4 nan 4294967296 0 0)))))
      (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $differs))
  (func (export "trunc64") (param $n i32) (result i64) (local $old i64) (local $differs i64)
    (local.set $old (call $trunc64 (v128.const f64x2 nan 4294967296)))
    (loop
      (local.set $differs (i64.or (local.get $differs) (i64.xor (local.get $old) (call $trunc64 (v128.const f64x2 nan 4294967296)))))
      (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $differs)))
(assert_return (invoke "lanes" (i32.const 1000000)) (i64.const 0))
(assert_return (invoke "lanes8" (i32.const 1000000)) (i64.const 0))
(assert_return (invoke "trunc32" (i32.const 1000000)) (i64.const 0))
(assert_return (invoke "trunc64" (i32.const 1000000)) (i64.const 0))
