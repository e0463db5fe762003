#include "class-means.h"

#include <math.h>

#include "errors.h"
#include "exits.h"

/* How many training pictures: enough for a mean of a hundred each where there are ten
 * classes, and a tenth of the work of looking at CIFAR-10's test pictures. */
#define PICTURES 1000
#define PICTURES_OF_A_CLASS 10
/* Which choice they are. */
#define SEED 0

SkProbeSet *
sk_class_means_choose (SkDataset *dataset, const SkTransform *transform) {
  int n = MAX (PICTURES, PICTURES_OF_A_CLASS * sk_dataset_classes (dataset));

  return sk_probe_set_new (dataset, SK_SPLIT_TRAIN, transform, n, SEED);
}

/* Sums while pictures are looked at. */
typedef struct {
  SkClassMeans *means;
  SkNetwork *network;
  double **sums; /* (n_blocks) each (classes,C) */
  int n_blocks;
  float *images; /* (plan->n,side,side,3) */
  int *labels; /* (plan->n) */
} Work;

static gsize
size_of (const SkClassMeans *self, int block) {
  return (gsize) self->classes * (gsize) self->channels[block];
}

static SkClassMeans *
means_new (const SkPlan *plan) {
  SkClassMeans *self = g_new0 (SkClassMeans, 1);

  self->n_blocks = sk_exits_first_head (plan);
  self->classes = plan->classes;
  self->channels = g_new (int, MAX (self->n_blocks, 1));
  self->counts = g_new0 (int, self->classes);
  self->means = g_new0 (float *, MAX (self->n_blocks, 1));
  for (int b = 0; b < self->n_blocks; b++)
    self->channels[b] = plan->ops[plan->blocks[b].last].c;
  return self;
}

void
sk_class_means_free (SkClassMeans *self) {
  if (self == NULL)
    return;
  for (int b = 0; b < self->n_blocks; b++)
    g_free (self->means[b]);
  g_free (self->means);
  g_free (self->channels);
  g_free (self->counts);
  g_free (self);
}

static void
work_clear (Work *self) {
  for (int b = 0; b < self->n_blocks; b++)
    g_free (self->sums[b]);
  g_free (self->sums);
  g_free (self->images);
  g_free (self->labels);
  g_clear_pointer (&self->means, sk_class_means_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Work, work_clear)

/* A thousand classes times the channels of a deep network are no small matter. */
static gboolean
work_init (Work *self, SkNetwork *network, GError **error) {
  const SkPlan *plan = sk_network_plan (network);
  SkClassMeans *means = means_new (plan);
  gsize total = 0;
  gboolean fits = TRUE;

  *self = (Work){ .means = means, .network = network };
  self->images = g_new (float, (gsize) plan->n *(gsize) plan->h *(gsize) plan->w * 3);
  self->labels = g_new (int, plan->n);
  self->sums = g_new0 (double *, MAX (means->n_blocks, 1));
  self->n_blocks = means->n_blocks;
  for (int b = 0; b < means->n_blocks; b++) {
    gsize size = size_of (means, b);

    total += size * (sizeof (double) + sizeof (float));
    self->sums[b] = g_try_new0 (double, size);
    means->means[b] = g_try_new0 (float, size);
    fits = fits && self->sums[b] != NULL && means->means[b] != NULL;
  }
  if (fits)
    return TRUE;
  return sk_refuse (error, SK_ERROR_MEMORY,
                    "the means of %d classes after each block need %.0f MB more than "
                    "there are: close other programs, or leave the early exits out",
                    means->classes, (double) total / 1e6);
}

static void
add_batch (Work *self, int n) {
  SkClassMeans *means = self->means;

  for (int b = 0; b < means->n_blocks; b++) {
    const float *features = sk_network_block_mean (self->network, b);
    gsize c = (gsize) means->channels[b];

    for (int i = 0; i < n; i++) {
      double *sum = self->sums[b] + (gsize) self->labels[i] * c;

      for (gsize k = 0; k < c; k++)
        sum[k] += (double) features[(gsize) i * c + k];
    }
  }
  for (int i = 0; i < n; i++)
    means->counts[self->labels[i]]++;
  means->images += n;
}

static void
divide (Work *self) {
  SkClassMeans *means = self->means;

  for (int b = 0; b < means->n_blocks; b++)
    for (gsize i = 0; i < size_of (means, b); i++) {
      int count = means->counts[i / (gsize) means->channels[b]];

      means->means[b][i] = (float) (self->sums[b][i] / MAX (count, 1));
    }
}

SkClassMeans *
sk_class_means_new (SkNetwork *network, const SkProbeSet *probe,
                    SkProgressFunc progress, gpointer data, const gint *cancel,
                    GError **error) {
  int batch = sk_network_plan (network)->n;
  g_auto (Work) work = { 0 };

  g_return_val_if_fail (probe->transform.side == sk_network_plan (network)->h, NULL);

  if (!work_init (&work, network, error))
    return NULL;
  for (int at = 0; at < probe->n; at += batch) {
    int n = sk_probe_set_read (probe, at, batch, work.images, work.labels);

    if (n > 0)
      sk_network_forward (network, work.images, n, FALSE);
    if (cancel != NULL && g_atomic_int_get (cancel)) {
      sk_refuse (error, SK_ERROR_CANCELLED, "the class means were called off");
      return NULL;
    }
    if (n > 0)
      add_batch (&work, n);
    if (progress != NULL)
      progress ((double) MIN (at + batch, probe->n) / probe->n, data);
  }
  divide (&work);
  return g_steal_pointer (&work.means);
}

int
sk_class_means_nearest (const SkClassMeans *self, int block, const float *features) {
  gsize channels;
  double least = INFINITY;
  int nearest = -1;

  g_return_val_if_fail (block >= 0 && block < self->n_blocks, -1);

  channels = (gsize) self->channels[block];
  for (int c = 0; c < self->classes; c++) {
    const float *mean = self->means[block] + (gsize) c * channels;
    double square = 0;

    if (self->counts[c] == 0)
      continue;
    for (gsize k = 0; k < channels; k++) {
      double apart = (double) features[k] - (double) mean[k];

      square += apart * apart;
    }
    if (square < least) {
      least = square;
      nearest = c;
    }
  }
  return nearest;
}
