;; A file of bare module fields is one module.

(func $f (export "f") (result i32) (i32.const 1))
(memory 1)
(table funcref (elem $f))
