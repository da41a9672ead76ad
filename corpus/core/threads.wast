;;! features: threads
;; Shared memories and threads: wait and notify, what is shared between threads, linking of shared memories.

;; an instance can be shared with threads when all that it exports can
(module $Mem
  (memory (export "shared") 1 2 shared)
)
(register "mem" $Mem)

(module
  (memory (import "mem" "shared") 1 2 shared)
  (func (export "wait32") (param i32 i32 i64) (result i32) (memory.atomic.wait32 (local.get 0) (local.get 1) (local.get 2)))
  (func (export "wait64") (param i32 i64 i64) (result i32) (memory.atomic.wait64 (local.get 0) (local.get 1) (local.get 2)))
  (func (export "notify") (param i32 i32) (result i32) (memory.atomic.notify (local.get 0) (local.get 1)))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
)

;; wait: 1 when the value is another, 2 when time is up; notify: how many it woke
(assert_return (invoke "wait32" (i32.const 0) (i32.const 1) (i64.const -1)) (i32.const 1))
(assert_return (invoke "wait32" (i32.const 0) (i32.const 0) (i64.const 0)) (i32.const 2))
(assert_return (invoke "wait64" (i32.const 8) (i64.const 1) (i64.const -1)) (i32.const 1))
(assert_return (invoke "wait64" (i32.const 8) (i64.const 0) (i64.const 1000)) (i32.const 2))
(assert_return (invoke "notify" (i32.const 0) (i32.const 5)) (i32.const 0))
(assert_trap (invoke "wait32" (i32.const 2) (i32.const 0) (i64.const 0)) "unaligned atomic")
(assert_trap (invoke "wait64" (i32.const 4) (i64.const 0) (i64.const 0)) "unaligned atomic")
(assert_trap (invoke "notify" (i32.const 1) (i32.const 0)) "unaligned atomic")
(assert_trap (invoke "wait32" (i32.const 65536) (i32.const 0) (i64.const 0)) "out of bounds memory access")
(assert_return (invoke "grow" (i32.const 1)) (i32.const 1))
(assert_return (invoke "grow" (i32.const 1)) (i32.const -1))

;; on a memory that is not shared, one may notify but not wait
(module
  (memory 1 1)
  (func (export "wait") (result i32) (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const 0)))
  (func (export "notify") (result i32) (memory.atomic.notify (i32.const 0) (i32.const 1)))
)
(assert_trap (invoke "wait") "expected shared memory")
(assert_return (invoke "notify") (i32.const 0))

;; two threads: one sleeps until the other wakes it
(thread $T1 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "shared") 1 2 shared)
    (func (export "sleep") (result i32)
      (memory.atomic.wait32 (i32.const 64) (i32.const 0) (i64.const -1))))
  (assert_return (invoke "sleep") (either (i32.const 0) (i32.const 1)))
)
(thread $T2 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "shared") 1 2 shared)
    (func (export "wake")
      (i32.atomic.store (i32.const 64) (i32.const 1))
      (drop (memory.atomic.notify (i32.const 64) (i32.const 1)))))
  (invoke "wake")
)
(wait $T1)
(wait $T2)

;; many increments from two threads: none is lost
(thread $A (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "shared") 1 2 shared)
    (func (export "count") (param i32)
      (loop
        (drop (i32.atomic.rmw.add (i32.const 128) (i32.const 1)))
        (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
        (br_if 0 (local.get 0)))))
  (invoke "count" (i32.const 200))
)
(thread $B (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "shared") 1 2 shared)
    (func (export "count") (param i32)
      (loop
        (drop (i32.atomic.rmw.add (i32.const 128) (i32.const 1)))
        (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
        (br_if 0 (local.get 0)))))
  (invoke "count" (i32.const 300))
)
(wait $A)
(wait $B)
(module $Check
  (memory (import "mem" "shared") 1 2 shared)
  (func (export "total") (result i32) (i32.atomic.load (i32.const 128)))
)
(assert_return (invoke $Check "total") (i32.const 500))

;; shared is part of the type
(assert_unlinkable (module (memory (import "mem" "shared") 1 2)) "incompatible import type")
(module $Unshared (memory (export "m") 1 2))
(register "unshared" $Unshared)
(assert_unlinkable (module (memory (import "unshared" "m") 1 2 shared)) "incompatible import type")
(assert_invalid (module (memory 1 shared)) "shared memory must have maximum")
