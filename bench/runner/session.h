/* SPDX-License-Identifier: GPL-2.0-only */
/* Running the chosen rows in each domain, and the file that comes of it. */

#ifndef SMMUBENCH_SESSION_H
#define SMMUBENCH_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "devices.h"
#include "machine.h"
#include "record.h"

/**
 * struct session - everything about one `smmubench run`
 * @dev: NULL when no chosen row needs one, or when there is none
 * @no_device: why there is none, if rows need one: one sentence
 * @extra: KEY=VALUE of the caller for `setup`
 * @records: in the order they are run
 */
struct session {
	struct machine machine;
	const struct device *dev;
	const char *no_device;
	enum smmubench_clock clock;
	unsigned int threads;
	unsigned int perturb;
	unsigned long sequence;
	const char *run_id;
	const char *mode_requested;
	const char *out;
	const char *const *extra;
	size_t nr_extra;
	bool full;
	struct record *records;
	size_t n;
};

/**
 * session_plan() - one record for each row, domain and method chosen
 * @suite: as row_in_suite()
 * @filter: as row_matches()
 *
 * Return: 0, -ENOENT when nothing was chosen, -ENOMEM.
 */
int session_plan(struct session *s, const char *suite, const char *filter);
bool session_needs_device(const struct session *s);

/**
 * session_run() - measure; returns early on SIGINT, SIGTERM and SIGHUP
 *
 * The device is as before when this returns. Return: 0 also when rows failed;
 * -errno when the device could not be restored, with the step in @problem.
 */
int session_run(struct session *s, char *problem, size_t size);
bool session_interrupted(void);

/* "ok", "partial" or "failed", from the records. */
const char *session_status(const struct session *s);

/**
 * session_write() - the result file: written beside, synced, renamed
 *
 * Return: 0 or -errno.
 */
int session_write(const struct session *s);
void session_free(struct session *s);

#endif /* SMMUBENCH_SESSION_H */
