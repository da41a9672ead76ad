#!/bin/sh
# Runs what `conformance convert --to wasi` wrote on an engine that has only a command line, and counts how the modules ended.
#
#   harness/engines/run-wasi.sh DIR COMMAND…        such as `run-wasi.sh out wazero run` or `run-wasi.sh out wasmi run`
#
# The names say how a module must end: NAME.wasm with exit code 0, NAME.trap.wasm by a trap, NAME.refused.wasm by being refused. A module that is
# refused and should have run is counted apart: the engine lacks a feature, or is wrong. What it said of these is counted, too, with # for decimal
# numbers. Each module has a line in RESULTS, with tabs between: how it ended (ok, refused, failed), how it had to end, its file, the exit code, the
# first line that the engine said.
#
# RESULTS is where to write (wasi-results.tsv when not set). REFUSAL is what the engine says of a module that it refuses, an extended regular
# expression (compil). JOBS is how many run at a time (2). LIMIT is a command that ends what takes too long (timeout 60).
#
# Exit code 0: none failed; 1: some did; 2: there is nothing to run.
set -u

if [ "${1-}" = --one ]; then
    shift
    for file; do :; done
    case $file in
        *.trap.wasm) must=trap ;;
        *.refused.wasm) must=refused ;;
        *) must=success ;;
    esac
    said=$($LIMIT "$@" 2>&1)
    code=$?
    refused=no
    if [ $code -ne 0 ] && printf %s "$said" | grep -q -E "$REFUSAL"; then refused=yes; fi
    case $must:$code:$refused in
        success:0:* | refused:*:yes) ended=ok ;;
        success:*:yes | trap:*:yes) ended=refused ;;
        trap:0:* | trap:124:* | success:*:no | refused:*:no) ended=failed ;;
        *) ended=ok ;;
    esac
    printf '%s\t%s\t%s\t%s\t%s\n' "$ended" "$must" "$file" "$code" "$(printf %s "$said" | head -n 1 | tr '\t' ' ' | cut -c 1-300)"
    exit 0
fi

[ $# -ge 2 ] || { sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 2; }
dir=$1
shift
REFUSAL=${REFUSAL:-compil}
LIMIT=${LIMIT-timeout 60}
results=${RESULTS:-wasi-results.tsv}
export REFUSAL LIMIT
find "$dir" -name '*.wasm' | grep -q . || { echo "no command modules in $dir" >&2; exit 2; }
find "$dir" -name '*.wasm' | tr '\n' '\0' | xargs -0 -P "${JOBS:-2}" -n 1 sh "$0" --one "$@" | sort -t "$(printf '\t')" -k 3 >"$results"

awk -F '\t' '
    { count[$2, $1]++; total[$2]++; all++; ended[$1]++ }
    END {
        printf "%-8s %8s %8s %8s %8s\n", "must", "modules", "ok", "refused", "failed"
        split("success trap refused", musts, " ")
        for (i = 1; i <= 3; i++) printf "%-8s %8d %8d %8d %8d\n", musts[i], total[musts[i]], count[musts[i], "ok"], count[musts[i], "refused"], count[musts[i], "failed"]
        printf "%-8s %8d %8d %8d %8d\n", "all", all, ended["ok"], ended["refused"], ended["failed"]
    }' "$results"
awk -F '\t' '
    $1 == "refused" {
        said = $5
        for (at = index(said, $3); at > 0; at = index(said, $3)) said = substr(said, 1, at - 1) "FILE" substr(said, at + length($3))
        sub(/ *\(at offset 0x[0-9a-f]+\)/, "", said)
        count = split(said, words, " ")
        said = ""
        for (i = 1; i <= count; i++) {
            # Opcodes and the like, in hexadecimal, say what is lacking.
            if (words[i] !~ /0x[0-9a-f]/) gsub(/[0-9]+/, "#", words[i])
            said = said " " words[i]
        }
        total[said]++
    }
    END { for (said in total) printf "refused %6d%s\n", total[said], said }' "$results" | sort -k 2,2nr -k 3
grep '^failed' "$results" | head -n 20
! grep -q '^failed' "$results"
