// SPDX-License-Identifier: GPL-2.0-only
/*
 * What this machine did to the programs of a build: a library for LD_PRELOAD that
 * appends a line to the file that the environment variable ENDED names
 *
 *  - when wait() tells make, a shell, ccache or the compiler's driver that a child was
 *    ended by KILL, TERM or another signal that programs do not get by their own doing;
 *    SEGV, ABRT, ILL, FPE and TRAP are a program's own, and PIPE is how a pipeline ends;
 *  - when malloc() has no memory for one of them.
 *
 * What such a program left, or did not leave, says nothing of the sources.
 */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static int is_foreign(int signal)
{
	static const int foreign[] = { SIGKILL, SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGBUS,
				       SIGXCPU, SIGXFSZ, SIGALRM, SIGUSR1, SIGUSR2 };
	size_t i;

	for (i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++) {
		if (signal == foreign[i])
			return 1;
	}

	return 0;
}

/* One write() of a short line to a file opened for appending is not torn. */
static void note(const char *what, const char *name)
{
	const char *file = getenv("ENDED"), *me = program_invocation_short_name;
	char line[160];
	int fd, length, saved = errno;

	fd = file ? open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666) : -1;
	if (fd >= 0) {
		length = snprintf(line, sizeof(line), "%s%s%s\n", me, what, name);
		if (length > 0 && (size_t)length < sizeof(line))
			length = (int)write(fd, line, (size_t)length);
		close(fd);
	}
	errno = saved;
}

static void note_signal(int signal)
{
	if (is_foreign(signal))
		note(": a program that it had started got ", strsignal(signal));
}

static pid_t look(pid_t pid, int status)
{
	if (pid > 0 && WIFSIGNALED(status))
		note_signal(WTERMSIG(status));

	return pid;
}

/* The C library's own function of that name, whose type the caller knows. */
static void next(const char *name, void *function)
{
	void *symbol = dlsym(RTLD_NEXT, name);

	memcpy(function, &symbol, sizeof(symbol));
	if (!symbol)
		_exit(127);
}

pid_t wait4(pid_t pid, int *status, int options, struct rusage *usage)
{
	static pid_t (*real)(pid_t, int *, int, struct rusage *);
	int mine = 0;

	if (!real)
		next("wait4", &real);
	pid = real(pid, &mine, options, usage);
	if (pid > 0 && status)
		*status = mine;

	return look(pid, mine);
}

pid_t wait3(int *status, int options, struct rusage *usage)
{
	return wait4(-1, status, options, usage);
}

pid_t waitpid(pid_t pid, int *status, int options)
{
	return wait4(pid, status, options, NULL);
}

pid_t wait(int *status)
{
	return wait4(-1, status, 0, NULL);
}

int waitid(idtype_t type, id_t id, siginfo_t *info, int options)
{
	static int (*real)(idtype_t, id_t, siginfo_t *, int);
	siginfo_t mine = { 0 };
	int ret;

	if (!real)
		next("waitid", &real);
	if (!info)
		info = &mine;
	ret = real(type, id, info, options);
	if (!ret && info->si_pid && (info->si_code == CLD_KILLED || info->si_code == CLD_DUMPED))
		note_signal(info->si_status);

	return ret;
}

/* The C library's own, under the names that it has for those who replace malloc(). */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t number, size_t size);
void *__libc_realloc(void *old, size_t size);

/* Some ask for more than any machine has, and do without. */
#define ABSURD	(1ull << 40)

static void *memory(void *got, size_t size)
{
	if (!got && size && size < ABSURD)
		note(" got no memory", "");

	return got;
}

void *malloc(size_t size)
{
	return memory(__libc_malloc(size), size);
}

void *calloc(size_t number, size_t size)
{
	return memory(__libc_calloc(number, size), size < ABSURD / 2 && number < ABSURD ? size : 0);
}

void *realloc(void *old, size_t size)
{
	return memory(__libc_realloc(old, size), size);
}
