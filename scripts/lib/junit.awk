# SPDX-License-Identifier: GPL-2.0-only
#
# The KTAP that ktap.awk makes, of all parts of a check, in JUnit's XML, or counted.
# A test that has subtests does not count, they do: as in the kernel's own parser.
#
#   awk -v count=1 -f junit.awk ALL.ktap            "passed failed skipped"
#   awk -v times='PART SECONDS ...' -f junit.awk ALL.ktap

function xml(text) {
	gsub(/&/, "\\&amp;", text)
	gsub(/</, "\\&lt;", text)
	gsub(/>/, "\\&gt;", text)
	gsub(/"/, "\\&quot;", text)
	return text
}

# The test of the last failure ends with what was said after it.
function close_case() {
	if (open)
		body = body "</failure></testcase>\n"
	open = 0
}

function add_case(name, ok, why) {
	close_case()
	body = body "    <testcase classname=\"" xml(class) "\" name=\"" xml(name) "\""
	tests++
	if (why != "") {
		s++
		skips++
		body = body "><skipped message=\"" xml(why) "\"/></testcase>\n"
	} else if (ok) {
		p++
		body = body "/>\n"
	} else {
		f++
		failures++
		open = 1
		body = body "><failure message=\"" xml(name) "\">"
	}
}

function end_suite(name) {
	close_case()
	suites = suites "  <testsuite name=\"" xml(name) "\" tests=\"" tests + 0 "\" failures=\"" \
		failures + 0 "\" skipped=\"" skips + 0 "\" time=\"" seconds[name] + 0 "\">\n" body \
		"  </testsuite>\n"
	body = ""
	tests = failures = skips = 0
}

BEGIN {
	n = split(times, words, " ")
	for (i = 1; i < n; i += 2)
		seconds[words[i]] = words[i + 1]
}

/^ *# Subtest: / {
	match($0, /^ */)
	names[RLENGTH] = substr($0, RLENGTH + 12)
	next
}

/^ *(not )?ok [0-9]+/ {
	match($0, /^ */)
	depth = RLENGTH
	ok = $1 == "ok"
	line = $0
	sub(/^ *(not )?ok [0-9]+ (- )?/, "", line)
	why = ""
	if (match(line, / # SKIP/)) {
		why = substr(line, RSTART + 8)
		if (why == "")
			why = "no reason given"
		line = substr(line, 1, RSTART - 1)
	}
	class = ""
	for (i = 4; i <= depth; i += 4)
		class = class (class == "" ? "" : ".") names[i]
	if (last <= depth || (!ok && f == before[depth]))
		add_case(line, ok, why)
	for (i = depth; i <= depth + 16; i += 4)
		before[i] = f
	last = depth
	if (depth == 0)
		end_suite(line)
	next
}

open && /^ *#/ {
	line = $0
	sub(/^ *# ?/, "", line)
	body = body xml(line) "\n"
}

END {
	if (count) {
		print p + 0, f + 0, s + 0
		exit
	}
	print "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
	printf "<testsuites tests=\"%d\" failures=\"%d\" skipped=\"%d\">\n%s</testsuites>\n", p + f + s, f, s, suites
}
