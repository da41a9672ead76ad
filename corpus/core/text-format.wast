;; The text format: comments, spaces, identifiers, strings, number spellings, and every abbreviation beside its long form.

(module (; a comment (; nested ;) in the middle ;) $comments ;; to the end of the line
  (func (export "one")(result i32)(i32.const 1)) ;; parentheses separate
)
(assert_return (invoke "one") (i32.const 1))

;; identifiers: any of these characters, or a string
(module
  (func $!#$%&'*+-./:<=>?@\^_`|~azAZ09 (result i32) (i32.const 1))
  (func $"with spaces, \"quotes\", and \u{3bb}" (result i32) (i32.const 2))
  (func $plain (result i32) (i32.const 3))
  (func (export "sum") (result i32)
    (i32.add (call $!#$%&'*+-./:<=>?@\^_`|~azAZ09)
      (i32.add (call $"with spaces, \"quotes\", and λ") (call $"plain"))))
)
(assert_return (invoke "sum") (i32.const 6))

;; strings: escapes, bytes, several in a row
(module
  (memory 1)
  (data (i32.const 0) "\t\n\r\"\'\\\u{7f}\41" "" "\e2\82\ac\u{20ac}")
  (func (export "load") (param i32) (result i64) (i64.load (local.get 0)))
)
(assert_return (invoke "load" (i32.const 0)) (i64.const 0x417f_5c27_220d_0a09))
(assert_return (invoke "load" (i32.const 8)) (i64.const 0x0000_ac82_e2ac_82e2))

;; numbers: signs, underscores, hexadecimal, exponents
(module
  (func (export "i32") (result i32 i32 i32 i32) (i32.const +1_000) (i32.const -0x80000000) (i32.const 4294967295) (i32.const 0xDEAD_beef))
  (func (export "i64") (result i64 i64) (i64.const -9223372036854775808) (i64.const 0xffff_ffff_ffff_ffff))
  (func (export "f32") (result f32 f32 f32 f32) (f32.const 1.) (f32.const 1_0.5e-1) (f32.const 0x1.8p+1) (f32.const -inf))
  (func (export "f64") (result f64 f64 f64 f64) (f64.const 12E1) (f64.const 0xA.8P0) (f64.const +nan) (f64.const -nan:0x8_0000_0000_0001))
)
(assert_return (invoke "i32") (i32.const 1000) (i32.const 0x8000_0000) (i32.const -1) (i32.const -559038737))
(assert_return (invoke "i64") (i64.const 0x8000_0000_0000_0000) (i64.const -1))
(assert_return (invoke "f32") (f32.const 1) (f32.const 1.05) (f32.const 3) (f32.const -inf))
(assert_return (invoke "f64") (f64.const 120) (f64.const 10.5) (f64.const nan) (f64.const -nan:0x8000000000001))

;; decimal and hexadecimal floats are rounded once, to nearest, ties to even, however long they are
(module
  (func (export "f32") (result f32 f32 f32)
    (f32.const 16777217) (f32.const 16777217.0000000000000000000000000000000000000000000001) (f32.const 0x1.000001p0))
  (func (export "f32 small") (result f32 f32 f32)
    (f32.const 1e-45) (f32.const 7.006492321624085e-46) (f32.const 7.006492321624086e-46))
  (func (export "f64") (result f64 f64 f64)
    (f64.const 9007199254740993) (f64.const 0x1.00000000000008p0) (f64.const 0x1.0000000000000800000000000000000001p0))
  (func (export "f64 large") (result f64 f64)
    (f64.const 1.7976931348623158e308) (f64.const 4.9406564584124654e-324))
)
(assert_return (invoke "f32") (f32.const 0x1p24) (f32.const 0x1.000002p24) (f32.const 0x1p0))
(assert_return (invoke "f32 small") (f32.const 0x1p-149) (f32.const 0) (f32.const 0x1p-149))
(assert_return (invoke "f64") (f64.const 0x1p53) (f64.const 0x1p0) (f64.const 0x1.0000000000001p0))
(assert_return (invoke "f64 large") (f64.const 0x1.fffffffffffffp1023) (f64.const 0x1p-1074))

;; abbreviations: inline imports and exports, several of them, several locals, types given by use
(module $A
  (func (export "f") (export "g") (param i32 i64) (result i64) (local f32 f64) (local.get 1))
  (memory (export "mem") (data "abc" "def"))
  (table (export "tab") funcref (elem 0 0))
  (global (export "glob") i32 (i32.const 5))
)
(register "A")
(module
  (func $f (import "A" "f") (param i32 i64) (result i64))
  (memory $m (import "A" "mem") 1 1)
  (table $t (import "A" "tab") 2 2 funcref)
  (global $g (import "A" "glob") i32)
  (func (export "all") (result i64 i32 i32 i32)
    (call $f (i32.const 1) (i64.const 2)) (i32.load8_u (i32.const 5)) (table.size) (global.get $g))
)
(assert_return (invoke "all") (i64.const 2) (i32.const 102) (i32.const 2) (i32.const 5))

;; an inline segment counts among the others in the place where it stands
(module
  (func $f (result i32) (i32.const 1))
  (func $g (result i32) (i32.const 2))
  (table $inline funcref (elem $f))
  (elem $first func $g $f)
  (table $t 2 funcref)
  (func (export "second") (result i32)
    (table.init $t $first (i32.const 0) (i32.const 0) (i32.const 2))
    (call_indirect $t (result i32) (i32.const 1)))
)
(assert_return (invoke "second") (i32.const 1))

;; folded and flat instructions are the same, and mix
(module
  (func (export "folded") (param i32) (result i32)
    (if (result i32) (i32.eqz (local.get 0))
      (then (i32.const 1))
      (else (i32.mul (i32.const 2) (local.get 0)))))
  (func (export "flat") (param i32) (result i32)
    local.get 0
    i32.eqz
    if (result i32)
      i32.const 1
    else
      i32.const 2
      local.get 0
      i32.mul
    end)
  (func (export "mixed") (param i32) (result i32)
    (i32.eqz (local.get 0))
    if (result i32) (i32.const 1) else i32.const 2 (i32.mul (local.get 0)) end)
)
(assert_return (invoke "folded" (i32.const 4)) (i32.const 8))
(assert_return (invoke "flat" (i32.const 4)) (i32.const 8))
(assert_return (invoke "mixed" (i32.const 4)) (i32.const 8))

;; annotations are skipped wherever they stand
((@any thing "goes" (here ;) (; too ;) ] [ {}) module (@a) $annotated
  (func (@x (@y)) (export (@"a string id") "f") (result i32) (i32.const (@in between) 9)))
(assert_return (invoke "f") (i32.const 9))
(assert_malformed (module quote "(@)") "empty annotation id")
(assert_malformed (module quote "(@open (a)") "unclosed annotation")

;; a module without `module`, and an empty one
(module quote "(func (export \"q\") (result i32) (i32.const 1)) (memory 0)")
(assert_return (invoke "q") (i32.const 1))
(module)
(module quote "")
