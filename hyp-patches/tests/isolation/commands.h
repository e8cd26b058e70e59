/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands of the program `isolation`. Each returns an exit status. */

#ifndef ISOLATION_COMMANDS_H
#define ISOLATION_COMMANDS_H

#include "fixture.h"

#define EX_OK		0
#define EX_FAIL		1
#define EX_WRONG_USAGE	2

/* @argument: what followed the command's name, or NULL. */
int cmd_cases(struct fixture *f, const char *argument);
int cmd_poke(struct fixture *f, const char *argument);
int cmd_stress(struct fixture *f, const char *argument);
int cmd_soak(struct fixture *f, const char *argument);
int cmd_storm(struct fixture *f, const char *argument);
int cmd_abuse(struct fixture *f, const char *argument);
int cmd_stay(struct fixture *f, const char *argument);
int cmd_memory(struct fixture *f, const char *argument);
int cmd_price(struct fixture *f, const char *argument);

#endif /* ISOLATION_COMMANDS_H */
