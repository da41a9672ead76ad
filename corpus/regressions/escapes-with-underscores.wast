;; The digits of an escape `\u{…}` are a hexnum, and so may have underscores (6.3.3). wabt 1.0.32 refuses them.
(module (memory 1) (data (i32.const 0) "\u{5_3}")
  (func (export "f") (result i32) (i32.load8_u (i32.const 0))))
(assert_return (invoke "f") (i32.const 0x53))
