;; Long expressions of i32 operators without memory: rounds in the manner of a hash function, over four words.
(module
  (func $run (export "run") (param $n i32) (result i32) (local $a i32) (local $b i32) (local $c i32) (local $d i32) (local $t i32)
    (local.set $a (i32.const 0x243f6a88))
    (local.set $b (i32.const 0x85a308d3))
    (local.set $c (i32.const 0x13198a2e))
    (local.set $d (i32.const 0x03707344))
    (loop $round
      (local.set $t
        (i32.add
          (i32.add
            (i32.xor (i32.rotl (local.get $a) (i32.const 5)) (i32.xor (i32.rotr (local.get $a) (i32.const 13)) (i32.shr_u (local.get $a) (i32.const 3))))
            (i32.or (i32.and (local.get $b) (local.get $c)) (i32.and (i32.xor (local.get $b) (i32.const -1)) (local.get $d))))
          (i32.mul (local.get $n) (i32.const 0x9e3779b1))))
      (local.set $d (i32.xor (local.get $c) (local.get $t)))
      (local.set $c (i32.rotl (local.get $b) (i32.const 11)))
      (local.set $b (i32.add (local.get $a) (i32.shr_s (local.get $t) (i32.const 7))))
      (local.set $a (i32.sub (local.get $t) (local.get $d)))
      (br_if $round (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i32.xor (i32.xor (local.get $a) (local.get $b)) (i32.xor (local.get $c) (local.get $d))))
  (func (export "main") (result i32) (call $run (i32.const 5_000_000))))
