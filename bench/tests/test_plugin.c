// SPDX-License-Identifier: GPL-2.0-only
/* What the plugin for QEMU makes of a file and of instructions, without QEMU. */

#include "tap.h"

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "code.h"
#include "image.h"
#include "marks.h"
#include "names.h"
#include "recorder.h"
#include "write.h"

#define TEXT_AT	0xffff800000001000ULL
#define WORDS	32

/* A kernel with two files, and a label within a function. */
static const char names[] = "\0.text\0.symtab\0.strtab\0one.c\0two.c\0first\0label\0second\0third\0"
			    "$x\0__kvm_nvhe_fourth";

struct file {
	Elf64_Ehdr header;
	Elf64_Shdr sections[4];
	Elf64_Sym symbols[10];
	uint32_t code[WORDS];
	char names[sizeof(names)];
};

static uint32_t name(const char *wanted)
{
	size_t i;

	for (i = 1; i < sizeof(names); i += strlen(names + i) + 1) {
		if (!strcmp(names + i, wanted))
			return i;
	}
	fail_msg("no name %s", wanted);

	return 0;
}

static Elf64_Sym symbol(const char *called, unsigned int bind, unsigned int type, uint64_t at,
			uint64_t size)
{
	return (Elf64_Sym){
		.st_name = name(called), .st_info = ELF64_ST_INFO(bind, type), .st_value = at,
		.st_size = size, .st_shndx = type == STT_FILE ? SHN_ABS : 1,
	};
}

static void make_file(struct file *f)
{
	size_t i;

	memset(f, 0, sizeof(*f));
	memcpy(f->header.e_ident, ELFMAG, SELFMAG);
	f->header.e_ident[EI_CLASS] = ELFCLASS64;
	f->header.e_ident[EI_DATA] = ELFDATA2LSB;
	f->header.e_type = ET_EXEC;
	f->header.e_machine = EM_AARCH64;
	f->header.e_shoff = offsetof(struct file, sections);
	f->header.e_shentsize = sizeof(Elf64_Shdr);
	f->header.e_shnum = COUNT_OF(f->sections);
	f->header.e_shstrndx = 3;
	f->sections[1] = (Elf64_Shdr){
		.sh_name = name(".text"), .sh_type = SHT_PROGBITS,
		.sh_flags = SHF_ALLOC | SHF_EXECINSTR, .sh_addr = TEXT_AT,
		.sh_offset = offsetof(struct file, code), .sh_size = sizeof(f->code),
	};
	f->sections[2] = (Elf64_Shdr){
		.sh_name = name(".symtab"), .sh_type = SHT_SYMTAB, .sh_link = 3,
		.sh_offset = offsetof(struct file, symbols), .sh_size = sizeof(f->symbols),
	};
	f->sections[3] = (Elf64_Shdr){
		.sh_name = name(".strtab"), .sh_type = SHT_STRTAB,
		.sh_offset = offsetof(struct file, names), .sh_size = sizeof(f->names),
	};
	f->symbols[1] = symbol("one.c", STB_LOCAL, STT_FILE, 0, 0);
	f->symbols[2] = symbol("$x", STB_LOCAL, STT_NOTYPE, TEXT_AT, 0);
	f->symbols[3] = symbol("label", STB_LOCAL, STT_NOTYPE, TEXT_AT + 8, 0);
	f->symbols[4] = symbol("two.c", STB_LOCAL, STT_FILE, 0, 0);
	f->symbols[5] = symbol("$x", STB_LOCAL, STT_NOTYPE, TEXT_AT + 32, 0);
	f->symbols[6] = symbol("first", STB_GLOBAL, STT_FUNC, TEXT_AT, 16);
	f->symbols[7] = symbol("third", STB_GLOBAL, STT_FUNC, TEXT_AT + 32, 16);
	f->symbols[8] = symbol("second", STB_GLOBAL, STT_NOTYPE, TEXT_AT + 16, 0);
	f->symbols[9] = symbol("__kvm_nvhe_fourth", STB_GLOBAL, STT_FUNC, TEXT_AT + 64, 64);
	for (i = 0; i < WORDS; i++)
		f->code[i] = 0x91000000 + i;	/* add x0, x0, #0 and so on */
	memcpy(f->names, names, sizeof(names));
}

static int load(struct image *image, const void *data, size_t size)
{
	char path[] = "/tmp/test_plugin.XXXXXX";
	int fd = mkstemp(path), ret;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, size), size);
	close(fd);
	ret = image_load(image, path);
	unlink(path);

	return ret;
}

