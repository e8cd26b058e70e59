/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ISOLATION_ABUSE_H
#define ISOLATION_ABUSE_H

#include "fixture.h"

/* How many results abuse_domains() has. */
size_t abuse_domains_count(const struct fixture *f);

/* Wrong arguments of the hypercalls about domains, each a KTAP result. */
void abuse_domains(struct fixture *f);

#endif /* ISOLATION_ABUSE_H */
