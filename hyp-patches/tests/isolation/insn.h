/* SPDX-License-Identifier: GPL-2.0-only */
/* Instructions by exception level, as the PMU counts them: exact under the clock insn. */

#ifndef ISOLATION_INSN_H
#define ISOLATION_INSN_H

enum level { EL1, EL2, LEVELS };

/* A counter of this thread's at @level; a read of it gives 8 bytes. Return: it, or -errno. */
int insn_open(enum level level);

#endif /* ISOLATION_INSN_H */
