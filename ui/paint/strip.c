#include <math.h>
#include <string.h>

#include "strip-private.h"

/* log10 of |γ| that the scale begins at, and how far beyond a decade it may reach before
 * the scale does. */
#define GAMMA_LOW (-3.)
#define GAMMA_SLACK 0.4

SkStrip *
sk_strip_new (const SkPlan *plan, SkStripQuantity quantity) {
  SkStrip *self;

  g_return_val_if_fail (plan != NULL, NULL);

  self = g_new0 (SkStrip, 1);
  self->quantity = quantity;
  sk_strip_make_rows (self, plan);
  self->steps = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->moves = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (int k = 0; k < STRIP_LEVELS; k++)
    self->levels[k] = g_array_new (FALSE, FALSE, sizeof (guint16));
  return self;
}

void
sk_strip_free (SkStrip *self) {
  if (self == NULL)
    return;
  for (int i = 0; i < self->n_rows; i++) {
    g_free (self->rows[i].name);
    g_free (self->rows[i].title);
  }
  g_free (self->rows);
  g_array_unref (self->steps);
  g_array_unref (self->moves);
  for (int k = 0; k < STRIP_LEVELS; k++)
    g_array_unref (self->levels[k]);
  g_free (self);
}

void
sk_strip_clear (SkStrip *self) {
  g_return_if_fail (self != NULL);

  g_array_set_size (self->steps, 0);
  g_array_set_size (self->moves, 0);
  for (int k = 0; k < STRIP_LEVELS; k++)
    g_array_set_size (self->levels[k], 0);
  memset (self->counts, 0, sizeof self->counts);
  for (int i = 0; i < self->n_rows; i++) {
    self->rows[i].slept = FALSE;
    self->rows[i].woke = 0;
  }
  self->n_counted = 0;
  self->gap = 0;
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

/* Appends to a level the average of the columns below its next one. */
static void
append_average (SkStrip *self, int level, gsize column) {
  for (int row = 0; row < self->n_rows; row++) {
    guint16 code = sk_strip_average (self, level - 1, column << STRIP_FANOUT_BITS,
                                     (column + 1) << STRIP_FANOUT_BITS, row);

    g_array_append_val (self->levels[level], code);
  }
}

/* Appends to each level the columns that have become whole. */
static void
extend_levels (SkStrip *self) {
  for (int k = 1; k < STRIP_LEVELS; k++) {
    gsize below = self->levels[k - 1]->len / self->n_rows;
    gsize column = self->levels[k]->len / self->n_rows;

    if ((column + 1) << STRIP_FANOUT_BITS > below)
      return;
    append_average (self, k, column);
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
  if (self->quantity == SK_STRIP_GAMMA) { /* a scale of its own: asleep … as it began */
    range.low = MIN (floor (percentile (self, 0.01)), GAMMA_LOW);
    range.high = MAX (ceil (percentile (self, 0.99) - GAMMA_SLACK), 0);
  }
  moved = !self->range.filled || range.low != self->range.low ||
          range.high != self->range.high;
  self->range = range;
  return moved;
}

/* Of two columns the first stays, but what was broken in either is news. */
static void
thin_out (SkStrip *self) {
  guint16 *codes = (guint16 *) (gpointer) self->levels[0]->data;
  gsize n = self->steps->len / 2, rows = (gsize) self->n_rows;

  for (gsize i = 0; i < n; i++) {
    for (gsize row = 0; row < rows; row++)
      codes[i * rows + row] = codes[(2 * i + 1) * rows + row] == STRIP_BROKEN
                                  ? STRIP_BROKEN
                                  : codes[2 * i * rows + row];
    g_array_index (self->steps, gint64, i) = g_array_index (self->steps, gint64, 2 * i);
  }
  g_array_set_size (self->steps, (guint) n);
  g_array_set_size (self->levels[0], (guint) (n * rows));
  for (int k = 1; k < STRIP_LEVELS; k++) {
    gsize whole = n >> (k * STRIP_FANOUT_BITS);

    g_array_set_size (self->levels[k], 0);
    for (gsize column = 0; column < whole; column++)
      append_average (self, k, column);
  }
  self->gap = (double) (g_array_index (self->steps, gint64, n - 1) -
                        g_array_index (self->steps, gint64, 0)) /
              (double) MAX (n - 1, 1);
}

static void
follow_awakening (StripRow *row, gint64 step, double value) {
  if (value < SK_STRIP_AWAKE)
    row->slept = TRUE;
  else if (row->slept && row->woke == 0)
    row->woke = step;
}

static void
append_row (SkStrip *self, int row, gint64 step, double value) {
  guint16 code = encode (value);

  g_array_append_val (self->levels[0], code);
  if (code >= STRIP_FIRST) {
    self->counts[code >> STRIP_BIN_BITS]++;
    self->n_counted++;
  }
  if (self->quantity == SK_STRIP_GAMMA)
    follow_awakening (&self->rows[row], step, value);
}

gboolean
sk_strip_append (SkStrip *self, gint64 step, const SkBlockState *blocks,
                 const SkLayerState *layers) {
  gboolean first = self->steps->len == 0, moved;
  double value;

  g_return_val_if_fail (self != NULL, FALSE);

  if (self->n_rows == 0 || !sk_strip_look (self, 0, blocks, layers, &value))
    return FALSE;
  if (!first) {
    double since = (double) (step - sk_strip_step (self, self->steps->len - 1));

    if (since <= 0 || since < self->gap)
      return FALSE;
  }
  if (self->steps->len >= STRIP_MOST)
    thin_out (self);
  g_array_append_val (self->steps, step);
  for (int row = 0; row < self->n_rows; row++) {
    sk_strip_look (self, row, blocks, layers, &value);
    append_row (self, row, step, value);
  }
  extend_levels (self);
  moved = update_range (self);
  if (moved && !first)
    g_array_append_val (self->moves, step);
  return moved;
}

SkStripQuantity
sk_strip_quantity (const SkStrip *self) {
  return self->quantity;
}

int
sk_strip_n_rows (const SkStrip *self) {
  return self->n_rows;
}

gint64
sk_strip_step (const SkStrip *self, gsize column) {
  g_return_val_if_fail (self != NULL && column < self->steps->len, 0);

  return g_array_index (self->steps, gint64, column);
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

gsize
sk_strip_nearest (const SkStrip *self, double step) {
  gsize found = sk_strip_find (self, step), n = self->steps->len;

  if (n == 0)
    return 0;
  if (found == n)
    return n - 1;
  if (found > 0 && step - (double) sk_strip_step (self, found - 1) <
                       (double) sk_strip_step (self, found) - step)
    found--;
  return found;
}
