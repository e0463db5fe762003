#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "strip-private.h"

/* What stands in the rows of a strip, and what it is called. */

static char *
block_name (const SkBlock *block) {
  return g_strdup_printf ("%d.%d", block->stage, block->index);
}

static void
make_block_rows (SkStrip *self, const SkPlan *plan) {
  self->n_rows = plan->n_blocks;
  self->rows = g_new0 (StripRow, plan->n_blocks + 1);
  for (int i = 0; i < plan->n_blocks; i++) {
    StripRow *row = &self->rows[i];

    row->name = block_name (&plan->blocks[i]);
    row->title = g_strdup_printf (_ ("Block %s"), row->name);
    row->stage = plan->blocks[i].stage;
    row->block = row->source = i;
  }
}

static void
make_layer_rows (SkStrip *self, const SkPlan *plan) {
  self->rows = g_new0 (StripRow, plan->n_ops + 1);
  for (int i = 0; i < plan->n_ops; i++) {
    const SkOp *op = &plan->ops[i];
    StripRow *row = &self->rows[self->n_rows];

    if (op->kind != SK_OP_CONV && op->kind != SK_OP_LINEAR)
      continue;
    row->title = g_strdup (op->name);
    row->block = op->block;
    row->source = op->parameter;
    if (op->block >= 0) {
      row->name = block_name (&plan->blocks[op->block]);
      row->stage = plan->blocks[op->block].stage;
    } else {
      row->name = g_strdup (op->kind == SK_OP_LINEAR ? _ ("fc") : _ ("stem"));
      row->stage = op->kind == SK_OP_LINEAR ? plan->variant.n_stages + 1 : 0;
    }
    self->n_rows++;
  }
}

void
sk_strip_make_rows (SkStrip *self, const SkPlan *plan) {
  if (self->quantity == SK_STRIP_LAYERS)
    make_layer_rows (self, plan);
  else
    make_block_rows (self, plan);
}

gboolean
sk_strip_look (const SkStrip *self, int row, const SkBlockState *blocks,
               const SkLayerState *layers, double *value) {
  int source = self->rows[row].source;

  switch (self->quantity) {
  case SK_STRIP_LAYERS:
    if (layers == NULL)
      return FALSE;
    *value = layers[source].non_finite > 0 ? NAN : (double) layers[source].gradient_rms;
    return TRUE;
  case SK_STRIP_GAMMA:
    if (blocks == NULL)
      return FALSE;
    *value = (double) blocks[source].gamma;
    return TRUE;
  case SK_STRIP_BLOCKS:
  default:
    if (blocks == NULL)
      return FALSE;
    *value = (double) blocks[source].gradient;
    return TRUE;
  }
}

int
sk_strip_block (const SkStrip *self, int row) {
  g_return_val_if_fail (self != NULL && row >= 0 && row < self->n_rows, -1);

  return self->rows[row].block;
}

int
sk_strip_row (const SkStrip *self, int block) {
  g_return_val_if_fail (self != NULL, -1);

  for (int i = 0; i < self->n_rows && block >= 0; i++)
    if (self->rows[i].block == block)
      return i;
  return -1;
}

gint64
sk_strip_woke (const SkStrip *self, int row) {
  g_return_val_if_fail (self != NULL && row >= 0 && row < self->n_rows, 0);

  return self->rows[row].woke;
}

char *
sk_strip_describe (const SkStrip *self, int row, gsize column) {
  g_autofree char *number = NULL;

  g_return_val_if_fail (self != NULL && column < self->steps->len, NULL);
  g_return_val_if_fail (row >= 0 && row < self->n_rows, NULL);

  number = sk_format_number (sk_strip_value (self, column, row));
  return g_strdup_printf (self->quantity == SK_STRIP_GAMMA
                              ? _ ("%s, step %" PRId64 ": |γ| %s")
                              : _ ("%s, step %" PRId64 ": gradient %s"),
                          self->rows[row].title, sk_strip_step (self, column), number);
}

/* In which order branches woke: the first and the last of them. */
static char *
awakening_words (const SkStrip *self) {
  int asleep = 0, woke = 0, first = -1, last = -1;

  for (int i = 0; i < self->n_rows; i++) {
    const StripRow *row = &self->rows[i];

    asleep += row->slept && row->woke == 0;
    if (row->woke == 0)
      continue;
    woke++;
    if (first < 0 || row->woke < self->rows[first].woke)
      first = i;
    if (last < 0 || row->woke > self->rows[last].woke)
      last = i;
  }
  if (woke == 0)
    return g_strdup_printf (_ ("%d of %d branches asleep"), asleep, self->n_rows);
  return g_strdup_printf (_ ("%d branches woke, first %s at step %" PRId64
                             ", last %s at step %" PRId64 "; %d asleep"),
                          woke, self->rows[first].name, self->rows[first].woke,
                          self->rows[last].name, self->rows[last].woke, asleep);
}

char *
sk_strip_summary (const SkStrip *self) {
  gsize last;
  g_autofree char *top = NULL, *bottom = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->steps->len == 0 || self->n_rows == 0)
    return g_strdup (_ ("Nothing measured yet"));
  if (self->quantity == SK_STRIP_GAMMA)
    return awakening_words (self);
  last = self->steps->len - 1;
  top = sk_format_number (sk_strip_value (self, last, 0));
  bottom = sk_format_number (sk_strip_value (self, last, self->n_rows - 1));
  return g_strdup_printf (_ ("Step %" PRId64 ": gradient %s at %s, %s at %s"),
                          sk_strip_step (self, last), top, self->rows[0].title, bottom,
                          self->rows[self->n_rows - 1].title);
}
