#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The kernel's own KVM selftests, as its sources bring them, in each mode: whoever owns the
# SMMU, each ends in the same way, and nothing is complained of in the kernel's log. What
# they say of KVM itself, also in native, is not judged here.

. "$(dirname "$0")/tap.sh"
. "$TOP/scripts/lib/kernel.sh"
. "$TOP/scripts/tests/log.sh"
cd "$TOP"
KERNEL=${KERNEL:-$(scripts/kernel build)}
SOURCES=$(scripts/kernel fetch)
readonly OUT=$TOP/.build/selftests SECONDS_EACH=40

# build: the programs, static, in $OUT/kvm, whose names are in $OUT/names. Those that this
# compiler cannot build are left out in all modes alike.
build() {
	local quiet=(-s --no-print-directory ARCH=arm64 CROSS_COMPILE="$CROSS_COMPILE")
	mkdir -p "$OUT" &&
		make "${quiet[@]}" -C "$SOURCES" O="$OUT/headers" headers &&
		{ make "${quiet[@]}" -k -j"$(nproc)" -C "$SOURCES/tools/testing/selftests/kvm" OUTPUT="$OUT/kvm" \
			KHDR_INCLUDES="-isystem $OUT/headers/usr/include" LDFLAGS=-static || true; } &&
		find "$OUT/kvm" -type f -perm -u+x ! -name '*.so' ! -name '*.sh' ! -name '*.[od]' -printf '%f\n' |
		sort >"$OUT/names" && [[ $(wc -l <"$OUT/names") -ge 30 ]]
}

# guest_script SECONDS: what runs them in a guest, and prints "NAME OUTCOME" for each.
guest_script() {
	cat <<END
#!/bin/sh
cd /tmp 2>/dev/null || cd /
while read -r name; do
	timeout -s KILL $1 "/in/\$name" >/dev/null 2>&1 </dev/null
	case \$? in
	0) echo "\$name passes" ;;
	4) echo "\$name skips" ;;
	137) echo "\$name takes too long" ;;
	*) echo "\$name fails" ;;
	esac
done </in/names
END
}

# in_mode MODE SECONDS: those in $TMP/names, in a guest; what each came to is in $TMP/MODE.
in_mode() {
	local mode=$1 put=() name
	guest_script "$2" >"$TMP/selftests"
	while read -r name; do put+=(--put "$(find "$OUT/kvm" -type f -name "$name" -print -quit)"); done <"$TMP/names"
	scripts/vm --kernel "$KERNEL" --mode "$mode" --clock wall --smp 2 --timeout 2400 --out "$TMP/boot.$mode" \
		--put "$TMP/selftests" --put "$TMP/names" "${put[@]}" -- sh /in/selftests >"$TMP/$mode" &&
		[[ $(wc -l <"$TMP/$mode") -eq $(wc -l <"$TMP/names") ]]
}

# both SECONDS: the names of those that end in another way in identity than in native.
both() {
	local mode
	for mode in native identity; do
		check "$(wc -l <"$TMP/names") selftests run in $mode: none ends the guest" in_mode "$mode" "$1"
		check "its log is clean" clean_log "$TMP/boot.$mode/console.log"
	done
	comm -3 <(sort "$TMP/native") <(sort "$TMP/identity") | awk '{ print $1 }' | sort -u >"$TMP/differ"
}

# how NAME: what it came to in each mode.
how() { printf 'native: %s, identity: %s' "$(sed -n "s/^$1 //p" "$TMP/native")" "$(sed -n "s/^$1 //p" "$TMP/identity")"; }

check "the kernel's KVM selftests build for arm64" build
cp "$OUT/names" "$TMP/names"
both "$SECONDS_EACH"
sort "$TMP/native" | sed 's/^/# native: /'
same=$(grep -vxFc -f "$TMP/differ" "$TMP/names" || true)
check "$same of them end in the same way in native and in identity" test "$same" -gt 0
# On a busy machine one may take too long, or fail, for that alone: once more, with time.
if [[ -s $TMP/differ ]]; then
	cp "$TMP/differ" "$TMP/names"
	both $((4 * SECONDS_EACH))
	while read -r name; do
		check "$name, run again: $(how "$name")" test \
			"$(grep "^$name " "$TMP/native")" = "$(grep "^$name " "$TMP/identity")"
	done <"$TMP/names"
fi
done_testing