static void functions_are_found(void **state)
{
	struct image image;
	struct file f;
	uint32_t word;

	(void)state;
	make_file(&f);
	assert_int_equal(load(&image, &f, sizeof(f)), 0);
	assert_int_equal(image.nr, 4);
	assert_string_equal(image_function_at(&image, TEXT_AT + 12)->name, "first");
	assert_string_equal(image_function_at(&image, TEXT_AT + 12)->file, "one.c");
	/* Without a size it goes to the next one, and is of the same file still. */
	assert_string_equal(image_function_at(&image, TEXT_AT + 28)->name, "second");
	assert_string_equal(image_function_at(&image, TEXT_AT + 28)->file, "one.c");
	assert_string_equal(image_function_at(&image, TEXT_AT + 32)->file, "two.c");
	assert_null(image_function_at(&image, TEXT_AT - 4));
	assert_null(image_function_at(&image, TEXT_AT + sizeof(f.code)));
	assert_ptr_equal(image_function(&image, "third"), image_function_at(&image, TEXT_AT + 40));
	assert_null(image_function(&image, "label"));
	assert_true(image_word(&image, TEXT_AT + 4, &word));
	assert_int_equal(word, 0x91000001);
	assert_false(image_word(&image, TEXT_AT + sizeof(f.code), &word));
	image_free(&image);
}

/* However it is cut short, and whatever a byte of its tables becomes. */
static void damaged_files_are_refused_or_read(void **state)
{
	struct image image;
	struct file f;
	size_t i;

	(void)state;
	make_file(&f);
	for (i = 0; i < offsetof(struct file, names) + sizeof(names); i += 7) {
		assert_int_not_equal(load(&image, &f, i), 0);
		image_free(&image);
	}
	for (i = 0; i < offsetof(struct file, code); i++) {
		make_file(&f);
		((uint8_t *)&f)[i] ^= 0xff;
		load(&image, &f, sizeof(f));
		image_free(&image);
	}
	make_file(&f);
	f.header.e_machine = EM_X86_64;
	assert_int_equal(load(&image, &f, sizeof(f)), -ENOEXEC);
	image_free(&image);
	assert_int_equal(image_load(&image, "/no/such/file"), -ENOENT);
	image_free(&image);
}

static void instructions(void **state)
{
	(void)state;
	assert_true(code_reads_counter(0xd53be059));	/* mrs x25, cntvct_el0 */
	assert_false(code_reads_counter(0xd53be039));	/* mrs x25, cntpct_el0 */
	assert_true(code_calls_register(0xd63f02e0));	/* blr x23 */
	assert_false(code_calls_register(0xd61f02e0));	/* br x23 */
	assert_true(code_calls(0x940009d4, 0x403360, 0x405ab0));
	assert_true(code_calls(0x97ffffbf, 0x405ac4, 0x4059c0));
	assert_false(code_calls(0x14000000 | (0x97ffffbf & 0x3ffffff), 0x405ac4, 0x4059c0));
	assert_true(code_raises(0xd4000002));		/* hvc #0 */
	assert_false(code_raises(0xd503201f));		/* nop */
	/* What a linker fills in: bl, adrp, add, ldr. */
	assert_int_equal(code_fixed_bits(0x94000000), 0xfc000000);
	assert_int_equal(code_fixed_bits(0x90000001), 0x9f00001f);
	assert_int_equal(code_fixed_bits(0x91000021), 0xffc003ff);
	assert_int_equal(code_fixed_bits(0xf9400021), 0xffc003ff);
	assert_int_equal(code_fixed_bits(0xa9bb7bfd), 0xffffffff);	/* stp */
}

static void run(struct recorder *r, uint64_t at, enum mark mark)
{
	recorder_insn(r, at, 0xd503201f, mark);
}

static void windows_and_paths(void **state)
{
	struct recorder r = { 0 };
	int i;

	(void)state;
	run(&r, 0x1000, MARK_CLOCK);		/* before any row: not recorded */
	run(&r, 0x1004, MARK_CLOCK);
	run(&r, 0x2000, MARK_ROW);
	run(&r, 0x1000, MARK_CLOCK);
	run(&r, 0x1004, MARK_NONE);
	for (i = 0; i < 3; i++) {
		run(&r, 0x3000, MARK_CUT);
		run(&r, 0x3004, MARK_NONE);
		run(&r, 0x1000, MARK_NONE);
	}
	run(&r, 0x1004, MARK_CLOCK);		/* the end, which is not part of it */
	run(&r, 0x1008, MARK_NONE);
	assert_int_equal(r.error, 0);
	assert_int_equal(r.nr_rows, 1);
	assert_int_equal(r.nr_windows, 1);
	assert_int_equal(r.windows[0].nr, 4);
	assert_int_equal(r.paths.nr, 2);
	assert_int_equal(r.blocks.nr, 3);
	assert_int_equal(r.in_windows[1], r.in_windows[3]);
	assert_false(r.active);
	recorder_free(&r);
}

