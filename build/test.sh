#!/usr/bin/env bash
# Runs the built test projects, or those named ("build/test.sh Gateway Worker"), and sums up what they report. The last line is
# "N passed, N failed, N skipped"; above it stands why each skipped test was skipped and why each failed one failed.
# Fails when a test fails, a test host dies, a test hangs or nothing ran.
set -euo pipefail
cd "$(dirname "$0")/.."

configuration=${CONFIGURATION:-Release}
results=artifacts/test-results
rm -rf "$results"
mkdir -p "$results"

projects=("$@")
if [ ${#projects[@]} = 0 ]; then
  for file in tests/*/Hearth.*.Tests.csproj; do
    projects+=("$(basename "$(dirname "$file")")")
  done
fi

# Integration starts real processes and listens to the clock of the machine: it runs alone, after the others.
units=() processes=()
for project in "${projects[@]}"; do
  assembly="tests/$project/bin/$configuration/net10.0/Hearth.$project.Tests.dll"
  case "$project" in
    Integration) processes+=("$assembly") ;;
    *) units+=("$assembly") ;;
  esac
done

run() { # name, assemblies
  local name=$1
  shift
  [ $# = 0 ] || dotnet vstest "$@" "--logger:trx;LogFileName=$name.trx" "--ResultsDirectory:$results" \
    "--Blame:CollectHangDump;TestTimeout=10m;HangDumpType=None" || exit_code=1
}

exit_code=0
run units "${units[@]}"
run integration "${processes[@]}"
shopt -s nullglob
awk -f build/summary.awk "$results"/*.trx "$results"/*/Sequence_*.xml || exit_code=1
exit "$exit_code"
