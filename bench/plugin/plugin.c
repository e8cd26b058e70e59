// SPDX-License-Identifier: GPL-2.0-only
/*
 * A plugin for QEMU that records which instructions the measured part of each row of the
 * bench executes. The guest is the same with it and without it: on the insn clock so is
 * every figure.
 *
 *   -plugin smmubench-profile.so,kernel=VMLINUX,module=SMMUBENCH_KO,runner=SMMUBENCH,out=FILE
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qemu_plugin.h"

#include "image.h"
#include "marks.h"
#include "names.h"
#include "recorder.h"
#include "write.h"

/* More of a block of QEMU's than this is not looked at for the beginning of the module. */
#define LOOKED_AT	MARKS_WORDS

int qemu_plugin_version = QEMU_PLUGIN_API;

/* An instruction as it was translated. QEMU keeps translations, and pointers to this, for good. */
struct insn {
	uint64_t at;
	uint32_t word;
	enum mark mark;
};

struct profile {
	struct image kernel;
	struct marks marks;
	struct recorder recorder;
	const char *out;
	qemu_plugin_u64 active;		/* as recorder.active, for QEMU to look at */
	struct insn *insns;
	size_t nr, room;
};

static struct profile profile;

static void complain(const char *text)
{
	fprintf(stderr, "smmubench-profile: %s\n", text);
}

static void on_insn(unsigned int vcpu, void *userdata)
{
	const struct insn *insn = userdata;

	(void)vcpu;
	recorder_insn(&profile.recorder, insn->at, insn->word, insn->mark);
}

static void on_mark(unsigned int vcpu, void *userdata)
{
	on_insn(vcpu, userdata);
	qemu_plugin_u64_set(profile.active, vcpu, profile.recorder.active);
}

static void on_exception(unsigned int vcpu, enum qemu_plugin_discon_type type, uint64_t from,
			 uint64_t to, void *userdata)
{
	(void)vcpu;
	(void)to;
	(void)userdata;
	recorder_exception(&profile.recorder, type == QEMU_PLUGIN_DISCON_INTERRUPT, from);
}

/* In pieces that stay where they are. */
static struct insn *new_insn(void)
{
	if (profile.nr == profile.room) {
		profile.room = 1 << 16;
		profile.nr = 0;
		profile.insns = malloc(profile.room * sizeof(*profile.insns));
		if (!profile.insns) {
			profile.room = 0;
			profile.recorder.error = -ENOMEM;
			return NULL;
		}
	}

	return &profile.insns[profile.nr++];
}

static uint32_t word_of(const struct qemu_plugin_insn *insn)
{
	uint8_t b[4] = { 0 };

	qemu_plugin_insn_data(insn, b, sizeof(b));

	return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static void look_for_module(struct qemu_plugin_tb *tb, size_t nr)
{
	uint32_t words[LOOKED_AT];
	size_t i;

	for (i = 0; i < nr && i < LOOKED_AT; i++)
		words[i] = word_of(qemu_plugin_tb_get_insn(tb, i));
	marks_look(&profile.marks, qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(tb, 0)), words, i);
}

static void on_translation(struct qemu_plugin_tb *tb, void *userdata)
{
	size_t nr = qemu_plugin_tb_n_insns(tb), i;

	(void)userdata;
	if (nr && !profile.marks.found)
		look_for_module(tb, nr);
	for (i = 0; i < nr; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		struct insn *own = new_insn();

		if (!own)
			return;
		own->at = qemu_plugin_insn_vaddr(insn);
		own->word = word_of(insn);
		own->mark = marks_at(&profile.marks, own->at, own->word);
		if (own->mark)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, on_mark, QEMU_PLUGIN_CB_NO_REGS,
							       own);
		else
			qemu_plugin_register_vcpu_insn_exec_cond_cb(insn, on_insn,
								    QEMU_PLUGIN_CB_NO_REGS,
								    QEMU_PLUGIN_COND_NE,
								    profile.active, 0, own);
	}
}

static int write_out(void)
{
	struct names names;
	int ret = names_find(&names, &profile.kernel, &profile.marks, &profile.recorder.blocks);
	FILE *out;

	if (ret) {
		names_free(&names);
		return ret;
	}
	out = fopen(profile.out, "w");
	ret = out ? write_trace(&profile.recorder, &names, out) : -errno;
	if (out && fclose(out) && !ret)
		ret = -errno;
	names_free(&names);

	return ret;
}

/* A file that is not whole would be taken for one: it goes. */
static void on_exit_of_qemu(void *userdata)
{
	int ret = profile.recorder.error ? profile.recorder.error : write_out();

	(void)userdata;
	if (ret) {
		remove(profile.out);
		fprintf(stderr, "smmubench-profile: cannot write %s: %s\n", profile.out, strerror(-ret));
	}
}

static int take_arguments(int argc, char **argv, const char **kernel, const char **module,
			  const char **runner)
{
	int i;

	for (i = 0; i < argc; i++) {
		char *value = strchr(argv[i], '=');

		if (!value)
			return -EINVAL;
		*value++ = '\0';
		if (!strcmp(argv[i], "kernel"))
			*kernel = value;
		else if (!strcmp(argv[i], "module"))
			*module = value;
		else if (!strcmp(argv[i], "runner"))
			*runner = value;
		else if (!strcmp(argv[i], "out"))
			profile.out = value;
		else
			return -EINVAL;
	}

	return *kernel && *module && *runner && profile.out ? 0 : -EINVAL;
}

static int load(const char *kernel, const char *module, const char *runner)
{
	char problem[512];
	int ret = image_load(&profile.kernel, kernel);

	if (ret)
		snprintf(problem, sizeof(problem), "cannot read the kernel %s: %s", kernel,
			 strerror(-ret));
	else
		ret = marks_load(&profile.marks, module, runner, problem, sizeof(problem));
	if (ret)
		complain(problem);

	return ret;
}

/* On failure QEMU adds a line of its own and ends. */
int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
	const char *kernel = NULL, *module = NULL, *runner = NULL;

	if (info->version.min > QEMU_PLUGIN_API || info->version.cur < QEMU_PLUGIN_API) {
		fprintf(stderr, "smmubench-profile: this QEMU has version %d to %d of its interface for plugins, and %d is needed\n",
			info->version.min, info->version.cur, QEMU_PLUGIN_API);
		return -1;
	}
	if (!info->system_emulation || strcmp(info->target_name, "aarch64") ||
	    info->system.max_vcpus != 1) {
		complain("it is for a machine with one arm64 CPU");
		return -1;
	}
	if (take_arguments(argc, argv, &kernel, &module, &runner)) {
		complain("kernel=, module=, runner= and out= are needed, and nothing else");
		return -1;
	}
	if (load(kernel, module, runner))
		return -1;
	profile.active.score = qemu_plugin_scoreboard_new(sizeof(uint64_t));
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation, NULL);
	qemu_plugin_register_vcpu_discon_cb(id, QEMU_PLUGIN_DISCON_INTERRUPT, on_exception, NULL);
	qemu_plugin_register_vcpu_discon_cb(id, QEMU_PLUGIN_DISCON_EXCEPTION, on_exception, NULL);
	qemu_plugin_register_atexit_cb(id, on_exit_of_qemu, NULL);

	return 0;
}
