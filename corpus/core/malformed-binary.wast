;; Bytes that are no module: one fault each, in the order of the sections.

(module definition binary "\00asm" "\01\00\00\00")

;; the preamble
(assert_malformed (module binary "") "unexpected end")
(assert_malformed (module binary "\00as") "unexpected end")
(assert_malformed (module binary "\00ASM" "\01\00\00\00") "magic header not detected")
(assert_malformed (module binary "\ef\bb\bf\00asm" "\01\00\00\00") "magic header not detected")
(assert_malformed (module binary "\00asm" "\02\00\00\00") "unknown binary version")
(assert_malformed (module binary "\00asm" "\01\00\00") "unexpected end")

;; sections: their ids, their order, their sizes
(assert_malformed (module binary "\00asm" "\01\00\00\00" "\7f\00") "malformed section id")
(assert_malformed (module binary "\00asm" "\01\00\00\00" "\02\01\00" "\01\01\00") "unexpected content after last section")
(assert_malformed (module binary "\00asm" "\01\00\00\00" "\01\01\00" "\01\01\00") "unexpected content after last section")
(assert_malformed (module binary "\00asm" "\01\00\00\00" "\01\05\00") "length out of bounds")
(assert_malformed (module binary "\00asm" "\01\00\00\00" "\01\02\00\00") "section size mismatch")
(assert_malformed (module binary "\00asm" "\01\00\00\00" "\01") "unexpected end")

;; LEB128: too many bytes, unused bits that are set
(assert_malformed (module binary "\00asm" "\01\00\00\00" "\01\80\80\80\80\80\00") "integer representation too long")
(assert_malformed (module binary "\00asm" "\01\00\00\00" "\01\05\80\80\80\80\70") "integer too large")
(module definition binary "\00asm" "\01\00\00\00" "\01\05\80\80\80\80\00")                              ;; long, but allowed

;; types
(assert_malformed (module binary "\00asm" "\01\00\00\00" "\01\02\01\40") "malformed definition type")
(assert_malformed (module binary "\00asm" "\01\00\00\00" "\01\04\01\5e\7f\02") "malformed mutability")
(assert_malformed (module binary "\00asm" "\01\00\00\00" "\01\06\01\60\01\30\00\00") "malformed")

;; names are UTF-8
(assert_malformed (module binary "\00asm" "\01\00\00\00" "\00\03\02\c3\28") "malformed UTF-8 encoding")
(assert_malformed (module binary "\00asm" "\01\00\00\00" "\00\04\03\ed\a0\80") "malformed UTF-8 encoding")        ;; a surrogate
(assert_malformed (module binary "\00asm" "\01\00\00\00" "\00\03\02\c0\80") "malformed UTF-8 encoding")           ;; an overlong form
(assert_malformed (module binary "\00asm" "\01\00\00\00" "\00\02\05a") "length out of bounds")
(module definition binary "\00asm" "\01\00\00\00" "\00\05\03any\ff")                                              ;; the content is free

;; imports, exports, limits
(assert_malformed (module binary "\00asm" "\01\00\00\00" "\02\05\01\00\00\05\00") "malformed import kind")
(assert_malformed (module binary "\00asm" "\01\00\00\00" "\07\04\01\00\05\00") "malformed export kind")
(assert_malformed (module binary "\00asm" "\01\00\00\00" "\05\03\01\20\00") "malformed limits flags")
(assert_malformed (module binary "\00asm" "\01\00\00\00" "\04\04\01\7f\00\00") "malformed reference type")

;; functions and their code
(assert_malformed (module binary "\00asm" "\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00") "function and code section have inconsistent lengths")
(assert_malformed (module binary "\00asm" "\01\00\00\00" "\0a\04\01\02\00\0b") "function and code section have inconsistent lengths")
(assert_malformed
  (module binary "\00asm" "\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00"
    "\0a\05\01\03\00\ff\0b")                                                   ;; no such opcode
  "illegal opcode ff")
(assert_malformed
  (module binary "\00asm" "\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00"
    "\0a\06\01\04\00\fc\7f\0b")                                                ;; nor behind a prefix
  "illegal opcode")
(assert_malformed
  (module binary "\00asm" "\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00"
    "\0a\04\01\02\00\01")                                                      ;; nop, and no end
  "unexpected end")
(assert_malformed
  (module binary "\00asm" "\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00"
    "\0a\05\01\03\00\0b\01")                                                   ;; something after the end
  "section size mismatch")
(assert_malformed
  (module binary "\00asm" "\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00"
    "\0a\10\01\0e\03\ff\ff\ff\ff\0f\7f\01\7e\01\7d\0b\00\00")                  ;; 2^32 + 1 locals in four bytes
  "too many locals")
(assert_malformed
  (module binary "\00asm" "\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00" "\05\03\01\00\01"
    "\0a\0a\01\08\00\41\00\28\80\01\0b\0b")                                    ;; i32.load with flags 128
  "malformed memop flags")

;; segments and the data count
(assert_malformed (module binary "\00asm" "\01\00\00\00" "\09\02\01\08") "malformed elements segment kind")
(assert_malformed (module binary "\00asm" "\01\00\00\00" "\0b\02\01\03") "malformed data segment kind")
(assert_malformed (module binary "\00asm" "\01\00\00\00" "\0c\01\01") "data count and data section have inconsistent lengths")
(assert_malformed
  (module binary "\00asm" "\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00"
    "\0a\07\01\05\00\fc\09\00\0b"                                              ;; data.drop 0
    "\0b\03\01\01\00")
  "data count section required")
(assert_malformed (module binary "\00asm" "\01\00\00\00" "\06\06\01\7f\00\41\00\05") "END opcode expected")

;; what is well-formed may still be invalid
(assert_invalid (module binary "\00asm" "\01\00\00\00" "\03\02\01\00" "\0a\04\01\02\00\0b") "unknown type")
