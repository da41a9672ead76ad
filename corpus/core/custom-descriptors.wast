;;! features: custom-descriptors
;; Custom descriptors: structures with a descriptor, casts by it, exact types.

(module $M
  (rec
    (type $shape (sub (descriptor $shape.d) (struct (field $area i32))))
    (type $shape.d (sub (describes $shape) (struct (field $name i32)))))
  (rec
    (type $square (sub $shape (descriptor $square.d) (struct (field $area i32) (field $side i32))))
    (type $square.d (sub $shape.d (describes $square) (struct (field $name i32)))))

  (global $d1 (ref (exact $shape.d)) (struct.new $shape.d (i32.const 1)))
  (global $d2 (ref (exact $shape.d)) (struct.new $shape.d (i32.const 2)))
  (global $sq (ref (exact $square.d)) (struct.new $square.d (i32.const 3)))
  (global $constant (ref (exact $shape)) (struct.new_desc $shape (i32.const 9) (global.get $d2)))

  ;; allocation takes the descriptor last; ref.get_desc gives it back
  (func (export "new_desc") (result i32 i32)
    (local $s (ref null (exact $shape)))
    (local.set $s (struct.new_desc $shape (i32.const 16) (global.get $d1)))
    (struct.get $shape $area (local.get $s))
    (struct.get $shape.d $name (ref.get_desc $shape (local.get $s))))
  (func (export "new_default_desc") (result i32 i32)
    (local $s (ref null $shape))
    (local.set $s (struct.new_default_desc $square (global.get $sq)))
    (struct.get $shape $area (local.get $s))
    (struct.get $shape.d $name (ref.get_desc $shape (local.get $s))))
  (func (export "constant") (result i32 i32)
    (struct.get $shape 0 (global.get $constant))
    (ref.eq (ref.get_desc $shape (global.get $constant)) (global.get $d2)))

  (func $make (param i32) (result anyref)
    (if (i32.eq (local.get 0) (i32.const 1)) (then (return (struct.new_desc $shape (i32.const 10) (global.get $d1)))))
    (if (i32.eq (local.get 0) (i32.const 2)) (then (return (struct.new_desc $shape (i32.const 20) (global.get $d2)))))
    (if (i32.eq (local.get 0) (i32.const 3)) (then (return (struct.new_desc $square (i32.const 30) (i32.const 5) (global.get $sq)))))
    (if (i32.eq (local.get 0) (i32.const 4)) (then (return (ref.i31 (i32.const 4)))))
    (ref.null none))

  ;; a cast succeeds when the value's descriptor is the very one given
  (func (export "cast to d1") (param i32) (result i32)
    (struct.get $shape 0 (ref.cast_desc_eq (ref $shape) (call $make (local.get 0)) (global.get $d1))))
  (func (export "cast null to d1") (param i32) (result i32)
    (ref.is_null (ref.cast_desc_eq (ref null $shape) (call $make (local.get 0)) (global.get $d1))))
  (func (export "cast exact") (param i32) (result i32)
    (struct.get $square 1 (ref.cast_desc_eq (ref (exact $square)) (call $make (local.get 0)) (global.get $sq))))
  (func (export "br_on") (param i32) (result i32)
    (block $is (result (ref $shape))
      (drop (br_on_cast_desc_eq $is anyref (ref $shape) (call $make (local.get 0)) (global.get $d2)))
      (return (i32.const -1)))
    (struct.get $shape 0))
  (func (export "br_on fail") (param i32) (result i32)
    (block $not (result anyref)
      (return (struct.get $shape 0
        (br_on_cast_desc_eq_fail $not anyref (ref $shape) (call $make (local.get 0)) (global.get $d2)))))
    (drop) (i32.const -1))

  ;; an exact type has no subtypes but those of null
  (func (export "test exact") (param i32) (result i32 i32)
    (ref.test (ref $shape) (call $make (local.get 0)))
    (ref.test (ref (exact $shape)) (call $make (local.get 0))))

  ;; a null descriptor, a null structure
  (func (export "new null") (drop (struct.new_desc $shape (i32.const 0) (ref.null none))))
  (func (export "new default null") (drop (struct.new_default_desc $shape (ref.null none))))
  (func (export "cast null descriptor") (drop (ref.cast_desc_eq (ref $shape) (call $make (i32.const 1)) (ref.null (exact $shape.d)))))
  (func (export "get_desc null") (drop (ref.get_desc $shape (ref.null $shape))))

  (type $f (func (result i32)))
  (func (export "exact") (type $f) (i32.const 8))
)
(register "M")

(assert_return (invoke "new_desc") (i32.const 16) (i32.const 1))
(assert_return (invoke "new_default_desc") (i32.const 0) (i32.const 3))
(assert_return (invoke "constant") (i32.const 9) (i32.const 1))
(assert_return (invoke "cast to d1" (i32.const 1)) (i32.const 10))
(assert_trap (invoke "cast to d1" (i32.const 2)) "descriptor cast failure")
(assert_trap (invoke "cast to d1" (i32.const 3)) "descriptor cast failure")
(assert_trap (invoke "cast to d1" (i32.const 4)) "descriptor cast failure")
(assert_trap (invoke "cast to d1" (i32.const 0)) "descriptor cast failure")
(assert_return (invoke "cast null to d1" (i32.const 0)) (i32.const 1))
(assert_return (invoke "cast null to d1" (i32.const 1)) (i32.const 0))
(assert_return (invoke "cast exact" (i32.const 3)) (i32.const 5))
(assert_return (invoke "br_on" (i32.const 2)) (i32.const 20))
(assert_return (invoke "br_on" (i32.const 1)) (i32.const -1))
(assert_return (invoke "br_on" (i32.const 0)) (i32.const -1))
(assert_return (invoke "br_on fail" (i32.const 2)) (i32.const 20))
(assert_return (invoke "br_on fail" (i32.const 4)) (i32.const -1))
(assert_return (invoke "test exact" (i32.const 1)) (i32.const 1) (i32.const 1))
(assert_return (invoke "test exact" (i32.const 3)) (i32.const 1) (i32.const 0))
(assert_trap (invoke "new null") "null descriptor reference")
(assert_trap (invoke "new default null") "null descriptor reference")
(assert_trap (invoke "cast null descriptor") "null descriptor reference")
(assert_trap (invoke "get_desc null") "null reference")

;; an exact import wants exactly that type
(module (type $f (func (result i32))) (import "M" "exact" (func (exact (type $f)))))
(assert_unlinkable (module (type $g (func)) (import "M" "exact" (func (exact (type $g))))) "incompatible import type")

(assert_invalid (module (rec (type $a (descriptor $b) (struct)) (type $b (struct)))) "type is not described by its descriptor")
(assert_invalid (module (type $a (struct)) (func (param (ref $a)) (drop (ref.get_desc $a (local.get 0))))) "type without descriptor")
(assert_invalid
  (module (rec (type $a (descriptor $b) (struct)) (type $b (describes $a) (struct))) (func (drop (struct.new $a))))
  "type with descriptor requires descriptor allocation")
(assert_invalid
  (module (type $a (struct)) (func (drop (struct.new_desc $a (ref.null none)))))
  "type without descriptor requires non-descriptor allocation")
