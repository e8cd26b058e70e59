/* SPDX-License-Identifier: GPL-2.0-only */
/* Faults of the model, planted to see that they are found. */

#ifndef QTEST_PLANT_H
#define QTEST_PLANT_H

#include <stdbool.h>

/** plant() - from now on the model has a fault. Return: false if none has that name */
bool plant(const char *name);

#endif /* QTEST_PLANT_H */
