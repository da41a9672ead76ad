;; Garbage-collected structures: n times, a list of 100,000 nodes is built and summed.
(module
  (type $node (struct (field $value i32) (field $next (ref null $node))))
  (func $run (export "run") (param $n i32) (result i32) (local $list (ref null $node)) (local $i i32) (local $sum i32)
    (loop $again
      (local.set $list (ref.null $node))
      (local.set $i (i32.const 100_000))
      (loop $build
        (local.set $list (struct.new $node (i32.xor (local.get $i) (local.get $n)) (local.get $list)))
        (br_if $build (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
      (block $end
        (loop $walk
          (br_if $end (ref.is_null (local.get $list)))
          (local.set $sum (i32.add (local.get $sum) (struct.get $node $value (local.get $list))))
          (local.set $list (struct.get $node $next (local.get $list)))
          (br $walk)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))
  (func (export "main") (result i32) (call $run (i32.const 20))))
