// SPDX-License-Identifier: GPL-2.0-only
/*
 * CPUs other than the first: threads that hand on the right to run, so that one of them
 * runs at a time and every run of a test takes the same turns.
 */

#include "cmocka_all.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <unistd.h>

#include "points.h"
#include "world.h"

struct cpu {
	sem_t go;
	unsigned int number;
	void (*fn)(void);
};

/*
 * Those that run something. A test that failed leaves its threads where they are. The
 * first CPU is the thread of the tests.
 */
static struct cpu *cpus[MODEL_CPUS], first;
static bool failed;
static __thread bool other;

/* Waits for another CPU since there was one; more of them have no end. */
#define ALONE_MAX 1000
static unsigned int alone;

static struct cpu *cpu_new(unsigned int number, void (*fn)(void))
{
	struct cpu *cpu = malloc(sizeof(*cpu));

	assert_true(cpu && number < MODEL_CPUS);
	*cpu = (struct cpu){ .number = number, .fn = fn };
	sem_init(&cpu->go, 0, 0);
	cpus[number] = cpu;

	return cpu;
}

static void cpu_free(struct cpu *cpu)
{
	cpus[cpu->number] = NULL;
	sem_destroy(&cpu->go);
	free(cpu);
}

void smp_reset(void)
{
	memset(cpus, 0, sizeof(cpus));
	sem_init(&first.go, 0, 0);
	cpus[0] = &first;
	failed = false;
	alone = 0;
}

bool smp_other(void)
{
	return other;
}

/* A test may say that it is another CPU; its thread is still the first's. */
bool smp_paused(unsigned int cpu)
{
	return cpus[cpu] && cpu != (other ? model_cpu : 0);
}

static void wait_for_turn(struct cpu *cpu)
{
	while (sem_wait(&cpu->go))
		;
	if (!other && failed)
		fail();
}

static void *run(void *arg)
{
	struct cpu *cpu = arg;

	other = true;
	model_cpu = cpu->number;
	cpu->fn();
	cpu_free(cpu);
	sem_post(&first.go);

	return NULL;
}

void smp_start(unsigned int number, void (*fn)(void))
{
	struct cpu *cpu = cpu_new(number, fn);
	pthread_t thread;

	alone = 0;
	if (pthread_create(&thread, NULL, run, cpu))
		world_bug("no thread can be started");
	pthread_detach(thread);
	wait_for_turn(&first);
}

void smp_switch(unsigned int number)
{
	struct cpu *self = other ? cpus[model_cpu] : &first;

	alone = 0;
	sem_post(&cpus[number]->go);
	wait_for_turn(self);
}

void smp_wait(void)
{
	unsigned int cpu;

	for (cpu = 0; cpu < MODEL_CPUS && !smp_paused(cpu); cpu++)
		;
	if (cpu < MODEL_CPUS) {
		smp_switch(cpu);
		return;
	}
	/* What it waits for may have come between its look and this. */
	if (++alone == ALONE_MAX)
		world_bug("CPU %u waits for ever for another", model_cpu);
}

/* cmocka ends a test on the thread that began it. */
void smp_fail(void)
{
	failed = true;
	sem_post(&first.go);
	for (;;)
		pause();
}
