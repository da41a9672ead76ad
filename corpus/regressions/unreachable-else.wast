;; An else without its if is no instruction, in unreachable code neither (5.4.1). JavaScriptCore (Bun 1.4.5) takes this one. Found by layer damage.

(assert_malformed
  (module binary
    "\00asm\01\00\00\00"
    "\01\04\01\60\00\00"                      ;; type section: (func)
    "\03\02\01\00"                            ;; function section
    "\0a\09\01\07\00"                         ;; code section
    "\00\02\40\05\0b\0b")                     ;; unreachable block else end end
  "END opcode expected")
