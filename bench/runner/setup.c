// SPDX-License-Identifier: GPL-2.0-only
/* The `setup` object: what must be equal for two runs to be compared. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "built_with.h"
#include "hardware.h"
#include "json.h"
#include "machine.h"
#include "sysfs.h"

/* Keys that come from the caller: only who built and booted knows them, or knows better. */
static const char *const callers_keys[] = {
	"config_hash", "series_hash", "compiler", "qemu", "cpu_model", "machine", "el2_debug",
	"suite_version",
};

/* Keys that are read here: a caller's word would be a second truth. */
static const char *const own_keys[] = {
	"kernel_release", "kernel_version", "runner_build", "module_build", "midr", "page_size", "cpus",
	"cntfrq", "cmdline", "smmus",
};

static size_t key_length(const char *pair)
{
	return strcspn(pair, "=");
}

static bool has_key(const char *pair, const char *key)
{
	size_t len = key_length(pair);

	return pair[len] == '=' && strlen(key) == len && !strncmp(pair, key, len);
}

bool machine_setup_key_ok(const char *pair, const char *clock)
{
	size_t i;

	if (key_length(pair) == 0 || pair[key_length(pair)] != '=')
		return false;
	/* It may be said twice, but not two ways. */
	if (has_key(pair, "clock") && (!clock || strcmp(pair + strlen("clock="), clock)))
		return false;
	/* Instructions are the same on every machine: figures of two stay comparable. */
	if (has_key(pair, "machine") && clock && !strcmp(clock, "insn"))
		return false;
	for (i = 0; i < sizeof(own_keys) / sizeof(own_keys[0]); i++) {
		if (has_key(pair, own_keys[i]))
			return false;
	}

	return true;
}

/* Digits become a number; with a sign, a leading zero or too many, a string. */
static void write_value(struct json *j, const char *key, const char *value)
{
	size_t len = strlen(value);

	if (len && len <= 15 && strspn(value, "0123456789") == len &&
	    (value[0] != '0' || len == 1))
		json_put_uint(j, key, strtoull(value, NULL, 10));
	else if (!len)
		json_put_null(j, key);
	else
		json_put_string(j, key, value);
}

/* What the caller says of @key, or else @fallback. */
static void write_callers_key(struct json *j, const char *key, const char *const *extra,
			      size_t n, const char *fallback)
{
	while (n--) {
		const char *value = extra[n] + key_length(extra[n]) + 1;

		if (!has_key(extra[n], key))
			continue;
		/* A hash of digits only is still a string. */
		if (!strcmp(key, "el2_debug"))
			write_value(j, key, value);
		else
			json_put_string(j, key, value[0] ? value : NULL);
		return;
	}
	json_put_string(j, key, fallback);
}

static bool is_known(const char *pair)
{
	size_t i;

	if (has_key(pair, "clock"))
		return true;
	for (i = 0; i < sizeof(callers_keys) / sizeof(callers_keys[0]); i++) {
		if (has_key(pair, callers_keys[i]))
			return true;
	}

	return false;
}

/* The last of several settings of one key wins, as for the known keys. */
static bool set_again(const char *pair, const char *const *later, size_t n)
{
	char key[128];

	snprintf(key, sizeof(key), "%.*s", (int)key_length(pair), pair);
	while (n--) {
		if (has_key(later[n], key))
			return true;
	}

	return false;
}

static void write_further_keys(struct json *j, const char *const *extra, size_t n)
{
	char key[128];
	size_t i;

	for (i = 0; i < n; i++) {
		if (is_known(extra[i]) || set_again(extra[i], extra + i + 1, n - i - 1))
			continue;
		snprintf(key, sizeof(key), "%.*s", (int)key_length(extra[i]), extra[i]);
		write_value(j, key, extra[i] + key_length(extra[i]) + 1);
	}
}

static void write_file(struct json *j, const char *key, const char *path)
{
	char value[4096];

	if (sysfs_read(value, sizeof(value), "%s", path))
		json_put_null(j, key);
	else
		json_put_string(j, key, value);
}

/* "Linux version RELEASE (user@host) (COMPILER) #1 ...": the second brackets. */
static const char *kernel_compiler(char *version, size_t size)
{
	char *start, *end;
	int depth = 1;

	if (sysfs_read(version, size, "/proc/version"))
		return NULL;
	start = strstr(version, ") (");
	if (!start)
		return NULL;
	start += 3;
	for (end = start; *end && depth; end++)
		depth += (*end == '(') - (*end == ')');
	*(depth ? end : end - 1) = '\0';

	return start;
}

static void write_hex(struct json *j, const char *key, unsigned long long value)
{
	char text[32];

	snprintf(text, sizeof(text), "0x%llx", value);
	json_put_string(j, key, text);
}

