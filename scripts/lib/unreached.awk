# SPDX-License-Identifier: GPL-2.0-only
#
# Branches of llvm-cov, as lines of file, function, where the condition begins and ends
# (line, column, line, column), and how often it was true and false, summed over copies of
# a function in several objects.

{
	key = $1 "\t" $2 "\t" $3 "\t" $4 "\t" $5 "\t" $6
	is_true[key] += $7
	is_false[key] += $8
	if (!($1 in read_in)) {
		read_in[$1] = 1
		for (n = 1; (getline text < $1) > 0; n++)
			source[$1, n] = text
		close($1)
	}
}

function condition(file, l1, c1, l2, c2,    text, n)
{
	if (l1 == l2)
		return substr(source[file, l1], c1, c2 - c1)
	text = substr(source[file, l1], c1)
	for (n = l1 + 1; n < l2; n++)
		text = text " " source[file, n]
	return text " " substr(source[file, l2], 1, c2 - 1)
}

END {
	for (key in is_true) {
		split(key, at, "\t")
		text = condition(at[1], at[3], at[4], at[5], at[6])
		gsub(/[ \t]+/, " ", text)
		if (!is_true[key])
			print at[2] ": " text ": never true"
		if (!is_false[key])
			print at[2] ": " text ": never false"
	}
}
