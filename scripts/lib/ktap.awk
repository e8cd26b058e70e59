# SPDX-License-Identifier: GPL-2.0-only
#
# What a test program says, in TAP of any kind, becomes one KTAP as the kernel's own
# parser takes it: the plan first, the results numbered, what is no KTAP a comment.
#
#   awk -v status=N -v indent='    ' [-v live=1] -f ktap.awk LOG
#
# A program that breaks its plan, has no test, or fails (status) with all of them passed
# gets a result more, which failed. live=1: line by line as they come, without the plan
# and that. A subtest of it is indented, and has a plan of its own.

# What the parser would not read as a name, or as part of one.
function clean(text) {
	gsub(/#/, "(hash)", text)
	gsub(/[[:cntrl:]]/, " ", text)
	sub(/[ ]+$/, "", text)
	return text
}

# A line of results, with its number and what follows taken apart.
function result(line, number,    ok, name, directive, why, at) {
	ok = line ~ /^ok/
	sub(/^(not )?ok[ ]*[0-9]*[ ]*(- )?/, "", line)
	name = line
	if (match(toupper(line), /(^| )# *(SKIP|TODO)/)) {
		at = RSTART
		directive = toupper(substr(line, at, RLENGTH))
		why = clean(substr(line, at + RLENGTH))
		sub(/^[A-Za-z]*[: ]*/, "", why)
		name = substr(line, 1, at - 1)
		if (directive ~ /TODO/)
			why = "to do: " why
		skipped++
		return "ok " number " - " clean(name) " # SKIP " why
	}
	if (!ok)
		failed++
	return (ok ? "ok " : "not ok ") number " - " clean(name)
}

function say(line) {
	if (live) {
		print indent line
		fflush()
	} else {
		kept[++nr] = line
	}
}

/^(not )?ok([ ]|$)/ {
	say(result($0, ++number))
	next
}

/^1\.\.0 *# *(SKIP|skip|Skip)/ {
	planned = 1
	plan++
	sub(/^1\.\.0/, "")
	say(result("ok all of it" $0, ++number))
	next
}

/^1\.\.[0-9]+/ {
	planned = 1
	plan += substr($1, 4)
	next
}

/^K?TAP version/ { next }
/^ +(not ok|ok|1\.\.|KTAP version|# )/ || /^#/ { say($0); next }
/^[ ]*$/ { next }
{ say("# " $0) }

END {
	if (live)
		exit
	if (!number)
		say("not ok " ++number " - it has no test; it ended with status " status + 0)
	else if (!planned || plan != number)
		say("not ok " number + 1 " - " number " results, and " (planned ? plan : "none") " were planned; it ended with status " status + 0)
	else if (status != 0 && !failed)
		say("not ok " number + 1 " - all passed, but it ended with status " status)
	for (i = 1; i <= nr; i++)
		n += kept[i] ~ /^(not )?ok /
	print indent "1.." n
	for (i = 1; i <= nr; i++)
		print indent kept[i]
}
