;; Structures with a descriptor: allocated with it, cast by it, of exact types or not, null or not.
(module
  (import "host" "emit32" (func $emit (param i32)))
  (memory (export "mem") 1)
  (rec
    (type $shape (sub (descriptor $shape.d) (struct (field $area (mut i32)))))
    (type $shape.d (sub (describes $shape) (struct (field $name i32)))))
  (rec
    (type $square (sub $shape (descriptor $square.d) (struct (field $area (mut i32)) (field $side i8))))
    (type $square.d (sub $shape.d (describes $square) (struct (field $name i32)))))
  (global $d1 (ref (exact $shape.d)) (struct.new $shape.d (i32.const 1)))
  (global $d2 (ref (exact $shape.d)) (struct.new $shape.d (i32.const 2)))
  (global $sq (ref (exact $square.d)) (struct.new $square.d (i32.const 3)))
  (func $what (param i32) (result i32) (i32.load8_u offset=1024 (i32.shl (local.get 0) (i32.const 4))))
  (func $other (param i32) (result i32) (i32.load8_u offset=1025 (i32.shl (local.get 0) (i32.const 4))))
  (func $value (param i32) (result i32) (i32.load offset=1028 (i32.shl (local.get 0) (i32.const 4))))

  (func $descriptor (param $k i32) (result (ref null $shape.d))
    (block $2 (block $1 (block $0 (br_table $0 $1 $2 (i32.and (local.get $k) (i32.const 3))))
      (return (global.get $d1)))
      (return (global.get $d2)))
    (if (i32.eq (local.get $k) (i32.const 3)) (then (return (ref.null none))))
    (global.get $sq))
  (func $exact (param $k i32) (result (ref null (exact $shape.d)))
    (if (i32.eqz (local.get $k)) (then (return (ref.null none))))
    (select (result (ref (exact $shape.d))) (global.get $d1) (global.get $d2) (i32.and (local.get $k) (i32.const 1))))

  (func $make (param $k i32) (param $v i32) (result anyref)
    (block $5 (block $4 (block $3 (block $2 (block $1 (block $0
      (br_table $0 $1 $2 $3 $4 $5 (local.get $k)))
      (return (struct.new_desc $shape (local.get $v) (global.get $d1))))
      (return (struct.new_desc $shape (local.get $v) (global.get $d2))))
      (return (struct.new_desc $square (local.get $v) (i32.const 5) (global.get $sq))))
      (return (struct.new_default_desc $square (global.get $sq))))
      (return (ref.i31 (local.get $v))))
    (ref.null none))

  ;; made with a descriptor, which may be null
  (func (export "run0") (param $i i32)
    (local $s (ref null (exact $shape)))
    (local.set $s (struct.new_desc $shape (call $value (local.get $i)) (call $exact (call $what (local.get $i)))))
    (call $emit (struct.get $shape $area (local.get $s)))
    (call $emit (struct.get $shape.d $name (ref.get_desc $shape (local.get $s))))
    (call $emit (struct.get $shape $area (struct.new_default_desc $shape (call $exact (call $other (local.get $i)))))))

  (func (export "run1") (param $i i32)
    (call $emit (struct.get $shape.d $name (ref.get_desc $shape (ref.cast (ref null $shape) (call $make (call $what (local.get $i)) (i32.const 4)))))))

  ;; cast by descriptor
  (func (export "run2") (param $i i32)
    (call $emit (struct.get $shape $area
      (ref.cast_desc_eq (ref $shape) (call $make (call $what (local.get $i)) (call $value (local.get $i))) (call $descriptor (call $other (local.get $i)))))))
  (func (export "run3") (param $i i32)
    (call $emit (ref.is_null
      (ref.cast_desc_eq (ref null $shape) (call $make (call $what (local.get $i)) (call $value (local.get $i))) (call $descriptor (call $other (local.get $i)))))))
  (func (export "run4") (param $i i32)
    (call $emit (struct.get $shape $area
      (ref.cast_desc_eq (ref (exact $shape)) (call $make (call $what (local.get $i)) (call $value (local.get $i))) (call $exact (call $other (local.get $i)))))))

  (func (export "run5") (param $i i32)
    (block $is (result (ref null $shape))
      (drop (br_on_cast_desc_eq $is anyref (ref null $shape) (call $make (call $what (local.get $i)) (i32.const 6)) (call $descriptor (call $other (local.get $i)))))
      (call $emit (i32.const -1))
      (return))
    (call $emit (ref.is_null)))
  (func (export "run6") (param $i i32)
    (block $not (result anyref)
      (call $emit (struct.get $shape $area
        (br_on_cast_desc_eq_fail $not anyref (ref $shape) (call $make (call $what (local.get $i)) (i32.const 6)) (call $descriptor (call $other (local.get $i))))))
      (return))
    (call $emit (i32.add (ref.is_null) (i32.const 10))))

  ;; exact types have no subtypes but those of null
  (func (export "run7") (param $i i32)
    (call $emit (ref.test (ref $shape) (call $make (call $what (local.get $i)) (i32.const 0))))
    (call $emit (ref.test (ref (exact $shape)) (call $make (call $what (local.get $i)) (i32.const 0))))
    (call $emit (ref.test (ref null (exact $square)) (call $make (call $what (local.get $i)) (i32.const 0)))))
)
