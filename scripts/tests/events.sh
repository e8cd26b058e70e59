# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What EL2 does, as text. Whoever sources this has TAP, TMP, KERNEL (the bench kernel) and
# SMMUSTAT.

# trace_pages N: a guest takes so many pages and ends; the events are in `events`.
trace_pages() {
	"${OWN_MAKE[@]}" -s -C "$TOP/bench" O="$TMP/guest" runner >&2 &&
		"$TOP/scripts/vm" --mode identity --events --put "$TMP/guest/guest" -- guest "$1" \
			</dev/null >"$TMP/events.out" 2>"$TMP/events" &&
		[[ ! -s $TMP/events.out && -s $TMP/events ]]
}

# last_page: what happened at EL2 from the abort of the guest's on which its last page was
# taken to the guest that goes on.
last_page() {
	awk '/hyp_enter reason=guest_exit/ { n = 0 }
		{ line[++n] = $0; left = left || / iommu_host_left / && / size=0x1000 / }
		/hyp_exit reason=eret_guest/ { if (left) { last = n; for (i = 1; i <= n; i++) kept[i] = line[i] }; left = n = 0 }
		END { for (i = 1; i <= last; i++) print kept[i] }' "$TMP/events"
}

# page_in_order: each thing of a page that is taken comes in its place, and nothing else.
page_in_order() {
	local names
	names=$(last_page | sed -E 's/^[^:]*: ([a-z_]+).*/\1/; /^hyp_/d' | paste -sd ' ')
	echo "# $names" >&2
	[[ $names == "iommu_host_leave smmu_command smmu_command smmu_sync_issued smmu_doorbell smmu_sync_completed iommu_host_left" ]]
}

# syncs_pair_up: each CMD_SYNC that was issued completed, and without an error.
syncs_pair_up() {
	grep -Eo 'smmu_sync_(issued|completed) smmu=0x[0-9a-f]+ n=[0-9]+ ret=.*' "$TMP/events" |
		awk '{ key = $2 " " $3 } $4 != "ret=0" { exit bad = 1 } /issued/ { open[key]++ }
			/completed/ && !open[key]-- { exit bad = 1 } { n++ }
			END { for (key in open) if (open[key]) bad = 1; exit bad || !n }'
}

# What the files in tracefs say of all fields of all events.
# shellcheck disable=SC2016  # the guest's
readonly PRINTED='mount -t tracefs t /sys/kernel/tracing &&
	awk -F "[ \t:;]+" '\''/^name/ { event = $2 } /field:/ && !/common_type/ {
		for (i = 1; i <= NF; i++) if ($i == "offset") print event, $(i - 1), $(i + 1), $(i + 3)
	}'\'' /sys/kernel/tracing/remotes/hypervisor/events/hypervisor/*/format'

# fields_lie_there KERNEL: where the compiler puts them.
fields_lie_there() {
	"${OWN_MAKE[@]}" -C "$TOP/hyp-patches/tests/events" TREE="${1%/*}" O="$TMP/layout" all &&
		"$TMP/layout/layout" print | sort >"$TMP/layout.wanted" &&
		"$TOP/scripts/vm" --kernel "$1" -- "$PRINTED" </dev/null | sort >"$TMP/layout.printed" &&
		[[ -s $TMP/layout.wanted ]] && diff -u "$TMP/layout.wanted" "$TMP/layout.printed" >&2
}

# el2_of KERNEL NAME: instructions at EL2 of a page that a guest takes.
el2_of() {
	"$TOP/scripts/bench" --suite guest_take --modes identity --boots 1 --no-report --kernel "$1" \
		--out "$TMP/cost.$2" >&2 &&
		"$SMMUSTAT" figures "$TMP/cost.$2" |
		awk '$(NF - 1) == "identity/guest_take/4k/counted/instructions_el2" { print $NF }'
}

# events_cost_little KERNEL: compiled in and off, at most 2 % of a page that a guest takes.
events_cost_little() {
	local without with
	without=$(el2_of "$KERNEL" bench) && with=$(el2_of "$1" trace) || return
	echo "# EL2 instructions of a page that a guest takes: $without, with events that are off $with" >&2
	awk -v a="$without" -v b="$with" 'BEGIN { exit !(a > 0 && b > a && b <= 1.02 * a) }'
}
