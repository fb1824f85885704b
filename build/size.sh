#!/usr/bin/env bash
# The size budget of the code under src: no file over 500 lines, nine files of ten within 200. Native bindings (*Native.cs) and
# generated code (*.g.cs) are exempt.
set -euo pipefail
cd "$(dirname "$0")/.."

find src \( -name bin -o -name obj \) -prune -o -name '*.cs' ! -name '*Native.cs' ! -name '*.g.cs' -print0 |
  xargs -0 awk 'FNR == 1 { if (file) print lines, file; file = FILENAME } { lines = FNR } END { if (file) print lines, file }' |
  sort -n |
  awk -v cap=500 -v budget=200 '
    { lines[NR] = $1; file[NR] = $2; total += $1 }
    function at(share, rank) { rank = int(NR * share); return lines[rank < NR * share ? rank + 1 : rank] }
    END {
      printf "size: %d files, %d lines; median %d, p90 %d (budget %d), longest %d (cap %d)\n",
        NR, total, at(0.5), at(0.9), budget, lines[NR], cap
      over = at(0.9) > budget
      for (i = NR; i > 0 && lines[i] > (over ? budget : cap); i--)
        printf "size: %s has %d lines\n", file[i], lines[i]
      exit over || lines[NR] > cap
    }'