/* A fault undoes the instruction, an interrupt and a hypercall do not. */
static void exceptions(void **state)
{
	struct recorder r = { 0 };
	const uint32_t *path;

	(void)state;
	run(&r, 0x2000, MARK_GUEST_ROW);
	run(&r, 0x1000, MARK_BEGIN);
	run(&r, 0x1004, MARK_NONE);
	recorder_exception(&r, false, 0x1004);
	run(&r, 0x8000, MARK_NONE);
	recorder_exception(&r, true, 0x8004);
	run(&r, 0x9000, MARK_NONE);
	recorder_insn(&r, 0x9004, 0xd4000002, MARK_NONE);
	recorder_exception(&r, false, 0x9004);
	run(&r, 0xa000, MARK_NONE);
	run(&r, 0x1004, MARK_END);
	assert_int_equal(r.paths.nr, 1);
	assert_int_equal(r.paths.list[0].nr, 4);
	path = sequences_items(&r.paths, 0);
	assert_int_equal(path[0] % 2, 0);
	assert_int_equal(path[1] % 2, 1);
	assert_int_equal(path[2] % 2, 1);
	assert_int_equal(path[3] % 2, 1);
	/* Two of the address, and the words. */
	assert_int_equal(r.blocks.list[path[0] / 2].nr, 2 + 1);
	assert_int_equal(r.blocks.list[path[1] / 2].nr, 2 + 1);
	assert_int_equal(r.blocks.list[path[2] / 2].nr, 2 + 2);
	recorder_free(&r);
}

static void sequences_are_kept_once(void **state)
{
	struct sequences set = { 0 };
	uint32_t items[3] = { 0 };
	int64_t i;

	(void)state;
	for (i = 0; i < 5000; i++) {
		items[1] = i;
		assert_int_equal(sequences_number(&set, items, 3), i);
	}
	for (i = 0; i < 5000; i++) {
		items[1] = i;
		assert_int_equal(sequences_number(&set, items, 3), i);
	}
	assert_int_equal(sequences_number(&set, items, 2), 5000);
	sequences_free(&set);
}

/* The kernel's code at an address of EL2's own, some of it changed. */
static void places_are_found(void **state)
{
	static const uint64_t shift = 0x800000200000ULL - TEXT_AT;
	struct recorder r = { 0 };
	struct marks marks = { 0 };
	struct image kernel;
	struct names n;
	struct file f;
	uint64_t at;

	(void)state;
	make_file(&f);
	assert_int_equal(load(&kernel, &f, sizeof(f)), 0);
	run(&r, 0, MARK_ROW);
	/* At EL1 it is where it was linked for. */
	recorder_insn(&r, TEXT_AT, f.code[0], MARK_CLOCK);
	for (at = TEXT_AT + 64; at < TEXT_AT + 96; at += 4)
		recorder_insn(&r, at + shift, f.code[(at - TEXT_AT) / 4], MARK_NONE);
	for (at = TEXT_AT + 32; at < TEXT_AT + 40; at += 4)
		recorder_insn(&r, at + shift, 0xd503201f, MARK_NONE);
	recorder_insn(&r, GUEST_CODE + 8, 0xf9000085, MARK_NONE);
	recorder_insn(&r, 0x7000, 0xd503201f, MARK_NONE);
	recorder_insn(&r, TEXT_AT, f.code[0], MARK_CLOCK);
	assert_int_equal(names_find(&n, &kernel, &marks, &r.blocks), 0);
	assert_int_equal(n.nr, 5);
	assert_string_equal(n.list[0].name, "[no symbol]");
	assert_int_equal(n.list[0].level, LEVEL_EL0);
	assert_string_equal(n.list[1].name, "[guest]");
	assert_int_equal(n.list[1].level, LEVEL_GUEST);
	assert_string_equal(n.list[2].name, "third");
	assert_int_equal(n.list[2].level, LEVEL_EL2);
	assert_true(n.list[2].at == TEXT_AT + 32 + shift);
	assert_string_equal(n.list[3].name, "fourth");
	assert_int_equal(n.list[3].level, LEVEL_EL2);
	assert_string_equal(n.list[4].name, "first");
	assert_int_equal(n.list[4].level, LEVEL_EL1);
	names_free(&n);
	image_free(&kernel);
	recorder_free(&r);
}

/* 20 times the same two blocks are a loop in the file. */
static void loops_are_short(void **state)
{
	struct recorder r = { 0 };
	struct names n = { 0 };
	size_t length;
	char *text;
	FILE *out;
	int i;

	(void)state;
	run(&r, 0, MARK_ROW);
	run(&r, 0x1000, MARK_CLOCK);
	for (i = 0; i < 20; i++) {
		run(&r, 0x2000, MARK_NONE);
		run(&r, 0x3000, MARK_NONE);
	}
	run(&r, 0x1000, MARK_CLOCK);
	out = open_memstream(&text, &length);
	assert_non_null(out);
	assert_int_equal(write_trace(&r, &n, out), 0);
	fclose(out);
	assert_non_null(strstr(text, "[0,2,4,-19,2]"));
	free(text);
	recorder_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_are_found),
		cmocka_unit_test(damaged_files_are_refused_or_read),
		cmocka_unit_test(instructions),
		cmocka_unit_test(windows_and_paths),
		cmocka_unit_test(exceptions),
		cmocka_unit_test(sequences_are_kept_once),
		cmocka_unit_test(places_are_found),
		cmocka_unit_test(loops_are_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
