;; A carriage return alone ends a line comment (6.3.4). wabt 1.0.32 reads on to the next line feed.
(module (func (export "f") (result i32) ;; comment i32.const 1))
(assert_return (invoke "f") (i32.const 1))