static void write_smmu(struct json *j, const struct smmubench_smmu *smmu)
{
	const struct {
		const char *key;
		unsigned int value;
	} regs[] = {
		{ "idr0", smmu->idr0 }, { "idr1", smmu->idr1 }, { "idr3", smmu->idr3 },
		{ "idr5", smmu->idr5 }, { "iidr", smmu->iidr },
	};
	char prefix[64], *options;
	size_t i;

	json_put_object(j, NULL);
	write_hex(j, "base", smmu->base);
	for (i = 0; i < sizeof(regs) / sizeof(regs[0]); i++) {
		if (smmu->readable)
			write_hex(j, regs[i].key, regs[i].value);
		else
			json_put_null(j, regs[i].key);
	}
	snprintf(prefix, sizeof(prefix), "arm-smmu-v3 %llx.", (unsigned long long)smmu->base);
	options = machine_kernel_log(prefix);
	json_put_string(j, "options", options);
	free(options);
	json_end_object(j);
}

static void write_own_smmus(const struct machine *m, struct json *j)
{
	struct smmubench_smmu smmu;
	unsigned int i;

	for (i = 0; ; i++) {
		memset(&smmu, 0, sizeof(smmu));
		smmu.index = i;
		if (ioctl(m->fd, SMMUBENCH_SMMU, &smmu))
			break;
		write_smmu(j, &smmu);
	}
}

/* "BASE STATE IDR0 IDR1 IDR3 IDR5 IIDR": EL2 read them before the host lost sight of them. */
static void write_el2_smmu(struct json *j, const char *line)
{
	struct smmubench_smmu smmu = { .readable = 1 };
	unsigned long long base;

	if (sscanf(line, "%llx %*s %x %x %x %x %x", &base, &smmu.idr0, &smmu.idr1, &smmu.idr3,
		   &smmu.idr5, &smmu.iidr) != 6)
		return;
	smmu.base = base;
	write_smmu(j, &smmu);
}

/* Where EL2 owns the SMMUs their registers are not this host's to read. */
static void write_smmus(const struct machine *m, struct json *j)
{
	char text[4096], *line, *save = NULL;

	json_put_array(j, "smmus");
	if (sysfs_read_lines(text, sizeof(text), PKVM_IOMMU "/smmus"))
		text[0] = '\0';
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		write_el2_smmu(j, line);
	if (machine_is_native(m))
		write_own_smmus(m, j);
	json_end_array(j);
}

/*
 * The command line less the words that pick a mode: those are fields of their
 * own, and runs of two modes are to be compared.
 */
static void write_cmdline(struct json *j)
{
	char line[4096], rest[4096] = "", *save = NULL, *word;

	if (sysfs_read(line, sizeof(line), "/proc/cmdline")) {
		json_put_null(j, "cmdline");
		return;
	}
	for (word = strtok_r(line, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		if (!strncmp(word, "kvm-arm.mode=", strlen("kvm-arm.mode=")) ||
		    !strncmp(word, "kvm-arm.smmu=", strlen("kvm-arm.smmu=")))
			continue;
		if (rest[0])
			strcat(rest, " ");
		strcat(rest, word);
	}
	json_put_string(j, "cmdline", rest);
}

/*
 * Time depends on the machine, and where that is an emulator's on the one below it,
 * which only the caller can see.
 */
static void write_machine(const struct machine *m, struct json *j, const char *const *extra, size_t n)
{
	static const struct hardware_source here = { "/proc", "/sys" };
	char text[512] = "";

	if (!m->virt)
		hardware_text(&here, text, sizeof(text));
	write_callers_key(j, "machine", extra, n, text[0] ? text : NULL);
}

void machine_write_setup(const struct machine *m, struct json *j, const char *clock,
			 const char *const *extra, size_t n)
{
	char version[1024];
	struct utsname uts;
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	uname(&uts);
	json_put_object(j, "setup");
	json_put_string(j, "kernel_release", uts.release);
	json_put_string(j, "kernel_version", uts.version);
	write_callers_key(j, "config_hash", extra, n, NULL);
	write_callers_key(j, "series_hash", extra, n, NULL);
	write_callers_key(j, "compiler", extra, n, kernel_compiler(version, sizeof(version)));
	json_put_string(j, "runner_build", BUILT_WITH);
	write_file(j, "module_build", "/sys/module/smmubench/version");
	write_callers_key(j, "qemu", extra, n, NULL);
	write_callers_key(j, "cpu_model", extra, n, NULL);
	if (strcmp(clock, "insn"))
		write_machine(m, j, extra, n);
	write_file(j, "midr", "/sys/devices/system/cpu/cpu0/regs/identification/midr_el1");
	json_put_uint(j, "page_size", m->info.page_size);
	json_put_uint(j, "cpus", cpus > 0 ? (unsigned long)cpus : 0);
	json_put_uint(j, "cntfrq", m->info.cntfrq);
	write_cmdline(j);
	json_put_string(j, "clock", clock);
	write_callers_key(j, "el2_debug", extra, n, NULL);
	write_callers_key(j, "suite_version", extra, n, SUITE_VERSION);
	write_smmus(m, j);
	write_further_keys(j, extra, n);
	json_end_object(j);
}
