;; Read by ../script-meta.wast, and a script of its own.

(module $part (func (export "answer") (result i32) (i32.const 42)))
(assert_return (invoke $part "answer") (i32.const 42))
