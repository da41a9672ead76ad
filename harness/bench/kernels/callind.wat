;; Indirect calls through a table of four functions.
(module
  (type $op (func (param i32) (result i32)))
  (table funcref (elem $inc $double $flip $rotate))
  (func $inc (type $op) (i32.add (local.get 0) (i32.const 1)))
  (func $double (type $op) (i32.shl (local.get 0) (i32.const 1)))
  (func $flip (type $op) (i32.xor (local.get 0) (i32.const 0x5555_5555)))
  (func $rotate (type $op) (i32.rotl (local.get 0) (i32.const 7)))
  (func $run (export "run") (param $n i32) (result i32) (local $x i32)
    (loop $next
      (local.set $x (call_indirect (type $op) (local.get $x) (i32.and (local.get $n) (i32.const 3))))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $x))
  (func (export "main") (result i32) (call $run (i32.const 20_000_000))))
