// SPDX-License-Identifier: GPL-2.0-only
/* Runs gnuplot. */
#include "plot.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "error.h"
#include "file.h"
#include "mem.h"

extern char **environ;

/**
 * plot_string() - print text into a script so that it stays text
 * @script: the gnuplot script
 * @text: any string
 *
 * In single quotes gnuplot expands nothing, and only the quote itself needs doubling.
 */
void plot_string(FILE *script, const char *text)
{
	fputc('\'', script);
	for (; *text; text++) {
		if (*text == '\'')
			fputc('\'', script);
		fputc((unsigned char)*text < ' ' || *text == 0x7f ? ' ' : *text, script);
	}
	fputc('\'', script);
}

static int spawn_gnuplot(const char *script, const char *svg, const char *messages,
			 struct error *error)
{
	char *const arguments[] = { "gnuplot", "--default-settings", (char *)script, NULL };
	posix_spawn_file_actions_t actions;
	int code, status;
	pid_t child;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 1, svg, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	posix_spawn_file_actions_addopen(&actions, 2, messages, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	code = posix_spawnp(&child, "gnuplot", &actions, NULL, arguments, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (code)
		return error_set(error, -code, "cannot start gnuplot: %s: run scripts/setup",
				 strerror(code));
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return error_set(error, -errno, "cannot wait for gnuplot: %s; try again",
					 strerror(errno));
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return -EIO;
	return 0;
}

/**
 * plot_run() - have gnuplot draw
 * @script: what to draw; it sets the terminal svg and leaves the output on standard output
 * @svg: set to the drawing, NUL-terminated, which the caller frees
 * @length: set to its length
 * @error: the reason on failure
 *
 * Return: 0 or -errno.
 */
int plot_run(const char *script, char **svg, size_t *length, struct error *error)
{
	const char *parent = getenv("TMPDIR");
	char *folder = mem_format("%s/smmustat.XXXXXX", parent && *parent ? parent : "/tmp");
	char *names[3], *message = NULL;
	size_t unused;
	int code, i;

	if (!mkdtemp(folder)) {
		code = error_set(error, -errno, "%s: cannot make a temporary folder: %s; set "
				 "TMPDIR to a folder that can be written", folder, strerror(errno));
		free(folder);
		return code;
	}
	names[0] = mem_format("%s/script", folder);
	names[1] = mem_format("%s/svg", folder);
	names[2] = mem_format("%s/messages", folder);
	code = file_write(names[0], script, strlen(script), error);
	if (!code)
		code = spawn_gnuplot(names[0], names[1], names[2], error);
	if (code == -EIO && !file_read(names[2], &message, &unused, error))
		error_set(error, code, "gnuplot failed: %.300s; see that it is version 5.4 or "
			  "later", message);
	if (!code)
		code = file_read(names[1], svg, length, error);
	if (!code && !*length) {
		free(*svg);
		code = error_set(error, -EIO, "gnuplot drew nothing: see that it has the "
				 "terminal svg");
	}
	free(message);
	for (i = 0; i < 3; i++) {
		unlink(names[i]);
		free(names[i]);
	}
	rmdir(folder);
	free(folder);
	return code;
}
