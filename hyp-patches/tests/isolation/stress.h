/* SPDX-License-Identifier: GPL-2.0-only */
/* One round of what stress and soak do many times. */

#ifndef ISOLATION_STRESS_H
#define ISOLATION_STRESS_H

#include "fixture.h"

#define STRESS_PAGES	10	/* that a guest takes, of fixture_set_up()'s, from page 1 on */

/**
 * stress_guest() - pages go to a guest and come back, with a device at each step
 * @pages: up to STRESS_PAGES
 * @problem: names the step that failed
 *
 * Return: 0 or -errno: -EBADMSG when a device reached what it must not, or the opposite.
 */
int stress_guest(struct fixture *f, size_t pages, const char **problem);

#endif /* ISOLATION_STRESS_H */
