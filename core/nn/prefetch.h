#pragma once

#include <glib.h>

/* Memory that will be wanted soon, fetched a little at a time while products keep the
 * arithmetic busy and the memory idle. */

typedef struct {
  const char *next, *end;
  gsize step; /* bytes for each sk_prefetch_some() */
  gboolean write; /* will be written: taken for this core at once */
} SkPrefetch;

#define SK_CACHE_LINE 64

/* @n floats at @data (nullable), in @parts parts. */
static inline SkPrefetch
sk_prefetch (const float *data, gsize n, int parts, gboolean write) {
  gsize lines = (n * sizeof (float) + SK_CACHE_LINE - 1) / SK_CACHE_LINE;

  return (SkPrefetch){
    .next = (const char *) data,
    .end = data ? (const char *) (data + n) : NULL,
    .step = (lines + (gsize) parts - 1) / (gsize) parts * SK_CACHE_LINE,
    .write = write,
  };
}

static inline void
sk_prefetch_some (SkPrefetch *self) {
  const char *stop = self->next + MIN (self->step, (gsize) (self->end - self->next));

  if (self->write)
    for (; self->next < stop; self->next += SK_CACHE_LINE)
      __builtin_prefetch (self->next, 1, 2);
  else
    for (; self->next < stop; self->next += SK_CACHE_LINE)
      __builtin_prefetch (self->next, 0, 2);
  self->next = MIN (self->next, self->end);
}
