;; In all instructions that take one table its index may be left out, and is 0 then (6.5, Table Instructions). wabt 1.0.32 wants one.
(module (table 1 funcref)
  (func (export "f") (result i32)
    (table.set (i32.const 0) (ref.null func))
    (drop (table.get (i32.const 0)))
    (table.fill (i32.const 0) (ref.null func) (i32.const 1))
    (drop (table.grow (ref.null func) (i32.const 1)))
    (table.size)))
(assert_return (invoke "f") (i32.const 2))
