// SPDX-License-Identifier: GPL-2.0-only
/* guest: a protected guest that takes pages and ends, for whoever watches what that does. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "touch.h"
#include "vmm.h"

#define MOST_PAGES 4096

static const char usage[] =
	"Usage: guest [PAGES]\n"
	"A protected guest touches so many pages (default 1), each of which EL2 takes from the\n"
	"host, and ends. Wants /dev/kvm in protected mode. Example:\n"
	"  scripts/vm --mode identity --events --put .build/bench/guest -- guest 2\n";

static int run(size_t pages)
{
	size_t page_size = (size_t)sysconf(_SC_PAGESIZE), size = (pages + 1) * page_size;
	struct vmm *vmm;
	void *memory;
	int ret;

	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED) {
		perror("guest: memory");
		return 1;
	}
	ret = touch_start(&vmm, memory, pages, page_size);
	if (!ret)
		ret = touch_pages(vmm);
	vmm_destroy(vmm);
	munmap(memory, size);
	if (ret)
		fprintf(stderr, "guest: %s\n", strerror(-ret));

	return ret ? 1 : 0;
}

int main(int argc, char **argv)
{
	char *end = NULL;
	size_t pages = 1;

	if (argc == 2 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
		fputs(usage, stdout);
		return 0;
	}
	if (argc == 2)
		pages = strtoul(argv[1], &end, 10);
	if (argc > 2 || (end && *end) || !pages || pages > MOST_PAGES) {
		fprintf(stderr, "guest: wants a number of pages, 1 to %d; see --help\n", MOST_PAGES);
		return 2;
	}

	return run(pages);
}
