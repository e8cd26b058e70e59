// SPDX-License-Identifier: GPL-2.0-only
/* The process, its two sockets, and what is said over them. */

#include "qemu.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Behind the standard streams, where a shell that starts QEMU leaves it alone. */
#define QMP_FD 3

/* Answers that may wait in the socket while we go on writing. */
#define OUTSTANDING 512

static pid_t pid;
static FILE *to, *from, *qmp_to, *qmp_from;
static unsigned int outstanding;

static const char *const machine[] = {
	"-machine", "virt,gic-version=3,iommu=smmuv3",
	"-cpu", "cortex-a57",
	"-m", "2G",
	"-accel", "qtest",
	/* It does not outlive us, however we end. */
	"-run-with", "exit-with-parent=on",
	"-nodefaults", "-display", "none",
	"-device", "edu,addr=0x1,dma_mask=0xffffffffffffffff",
	"-device", "edu,addr=0x2,dma_mask=0xffffffffffffffff",
	"-device", "edu,addr=0x9,dma_mask=0xffffffffffffffff",
	"-device", "edu,addr=0x1e,dma_mask=0xffffffffffffffff",
	"-qtest", "stdio", "-qtest-log", "none",
	"-chardev", "socket,id=qmp,fd=3", "-qmp", "chardev:qmp",
};

__attribute__((format(printf, 1, 2), noreturn)) static void die(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	fputs("qtest: ", stderr);
	vfprintf(stderr, format, ap);
	fputc('\n', stderr);
	exit(2);
}

static FILE *stream(int fd, const char *mode)
{
	FILE *f = fdopen(fd, mode);

	if (!f)
		die("cannot open a stream");

	return f;
}

static void run(char *const *command, const int *sockets)
{
	const char *argv[64];
	unsigned int n = 0, i;

	while (*command && n < 64 - ARRAY_SIZE(machine) - 1)
		argv[n++] = *command++;
	for (i = 0; i < ARRAY_SIZE(machine); i++)
		argv[n++] = machine[i];
	argv[n] = NULL;

	if (dup2(sockets[0], 0) < 0 || dup2(sockets[0], 1) < 0 || dup2(sockets[1], QMP_FD) < 0)
		_exit(127);
	execvp(argv[0], (char *const *)argv);
	perror(argv[0]);
	_exit(127);
}

static void line_of(FILE *f, char *line, int size)
{
	if (!fgets(line, size, f))
		die("QEMU ended; see what it printed");
}

static void qmp_do(const char *command, const char *until)
{
	char line[4096];

	fprintf(qmp_to, "{ \"execute\": \"%s\" }\n", command);
	fflush(qmp_to);
	do {
		line_of(qmp_from, line, sizeof(line));
		if (strstr(line, "\"error\""))
			die("%s: %s", command, line);
	} while (!strstr(line, until));
}

void qemu_start(char *const *command)
{
	int ours[2], theirs[2], pair[2];
	unsigned int i;

	for (i = 0; i < 2; i++) {
		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
			die("no sockets");
		ours[i] = pair[0];
		theirs[i] = pair[1];
	}
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		die("cannot start a process");
	if (!pid)
		run(command, theirs);
	close(theirs[0]);
	close(theirs[1]);
	from = stream(ours[0], "r");
	to = stream(dup(ours[0]), "w");
	qmp_from = stream(ours[1], "r");
	qmp_to = stream(dup(ours[1]), "w");
	qmp_do("qmp_capabilities", "\"return\"");
}

void qemu_stop(void)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* The answer to the oldest command, or to the last one: the number in it. */
static u64 answer(void)
{
	char line[256];
	u64 value = 0;

	line_of(from, line, sizeof(line));
	if (strncmp(line, "OK", 2))
		die("QEMU answers: %s", line);
	sscanf(line, "OK %llx", &value);

	return value;
}

static u64 settle(void)
{
	u64 value = 0;

	fflush(to);
	for (; outstanding; outstanding--)
		value = answer();

	return value;
}

__attribute__((format(printf, 1, 2))) static void ask(const char *format, ...)
{
	va_list ap;

	if (outstanding == OUTSTANDING)
		settle();
	va_start(ap, format);
	vfprintf(to, format, ap);
	va_end(ap);
	outstanding++;
}

void qemu_write32(u64 addr, u32 value)
{
	ask("writel %#llx %#x\n", addr, value);
}

void qemu_write64(u64 addr, u64 value)
{
	ask("writeq %#llx %#llx\n", addr, value);
}

u32 qemu_read32(u64 addr)
{
	ask("readl %#llx\n", addr);

	return settle();
}

u64 qemu_read64(u64 addr)
{
	ask("readq %#llx\n", addr);

	return settle();
}

void qemu_step(u64 ns)
{
	ask("clock_step %llu\n", ns);
}

void qemu_reset(void)
{
	settle();
	qmp_do("system_reset", "\"RESET\"");
}
