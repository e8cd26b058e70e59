# SPDX-License-Identifier: GPL-2.0-only
#
# Makes golden.h, the values that test_inference.c holds ours against: R's own
# functions where it has them, all arrangements one by one where it has not (ties).
#
#   Rscript golden.R >golden.h		made with R 4.2.2

set.seed(20261125)
number <- function(x) ifelse(is.na(x), "NAN", sprintf("%.15g", x))
numbers <- function(x) paste(number(x), collapse = ", ")

# Twice the smaller tail, over all ways to choose which values are the change's.
enumerate_p <- function(base, change) {
	r <- rank(c(base, change))
	sums <- combn(length(r), length(change), function(i) sum(r[i]))
	w <- sum(r[-seq_along(base)])
	min(1, 2 * min(mean(sums <= w + 1e-9), mean(sums >= w - 1e-9)))
}

pair <- function(name, base, change) {
	ties <- anyDuplicated(c(base, change)) > 0
	exact <- length(base) + length(change) <= 50
	p <- if (ties && exact) enumerate_p(base, change)
	     else suppressWarnings(wilcox.test(change, base, exact = exact, correct = TRUE)$p.value)
	low <- high <- estimate <- NA
	if (!ties && exact) {
		w <- suppressWarnings(wilcox.test(change, base, conf.int = TRUE, exact = TRUE, conf.level = 0.95))
		estimate <- w$estimate
		# R gives the widest interval there is when none reaches the level: we give none.
		if (qwilcox(0.025, length(base), length(change)) > 0) {
			low <- w$conf.int[1]
			high <- w$conf.int[2]
		}
	} else {
		estimate <- median(outer(change, base, "-"))
	}
	over <- mean(outer(change, base, ">")) + mean(outer(change, base, "==")) / 2
	cat(sprintf("\t{ \"%s\", %d, %d, { %s }, { %s },\n\t  %s, %s, %s, %s, %s },\n", name, length(base),
		    length(change), numbers(base), numbers(change), number(p), number(over),
		    number(estimate), number(low), number(high)))
}

cat("/* SPDX-License-Identifier: GPL-2.0-only */\n/* Made by golden.R: do not edit. */\n\n")
cat("static const struct golden_pair {\n\tconst char *name;\n\tsize_t nr_base, nr_change;\n")
cat("\tdouble base[60], change[60];\n\tdouble p, superiority, shift, low, high;\n} golden_pairs[] = {\n")
pair("apart", 1:5 + 0.25, 6:10 + 0.5)
pair("overlapping", round(rnorm(6), 6), round(rnorm(6) + 1, 6))
pair("unequal sizes", round(rnorm(4), 6), round(rnorm(11) + 0.5, 6))
pair("eight each", round(rexp(8), 6), round(rexp(8) * 1.5, 6))
pair("twelve each, skewed", round(rlnorm(12), 6), round(rlnorm(12) * 1.2, 6))
pair("three each", c(1.5, 2.5, 3.5), c(1.75, 4.5, 2.25))
pair("ties", c(1, 2, 2, 3, 3, 3, 4), c(2, 3, 3, 4, 4, 5))
pair("all equal", rep(7, 5), rep(7, 5))
pair("two values only", c(0, 0, 0, 1, 0, 0), c(1, 1, 0, 1, 1, 0))
pair("25 each", round(rnorm(25), 6), round(rnorm(25) + 0.6, 6))
pair("40 and 30", round(rnorm(40), 6), round(rnorm(30) + 0.4, 6))
pair("60 each, ties", round(rnorm(60), 1), round(rnorm(60) + 0.3, 1))
cat("};\n\n")

cat("static const struct {\n\tsize_t nr;\n\tdouble confidence;\n\tsize_t low, high;\t/* ranks; 0: none */\n} golden_ranks[] = {\n")
for (confidence in c(0.95, 0.99))
	for (n in c(3, 5, 6, 8, 9, 12, 20, 37, 100)) {
		k <- qbinom((1 - confidence) / 2, n, 0.5)
		cat(sprintf("\t{ %d, %g, %d, %d },\n", n, confidence, k, if (k > 0) n + 1 - k else 0))
	}
cat("};\n\n")

p <- c(0.04, 0.001, 0.5, 0.012, 0.012, 0.9, 0.0004, 0.03)
cat(sprintf("static const double golden_p[] = { %s };\nstatic const double golden_holm[] = { %s };\n\n",
	    numbers(p), numbers(p.adjust(p, "holm"))))
q <- c(1e-9, 0.0001, 0.025, 0.3, 0.5, 0.95, 0.999)
cat(sprintf("static const double golden_q[] = { %s };\nstatic const double golden_z[] = { %s };\n",
	    numbers(q), numbers(qnorm(q))))
