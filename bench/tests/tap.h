/* SPDX-License-Identifier: GPL-2.0-only */
/* What cmocka wants included first, in its order. */

#ifndef SMMUBENCH_TAP_H
#define SMMUBENCH_TAP_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif /* SMMUBENCH_TAP_H */
