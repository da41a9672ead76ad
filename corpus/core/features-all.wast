;;! features: all
;; All features at once: they stand in one module and work together.

(module
  (type $f (func (param i64) (result i64)))
  (type $k (cont $f))
  (rec
    (type $s (descriptor $d) (struct (field (mut i64))))
    (type $d (describes $s) (struct)))
  (memory $shared 1 2 shared)
  (memory $bytes 4 8 (pagesize 1))
  (tag $yield (param i64) (result i64))
  (tag $e (param (ref $s)))
  (global $desc (ref (exact $d)) (struct.new $d))
  (elem declare func $worker)

  ;; a continuation that yields, in a legacy try inside of a try_table
  (func $worker (type $f)
    (block $h (result (ref $s))
      (try_table (catch $e $h)
        (try
          (do (throw $e (struct.new_desc $s (suspend $yield (local.get 0)) (global.get $desc))))
          (catch_all (rethrow 0))))
      (unreachable))
    (struct.get $s 0))
  (func (export "run") (param i64) (result i64)
    (local $k (ref null $k))
    (block $on (result i64 (ref $k))
      (return (resume $k (on $yield $on) (local.get 0) (cont.new $k (ref.func $worker)))))
    (local.set $k)
    (local.set 0)
    ;; what was yielded goes through the shared memory and comes back as a product of 128 bits
    (drop (i64.atomic.rmw.add $shared (i32.const 8) (local.get 0)))
    (i64.mul_wide_u (i64.atomic.load $shared (i32.const 8)) (i64.const 0x8000_0000_0000_0000))
    (local.set 0)
    (i64.store8 $bytes (i32.const 3) (local.get 0))
    (drop)
    (resume $k (i64.load8_u $bytes (i32.const 3)) (local.get $k)))
)
(assert_return (invoke "run" (i64.const 20)) (i64.const 10))

;; a thread in a script of any feature
(module $Mem (memory (export "m") 1 1 shared))
(thread $T (shared (module $Mem))
  (register "Mem" $Mem)
  (module
    (memory (import "Mem" "m") 1 1 shared)
    (func (export "set") (i32.atomic.store (i32.const 0) (i32.const 7))))
  (invoke "set")
)
(wait $T)
(register "Mem" $Mem)
(module
  (memory (import "Mem" "m") 1 1 shared)
  (func (export "get") (result i32) (i32.atomic.load (i32.const 0))))
(assert_return (invoke "get") (i32.const 7))
