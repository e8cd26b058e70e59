// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>

#include "touch.h"
#include "vmm.h"

extern const unsigned char touch_program[], touch_program_entry[], touch_program_end[];

uint64_t touch_instructions(size_t pages)
{
	/* From behind the doorbell: three to begin again, four for each page. */
	return 3 + 4 * pages;
}

int touch_pages(struct vmm *vmm)
{
	struct vmm_access access;
	int ret = vmm_run(vmm, &access);

	if (ret)
		return ret;

	return access.write && access.offset == 0 ? 0 : -EPROTO;
}

int touch_start(struct vmm **vmm, void *memory, size_t pages, size_t page_size)
{
	const struct vmm_program program = {
		.start = touch_program,
		.entry = touch_program_entry,
		.end = touch_program_end,
	};
	const struct vmm_config config = {
		.memory = memory,
		.pages = pages + 1,
		.page_size = page_size,
		.program = &program,
		.argument = { VMM_MEMORY + page_size, pages, page_size, VMM_DEVICE },
	};
	int ret = vmm_create(vmm, &config);

	/* It begins at the doorbell: this makes the machine at EL2, and touches no page. */
	if (!ret)
		ret = touch_pages(*vmm);
	if (ret) {
		vmm_destroy(*vmm);
		*vmm = NULL;
	}

	return ret;
}
