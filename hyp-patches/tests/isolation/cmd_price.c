// SPDX-License-Identifier: GPL-2.0-only
/*
 * What it costs that a protected guest takes a page, and that the host gets it
 * back: instructions by exception level, as the PMU counts them, and what EL2 says
 * it did. Prints "name value", per page.
 *
 * A guest that touches N pages it has not had is set against the same guest that
 * touches them again; the end of such a guest against the end of one that took
 * nothing but its code. So exits and the machine itself cancel out.
 *
 * Where the host makes domains, the same for pages that one of them mapped until just
 * before; and what it costs, exit and all, to be refused a page that is mapped.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "domain.h"
#include "insn.h"
#include "mailbox.h"
#include "state.h"
#include "vmm.h"

#define PAGES	64
#define MAX	4096

struct sample {
	uint64_t insn[LEVELS];
	struct state counters;
};

static int read_sample(const int *fd, struct sample *sample)
{
	int i;

	memset(&sample->counters, 0, sizeof(sample->counters));
	state_read(&sample->counters, STATE_COUNTERS);
	for (i = 0; i < LEVELS; i++) {
		if (read(fd[i], &sample->insn[i], sizeof(sample->insn[i])) !=
		    sizeof(sample->insn[i]))
			return -EIO;
	}

	return 0;
}

/* *after becomes the difference. */
static void subtract(struct sample *after, const struct sample *before)
{
	size_t i;

	for (i = 0; i < LEVELS; i++)
		after->insn[i] -= before->insn[i];
	for (i = 0; i < after->counters.n; i++)
		after->counters.line[i].value -=
			state_value(&before->counters, after->counters.line[i].name);
}

static int measure_take(const int *fd, struct vmm *guest, size_t pages, struct sample *cost)
{
	struct sample before;
	int ret;

	ret = read_sample(fd, &before);
	if (!ret)
		ret = mailbox_fill(guest, 1, pages);
	if (!ret)
		ret = read_sample(fd, cost);
	if (!ret)
		subtract(cost, &before);

	return ret;
}

/* The guest ends in any case. */
static int measure_end(const int *fd, struct vmm *guest, struct sample *cost)
{
	struct sample before;
	int ret;

	ret = read_sample(fd, &before);
	vmm_destroy(guest);
	if (!ret)
		ret = read_sample(fd, cost);
	if (!ret)
		subtract(cost, &before);

	return ret;
}

struct price {
	struct sample take, again, end;
};

/* What a domain has made of the pages. */
enum use { NEVER_MAPPED, UNMAPPED, MAPPED };

static int use_pages(struct fixture *f, const struct mem *mem, size_t pages, enum use use)
{
	uint64_t iova = DOMAIN_IOVA;
	size_t i;
	int ret = 0;

	for (i = 1; !ret && use != NEVER_MAPPED && i <= pages; i++, iova += mem->page_size) {
		ret = domain_map(f, DOMAIN_A, iova, mem->phys[i]);
		if (!ret && use == UNMAPPED)
			ret = domain_unmap(f, DOMAIN_A, iova);
	}

	return ret;
}

/* @times the same page, which the guest does not get. */
static int measure_refused(const int *fd, struct vmm *guest, size_t times, struct sample *cost)
{
	struct sample before;
	int ret;

	ret = read_sample(fd, &before);
	for (; !ret && times; times--) {
		ret = mailbox_fill(guest, 1, 1);
		ret = ret == -EBUSY ? 0 : ret ? ret : -EBADMSG;
	}
	if (!ret)
		ret = read_sample(fd, cost);
	if (!ret)
		subtract(cost, &before);

	return ret;
}

static int measure(struct fixture *f, const int *fd, size_t pages, enum use use,
		   struct price *price)
{
	struct mem mem;
	struct vmm *guest = NULL;
	int ret;

	ret = mem_alloc(&mem, f->kmod, MAX + 1);
	if (!ret)
		ret = mailbox_start(&guest, mem.at, mem.pages, mem.page_size);
	/* The first run makes the machine at EL2, and donates the page with the code. */
	if (!ret)
		ret = mailbox_fill(guest, 1, 0);
	if (!ret)
		ret = use_pages(f, &mem, pages, use);
	if (!ret && use == MAPPED) {
		ret = measure_refused(fd, guest, pages, &price->take);
	} else if (!ret) {
		ret = measure_take(fd, guest, pages, &price->take);
		if (!ret)
			ret = measure_take(fd, guest, pages, &price->again);
	}
	if (!ret)
		ret = measure_end(fd, guest, &price->end);
	else
		vmm_destroy(guest);
	mem_free(&mem);

	return ret;
}

static void print_one(const char *what, const char *name, uint64_t cost, uint64_t null,
		      size_t pages)
{
	printf("%s_%s %.3f\n", what, name, ((double)cost - (double)null) / (double)pages);
}

static void print(const char *what, const struct sample *cost, const struct sample *null,
		  size_t pages)
{
	size_t i;

	print_one(what, "instructions_el1", cost->insn[EL1], null->insn[EL1], pages);
	print_one(what, "instructions_el2", cost->insn[EL2], null->insn[EL2], pages);
	for (i = 0; i < cost->counters.n; i++)
		print_one(what, cost->counters.line[i].name, cost->counters.line[i].value,
			  state_value(&null->counters, cost->counters.line[i].name), pages);
}

static int price_of_mapped(struct fixture *f, const int *fd, size_t pages)
{
	static const struct sample nothing;
	static struct price unmapped, mapped;
	int ret, end;

	ret = domain_begin(f);
	if (!ret)
		ret = measure(f, fd, pages, UNMAPPED, &unmapped);
	if (!ret)
		ret = measure(f, fd, pages, MAPPED, &mapped);
	end = domain_end(f);
	if (ret || end)
		return ret ? ret : end;
	print("unmapped_donate", &unmapped.take, &unmapped.again, pages);
	print("refused", &mapped.take, &nothing, pages);

	return 0;
}

int cmd_price(struct fixture *f, const char *argument)
{
	static struct price warm, with, without;
	size_t pages = PAGES;
	int fd[LEVELS], ret;
	char *end;

	if (argument) {
		pages = strtoul(argument, &end, 10);
		if (*end || !pages || pages > MAX) {
			fprintf(stderr, "isolation: price wants 1 to %d pages, not '%s'\n", MAX,
				argument);
			return EX_WRONG_USAGE;
		}
	}
	fd[EL1] = insn_open(EL1);
	fd[EL2] = insn_open(EL2);
	ret = fd[EL1] < 0 ? fd[EL1] : fd[EL2] < 0 ? fd[EL2] : 0;
	/* Once for what only the first time costs, as a split of a block. */
	if (!ret)
		ret = measure(f, fd, pages, NEVER_MAPPED, &warm);
	if (!ret)
		ret = measure(f, fd, pages, NEVER_MAPPED, &with);
	if (!ret)
		ret = measure(f, fd, 0, NEVER_MAPPED, &without);
	if (ret) {
		fprintf(stderr, "isolation: price: %s\n", strerror(-ret));
		return EX_FAIL;
	}
	printf("mode %s\npages %zu\n", f->mode, pages);
	print("first_donate", &warm.take, &warm.again, pages);
	print("donate", &with.take, &with.again, pages);
	print("reclaim", &with.end, &without.end, pages);
	ret = f->domains ? price_of_mapped(f, fd, pages) : 0;
	if (ret)
		fprintf(stderr, "isolation: price of mapped pages: %s\n", strerror(-ret));

	return ret ? EX_FAIL : EX_OK;
}
