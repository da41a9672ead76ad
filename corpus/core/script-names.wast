;; Names in scripts: the latest module and instance, ids, registered names; what a failure does not change.

(module $M1 (func (export "n") (result i32) (i32.const 1)))
(module $M2 (func (export "n") (result i32) (i32.const 2)))
(assert_return (invoke "n") (i32.const 2))
(assert_return (invoke $M1 "n") (i32.const 1))

;; register: without an id the latest instance; a name may be given again
(register "host")
(module (import "host" "n" (func $n (result i32))) (func (export "n") (result i32) (i32.mul (call $n) (i32.const 10))))
(assert_return (invoke "n") (i32.const 20))
(register "host" $M1)
(module (import "host" "n" (func $n (result i32))) (func (export "n") (result i32) (i32.mul (call $n) (i32.const 100))))
(assert_return (invoke "n") (i32.const 100))

;; neither refused modules nor failed instantiations become the latest instance
(assert_invalid (module (func (result i32))) "type mismatch")
(assert_malformed (module quote "(func") "unexpected token")
(assert_trap (module (func $s (unreachable)) (start $s)) "unreachable")
(assert_unlinkable (module (import "host" "m" (func))) "unknown import")
(assert_return (invoke "n") (i32.const 100))

;; a definition alone is no instance
(module definition $D (func (export "n") (result i32) (i32.const 3)))
(assert_return (invoke "n") (i32.const 100))
(module instance $I $D)
(assert_return (invoke $I "n") (i32.const 3))
(assert_return (invoke "n") (i32.const 3))

;; modules in other forms: bytes, and text in strings, of a whole module or of its fields
(module $bin binary
  "\00asm" "\01\00\00\00"
  "\01\05\01\60\00\01\7f"                 ;; type section: [] -> [i32]
  "\03\02\01\00"                          ;; function section
  "\07\05\01\01n\00\00"                   ;; export section
  "\0a\06\01\04\00\41\04\0b")             ;; code section: i32.const 4, end
(assert_return (invoke $bin "n") (i32.const 4))
(module $quoted quote "(module (func (export \"n\") (result i32)" " (i32.const 5)))")
(assert_return (invoke $quoted "n") (i32.const 5))
(module $fields quote "(func (export \"n\") (result i32) (i32.const 6))")
(assert_return (invoke "n") (i32.const 6))
(module definition $bytes binary "\00asm\01\00\00\00")
(module instance $bytes)

;; actions alone need only end well
(invoke $quoted "n")
(module $G (global (export "g") i32 (i32.const 7)))
(get $G "g")
(assert_return (get "g") (i32.const 7))
