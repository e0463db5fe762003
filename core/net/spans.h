#pragma once

#include <glib.h>

/* Which pieces of one arena are used when, and where each then lies: pieces that are
 * never wanted at the same time share memory. */

typedef struct {
  gsize count; /* floats */
  int first, last; /* moments at which it holds something, both included */
  gsize offset; /* floats from the arena's beginning, once placed */
} SkSpan;

typedef struct {
  GArray *items; /* of SkSpan */
  gsize total; /* floats of the whole arena, once placed */
} SkSpans;

void
sk_spans_init (SkSpans *self);

void
sk_spans_clear (SkSpans *self);

/* Returns: the piece's number; −1 where @count is 0 */
int
sk_spans_add (SkSpans *self, gsize count, int first, int last);

/* A piece that is held from beginning to end. */
int
sk_spans_add_fixed (SkSpans *self, gsize count);

/* The piece is wanted at @moment too. */
void
sk_spans_extend (SkSpans *self, int span, int moment);

/**
 * sk_spans_place:
 *
 * Gives each piece the lowest place that is free for all its time, the largest pieces
 * first. Each begins on a cache line.
 */
void
sk_spans_place (SkSpans *self);

/* Returns: where piece @span lies in an arena at @base; NULL where @span is −1 */
float *
sk_spans_at (const SkSpans *self, int span, float *base);
