;;! features: custom-page-sizes
;; Memories with pages of one byte: size, growth and bounds count bytes; the page size is part of the type.

(module $bytes
  (memory (export "small") 10 20 (pagesize 1))
  (memory $pages 1 (pagesize 65536))
  (data (i32.const 8) "\07\08")
  (func (export "size") (result i32) (memory.size))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "load8") (param i32) (result i32) (i32.load8_u (local.get 0)))
  (func (export "load16") (param i32) (result i32) (i32.load16_u (local.get 0)))
  (func (export "fill") (param i32 i32) (memory.fill (local.get 0) (i32.const 1) (local.get 1)))
  (func (export "size of pages") (result i32) (memory.size $pages))
)
(register "M")

(assert_return (invoke "size") (i32.const 10))
(assert_return (invoke "load8" (i32.const 9)) (i32.const 8))
(assert_trap (invoke "load8" (i32.const 10)) "out of bounds memory access")
(assert_trap (invoke "load16" (i32.const 9)) "out of bounds memory access")
(assert_return (invoke "grow" (i32.const 1)) (i32.const 10))
(assert_return (invoke "load16" (i32.const 9)) (i32.const 8))
(assert_trap (invoke "fill" (i32.const 5) (i32.const 7)) "out of bounds memory access")
(assert_return (invoke "grow" (i32.const 10)) (i32.const -1))
(assert_return (invoke "grow" (i32.const 9)) (i32.const 11))
(assert_return (invoke "size") (i32.const 20))
(assert_return (invoke "size of pages") (i32.const 1))

;; the page size is matched when linking
(module (import "M" "small" (memory 0 (pagesize 1))))
(assert_unlinkable (module (import "M" "small" (memory 0))) "incompatible import type")

;; a segment that does not fit
(assert_trap (module (memory 1 (pagesize 1)) (data (i32.const 0) "ab")) "out of bounds memory access")

;; 4 GiB less one byte is the largest, and a definition of it costs nothing
(module definition (memory 0xffff_ffff (pagesize 1)))
(module definition (memory i64 0x1_0000_0000 (pagesize 1)))

(assert_invalid (module (memory 1 (pagesize 2))) "invalid custom page size")
(assert_invalid (module (memory 1 (pagesize 512))) "invalid custom page size")
(assert_malformed (module quote "(memory 1 (pagesize 3))") "invalid custom page size")
