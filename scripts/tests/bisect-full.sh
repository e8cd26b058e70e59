#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# scripts/bisect for real: kernels that are built and booted. 24 commits on top of the
# series, the 17th of which slows dma_map; then a clone of this repository.

. "$(dirname "$0")/tap.sh"
. "$TOP/scripts/lib/kernel.sh"
. "$TOP/scripts/lib/point.sh"
. "$TOP/scripts/tests/copy.sh"
cd "$TOP"
trap 'rm -rf "$TMP"; git -C "$(scripts/kernel fetch)" worktree prune' EXIT

readonly TREE=$TMP/linux METRIC=native:strict/dma_map/4k/batch/mean
# Commits by name. Tags would be tags of the cache, whose repository the tree shares.
declare -A id=()
readonly FILES=(kernel/dma/direct.c drivers/iommu/iova.c drivers/iommu/iommu.c drivers/pci/pci.c)

by() { git -C "$1" -c user.name=t -c user.email=t@t "${@:2}"; }

# slow_map FILE: dma_map, by a loop of 50 turns.
slow_map() {
	sed -i '/^dma_addr_t dma_map_phys/,/^}/s/^\tBUG_ON.*/&\n\n\tfor (volatile int i = 0; i < 50; i++)\n\t\t;/' "$1" &&
		grep -q volatile "$1"
}

