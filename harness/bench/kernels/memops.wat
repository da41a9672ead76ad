;; Bulk memory: fills and copies of 64 bytes to 1 KiB, and loads that see them.
(module
  (memory 4)
  (func $run (export "run") (param $n i32) (result i32) (local $x i32) (local $len i32)
    (loop $next
      (local.set $len (i32.add (i32.const 64) (i32.and (i32.mul (local.get $n) (i32.const 37)) (i32.const 0x3bf))))
      (memory.fill (i32.and (local.get $n) (i32.const 0xffff)) (local.get $n) (local.get $len))
      (memory.copy (i32.const 0x2_0000) (i32.and (i32.shl (local.get $n) (i32.const 2)) (i32.const 0xffff)) (local.get $len))
      (local.set $x (i32.add (local.get $x) (i32.load offset=0x2_0008 (i32.and (local.get $n) (i32.const 0x1f)))))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $x))
  (func (export "main") (result i32) (call $run (i32.const 1_000_000))))
