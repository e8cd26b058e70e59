#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# On wall the machine is part of the setup: figures of two are refused, by the field's name.
# shellcheck disable=SC2317,SC2154  # the functions are called through ok()
. "$(dirname "$0")/cli-tap.sh"

readonly A=$DATA/schema-1.3.json METRIC=native:strict/dma_map/4k/batch/mean
jq '.runs[].setup.machine = "4 x another CPU; 4 CPUs; 8192 MiB"' "$A" >"$WORK/b.json"
"$SMMUSTAT" figures --format json --out "$WORK/kept.json" "$WORK/b.json"
B=$WORK/b.json

for by in commit kernel mode; do
	ok "compare by $by refuses another machine" says 1 "differ in machine" compare --by "$by" "$A" "$B"
done
ok "so does the gate" says 2 "differ in machine" gate "$A" "$B"
ok "with figures that were kept" says 2 "differ in machine" gate "$A" "$WORK/kept.json"
ok "place" says 2 "differ in machine" place --metric "$METRIC" "$A" "$B"
ok "trend" says 2 "differ in machine" trend --metric "$METRIC" a="$A" b="$B"
jq '.runs[1].setup.machine = "4 x another CPU; 4 CPUs; 8192 MiB"' "$A" >"$WORK/mixed.json"
ok "and figures of a file of two machines" says 1 "differ in machine" figures "$WORK/mixed.json"
ok "which a report says" prints "differ in setup field machine" report "$WORK/mixed.json"
ok "--allow machine lets it through" ends 3 "differ in machine, which --allow" gate --allow machine "$A" "$B"
ok "and says so" prints "differ in machine, which --allow" compare --allow machine "$A" "$B"
ok "one that is not known is another" says 2 "machine" gate "$DATA/wall.json" "$A"
ok "the same one is no difference" ends 3 "inconclusive" gate "$A" "$A"
ok "a report says what it is" prints "2 x AMD EPYC family 25 model 17 stepping 1; 2 CPUs" report "$A"
ok "of a result that does not know it too" grep -q "machine *unknown" <("$SMMUSTAT" report "$DATA/wall.json")
ok "but not on insn" lacks machine <("$SMMUSTAT" report "$DATA/native.json")
done_testing
