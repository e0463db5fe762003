#include "spans.h"

#include <limits.h>

#include "arena.h"

void
sk_spans_init (SkSpans *self) {
  self->items = g_array_new (FALSE, FALSE, sizeof (SkSpan));
  self->total = 0;
}

void
sk_spans_clear (SkSpans *self) {
  g_clear_pointer (&self->items, g_array_unref);
}

int
sk_spans_add (SkSpans *self, gsize count, int first, int last) {
  SkSpan span = { .count = sk_arena_round (count), .first = first, .last = last };

  if (count == 0)
    return -1;
  g_array_append_val (self->items, span);
  return self->items->len - 1;
}

int
sk_spans_add_fixed (SkSpans *self, gsize count) {
  return sk_spans_add (self, count, INT_MIN, INT_MAX);
}

void
sk_spans_extend (SkSpans *self, int span, int moment) {
  SkSpan *item;

  if (span < 0)
    return;
  item = &g_array_index (self->items, SkSpan, span);
  item->first = MIN (item->first, moment);
  item->last = MAX (item->last, moment);
}

static int
compare_size (gconstpointer a, gconstpointer b) {
  const SkSpan *x = *(const SkSpan *const *) a;
  const SkSpan *y = *(const SkSpan *const *) b;

  if (x->count != y->count)
    return x->count < y->count ? 1 : -1;
  /* Those of one size in order of time, so that the result does not depend on sort. */
  if (x->first != y->first)
    return x->first < y->first ? -1 : 1;
  return x < y ? -1 : x > y;
}

/* The lowest gap for @span among @placed, which are sorted by offset. */
static gsize
lowest_gap (const SkSpan *span, const GPtrArray *placed) {
  gsize offset = 0;

  for (guint i = 0; i < placed->len; i++) {
    const SkSpan *other = g_ptr_array_index (placed, i);

    if (other->last < span->first || other->first > span->last)
      continue;
    if (other->offset >= offset + span->count)
      break;
    offset = MAX (offset, other->offset + other->count);
  }
  return offset;
}

/* Puts @span among @placed, which stay sorted by offset. */
static void
insert_sorted (GPtrArray *placed, SkSpan *span) {
  guint at = placed->len;

  while (at > 0 &&
         ((const SkSpan *) g_ptr_array_index (placed, at - 1))->offset > span->offset)
    at--;
  g_ptr_array_insert (placed, (gint) at, span);
}

void
sk_spans_place (SkSpans *self) {
  g_autoptr (GPtrArray) order = g_ptr_array_new ();
  g_autoptr (GPtrArray) placed = g_ptr_array_new ();

  for (guint i = 0; i < self->items->len; i++)
    g_ptr_array_add (order, &g_array_index (self->items, SkSpan, i));
  g_ptr_array_sort (order, compare_size);
  self->total = 0;
  for (guint i = 0; i < order->len; i++) {
    SkSpan *span = g_ptr_array_index (order, i);

    span->offset = lowest_gap (span, placed);
    self->total = MAX (self->total, span->offset + span->count);
    insert_sorted (placed, span);
  }
}

float *
sk_spans_at (const SkSpans *self, int span, float *base) {
  return span < 0 ? NULL : base + g_array_index (self->items, SkSpan, span).offset;
}
