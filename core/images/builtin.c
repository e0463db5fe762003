#include <stdatomic.h>
#include <string.h>

#include "dataset-kind.h"
#include "shapes.h"

/* Shapes-10. A picture is a pure function of (seed, split, index), drawn when it is first
 * read and kept: opening takes no time, and later epochs only copy. */

#define N_TRAIN 20000
#define N_TEST 4000
#define PICTURE_BYTES (SK_SHAPE_SIDE * SK_SHAPE_SIDE * 3)

enum {
  BLANK, /* fresh memory reads as this */
  BUSY, /* somebody is drawing it */
  DRAWN,
};

typedef struct {
  SkDataset parent;
  guint64 seed;
  guint8 *pixels[2]; /* (count, side, side, 3) by split */
  atomic_uchar *states[2]; /* (count) */
} Builtin;

static void
draw (const Builtin *self, SkSplit split, int index, guint8 *pixels) {
  SkRng rng = sk_rng_at (self->seed, 0x5a9e5 + split, (guint64) index);

  sk_shape_draw (pixels, self->parent.labels[split][index], &rng);
}

static gboolean
builtin_read (SkDataset *dataset, SkSplit split, int index, SkImage *image,
              GError **error) {
  Builtin *self = (Builtin *) dataset;
  guint8 *kept = self->pixels[split] + (gsize) index * PICTURE_BYTES;
  atomic_uchar *state = &self->states[split][index];
  unsigned char seen = BLANK;

  *image = (SkImage){ g_malloc (PICTURE_BYTES), SK_SHAPE_SIDE, SK_SHAPE_SIDE };
  if (atomic_compare_exchange_strong (state, &seen, BUSY)) {
    draw (self, split, index, kept);
    atomic_store_explicit (state, DRAWN, memory_order_release);
    seen = DRAWN;
  }
  if (seen == DRAWN)
    memcpy (image->pixels, kept, PICTURE_BYTES);
  else /* another thread has just begun it: drawing it twice is quicker than waiting */
    draw (self, split, index, image->pixels);
  return TRUE;
}

static void
builtin_clear (SkDataset *dataset) {
  Builtin *self = (Builtin *) dataset;

  for (int split = 0; split < 2; split++) {
    g_free (self->pixels[split]);
    g_free (self->states[split]);
  }
}

static const SkDatasetMethods methods = { .read = builtin_read,
                                          .clear = builtin_clear };

SkDataset *
sk_builtin_open (const char *path, guint64 seed, gboolean whole,
                 GCancellable *cancellable, GError **error) {
  Builtin *self = sk_dataset_alloc (sizeof (Builtin), &methods, sk_shape_names);
  SkDataset *parent = &self->parent;

  self->seed = seed;
  parent->title = g_strdup ("Shapes-10 (built in)");
  parent->side = SK_SHAPE_SIDE;
  parent->count[SK_SPLIT_TRAIN] = N_TRAIN;
  parent->count[SK_SPLIT_TEST] = N_TEST;
  for (int split = 0; split < 2; split++) {
    gsize count = (gsize) parent->count[split];

    parent->labels[split] = g_new (int, count);
    for (gsize i = 0; i < count; i++)
      parent->labels[split][i] = (int) (i % SK_SHAPES);
    /* calloc() leaves pages untouched until a picture is drawn into them. */
    self->pixels[split] = g_malloc0 (count * PICTURE_BYTES);
    self->states[split] = g_malloc0 (count * sizeof (atomic_uchar));
  }
  return parent;
}
