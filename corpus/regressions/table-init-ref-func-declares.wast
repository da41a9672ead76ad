;; Valid modules (3.4.15): C.refs, the functions that ref.func may name in a body, are those that occur in the module outside of its functions and its start function,
;; so an initializer of a table declares what it names.
;; JavaScriptCore (Bun 1.4.5) refuses the modules: "ref.func index 0 isn't declared". Found by layers module and script.

(module
  (table 1 funcref (ref.func 0))
  (func (result i32) (i32.const 7))
  (func (export "f") (result i32) (call_ref 0 (ref.func 0)))
  (type (func (result i32))))
(assert_return (invoke "f") (i32.const 7))

(module definition
  (type $t (func (result i32)))
  (table 0 0 (ref $t) (ref.func $f))
  (func $f (type $t) (i32.const 1))
  (func (drop (ref.func $f))))
