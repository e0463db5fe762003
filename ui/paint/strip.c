#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "strip-private.h"

SkStrip *
sk_strip_new (const SkPlan *plan) {
  SkStrip *self;

  g_return_val_if_fail (plan != NULL, NULL);

  self = g_new0 (SkStrip, 1);
  self->n_rows = plan->n_blocks;
  self->names = g_new0 (char *, plan->n_blocks + 1);
  self->stages = g_new (int, plan->n_blocks);
  for (int i = 0; i < plan->n_blocks; i++) {
    self->names[i] =
        g_strdup_printf ("%d.%d", plan->blocks[i].stage, plan->blocks[i].index);
    self->stages[i] = plan->blocks[i].stage;
  }
  self->steps = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (int k = 0; k < STRIP_LEVELS; k++)
    self->levels[k] = g_array_new (FALSE, FALSE, sizeof (guint16));
  return self;
}

void
sk_strip_free (SkStrip *self) {
  if (self == NULL)
    return;
  g_strfreev (self->names);
  g_free (self->stages);
  g_array_unref (self->steps);
  for (int k = 0; k < STRIP_LEVELS; k++)
    g_array_unref (self->levels[k]);
  g_free (self);
}

void
sk_strip_clear (SkStrip *self) {
  g_return_if_fail (self != NULL);

  g_array_set_size (self->steps, 0);
  for (int k = 0; k < STRIP_LEVELS; k++)
    g_array_set_size (self->levels[k], 0);
  memset (self->counts, 0, sizeof self->counts);
  self->n_counted = 0;
  self->range = (SkLogRange){ 0 };
}

static guint16
encode (double value) {
  double code;

  if (!isfinite (value))
    return STRIP_BROKEN;
  if (value <= 0)
    return STRIP_ZERO;
  code = round ((log10 (value) - STRIP_LOWEST) * STRIP_STEPS) + STRIP_FIRST;
  return (guint16) CLAMP (code, STRIP_FIRST, G_MAXUINT16);
}

guint16
sk_strip_average (const SkStrip *self, int level, gsize from, gsize to, int row) {
  const guint16 *codes = (const guint16 *) (gconstpointer) self->levels[level]->data;
  guint64 sum = 0;
  guint n = 0;

  /* One broken step is news however many good ones stand beside it. */
  for (gsize i = from; i < to; i++) {
    guint16 code = codes[i * self->n_rows + row];

    if (code == STRIP_BROKEN)
      return STRIP_BROKEN;
    if (code >= STRIP_FIRST) {
      sum += code;
      n++;
    }
  }
  return n > 0 ? (sum + n / 2) / n : STRIP_ZERO;
}

/* Appends to each level the columns that have become whole. */
static void
extend_levels (SkStrip *self) {
  for (int k = 1; k < STRIP_LEVELS; k++) {
    gsize below = self->levels[k - 1]->len / self->n_rows;
    gsize column = self->levels[k]->len / self->n_rows;

    if ((column + 1) << STRIP_FANOUT_BITS > below)
      return;
    for (int row = 0; row < self->n_rows; row++) {
      guint16 code = sk_strip_average (self, k - 1, column << STRIP_FANOUT_BITS,
                                       (column + 1) << STRIP_FANOUT_BITS, row);

      g_array_append_val (self->levels[k], code);
    }
  }
}

/* Returns: log10 below which @share of all values lie */
static double
percentile (const SkStrip *self, double share) {
  guint64 wanted = share * (self->n_counted - 1), seen = 0;
  int bin = 0;

  while (bin < STRIP_BINS - 1 && (seen += self->counts[bin]) <= wanted)
    bin++;
  return strip_log (
      MAX ((bin << STRIP_BIN_BITS) + (1 << STRIP_BIN_BITS) / 2, STRIP_FIRST));
}

/* Returns: whether it moved */
static gboolean
update_range (SkStrip *self) {
  SkLogRange range = { .filled = TRUE };
  gboolean moved;

  if (self->n_counted == 0)
    return FALSE;
  range.low = floor (percentile (self, 0.01));
  range.high = MAX (ceil (percentile (self, 0.99)), range.low + 2);
  moved = !self->range.filled || range.low != self->range.low ||
          range.high != self->range.high;
  self->range = range;
  return moved;
}

gboolean
sk_strip_append (SkStrip *self, gint64 step, const SkBlockState *blocks) {
  g_return_val_if_fail (self != NULL && blocks != NULL, FALSE);

  if (self->n_rows == 0 ||
      (self->steps->len > 0 &&
       step < g_array_index (self->steps, gint64, self->steps->len - 1)))
    return FALSE;
  g_array_append_val (self->steps, step);
  for (int row = 0; row < self->n_rows; row++) {
    guint16 code = encode (blocks[row].gradient);

    g_array_append_val (self->levels[0], code);
    if (code >= STRIP_FIRST) {
      self->counts[code >> STRIP_BIN_BITS]++;
      self->n_counted++;
    }
  }
  extend_levels (self);
  return update_range (self);
}

gsize
sk_strip_n_columns (const SkStrip *self) {
  return self->steps->len;
}

const SkLogRange *
sk_strip_range (const SkStrip *self) {
  return &self->range;
}

double
sk_strip_value (const SkStrip *self, gsize column, int row) {
  guint16 code;

  g_return_val_if_fail (self != NULL && column < self->steps->len, NAN);
  g_return_val_if_fail (row >= 0 && row < self->n_rows, NAN);

  code = g_array_index (self->levels[0], guint16, column * self->n_rows + row);
  if (code == STRIP_BROKEN)
    return NAN;
  return code == STRIP_ZERO ? 0 : pow (10, strip_log (code));
}

gsize
sk_strip_find (const SkStrip *self, double step) {
  gsize low = 0, high = self->steps->len;

  while (low < high) {
    gsize middle = low + (high - low) / 2;

    if (g_array_index (self->steps, gint64, middle) < step)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

char *
sk_strip_describe (const SkStrip *self, int row, gsize column) {
  double value;
  g_autofree char *number = NULL;

  g_return_val_if_fail (self != NULL && column < self->steps->len, NULL);
  g_return_val_if_fail (row >= 0 && row < self->n_rows, NULL);

  value = sk_strip_value (self, column, row);
  number = sk_format_number (value);
  return g_strdup_printf (_ ("Block %s, step %" PRId64 ": gradient %s"),
                          self->names[row], g_array_index (self->steps, gint64, column),
                          number);
}
