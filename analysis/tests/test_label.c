// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "label.h"

static const struct {
	const char *mode, *domain, *invalidation, *label;
	enum guarantee guarantee;
} cases[] = {
	{ "native", "dma", "strict", "native:strict", GUARANTEE_STRICT },
	{ "native", "dma", "lazy", "native:lazy", GUARANTEE_LAZY },
	{ "native", "identity", "none", "native:passthrough", GUARANTEE_PASSTHROUGH },
	{ "native", "none", "none", "native", GUARANTEE_NO_DOMAIN },
	{ "identity", "identity", "none", "identity", GUARANTEE_PASSTHROUGH },
	{ "identity", "dma", "strict", "identity", GUARANTEE_PASSTHROUGH },
	{ "identity", "none", "none", "identity", GUARANTEE_NO_DOMAIN },
	{ "paravirt", "dma", "strict", "paravirt:strict", GUARANTEE_STRICT },
	{ "nested", "dma", "lazy", "nested:lazy", GUARANTEE_LAZY },
	{ "nested", "dma", "none", "nested:unknown", GUARANTEE_UNKNOWN },
};

static void labels(void **state)
{
	char *label;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		label = label_name(cases[i].mode, cases[i].domain, cases[i].invalidation);
		assert_string_equal(label, cases[i].label);
		assert_int_equal(label_guarantee(cases[i].mode, cases[i].domain,
						 cases[i].invalidation), cases[i].guarantee);
		free(label);
	}
}

static void baselines(void **state)
{
	enum guarantee guarantee;

	(void)state;
	assert_true(label_is_baseline("native:strict", &guarantee));
	assert_int_equal(guarantee, GUARANTEE_STRICT);
	assert_true(label_is_baseline("native:lazy", &guarantee));
	assert_true(label_is_baseline("native:passthrough", &guarantee));
	assert_false(label_is_baseline("native", &guarantee));
	assert_false(label_is_baseline("paravirt:strict", &guarantee));
}

static void promises(void **state)
{
	(void)state;
	assert_string_equal(label_promise("native", GUARANTEE_PASSTHROUGH),
			    "none: devices reach all memory");
	assert_string_equal(label_promise("identity", GUARANTEE_PASSTHROUGH),
			    "devices reach what the host may access");
	assert_string_equal(label_promise("paravirt", GUARANTEE_STRICT),
			    "no device reaches a page once unmap returned, and never what the host "
			    "may not");
}

static void limits(void **state)
{
	(void)state;
	assert_null(label_limits("native"));
	assert_non_null(strstr(label_limits("identity"), "no VFIO"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(labels),
		cmocka_unit_test(baselines),
		cmocka_unit_test(promises),
		cmocka_unit_test(limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
