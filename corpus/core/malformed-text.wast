;; Text that is no module: characters, tokens, identifiers, literals, order, labels.

;; characters and tokens
(assert_malformed (module quote "\00") "misplaced control character")
(assert_malformed (module quote "(func \01)") "misplaced control character")
(assert_malformed (module quote "(; open") "unclosed comment")
(assert_malformed (module quote "(data \"open") "unclosed string")
(assert_malformed (module quote ";; not UTF-8: \ff") "malformed UTF-8 encoding")
(assert_malformed (module quote "(memory 1) (data (i32.const 0) \"\\xx\")") "illegal escape")
(assert_malformed (module quote "(func") "unexpected token")
(assert_malformed (module quote "(func))") "unexpected token")
(assert_malformed (module quote "(func (i32.frobnicate))") "unknown operator")
(assert_malformed (module quote "(func (get_local 0))") "unknown operator")
(assert_malformed (module quote "(func (i32.const 1x) drop)") "unknown operator")
(assert_malformed (module quote "(func (i32.const 1)drop(i32.const 1)\"s\"drop)") "unknown operator")
(assert_malformed (module quote "(func (local i32)(br_table 0$l (i32.const 0)))") "unknown operator")

;; identifiers
(assert_malformed (module quote "(func $)") "empty identifier")
(assert_malformed (module quote "(func $\"\")") "empty identifier")
(assert_malformed (module quote "(func $f) (func $f)") "duplicate func")
(assert_malformed (module quote "(global $g i32 (i32.const 0)) (global $\"g\" i32 (i32.const 0))") "duplicate global")
(assert_malformed (module quote "(memory $m 1) (memory $m 1)") "duplicate memory")
(assert_malformed (module quote "(table $t 1 funcref) (table $t 1 funcref)") "duplicate table")
(assert_malformed (module quote "(func (param $p i32) (local $p i32))") "duplicate local")
(assert_malformed (module quote "(type (struct (field $x i32) (field $x i32)))") "duplicate field")
(assert_malformed (module quote "(func (call $nobody))") "unknown function $nobody")
(assert_malformed (module quote "(func (br $nowhere))") "unknown label")
(assert_malformed (module quote "(func (local.get $x))") "unknown local $x")

;; literals
(assert_malformed (module quote "(func (drop (i32.const 4294967296)))") "constant out of range")
(assert_malformed (module quote "(func (drop (i32.const -2147483649)))") "constant out of range")
(assert_malformed (module quote "(func (drop (i64.const 0x1_0000_0000_0000_0000)))") "constant out of range")
(assert_malformed (module quote "(func (drop (f32.const 0x1p128)))") "constant out of range")
(assert_malformed (module quote "(func (drop (f32.const nan:0x0)))") "constant out of range")
(assert_malformed (module quote "(func (drop (f32.const nan:0x80_0000)))") "constant out of range")
(assert_malformed (module quote "(func (drop (i32.const 1__0)))") "unknown operator")
(assert_malformed (module quote "(func (drop (i32.const 1.0)))") "constant out of range")
(assert_malformed (module quote "(func (drop (v128.const i32x4 1 2 3)))") "wrong number of lane literals")
(assert_malformed (module quote "(memory 1) (func (drop (i32.load align=3 (i32.const 0))))") "alignment must be a power of two")
(assert_malformed (module quote "(memory 1) (func (drop (i32.load offset=-1 (i32.const 0))))") "unknown operator")
(assert_malformed (module quote "(import \"\\ff\" \"\" (func))") "malformed UTF-8 encoding")

;; order
(assert_malformed (module quote "(func (result i32) (param i32) (unreachable))") "unexpected token")
(assert_malformed (module quote "(func (local i32) (param i32))") "unexpected token")
(assert_malformed (module quote "(memory 1) (import \"m\" \"n\" (func))") "import after memory")
(assert_malformed (module quote "(table 1 funcref) (import \"m\" \"n\" (func))") "import after table")
(assert_malformed (module quote "(global i32 (i32.const 0)) (import \"m\" \"n\" (func))") "import after global")
(assert_malformed (module quote "(func) (func (import \"m\" \"n\"))") "import after function")

;; uses of types and labels
(assert_malformed (module quote "(type $t (func)) (func (type $t) (param i32))") "inline function type")
(assert_malformed (module quote "(func (block $a (nop)) block end $a)") "mismatching label")
(assert_malformed (module quote "(func i32.const 0 if $a else $b end)") "mismatching label")
(assert_malformed (module quote "(func (if (i32.const 0)))") "unexpected token")

;; several modules in one text, and text after the module
(assert_malformed (module quote "(module) (module)") "unexpected token")
