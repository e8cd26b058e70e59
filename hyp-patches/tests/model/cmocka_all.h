/* SPDX-License-Identifier: GPL-2.0-only */
/* What cmocka wants included first, in its order. */

#ifndef MODEL_CMOCKA_ALL_H
#define MODEL_CMOCKA_ALL_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#endif /* MODEL_CMOCKA_ALL_H */
