#include "probe-set.h"

#include "rng.h"

/* What the streams of random numbers are for. */
#define PURPOSE G_GUINT64_CONSTANT (0x4c6573696f6e)

/* The pictures of a class, in the order of its turns. */
static GArray *
shuffled_class (SkDataset *dataset, SkSplit split, int label, guint64 seed) {
  GArray *members = g_array_new (FALSE, FALSE, sizeof (guint32));
  SkRng rng = sk_rng_at (seed, PURPOSE, (guint64) label);

  for (int i = 0; i < sk_dataset_count (dataset, split); i++)
    if (sk_dataset_label (dataset, split, i) == label)
      g_array_append_val (members, i);
  sk_rng_shuffle (&rng, (guint32 *) (void *) members->data, members->len);
  return members;
}

SkProbeSet *
sk_probe_set_new (SkDataset *dataset, SkSplit split, const SkTransform *transform,
                  int n, guint64 seed) {
  SkProbeSet *self = g_new0 (SkProbeSet, 1);
  int n_classes = sk_dataset_classes (dataset);
  g_autoptr (GPtrArray) classes =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);

  self->dataset = sk_dataset_ref (dataset);
  self->split = split;
  self->transform = *transform;
  n = MIN (n, sk_dataset_count (dataset, split));
  self->indices = g_new (int, MAX (n, 1));
  for (int c = 0; c < n_classes; c++)
    g_ptr_array_add (classes, shuffled_class (dataset, split, c, seed));
  for (guint turn = 0; self->n < n; turn++)
    for (int c = 0; c < n_classes && self->n < n; c++) {
      const GArray *members = classes->pdata[c];

      if (turn < members->len)
        self->indices[self->n++] = (int) g_array_index (members, guint32, turn);
    }
  return self;
}

void
sk_probe_set_free (SkProbeSet *self) {
  if (self == NULL)
    return;
  sk_dataset_unref (self->dataset);
  g_free (self->indices);
  g_free (self);
}

int
sk_probe_set_read (const SkProbeSet *self, int first, int n, float *images,
                   int *labels) {
  const gsize size = (gsize) self->transform.side * (gsize) self->transform.side * 3;
  int n_read = 0;

  for (int i = first; i < MIN (first + n, self->n); i++) {
    SkImage image = { 0 };

    if (!sk_dataset_read (self->dataset, self->split, self->indices[i], &image, NULL))
      continue;
    sk_transform_apply (&self->transform, &image, SK_AUGMENT_NONE, NULL,
                        images + (gsize) n_read * size);
    labels[n_read++] = sk_dataset_label (self->dataset, self->split, self->indices[i]);
    sk_image_clear (&image);
  }
  return n_read;
}
