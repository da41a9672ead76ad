;; Memories with 64-bit addresses: instructions take i64, offsets have 64 bits, addresses never wrap around.

(module
  (memory (export "mem") i64 1 2)
  (memory $other i32 1)
  (data $d "hello")
  (data (i64.const 8) "\2a")

  (func (export "size") (result i64) (memory.size))
  (func (export "grow") (param i64) (result i64) (memory.grow (local.get 0)))
  (func (export "load8") (param i64) (result i32) (i32.load8_u (local.get 0)))
  (func (export "load far") (param i64) (result i32) (i32.load8_u offset=0x1_0000_0000 (local.get 0)))
  (func (export "load last") (param i64) (result i32) (i32.load8_u offset=0xffff_ffff_ffff_ffff (local.get 0)))
  (func (export "store") (param i64 i64) (i64.store (local.get 0) (local.get 1)))
  (func (export "v128") (param i64) (result v128) (v128.load (local.get 0)))
  (func (export "fill") (param i64 i32 i64) (memory.fill (local.get 0) (local.get 1) (local.get 2)))
  (func (export "copy") (param i64 i64 i64) (memory.copy (local.get 0) (local.get 1) (local.get 2)))
  (func (export "init") (param i64 i32 i32) (memory.init $d (local.get 0) (local.get 1) (local.get 2)))

  ;; between memories of different address types, the length has the smaller one
  (func (export "to i32") (param i32 i64 i32) (memory.copy $other 0 (local.get 0) (local.get 1) (local.get 2)))
  (func (export "other") (param i32) (result i32) (i32.load8_u $other (local.get 0)))
)

(assert_return (invoke "size") (i64.const 1))
(assert_return (invoke "load8" (i64.const 8)) (i32.const 42))
(assert_return (invoke "grow" (i64.const 1)) (i64.const 1))
(assert_return (invoke "grow" (i64.const 1)) (i64.const -1))
(assert_return (invoke "grow" (i64.const 0x1_0000_0000)) (i64.const -1))

(invoke "store" (i64.const 131064) (i64.const 0x0102_0304_0506_0708))
(assert_return (invoke "load8" (i64.const 131071)) (i32.const 1))
(assert_trap (invoke "store" (i64.const 131065) (i64.const -1)) "out of bounds memory access")
(assert_trap (invoke "load8" (i64.const 0x1_0000_0000)) "out of bounds memory access")
(assert_trap (invoke "load far" (i64.const 0)) "out of bounds memory access")
(assert_trap (invoke "load far" (i64.const 0xffff_ffff_0000_0000)) "out of bounds memory access")
(assert_trap (invoke "load last" (i64.const 1)) "out of bounds memory access")
(assert_trap (invoke "v128" (i64.const -8)) "out of bounds memory access")

(invoke "fill" (i64.const 16) (i32.const 7) (i64.const 2))
(invoke "copy" (i64.const 17) (i64.const 16) (i64.const 2))
(assert_return (invoke "load8" (i64.const 18)) (i32.const 7))
(invoke "init" (i64.const 32) (i32.const 1) (i32.const 4))
(assert_return (invoke "load8" (i64.const 35)) (i32.const 111))
(assert_trap (invoke "fill" (i64.const 0x1_0000_0000) (i32.const 0) (i64.const 0)) "out of bounds memory access")
(assert_trap (invoke "copy" (i64.const 0) (i64.const 0) (i64.const -1)) "out of bounds memory access")

(invoke "to i32" (i32.const 5) (i64.const 35) (i32.const 1))
(assert_return (invoke "other" (i32.const 5)) (i32.const 111))

(assert_invalid (module (memory i64 1) (func (drop (i32.load (i32.const 0))))) "type mismatch")
(assert_invalid (module (memory 1) (func (drop (i32.load offset=0x1_0000_0000 (i32.const 0))))) "offset out of range")
(module definition (memory i64 0x1_0000_0000_0000))
(assert_invalid (module (memory i64 0x1_0000_0000_0001)) "memory size must be at most")
