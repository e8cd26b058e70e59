// SPDX-License-Identifier: GPL-2.0-only
/* MODEL_TEST in the environment: the only test of a program to run. */

#include "cmocka_all.h"

#include <stdlib.h>

__attribute__((constructor)) static void filter(void)
{
	const char *name = getenv("MODEL_TEST");

	if (name)
		cmocka_set_test_filter(name);
}
