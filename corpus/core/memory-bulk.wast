;; Memories: size and growth, fill, copy, init and data.drop; bounds are checked before anything is written.

(module
  (memory (export "mem") 1 3)
  (data $passive "abcdef")
  (data $active (i32.const 100) "xyz")

  (func (export "size") (result i32) (memory.size))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "fill") (param i32 i32 i32) (memory.fill (local.get 0) (local.get 1) (local.get 2)))
  (func (export "copy") (param i32 i32 i32) (memory.copy (local.get 0) (local.get 1) (local.get 2)))
  (func (export "init") (param i32 i32 i32) (memory.init $passive (local.get 0) (local.get 1) (local.get 2)))
  (func (export "drop") (data.drop $passive))
  (func (export "init active") (param i32) (memory.init $active (i32.const 0) (i32.const 0) (local.get 0)))
  (func (export "load") (param i32) (result i64) (i64.load (local.get 0)))
  (func (export "load8") (param i32) (result i32) (i32.load8_u (local.get 0)))
)

;; growth gives the old size, or -1 beyond the maximum; new pages are zero
(assert_return (invoke "size") (i32.const 1))
(assert_trap (invoke "load8" (i32.const 65536)) "out of bounds memory access")
(assert_return (invoke "grow" (i32.const 1)) (i32.const 1))
(assert_return (invoke "load8" (i32.const 65536)) (i32.const 0))
(assert_return (invoke "grow" (i32.const 2)) (i32.const -1))
(assert_return (invoke "grow" (i32.const -1)) (i32.const -1))
(assert_return (invoke "grow" (i32.const 0)) (i32.const 2))
(assert_return (invoke "grow" (i32.const 1)) (i32.const 2))
(assert_return (invoke "size") (i32.const 3))

;; fill writes the lowest byte
(invoke "fill" (i32.const 8) (i32.const 0x1234) (i32.const 3))
(assert_return (invoke "load" (i32.const 8)) (i64.const 0x34_3434))
(invoke "fill" (i32.const 196608) (i32.const 1) (i32.const 0))
(assert_trap (invoke "fill" (i32.const 196609) (i32.const 1) (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "fill" (i32.const 196600) (i32.const 1) (i32.const 9)) "out of bounds memory access")
(assert_return (invoke "load" (i32.const 196600)) (i64.const 0))

;; init copies from a segment; the segment is empty once dropped
(invoke "init" (i32.const 16) (i32.const 1) (i32.const 4))
(assert_return (invoke "load" (i32.const 16)) (i64.const 0x6564_6362))
(assert_trap (invoke "init" (i32.const 24) (i32.const 3) (i32.const 4)) "out of bounds memory access")
(assert_return (invoke "load" (i32.const 24)) (i64.const 0))
(assert_trap (invoke "init" (i32.const 196605) (i32.const 0) (i32.const 4)) "out of bounds memory access")
(invoke "drop")
(invoke "drop")
(invoke "init" (i32.const 0) (i32.const 0) (i32.const 0))
(assert_trap (invoke "init" (i32.const 0) (i32.const 0) (i32.const 1)) "out of bounds memory access")

;; an active segment has been dropped after it was copied
(assert_return (invoke "load8" (i32.const 102)) (i32.const 122))
(invoke "init active" (i32.const 0))
(assert_trap (invoke "init active" (i32.const 1)) "out of bounds memory access")

;; copy behaves as if all were read before anything is written, whichever way the ranges overlap
(invoke "copy" (i32.const 18) (i32.const 16) (i32.const 4))
(assert_return (invoke "load" (i32.const 16)) (i64.const 0x6564_6362_6362))
(invoke "copy" (i32.const 16) (i32.const 18) (i32.const 4))
(assert_return (invoke "load" (i32.const 16)) (i64.const 0x6564_6564_6362))
(assert_trap (invoke "copy" (i32.const 196600) (i32.const 0) (i32.const 9)) "out of bounds memory access")
(assert_trap (invoke "copy" (i32.const 0) (i32.const 196600) (i32.const 9)) "out of bounds memory access")
(assert_trap (invoke "copy" (i32.const -1) (i32.const -1) (i32.const 1)) "out of bounds memory access")

(assert_invalid (module (memory 1) (func (memory.init 0 (i32.const 0) (i32.const 0) (i32.const 0)))) "unknown data segment")
(assert_invalid (module (func (data.drop 1))) "unknown data segment")
(assert_invalid (module (memory 2 1)) "size minimum must not be greater than maximum")
(assert_invalid (module (memory 65537)) "memory size must be at most")

;; a definition of the largest memory costs nothing
(module definition (memory 65536))
