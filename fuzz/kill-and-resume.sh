#!/bin/sh
# Kills a campaign at random moments, goes on with it each time, and compares it with one that was never killed: no finding may be lost, none counted twice,
# and the counts are the same.
#
#   fuzz/kill-and-resume.sh KILLS DIR OPTION…
#
# OPTIONs are those of `conformance fuzz run`; --cases and --seed must be among them, and the whole campaign should take a few seconds a kill.
# CONFORMANCE is the command, when it is not on the PATH: CONFORMANCE="dotnet artifacts/bin/Conformance.Cli/release/conformance.dll".
set -eu
kills=$1 dir=$2
shift 2
conformance=${CONFORMANCE:-conformance}

run() { # FOLDER OPTION…
    folder=$1
    shift
    code=0
    $conformance fuzz run --out "$folder" "$@" >/dev/null 2>"$dir/log" || code=$?
    [ "$code" -eq 0 ] || [ "$code" -eq 3 ] || { cat "$dir/log" >&2; exit "$code"; }
}

names() { sed -n 's/^{"[a-z]*":{"case":"\([^"]*\)".*/\1/p' "$1/campaign.jsonl" | sort; }
counts() { grep '^{"checkpoint"' "$1/campaign.jsonl" | tail -n 1 | sed -E 's/"restarts":\{[^}]*\},//; s/"[a-zA-Z]*[mM](icro|illi)seconds":[0-9]+,?//g'; }

mkdir -p "$dir"
run "$dir/whole" "$@"
killed=0
while [ "$killed" -lt "$kills" ]; do
    $conformance fuzz run --out "$dir/killed" "$@" >/dev/null 2>&1 &
    pid=$!
    # A tenth of a second to six and a half seconds after its journal exists.
    while [ ! -s "$dir/killed/campaign.jsonl" ] && kill -0 $pid 2>/dev/null; do sleep 0.05; done
    sleep "$(awk "BEGIN { print 0.1 + $(od -An -N2 -tu2 /dev/urandom) / 10240 }")"
    if ! kill -9 $pid 2>/dev/null; then
        echo "the campaign ended after $killed kills; give it more --cases" >&2
        exit 2
    fi
    wait $pid 2>/dev/null || true
    killed=$((killed + 1))
    echo "kill $killed: $(names "$dir/killed" | wc -l) findings, $(wc -c <"$dir/killed/campaign.jsonl") bytes of journal"
done
run "$dir/killed" "$@"

names "$dir/whole" >"$dir/whole.names"
names "$dir/killed" >"$dir/killed.names"
[ -z "$(uniq -d "$dir/killed.names")" ] || { echo "counted twice: $(uniq -d "$dir/killed.names")" >&2; exit 1; }
diff "$dir/whole.names" "$dir/killed.names" || { echo "the findings differ" >&2; exit 1; }
[ "$(counts "$dir/whole")" = "$(counts "$dir/killed")" ] || { counts "$dir/whole"; counts "$dir/killed"; echo "the counts differ" >&2; exit 1; }
echo "$killed kills: $(wc -l <"$dir/whole.names") findings, none lost, none counted twice, the same counts"
