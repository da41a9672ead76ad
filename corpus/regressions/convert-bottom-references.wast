;; any.convert_extern takes any (ref null? extern) and extern.convert_any any (ref null? any); noextern and none are below them (3.3.4, Heap Types).
;; JavaScriptCore (Bun 1.4.5) refuses the first module: "any.convert_extern reference to type (ref null noextern) expected Externref". Found by layer module.

(module
  (func (export "any") (result i32) (ref.is_null (any.convert_extern (ref.null noextern))))
  (func (export "test") (result i32) (ref.test i31ref (any.convert_extern (ref.null noextern)))))
(assert_return (invoke "any") (i32.const 1))
(assert_return (invoke "test") (i32.const 1))

(module
  (func (export "extern") (result i32) (ref.is_null (extern.convert_any (ref.null none)))))
(assert_return (invoke "extern") (i32.const 1))
