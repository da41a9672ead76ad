;; call_ref and return_call_ref of null trap (4.6.8). JavaScriptCore (Bun 1.4.5) says, once it has compiled the function, that a null structure was accessed; only the text is wrong.

(module
  (type $f (func))
  (func (export "call") (call_ref $f (ref.null $f)))
  (func (export "return_call") (return_call_ref $f (ref.null $f))))
(assert_trap (invoke "call") "null function reference")
(assert_trap (invoke "return_call") "null function reference")
