;; f64 arithmetic and addressing: the trace of a product of two n by n matrices (n at most 200).
(module
  (memory 20)
  (func $at (param $m i32) (param $i i32) (param $j i32) (param $n i32) (result i32)
    (i32.add (local.get $m) (i32.shl (i32.add (i32.mul (local.get $i) (local.get $n)) (local.get $j)) (i32.const 3))))
  (func $run (export "run") (param $n i32) (result f64) (local $i i32) (local $j i32) (local $k i32) (local $sum f64) (local $trace f64) (local $a i32) (local $b i32)
    (loop $fill
      (f64.store (i32.shl (local.get $i) (i32.const 3)) (f64.div (f64.convert_i32_u (local.get $i)) (f64.const 7)))
      (f64.store offset=400_000 (i32.shl (local.get $i) (i32.const 3)) (f64.sub (f64.const 3) (f64.convert_i32_u (local.get $i))))
      (br_if $fill (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.mul (local.get $n) (local.get $n)))))
    (local.set $i (i32.const 0))
    (loop $rows
      (local.set $j (i32.const 0))
      (loop $columns
        (local.set $sum (f64.const 0))
        (local.set $k (i32.const 0))
        (local.set $a (call $at (i32.const 0) (local.get $i) (i32.const 0) (local.get $n)))
        (local.set $b (call $at (i32.const 0) (i32.const 0) (local.get $j) (local.get $n)))
        (loop $dot
          (local.set $sum (f64.add (local.get $sum) (f64.mul (f64.load (local.get $a)) (f64.load offset=400_000 (local.get $b)))))
          (local.set $a (i32.add (local.get $a) (i32.const 8)))
          (local.set $b (i32.add (local.get $b) (i32.shl (local.get $n) (i32.const 3))))
          (br_if $dot (i32.lt_u (local.tee $k (i32.add (local.get $k) (i32.const 1))) (local.get $n))))
        (f64.store offset=800_000 (call $at (i32.const 0) (local.get $i) (local.get $j) (local.get $n)) (local.get $sum))
        (if (i32.eq (local.get $i) (local.get $j)) (then (local.set $trace (f64.add (local.get $trace) (local.get $sum)))))
        (br_if $columns (i32.lt_u (local.tee $j (i32.add (local.get $j) (i32.const 1))) (local.get $n))))
      (br_if $rows (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
    (local.get $trace))
  (func (export "main") (result f64) (call $run (i32.const 200))))
