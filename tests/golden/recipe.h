#pragma once

#include "parameters.h"

/* The numbers that make.py names: weights, pictures and labels as functions of names, so
 * that golden files hold results only. Every function here has its twin there. */

/* @out (count): hashed from @name, in [0, 1). */
void
golden_uniform (const char *name, gsize count, double *out);

/* @out (count): in [low, high). */
void
golden_between (const char *name, gsize count, double low, double high, float *out);

/* Every value and statistic; @settled: channels well open or well closed. */
void
golden_fill (SkParameters *parameters, const SkPlan *plan, gboolean settled);

/* (n,h,w,3) smooth pictures of step @step. */
void
golden_pictures (int step, int n, int h, int w, float *out);

void
golden_labels (int step, int n, int classes, int *out);

/* Returns: how many entries of tensor @name are stored; @out: where they stand in the
 * order of files */
gsize
golden_positions (const char *name, gsize count, gsize *out);

#define GOLDEN_SAMPLES 48
