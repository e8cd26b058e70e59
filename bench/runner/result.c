// SPDX-License-Identifier: GPL-2.0-only
/* The result file of one boot. */

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "json.h"
#include "session.h"
#include "sysfs.h"

#define SCHEMA_MAJOR	1
#define SCHEMA_MINOR	3

/* Each benchmark on a line of its own: runs[] > run > benchmarks[] > here. */
#define WRAP		4

/* A machine without a clock that runs on begins in 1970 and does not know the date. */
#define EARLIEST	1577836800	/* 2020-01-01T00:00:00Z */

static void write_volatile(struct json *j)
{
	time_t now = time(NULL);
	char date[32], value[64];
	struct tm tm;

	json_put_object(j, "volatile");
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &tm));
	if (now < EARLIEST)
		json_put_null(j, "date");
	else
		json_put_string(j, "date", date);
	if (!sysfs_read(value, sizeof(value), "/sys/class/thermal/thermal_zone0/temp"))
		json_put_string(j, "temperature", value);
	if (!sysfs_read(value, sizeof(value),
			"/sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq"))
		json_put_string(j, "frequency", value);
	json_end_object(j);
}

/*
 * What EL2 holds for the SMMUs, in bytes, now that all rows are done; beside it
 * the memory that the host has, since that is what is left to it.
 */
static void write_memory(struct json *j)
{
	long pages = sysconf(_SC_PHYS_PAGES), page_size = sysconf(_SC_PAGESIZE);
	char text[1024], name[32], *line, *save = NULL;
	unsigned long long bytes;

	json_put_object(j, "memory");
	if (pages > 0 && page_size > 0)
		json_put_uint(j, "host", (unsigned long long)pages * page_size);
	if (sysfs_read_lines(text, sizeof(text), PKVM_IOMMU "/memory"))
		text[0] = '\0';
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (sscanf(line, "%31s %llu", name, &bytes) == 2)
			json_put_uint(j, name, bytes);
	}
	json_end_object(j);
}

/*
 * The kernel's id of this boot. One without sysctl has none: then each run has
 * an id of its own, which still tells this boot from others.
 */
static int read_boot_id(char *id, size_t size)
{
	unsigned char b[16];

	if (!sysfs_read(id, size, "/proc/sys/kernel/random/boot_id") && id[0])
		return 0;
	if (getrandom(b, sizeof(b), GRND_NONBLOCK) != (ssize_t)sizeof(b))
		return -EIO;
	b[6] = (b[6] & 0x0f) | 0x40;
	b[8] = (b[8] & 0x3f) | 0x80;
	snprintf(id, size,
		 "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0],
		 b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13],
		 b[14], b[15]);

	return 0;
}

static void write_run(const struct session *s, struct json *j)
{
	const struct machine *m = &s->machine;
	char boot_id[64];
	size_t i;

	json_put_object(j, NULL);
	json_put_string(j, "run_id", s->run_id);
	json_put_uint(j, "sequence", s->sequence);
	json_put_string(j, "boot_id", read_boot_id(boot_id, sizeof(boot_id)) ? NULL : boot_id);
	json_put_string(j, "mode_requested", s->mode_requested);
	json_put_string(j, "mode", m->mode[0] ? m->mode : NULL);
	json_put_string(j, "kvm_mode", kvm_mode_name(m->info.kvm_mode));
	json_put_uint(j, "perturb", s->perturb);
	json_put_string(j, "status", session_status(s));
	machine_write_setup(m, j, s->clock == SMMUBENCH_CLOCK_INSN ? "insn" : "wall", s->extra,
			    s->nr_extra);
	write_volatile(j);
	write_memory(j);
	json_put_array(j, "benchmarks");
	for (i = 0; i < s->n; i++)
		record_write(&s->records[i], m, j);
	json_end_array(j);
	json_end_object(j);
}

static void write_document(const struct session *s, FILE *f)
{
	struct json j = { .f = f, .wrap = WRAP };

	json_put_object(&j, NULL);
	json_put_object(&j, "schema");
	json_put_uint(&j, "major", SCHEMA_MAJOR);
	json_put_uint(&j, "minor", SCHEMA_MINOR);
	json_end_object(&j);
	json_put_array(&j, "runs");
	write_run(s, &j);
	json_end_array(&j);
	json_end_object(&j);
}

int session_write(const struct session *s)
{
	char tmp[PATH_MAX];
	int ret = 0;
	FILE *f;

	if ((size_t)snprintf(tmp, sizeof(tmp), "%s.tmp", s->out) >= sizeof(tmp))
		return -ENAMETOOLONG;
	f = fopen(tmp, "we");
	if (!f)
		return -errno;

	write_document(s, f);
	errno = EIO;
	if (ferror(f) || fflush(f) || fsync(fileno(f)))
		ret = -errno;
	if (fclose(f) && !ret)
		ret = -errno;
	if (!ret && rename(tmp, s->out))
		ret = -errno;
	if (ret)
		unlink(tmp);

	return ret;
}
