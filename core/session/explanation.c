#include "explanation.h"

void
sk_map_init (SkMap *self, int rows, int columns) {
  self->rows = rows;
  self->columns = columns;
  self->values = g_new0 (float, (gsize) rows *(gsize) columns);
}

void
sk_map_clear (SkMap *self) {
  g_free (self->values);
  *self = (SkMap){ 0 };
}

SkExplanation *
sk_explanation_new (int n_blocks) {
  SkExplanation *self = g_new0 (SkExplanation, 1);

  self->n_blocks = n_blocks;
  self->blocks = g_new0 (SkBlockView, n_blocks);
  return self;
}

static void
clear_block (SkBlockView *self) {
  g_free (self->name);
  g_free (self->exit_name);
  sk_map_clear (&self->cam);
  sk_map_clear (&self->part);
  for (int i = 0; i < self->n_channels; i++)
    sk_map_clear (&self->channels[i]);
  g_free (self->channels);
  g_free (self->channel_indices);
}

void
sk_explanation_free (SkExplanation *self) {
  if (self == NULL)
    return;
  for (int b = 0; b < self->n_blocks; b++)
    clear_block (&self->blocks[b]);
  g_free (self->blocks);
  g_free (self->class_name);
  g_free (self->seen);
  g_free (self->filters);
  g_free (self);
}
