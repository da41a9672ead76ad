;;! features: stack-switching
;; Stack switching: continuations are made, bound, resumed, suspended, thrown into and switched between; each runs once.

;; a generator: it suspends with values, and is told what to do next
(module $generator
  (type $f (func (param i32)))
  (type $k (cont $f))
  (tag $yield (param i32) (result i32))
  (elem declare func $count)

  ;; yields n, n-1, ... until told 0
  (func $count (type $f)
    (loop $next
      (if (suspend $yield (local.get 0))
        (then
          (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
          (br $next)))))

  ;; sums the values until one is 0
  (func (export "sum") (param i32) (result i32)
    (local $sum i32)
    (local $k (ref null $k))
    (local $v i32)
    (local.set $k (cont.new $k (ref.func $count)))
    (local.set $v (local.get 0))
    (loop $again
      (block $on-yield (result i32 (ref $k))
        (resume $k (on $yield $on-yield) (local.get $v) (local.get $k))
        (return (local.get $sum)))
      (local.set $k)
      (local.set $v)
      (local.set $sum (i32.add (local.get $sum) (local.get $v)))
      (br $again))
    (unreachable))
)
(assert_return (invoke "sum" (i32.const 10)) (i32.const 55))

;; cont.bind supplies leading arguments; results of a continuation are results of resume
(module
  (type $f3 (func (param i32 i32 i32) (result i32)))
  (type $f1 (func (param i32) (result i32)))
  (type $k3 (cont $f3))
  (type $k1 (cont $f1))
  (elem declare func $digits)
  (func $digits (type $f3)
    (i32.add (i32.add (i32.mul (local.get 0) (i32.const 100)) (i32.mul (local.get 1) (i32.const 10))) (local.get 2)))
  (func (export "bind") (result i32)
    (resume $k1 (i32.const 3)
      (cont.bind $k3 $k1 (i32.const 1) (i32.const 2) (cont.new $k3 (ref.func $digits)))))
)
(assert_return (invoke "bind") (i32.const 123))

;; handlers: the nearest that names the tag; what has none leaves the action
(module
  (type $f (func (result i32)))
  (type $k (cont $f))
  (type $fi (func (param i32) (result i32)))
  (type $ki (cont $fi))
  (tag $a (result i32))
  (tag $b (result i32))
  (elem declare func $both $inner)
  (func $both (type $f) (i32.add (suspend $a) (suspend $b)))

  ;; handles $a with 1, and is itself suspended by $b
  (func $inner (type $f)
    (local $k (ref null $ki))
    (block $on-a (result (ref $ki))
      (return (resume $k (on $a $on-a) (cont.new $k (ref.func $both)))))
    (local.set $k)
    (resume $ki (i32.const 1) (local.get $k)))
  (func (export "nested") (result i32)
    (local $k (ref null $ki))
    (block $on-b (result (ref $ki))
      (return (resume $k (on $b $on-b) (cont.new $k (ref.func $inner)))))
    (local.set $k)
    (resume $ki (i32.const 20) (local.get $k)))

  (func (export "none") (result i32) (suspend $a))
  (func (export "other") (result i32)
    (block $on-b (result (ref $ki))
      (return (resume $k (on $b $on-b) (cont.new $k (ref.func $both)))))
    (drop) (unreachable))
)
(assert_return (invoke "nested") (i32.const 21))
(assert_suspension (invoke "none") "unhandled")
(assert_suspension (invoke "other") "unhandled")

;; resume_throw and resume_throw_ref raise an exception where the continuation stands
(module
  (type $f (func (result i32)))
  (type $k (cont $f))
  (type $g (func (result i32)))
  (tag $exn (param i32))
  (tag $pause)
  (elem declare func $catches)
  (func $catches (type $f)
    (block $h (result i32)
      (try_table (catch $exn $h) (suspend $pause))
      (return (i32.const -1)))
    (i32.add (i32.const 100)))

  (func $paused (result (ref $k))
    (block $on-pause (result (ref $k))
      (drop (resume $k (on $pause $on-pause) (cont.new $k (ref.func $catches))))
      (unreachable)))
  (func (export "resumed") (result i32) (resume $k (call $paused)))
  (func (export "resume_throw") (result i32) (resume_throw $k $exn (i32.const 5) (call $paused)))
  (func (export "resume_throw_ref") (result i32)
    (block $caught (result i32 exnref)
      (try_table (catch_ref $exn $caught) (throw $exn (i32.const 6)))
      (unreachable))
    (resume_throw_ref $k (call $paused))
    (return (i32.add)))
  ;; one that never ran has no handler
  (func (export "not begun") (result i32) (resume_throw $k $exn (i32.const 7) (cont.new $k (ref.func $catches))))
)
(assert_return (invoke "resumed") (i32.const -1))
(assert_return (invoke "resume_throw") (i32.const 105))
(assert_return (invoke "resume_throw_ref") (i32.const 112))
(assert_exception (invoke "not begun"))

;; switch goes from one continuation to another; the handler `(on $t switch)` lets it
(module
  (rec (type $f (func (param i32 (ref null $k)) (result i32))) (type $k (cont $f)))
  (tag $swap (result i32))
  (elem declare func $ping $pong)
  ;; each adds to the number and passes it to the other, until it is large enough
  (func $ping (type $f)
    (loop $again
      (if (i32.ge_u (local.get 0) (i32.const 10)) (then (return (local.get 0))))
      (switch $k $swap (i32.add (local.get 0) (i32.const 1)) (local.get 1))
      (local.set 1) (local.set 0)
      (br $again))
    (unreachable))
  (func $pong (type $f)
    (loop $again
      (switch $k $swap (i32.add (local.get 0) (i32.const 3)) (local.get 1))
      (local.set 1) (local.set 0)
      (br $again))
    (unreachable))
  (func (export "play") (param i32) (result i32)
    (resume $k (on $swap switch) (local.get 0) (cont.new $k (ref.func $pong)) (cont.new $k (ref.func $ping))))
  (func (export "no handler") (result i32)
    (resume $k (i32.const 0) (cont.new $k (ref.func $pong)) (cont.new $k (ref.func $ping))))
)
(assert_return (invoke "play" (i32.const 0)) (i32.const 12))
(assert_return (invoke "play" (i32.const 10)) (i32.const 10))
(assert_suspension (invoke "no handler") "unhandled tag")

;; traps: null, and what was resumed or bound before
(module
  (type $f (func))
  (type $k (cont $f))
  (type $fi (func (param i32)))
  (type $ki (cont $fi))
  (tag $exn)
  (elem declare func $nop $take)
  (func $nop (type $f))
  (func $take (type $fi))
  (func (export "new null") (drop (cont.new $k (ref.null $f))))
  (func (export "resume null") (resume $k (ref.null $k)))
  (func (export "bind null") (drop (cont.bind $ki $k (i32.const 1) (ref.null $ki))))
  (func (export "throw null") (resume_throw $k $exn (ref.null $k)))
  (func (export "twice") (local $k (ref null $k))
    (local.set $k (cont.new $k (ref.func $nop)))
    (resume $k (local.get $k))
    (resume $k (local.get $k)))
  (func (export "bound") (local $k (ref null $ki))
    (local.set $k (cont.new $ki (ref.func $take)))
    (drop (cont.bind $ki $k (i32.const 1) (local.get $k)))
    (resume $ki (i32.const 2) (local.get $k)))
)
(assert_trap (invoke "new null") "null function reference")
(assert_trap (invoke "resume null") "null continuation reference")
(assert_trap (invoke "bind null") "null continuation reference")
(assert_trap (invoke "throw null") "null continuation reference")
(assert_trap (invoke "twice") "continuation already consumed")
(assert_trap (invoke "bound") "continuation already consumed")

(assert_invalid (module (type $s (struct)) (type $k (cont $s))) "non-function type")
(assert_invalid (module (type $f (func)) (type $k (cont $f)) (func (param (ref $k)) (resume $k (i32.const 1) (local.get 0)))) "type mismatch")
