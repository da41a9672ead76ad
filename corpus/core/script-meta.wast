;; Commands about scripts: a named script, the commands of another file, and output of a module.

(script $inner
  (module $S (func (export "one") (result i32) (i32.const 1)))
  (assert_return (invoke $S "one") (i32.const 1))
)
;; what a script defines stays
(assert_return (invoke $S "one") (i32.const 1))
(assert_return (invoke "one") (i32.const 1))

;; a file is read from the folder of this one
(input $answer "parts/answer.wast")
(assert_return (invoke $part "answer") (i32.const 42))
(assert_return (invoke $answer "answer") (i32.const 42))

;; without a file, the module is printed
(output $S)
