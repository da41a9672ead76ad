;;! features: legacy-exceptions
;; The older form of exception handling: try with catch, catch_all and delegate, and rethrow.

(module
  (tag $i (param i32))
  (tag $none)
  (func $throw (param i32)
    (if (i32.eq (local.get 0) (i32.const 1)) (then (throw $i (i32.const 10))))
    (if (i32.eq (local.get 0) (i32.const 2)) (then (throw $none))))

  (func (export "catch") (param i32) (result i32)
    (try (result i32)
      (do (call $throw (local.get 0)) (i32.const -1))
      (catch $i)
      (catch_all (i32.const 99))))
  (func (export "only catch") (param i32) (result i32)
    (try (result i32) (do (call $throw (local.get 0)) (i32.const -1)) (catch $i)))
  (func (export "no handler") (param i32) (result i32)
    (try (result i32) (do (call $throw (local.get 0)) (i32.const 5))))

  ;; rethrow names the try whose handler it is in
  (func (export "rethrow") (param i32) (result i32)
    (try (result i32)
      (do (try (result i32)
        (do (call $throw (local.get 0)) (i32.const -1))
        (catch_all (rethrow 0))))
      (catch $i (i32.add (i32.const 1)))
      (catch_all (i32.const 98))))
  (func (export "rethrow outer") (result i32)
    (try (result i32)
      (do (try
        (do (throw $i (i32.const 3)))
        (catch $i
          (drop)
          (try (do (throw $none)) (catch $none (rethrow 1)))))
        (unreachable))
      (catch $i)))

  ;; delegate hands what is thrown inside to an outer try, past those between
  (func (export "delegate") (param i32) (result i32)
    (try $outer (result i32)
      (do
        (try $middle
          (do (try (do (call $throw (local.get 0))) (delegate $outer)))
          (catch_all (return (i32.const -2))))
        (i32.const -1))
      (catch $i)
      (catch_all (i32.const 97))))
  (func (export "delegate to caller") (param i32)
    (try $t (do (try (do (call $throw (local.get 0))) (delegate 1))) (catch_all)))

  ;; the flat form
  (func (export "flat") (param i32) (result i32)
    try $l (result i32)
      local.get 0
      call $throw
      i32.const 1
    catch $i
      i32.const 2
      i32.mul
    catch_all
      i32.const 4
    end)
)

(assert_return (invoke "catch" (i32.const 0)) (i32.const -1))
(assert_return (invoke "catch" (i32.const 1)) (i32.const 10))
(assert_return (invoke "catch" (i32.const 2)) (i32.const 99))
(assert_return (invoke "only catch" (i32.const 1)) (i32.const 10))
(assert_exception (invoke "only catch" (i32.const 2)))
(assert_return (invoke "no handler" (i32.const 0)) (i32.const 5))
(assert_exception (invoke "no handler" (i32.const 1)))
(assert_return (invoke "rethrow" (i32.const 1)) (i32.const 11))
(assert_return (invoke "rethrow" (i32.const 2)) (i32.const 98))
(assert_return (invoke "rethrow outer") (i32.const 3))
(assert_return (invoke "delegate" (i32.const 0)) (i32.const -1))
(assert_return (invoke "delegate" (i32.const 1)) (i32.const 10))
(assert_return (invoke "delegate" (i32.const 2)) (i32.const 97))
(assert_return (invoke "delegate to caller" (i32.const 0)))
(assert_exception (invoke "delegate to caller" (i32.const 1)))
(assert_return (invoke "flat" (i32.const 0)) (i32.const 1))
(assert_return (invoke "flat" (i32.const 1)) (i32.const 20))
(assert_return (invoke "flat" (i32.const 2)) (i32.const 4))

(assert_invalid (module (func (rethrow 0))) "invalid rethrow label")
(assert_invalid (module (func (try (do (rethrow 0))))) "invalid rethrow label")
(assert_invalid (module (func (try (do) (catch 0)))) "unknown tag")
