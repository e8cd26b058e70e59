/* SPDX-License-Identifier: GPL-2.0-only */
/* What tests ask of domains, and of two CPUs that change one. */

#ifndef MODEL_DOMAIN_CHECKS_H
#define MODEL_DOMAIN_CHECKS_H

#include "machine.h"

#include "domains.h"

/** attach(), detach() - a stream of the first SMMU. Return: as the hypercalls */
int attach(u32 id, u32 stream);
int detach(u32 id, u32 stream);

/**
 * attached() - a machine in the paravirt mode, with domain 1
 * @change: as for machine_paravirt()
 * @stream: attached to it
 * @bits: that its addresses have, at the least
 */
struct model *attached(void (*change)(struct model_config *config), u32 stream, int bits);

/** arrives() - whether a device arrives at @at, by whatever is cached */
bool arrives(struct model *m, u32 stream, u64 iova, bool write, u64 at);

/** assert_arrives(), assert_nothing() - both ways, for each of some pages */
void assert_arrives(struct model *m, u32 stream, u64 iova, u64 nr_pages, u64 at);
void assert_nothing(struct model *m, u32 stream, u64 iova, u64 nr_pages);

/** assert_maps() - each of some pages is mapped so often */
void assert_maps(u64 phys, u64 nr_pages, u32 maps);

/** assert_may_leave() - pages may leave, and come back */
void assert_may_leave(u64 phys, u64 nr_pages);

/**
 * assert_used_again() - domain 1 ends and begins again, twenty times, and leads nowhere old
 * @stream: attached to it
 * @iova: where nothing is mapped; after each end, what @page and others led to is a guest's
 */
void assert_used_again(struct model *m, u32 stream, u64 iova, u64 page);

/**
 * struct meeting - two that meet
 * @set_up: before each of their meetings
 * @one: of the first CPU
 * @other: of the second
 * @holds: ends the test where it does not hold afterwards, and leaves all as before
 */
struct meeting {
	void (*set_up)(void);
	int (*one)(void);
	int (*other)(void);
	void (*holds)(int one, int other, bool met);
};

/**
 * meet() - the second CPU comes in at each point of the first's work, and is interrupted
 * @backs: at each of so many points of its own, after which it goes on once the first waits
 *	   for it or is done
 * @step: one in so many of those
 */
void meet(const struct meeting *meeting, u64 backs, u64 step);

#endif /* MODEL_DOMAIN_CHECKS_H */
