# SPDX-License-Identifier: GPL-2.0-only
#
# What the files of mutants (hyp-patches/tests/mutants) hold:
#
#   awk -f mutants.awk FILE...
#
# prints "NAME JUDGE PROGRAM TEST SOURCE RULE" for each mutant, separated by tabs, and
#
#   awk -v name=NAME -v tree=DIR -f mutants.awk FILE...
#
# prints its source in the tree DIR as it changes it. The old lines of each hunk must
# stand there just once: else it says so in one line, with exit status 1.

function fail(text) {
	print text >"/dev/stderr"
	failed = 1
	exit 1
}

# How often the lines @part stand in @text; both begin and end with a newline.
function occurrences(text, part,    n, at) {
	for (n = 0; (at = index(text, part)); n++)
		text = substr(text, at + 1)
	return n
}

function end_hunk() {
	if (old != "") {
		olds[++hunks] = "\n" old
		news[hunks] = "\n" new
	}
	old = new = ""
}

# exchange TEXT: with each of the hunks.
function exchange(text,    i, n, at, lines) {
	for (i = 1; i <= hunks; i++) {
		n = occurrences(text, olds[i])
		if (n != 1) {
			split(olds[i], lines, "\n")
			sub(/^\t*/, "", lines[2])
			fail(name ": \"" lines[2] "\" and what follows stand " n " times in " source ", not once")
		}
		at = index(text, olds[i])
		text = substr(text, 1, at - 1) news[i] substr(text, at + length(olds[i]))
	}
	return text
}

/^#/ { next }
/^$/ { blank = blank "\n"; next }
/^mutant: / { mutant = $2; rule = file = ""; next }
/^rule: / { rule = substr($0, 7); next }
/^file: / { file = $2; next }
/^(model|qemu): / {
	if (mutant == "" || rule == "" || file == "")
		fail(FILENAME ":" FNR ": a mutant has a name, a rule and a file before its judge")
	if (name == "")
		printf "%s\t%s\t%s\t%s\t%s\t%s\n", mutant, substr($1, 1, length($1) - 1),
			$1 == "qemu:" ? "isolation" : $2, $NF, file, rule
	else if (mutant == name)
		source = file
	next
}
!/^([ +-]|@@$)/ { fail(FILENAME ":" FNR ": not understood: " $0) }
mutant != name { next }
# An empty line within a hunk is one of the source.
/^@@/ { end_hunk() }
old != "" { old = old blank; new = new blank }
{ blank = "" }
/^[ -]/ { old = old substr($0, 2) "\n" }
/^[ +]/ { new = new substr($0, 2) "\n" }

END {
	if (failed || name == "")
		exit failed
	end_hunk()
	if (source == "" || !hunks)
		fail(name ": no such mutant, or it changes nothing")
	text = "\n"
	while ((status = (getline line <(tree "/" source))) > 0)
		text = text line "\n"
	if (status < 0)
		fail(name ": cannot read " source)
	printf "%s", substr(exchange(text), 2)
}
