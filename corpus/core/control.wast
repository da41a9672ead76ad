;; Structured control: blocks, loops, branches, calls, and what they do with the operand stack.

(module
  (type $i-i (func (param i32) (result i32)))
  (global $count (mut i32) (i32.const 0))

  (func (export "unreachable") (unreachable))
  (func (export "nop") (result i32) (nop) (i32.const 1) (nop))

  ;; block: a branch leaves it with its results; operands below are dropped
  (func (export "block") (param i32) (result i32)
    (i32.const 100)
    (block (result i32)
      (i32.const 7) (i32.const 8)
      (br_if 0 (local.get 0))
      (drop) (drop) (i32.const 9))
    (i32.add))

  ;; a block with parameters and two results
  (func (export "block params") (result i32 i32)
    (i32.const 1) (i32.const 2)
    (block (param i32 i32) (result i32 i32)
      (i32.add) (i32.const 5)
      (br 0)))

  ;; loop: a branch to it starts it again, with its parameters
  (func (export "sum") (param $n i32) (result i32)
    (i32.const 0)
    (loop $again (param i32) (result i32)
      (i32.add (local.get $n))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $again (local.get $n))))

  (func (export "if") (param i32) (result i32)
    (if (result i32) (local.get 0) (then (i32.const 10)) (else (i32.const 20))))
  (func (export "if without else") (param i32) (result i32)
    (local $r i32)
    (if (local.get 0) (then (local.set $r (i32.const 5))))
    (local.get $r))
  (func (export "if params") (param i32) (result i32)
    (i32.const 3)
    (if (param i32) (result i32) (local.get 0)
      (then (i32.mul (i32.const 2)))
      (else (drop) (i32.const -1))))

  ;; br out of several blocks at once
  (func (export "br") (result i32)
    (block $out (result i32)
      (block (block (br $out (i32.const 42))))
      (unreachable)))

  (func (export "br_table") (param i32) (result i32)
    (block $two
      (block $one
        (block $zero
          (br_table $zero $one $two (local.get 0)))
        (return (i32.const 100)))
      (return (i32.const 101)))
    (i32.const 102))

  (func (export "br_table values") (param i32) (result i32)
    (block $a (result i32)
      (i32.add (i32.const 1)
        (block $b (result i32)
          (br_table $a $b (i32.const 10) (local.get 0))))))

  (func (export "return") (result i32 i64)
    (i32.const 1) (i64.const 2)
    (block (loop (f32.const 0) (return (i32.const 3) (i64.const 4))))
    (unreachable))

  ;; calls: arguments in order, results in order
  (func $sub (param i32 i32) (result i32) (i32.sub (local.get 0) (local.get 1)))
  (func $swap (param i32 i64) (result i64 i32) (local.get 1) (local.get 0))
  (func (export "call") (result i32) (call $sub (i32.const 10) (i32.const 3)))
  (func (export "call two results") (result i64 i32) (call $swap (i32.const 1) (i64.const 2)))
  (func $fac (export "fac") (param i64) (result i64)
    (if (result i64) (i64.eqz (local.get 0))
      (then (i64.const 1))
      (else (i64.mul (local.get 0) (call $fac (i64.sub (local.get 0) (i64.const 1)))))))

  ;; call_indirect: the element must be there, not null, and of the type
  (table 4 funcref)
  (elem (i32.const 0) $inc $dbl $sub)
  (func $inc (type $i-i) (i32.add (local.get 0) (i32.const 1)))
  (func $dbl (type $i-i) (i32.mul (local.get 0) (i32.const 2)))
  (func (export "call_indirect") (param i32) (result i32)
    (call_indirect (type $i-i) (i32.const 21) (local.get 0)))

  ;; flat text is the same as folded text
  (func (export "flat") (param i32) (result i32)
    local.get 0
    if $l (result i32)
      i32.const 1
      br $l
    else $l
      i32.const 2
    end $l)

  ;; after a branch the stack is polymorphic
  (func (export "polymorphic") (result i32)
    (block (result i32) (br 0 (i32.const 6)) (i64.add) (i64.eqz) (select)))

  (func $runaway (export "runaway") (call $runaway))
)

(assert_trap (invoke "unreachable") "unreachable")
(assert_return (invoke "nop") (i32.const 1))
(assert_return (invoke "block" (i32.const 1)) (i32.const 108))
(assert_return (invoke "block" (i32.const 0)) (i32.const 109))
(assert_return (invoke "block params") (i32.const 3) (i32.const 5))
(assert_return (invoke "sum" (i32.const 100)) (i32.const 5050))
(assert_return (invoke "if" (i32.const -1)) (i32.const 10))
(assert_return (invoke "if" (i32.const 0)) (i32.const 20))
(assert_return (invoke "if without else" (i32.const 1)) (i32.const 5))
(assert_return (invoke "if without else" (i32.const 0)) (i32.const 0))
(assert_return (invoke "if params" (i32.const 1)) (i32.const 6))
(assert_return (invoke "if params" (i32.const 0)) (i32.const -1))
(assert_return (invoke "br") (i32.const 42))
(assert_return (invoke "br_table" (i32.const 0)) (i32.const 100))
(assert_return (invoke "br_table" (i32.const 1)) (i32.const 101))
(assert_return (invoke "br_table" (i32.const 2)) (i32.const 102))
(assert_return (invoke "br_table" (i32.const -1)) (i32.const 102))
(assert_return (invoke "br_table values" (i32.const 0)) (i32.const 10))
(assert_return (invoke "br_table values" (i32.const 1)) (i32.const 11))
(assert_return (invoke "return") (i32.const 3) (i64.const 4))
(assert_return (invoke "call") (i32.const 7))
(assert_return (invoke "call two results") (i64.const 2) (i32.const 1))
(assert_return (invoke "fac" (i64.const 20)) (i64.const 2432902008176640000))
(assert_return (invoke "call_indirect" (i32.const 0)) (i32.const 22))
(assert_return (invoke "call_indirect" (i32.const 1)) (i32.const 42))
(assert_trap (invoke "call_indirect" (i32.const 2)) "indirect call type mismatch")
(assert_trap (invoke "call_indirect" (i32.const 3)) "uninitialized element 3")
(assert_trap (invoke "call_indirect" (i32.const 4)) "undefined element")
(assert_return (invoke "flat" (i32.const 1)) (i32.const 1))
(assert_return (invoke "flat" (i32.const 0)) (i32.const 2))
(assert_return (invoke "polymorphic") (i32.const 6))
(assert_exhaustion (invoke "runaway") "call stack exhausted")

(assert_invalid (module (func (br 1))) "unknown label")
(assert_invalid (module (func (result i32) (block (result i32) (nop)))) "type mismatch")
(assert_invalid (module (func (result i32) (if (result i32) (i32.const 1) (then (i32.const 2))))) "type mismatch")
(assert_invalid (module (func (call 1))) "unknown function")
(assert_malformed (module quote "(func block $a end $b)") "mismatching label")
