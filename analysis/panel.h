/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SMMUSTAT_PANEL_H
#define SMMUSTAT_PANEL_H

#include <stdio.h>

#include "report.h"

/*
 * Each kind of guarantee has a panel of its own, one below the other, and says in words what it
 * guarantees, so that strict and lazy are never in one comparison.
 */
struct page;

/* Pixels. */
enum { PAGE_WIDTH = 960, PANEL_LEFT = 90, PANEL_RIGHT = 30, PANEL_LEAST_PLOT = 360 };

struct page *page_new(const struct report *report, FILE *script);
void page_free(struct page *page);
void page_panel(struct page *page, enum guarantee guarantee, int plot_height);
void page_begin(struct page *page, const char *title);
void page_next(struct page *page, int left, int right);
void page_end(struct page *page);
void panel_log_axis(FILE *script, double low, double high);
void panel_line(FILE *script, const struct report *report, const struct view *view, bool first,
		const char *data);
int panel_text_width(const char *text);
int panel_legend(const struct view *view, int right);
char *panel_line_title(const struct view *view);
bool view_is_smallest(const struct report *report, const struct view *view);

/* The charts: each prints its script and returns the number of its bars or lines. */
size_t chart_levels(const struct report *report, FILE *script);
size_t chart_tail(const struct report *report, FILE *script);
size_t chart_sweep(const struct report *report, FILE *script);

#endif
