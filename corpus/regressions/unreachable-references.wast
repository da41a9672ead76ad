;; Behind an instruction that does not return the stack gives any operand that is asked for, but what an instruction pushes has its type (3.4.1, appendix A.3).
;; Found by layer damage.

;; i31.get_s pushes an i32, which no result takes. JavaScriptCore (Bun 1.4.5) takes the module.
(assert_invalid (module (func (unreachable) (i31.get_s))) "type mismatch")
(assert_invalid (module (func (unreachable) (i31.get_u))) "type mismatch")
(assert_invalid (module (func (unreachable) (array.len))) "type mismatch")
(assert_invalid (module (func (unreachable) (ref.is_null))) "type mismatch")

;; ref.as_non_null pushes a reference, which is no i32. V8 (Node.js 26.10.0) takes the module.
(assert_invalid (module (func (unreachable) (ref.as_non_null) (if (then)))) "type mismatch")
(assert_invalid (module (func (result i32) (unreachable) (ref.as_non_null))) "type mismatch")

;; br_on_non_null needs a label whose last result is a reference. V8 and JavaScriptCore take the module.
(assert_invalid (module (func (return) (br_on_non_null 0))) "type mismatch")
(assert_invalid (module (func (result i32) (unreachable) (br_on_non_null 0) (i32.const 0))) "type mismatch")
(assert_invalid (module (func (param i32) (unreachable) (br_on_null 0) (if (then)))) "type mismatch")

;; What an instruction needs besides operands it needs everywhere. JavaScriptCore takes the modules.
(assert_invalid (module (global i32 (i32.const 0)) (func (return) (global.set 0))) "immutable global")
(assert_invalid (module (type $a (array i8)) (func (unreachable) (call_ref $a))) "non-function type")
(assert_invalid (module (func (unreachable) (call_ref 11))) "unknown type")
