;;! features: custom-sections
;; Custom sections in text: @custom with its placement, @name, branch hints; custom sections in binary, read when their kind is known.

;; @custom: a name, a place, bytes in strings
(module
  (@custom "at the end")
  (@custom "first of all" (before first) "\00\01" "\02")
  (@custom "last" (after last) "bytes")
  (@custom "types" (after type))
  (@custom "code" (before code) "x")
  (type (func))
  (func (export "f") (result i32) (i32.const 1))
  (@custom "between fields are fine" (after func))
)
(assert_return (invoke "f") (i32.const 1))
(assert_malformed_custom (module quote "(@custom)") "@custom annotation: missing section name")
(assert_malformed_custom (module quote "(@custom \"a\" nowhere)") "@custom annotation: unexpected token")
(assert_malformed_custom (module quote "(@custom \"a\" (after))") "@custom annotation: malformed section kind")
(assert_malformed_custom (module quote "(@custom \"a\" (beside code))") "@custom annotation: malformed placement")
(assert_malformed_custom (module quote "(@custom \"\\ff\")") "@custom annotation: malformed UTF-8 encoding")
(assert_malformed_custom (module quote "(func (@custom \"a\"))") "misplaced @custom annotation")

;; @name: any name, not only what an identifier can be
(module (@name "a module")
  (type $t (func (result i32)))
  (func $f (@name "the function \u{1f9ea}") (export "f") (type $t) (i32.const 2))
)
(assert_return (invoke "f") (i32.const 2))
(assert_malformed_custom (module quote "(module (@name \"a\") (@name \"b\"))") "@name annotation: multiple module")
(assert_malformed_custom (module quote "(module (func) (@name \"a\"))") "misplaced @name annotation")

;; a branch hint stands before if or br_if, and tells nothing but the likely way
(module
  (func (export "likely") (param i32) (result i32)
    (@metadata.code.branch_hint "\01")
    (if (result i32) (local.get 0) (then (i32.const 1)) (else (i32.const 2))))
  (func (export "unlikely") (param i32) (result i32)
    (block $b
      local.get 0
      (@metadata.code.branch_hint "\00") br_if $b
      (return (i32.const 3)))
    (i32.const 4))
)
(assert_return (invoke "likely" (i32.const 0)) (i32.const 2))
(assert_return (invoke "unlikely" (i32.const 1)) (i32.const 4))
(assert_malformed_custom
  (module quote "(func (param i32) (local.get 0) (@metadata.code.branch_hint \"\\01\") (@metadata.code.branch_hint \"\\01\") (if (then)))")
  "@metadata.code.branch_hint annotation: duplicate annotation")
(assert_malformed_custom
  (module quote "(module (@metadata.code.branch_hint \"\\01\") (func))")
  "@metadata.code.branch_hint annotation: not in a function")
(assert_invalid_custom
  (module (func (@metadata.code.branch_hint "\01") (nop)))
  "@metadata.code.branch_hint annotation: invalid target")

;; unknown custom sections are kept and never matter, wherever they stand
(module binary
  "\00asm" "\01\00\00\00"
  "\00\05\01a\ff\fe\fd"
  "\01\05\01\60\00\01\7f"
  "\00\02\01b"
  "\03\02\01\00"
  "\07\05\01\01f\00\00"
  "\0a\06\01\04\00\41\05\0b"
  "\00\01\00")
(assert_return (invoke "f") (i32.const 5))

;; the name section: module, functions, locals and the others by index
(module binary
  "\00asm" "\01\00\00\00"
  "\01\06\01\60\01\7f\01\7f"
  "\03\02\01\00"
  "\07\05\01\01f\00\00"
  "\0a\06\01\04\00\20\00\0b"
  "\00\17\04name"
  "\00\02\01m"                                    ;; the module is m
  "\01\04\01\00\01f"                              ;; function 0 is f
  "\02\06\01\00\01\00\01x")                       ;; local 0 of function 0 is x
(assert_return (invoke "f" (i32.const 6)) (i32.const 6))
