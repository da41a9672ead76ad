;; br_table with six targets, as an interpreter's dispatch.
(module
  (func $run (export "run") (param $n i32) (result i32) (local $x i32)
    (loop $next
      (block $5 (block $4 (block $3 (block $2 (block $1 (block $0
        (br_table $0 $1 $2 $3 $4 $5 (i32.and (i32.add (local.get $x) (local.get $n)) (i32.const 7))))
        (local.set $x (i32.add (local.get $x) (i32.const 3))) (br $5))
        (local.set $x (i32.xor (local.get $x) (local.get $n))) (br $5))
        (local.set $x (i32.mul (local.get $x) (i32.const 5))) (br $5))
        (local.set $x (i32.shr_u (local.get $x) (i32.const 1))) (br $5))
        (local.set $x (i32.sub (local.get $x) (local.get $n))))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $x))
  (func (export "main") (result i32) (call $run (i32.const 20_000_000))))
