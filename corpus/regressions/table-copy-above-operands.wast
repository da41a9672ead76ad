;; table.copy (4.6.11) takes its three operands and leaves what is below them. Wasmtime 50.0.1 with Winch ends the process when anything is below.

(module
  (table 8 funcref)
  (func (export "f") (param i32) (result i32)
    (i32.add (local.get 0) (i32.const 1))
    (table.copy (i32.const 0) (i32.const 0) (i32.const 0))))
(assert_return (invoke "f" (i32.const 7)) (i32.const 8))
