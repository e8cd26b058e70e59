// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>

#include "mailbox.h"
#include "mailbox_abi.h"
#include "vmm.h"

extern const unsigned char mailbox_program[], mailbox_program_end[];

int mailbox_start(struct vmm **vmm, void *memory, size_t pages, size_t page_size)
{
	const struct vmm_program program = {
		.start = mailbox_program,
		.entry = mailbox_program,
		.end = mailbox_program_end,
	};
	const struct vmm_config config = {
		.memory = memory,
		.pages = pages,
		.page_size = page_size,
		.program = &program,
		.argument = { VMM_DEVICE, page_size },
	};

	return vmm_create(vmm, &config);
}

struct command {
	uint64_t what;
	uint64_t address;
	uint64_t argument;
};

/* One round of the loop in obey_mailbox.S. */
static int send(struct vmm *vmm, const struct command *command, uint64_t *answer)
{
	struct vmm_access access;
	int ret;

	for (;;) {
		ret = vmm_run(vmm, &access);
		if (ret)
			return ret;
		if (access.write != (access.offset == MAILBOX_ANSWER))
			return -EPROTO;
		switch (access.offset) {
		case MAILBOX_COMMAND:
			vmm_answer(vmm, command->what);
			break;
		case MAILBOX_ADDRESS:
			vmm_answer(vmm, command->address);
			break;
		case MAILBOX_ARGUMENT:
			vmm_answer(vmm, command->argument);
			break;
		case MAILBOX_ANSWER:
			*answer = access.value;
			return 0;
		default:
			return -EPROTO;
		}
	}
}

int mailbox_fill(struct vmm *vmm, size_t page, size_t count)
{
	struct command fill = { .what = MAILBOX_FILL, .argument = count };
	uint64_t answer;
	int ret = vmm_address(vmm, page, count, &fill.address);

	return ret ? ret : send(vmm, &fill, &answer);
}

int mailbox_read(struct vmm *vmm, size_t page, size_t offset, uint64_t *word)
{
	struct command read = { .what = MAILBOX_READ };
	int ret = vmm_address(vmm, page, 1, &read.address);

	if (ret)
		return ret;
	read.address += offset;

	return send(vmm, &read, word);
}

static int call(struct vmm *vmm, uint64_t what, size_t page)
{
	struct command call = { .what = what };
	uint64_t answer;
	int ret = vmm_address(vmm, page, 1, &call.address);

	if (!ret)
		ret = send(vmm, &call, &answer);
	if (ret)
		return ret;

	return answer ? -EREMOTEIO : 0;
}

int mailbox_share(struct vmm *vmm, size_t page)
{
	return call(vmm, MAILBOX_SHARE, page);
}

int mailbox_unshare(struct vmm *vmm, size_t page)
{
	return call(vmm, MAILBOX_UNSHARE, page);
}

uint64_t mailbox_secret(const struct vmm *vmm, size_t page)
{
	uint64_t address;

	return vmm_address(vmm, page, 1, &address) ? 0 : (uint64_t)MAILBOX_SECRET << 40 | address;
}