# change N BROKEN...: the N-th commit, which does not compile when it is of BROKEN.
change() {
	local n=$1 file=$TREE/${FILES[$1 % ${#FILES[@]}]}
	shift
	sed -i '/^#error/d' "${FILES[@]/#/$TREE/}"
	if [[ $n -eq 17 ]]; then
		slow_map "$TREE/kernel/dma/mapping.c" || return
	else
		printf '\nstatic const char change_%d[] __used = "change %d";\n' "$n" "$n" >>"$file"
	fi
	[[ " $* " != *" $n "* ]] || echo "#error change $n" >>"$file"
	by "$TREE" commit -q -a -m "change $n" && id[$branch$n]=$(git -C "$TREE" rev-parse HEAD)
}

# changes BRANCH FROM BROKEN...: on top of what is checked out.
changes() {
	local branch=$1 n=$2
	shift 2
	for (( ; n <= 24; n++)); do change "$n" "$@" || return; done
}

prepare() {
	scripts/kernel apply --to "$TREE" && id[a0]=$(git -C "$TREE" rev-parse HEAD) &&
		changes a 1 6 12 21 && git -C "$TREE" checkout -q "${id[a15]}" && changes b 16 6 12 16 21
}

# search OUT OPTION...
search() { scripts/bisect --out "$1" "${@:2}" >"$1.said" 2>"$1.err" </dev/null; }
over_tree() { search "$1" --metric "$METRIC" --over "$TREE" "${@:2}"; }

# wait_for SECONDS COMMAND...: fails when that does not come, or our job ends before.
wait_for() {
	local until=$((SECONDS + $1)) jobs
	jobs=$(jobs -pr)
	shift
	until "$@"; do
		[[ $SECONDS -lt $until && $(jobs -pr) == "$jobs" ]] || return
		sleep 0.1
	done
}

said() { grep -q "$1" "$2" 2>/dev/null; }

# compiling: a compiler that works for the search, in `compiler`.
compiling() {
	local pid
	for pid in $(pgrep -x cc1); do
		compiler=$pid
		[[ $(readlink "/proc/$pid/cwd") != "$LINUX"/* ]] || return 0
	done
	return 1
}

# A compiler is killed, then ^C comes in a build.
disturb() {
	local out=$1 pid compiler status=0
	set -m
	over_tree "$out" --good "${id[a0]}" --bad "${id[a24]}" &
	pid=$!
	set +m
	wait_for 900 said testing "$out.err" && wait_for 60 compiling && kill -KILL "$compiler" &&
		wait_for 300 said 'it is' "$out.err" && wait_for 60 compiling
	kill -INT -- "-$pid"
	wait "$pid" || status=$?
	[[ $status -eq 1 ]] && tail -n 1 "$out.err" | grep -q 'interrupted; go on with'
}

# inconclusive OUT: on the branch whose 16th commit does not build either.
inconclusive() {
	local status=0
	over_tree "$1" --good "${id[a0]}" --bad "${id[b24]}" || status=$?
	[[ $status -eq 3 ]]
}

nothing_runs() { ! compiling && [[ -z $(pgrep -f -- "$1") ]]; }

# The search itself is killed in a build.
kill_it() {
	local out=$1 compiler
	search "$out" --resume &
	wait_for 300 compiling && kill -KILL "$(pgrep -P $!)"
	wait || true
	wait_for 20 nothing_runs "$out"
}

# skipped OUT COMMIT...: some of these, and nothing else. Which of them git bisect comes to
# depends on where it goes after the first.
skipped() {
	local file found=0
	for file in "$1"/skipped/*.log; do
		file=${file##*/}
		[[ " ${*:2} " == *" ${file%.log} "* ]] || { echo "$file" && return 1; }
		found=1
	done
	[[ $found -eq 1 ]]
}

# The point of the series itself is damaged, and made again in a tree in which other
# commits were built since: it has to be what a build of its own gives.
damaged_point() {
	local out=$1 commit=${id[a0]} point frags
	mapfile -t frags < <(fragments bench 4k)
	point=$POINTS/$(point_key "$(git -C "$TREE" rev-parse "$commit^{tree}")" "${frags[@]}")
	echo >>"$point/arch/arm64/boot/Image"
	rm -r "$out/points/$commit"
	search "$out" --resume && grep -q "in $point is damaged; building it again" "$out.err" &&
		cmp "$(scripts/kernel build)/arch/arm64/boot/Image" "$point/arch/arm64/boot/Image"
}

# damaged_result OUT: one digit of the bad end's. The boots it is merged from are there.
damaged_result() {
	local dir=$1/points/${id[a24]}
	cp "$dir/results.json" "$TMP/results.json"
	sed -i '0,/"sum": 1/s//"sum": 2/' "$dir/results.json"
	! cmp -s "$TMP/results.json" "$dir/results.json" && search "$1" --resume &&
		grep -q ': results.json of .* is damaged; measuring it again' "$1.err" &&
		cmp "$TMP/results.json" "$dir/results.json"
}

# slow_donation FILE: EL2, where it tells an SMMU to forget a page that a guest takes.
slow_donation() {
	sed -i '/^void smmu_batch_submit/,/^}/s/^\tif (batch_has_room(b))/\tfor (volatile int i = 0; i < 50; i++)\n\t\t;\n\n&/' "$1" &&
		grep -q volatile "$1"
}

# over_clone OUT: in the clone, with its own scripts.
over_clone() {
	(cd "$TMP/clone" && search "$1" --metric identity/guest_take/4k/counted/instructions_el2 --good c0 --bad c4)
}

# This repository as it lies here, in which the second of four commits slows EL2 when
# a guest takes a page, and the others change no kernel.
clone() {
	local n file=hyp-patches/0011-cmdq/files/drivers/iommu/arm/arm-smmu-v3/pkvm/cmdq.c
	copy_here "$TMP/clone" || return
	for n in 0 1 2 3 4; do
		echo "$n" >"$TMP/clone/change$n"
		[[ $n -ne 2 ]] || slow_donation "$TMP/clone/$file" || return
		by "$TMP/clone" add -A && by "$TMP/clone" commit -q -m "change $n" &&
			git -C "$TMP/clone" tag "c$n" || return
	done
}

# guest OUT TAG: what was booted for a commit of the clone.
guest() { grep '^guest=' "$1/points/$(git -C "$TMP/clone" rev-parse "$2")/request"; }

shared_kernels() {
	[[ $(guest "$1" c0) == "$(guest "$1" c1)" && $(guest "$1" c2) == "$(guest "$1" c4)" &&
		$(guest "$1" c1) != "$(guest "$1" c2)" ]]
}

check "24 commits on top of the series" prepare
check "^C in a build, and before it a compiler that was killed" disturb "$TMP/a"
check "leaves no process" wait_for 20 nothing_runs "$TMP/a"
check "kill -9 in a build leaves no process" kill_it "$TMP/a"
SECONDS=0
check "--resume completes it" search "$TMP/a" --resume
echo "# in $SECONDS s"
check "on exactly the planted commit" grep -qx "the first bad commit is ${id[a17]} (change 17)" "$TMP/a.said"
check "its parent is good again" said '^its parent, measured again, is good' "$TMP/a.said"
check "a revert brings it back" said '^reverting it on top of the bad end brings it back: good' "$TMP/a.said"
check "what was skipped is what does not compile" skipped "$TMP/a" "${id[a6]}" "${id[a12]}" "${id[a21]}"
check "a damaged kernel of the cache is built again, like from scratch" damaged_point "$TMP/a"
SECONDS=0
check "a damaged result is merged again" damaged_result "$TMP/a"
check "the tree is as it was" test -z "$(git -C "$TREE" status --porcelain)"
check "beside a commit that does not build it is inconclusive" inconclusive "$TMP/b"
check "and names both candidates" test "$(grep -c '^  [0-9a-f]* (change 1[67])' "$TMP/b.said")" -eq 2
echo "# in $SECONDS s, with kernels from the cache"
check "a clone of this repository" clone
SECONDS=0
check "--over history is what commits of this repository mean" over_clone "$TMP/h"
echo "# in $SECONDS s"
check "it ends on the commit that changed the series" said '^the first bad commit is .* (change 2)$' "$TMP/h.said"
check "a revert brings it back" said '^reverting it on top of the bad end brings it back: good' "$TMP/h.said"
check "commits with the same kernel share it" shared_kernels "$TMP/h"
# As README shows it, whatever the series does to that figure: it is found, or there is
# nothing to find.
over_series() {
	local status=0
	search "$1" --metric native:strict/dma_map/4k/batch/mean --good 0 --bad 5 || status=$?
	[[ $status -le 1 ]] && tail -n 1 "$1.err" | grep -qE 'there is nothing to find|report and chart are in'
}
check "over the series, by number, it comes to an answer" over_series "$TMP/s"
sed 's/^/# /' "$TMP"/{a,b,h}.said
done_testing
