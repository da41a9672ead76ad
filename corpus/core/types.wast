;; Types: recursive groups are equal by structure, subtypes are declared, final types have none, functions are linked by type.

(module $M
  (rec (type $list (struct (field i32 (ref null $list)))))
  (rec (type $even (struct (field (ref null $odd)))) (type $odd (struct (field (ref null $even)))))
  (type $f (sub (func (param (ref $list)) (result i32))))
  (func (export "sum") (param (ref null $list)) (result i32)
    (local $n i32)
    (block $end
      (loop $next
        (br_on_null $end (local.get 0)) (drop)
        (local.set $n (i32.add (local.get $n) (struct.get $list 0 (local.get 0))))
        (local.set 0 (struct.get $list 1 (local.get 0)))
        (br $next)))
    (local.get $n))
  (func (export "f") (type $f) (i32.const 1))
  (func (export "make") (result (ref $list))
    (struct.new $list (i32.const 1) (struct.new $list (i32.const 2) (ref.null $list))))
)
(register "M" $M)

;; another module, other names, the same group: the same type
(module
  (rec (type $other-name (struct (field i32) (field (ref null $other-name)))))
  (type $g (sub (func (param (ref $other-name)) (result i32))))
  (import "M" "sum" (func $sum (param (ref null $other-name)) (result i32)))
  (import "M" "make" (func $make (result (ref $other-name))))
  (import "M" "f" (func (type $g)))
  (func (export "both") (result i32) (call $sum (call $make)))
)
(assert_return (invoke "both") (i32.const 3))

;; the same structure in a larger group, or final where the other is not, is another type
(assert_unlinkable
  (module
    (rec (type $list (struct (field i32) (field (ref null $list)))) (type $more (struct)))
    (import "M" "make" (func (result (ref $list)))))
  "incompatible import type")
(assert_unlinkable
  (module
    (rec (type $list (struct (field i32) (field (ref null $list)))))
    (type $f (func (param (ref $list)) (result i32)))
    (import "M" "f" (func (type $f))))
  "incompatible import type")

;; a subtype may have more fields, more precise immutable ones, and the same mutable ones; functions vary the usual way
(module
  (type $p (sub (struct (field anyref) (field (mut i32)))))
  (type $q (sub final $p (struct (field (ref null struct)) (field (mut i32)) (field i64))))
  (type $t (sub (array anyref)))
  (type $u (sub $t (array eqref)))
  (type $v (sub (func (param (ref struct)) (result anyref))))
  (type $w (sub $v (func (param (ref any)) (result (ref i31)))))
  (table 2 funcref)
  (elem (i32.const 0) $fw)
  (func $fw (type $w) (ref.i31 (i32.const 8)))
  (func (export "upcast") (param i32) (result anyref)
    (call_indirect (type $v) (struct.new_default $q) (local.get 0)))
  (func (export "exact") (result (ref i31))
    (call_indirect (type $w) (struct.new_default $p) (i32.const 0)))
)
(assert_return (invoke "upcast" (i32.const 0)) (ref.i31))
(assert_return (invoke "exact") (ref.i31))

(assert_invalid (module (type $a (struct)) (type $b (sub $a (struct)))) "sub type")
(assert_invalid (module (type $a (sub (struct (field i32)))) (type $b (sub $a (struct)))) "sub type")
(assert_invalid (module (type $a (sub (struct (field (mut anyref))))) (type $b (sub $a (struct (field (mut eqref)))))) "sub type")
(assert_invalid (module (type $a (sub (func (param eqref)))) (type $b (sub $a (func (param i31ref))))) "sub type")
(assert_invalid (module (type $f (func (param (ref 1))))) "unknown type")
(assert_malformed (module quote "(type $a (sub $b final (struct)))") "unexpected token")
(assert_malformed (module quote "(type $f (func (param i32))) (func (type $f) (result i32) (i32.const 0))") "inline function type")
