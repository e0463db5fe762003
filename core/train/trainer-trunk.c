/* Learning behind a frozen trunk. Where nothing before the head can change, what the trunk
 * makes of a picture is always the same: it is computed once, in the order of the pictures
 * (so that a resumed run computes the very same), and epochs then train the head alone. */

#include <string.h>

#include "errors.h"
#include "trainer-state.h"

/* Of features; larger ones go into the run's folder. */
#define MOST_MEMORY ((guint64) 256 << 20)

static int
head_group (const SkPlan *plan) {
  return plan->ops[plan->n_ops - 1].group;
}

static int
channels (const SkTrainer *self) {
  return self->plan->ops[self->plan->ops[self->plan->n_ops - 1].inputs[0]].c;
}

/* Weights and statistics of everything before the head stay as they are. */
static gboolean
is_still (const SkTrainer *self) {
  const char *mode = self->recipe.bn_mode;

  for (int i = 0; i < self->plan->n_groups; i++)
    if (i != head_group (self->plan) && !sk_network_is_frozen (self->network, i))
      return FALSE;
  return mode == NULL || strcmp (mode, "statistics") == 0;
}

/* Views of a training picture that there are in all; 0: without end. */
static int
n_views (const SkTrainer *self) {
  return sk_recipe_manner (&self->recipe, self->phase).augment ? self->recipe.views : 1;
}

void
sk_trunk_forget (SkTrainer *self) {
  SkTrunk *trunk = &self->trunk;

  g_clear_pointer (&trunk->loader, sk_loader_free);
  for (int split = 0; split < 2; split++) {
    g_clear_pointer (&trunk->features[split], sk_features_free);
    trunk->seconds[split] = 0;
  }
  trunk->refused = trunk->told = trunk->told_speed = FALSE;
}

void
sk_trunk_clear (SkTrainer *self) {
  SkTrunk *trunk = &self->trunk;

  sk_trunk_forget (self);
  g_free (trunk->lambdas);
  g_free (trunk->rows);
  g_free (trunk->order);
  g_free (trunk->batch.labels);
  g_free (trunk->batch.indices);
}

static gboolean
skips_changed (const SkTrainer *self) {
  for (int i = 0; i < self->plan->n_blocks; i++)
    if (self->trunk.lambdas[i] != sk_network_lambda (self->network, i))
      return TRUE;
  return FALSE;
}

/* Everything that a kept epoch needs besides features. */
static void
prepare (SkTrainer *self) {
  SkTrunk *trunk = &self->trunk;
  gsize n = (gsize) self->plan->n;

  if (trunk->rows == NULL) {
    trunk->lambdas = g_new (float, MAX (self->plan->n_blocks, 1));
    trunk->rows = g_new (float, n *(gsize) channels (self));
    trunk->order =
        g_new (guint32, (gsize) sk_dataset_count (self->dataset, SK_SPLIT_TRAIN));
    trunk->batch.labels = g_new (int, n);
    trunk->batch.indices = g_new (int, n);
    trunk->order_epoch = -1;
  }
  for (int i = 0; i < self->plan->n_blocks; i++)
    trunk->lambdas[i] = sk_network_lambda (self->network, i);
}

/* Room for the features of @split: FALSE where there is none. */
static gboolean
have_room (SkTrainer *self, SkSplit split) {
  SkTrunk *trunk = &self->trunk;
  int views = split == SK_SPLIT_TRAIN ? n_views (self) : 1;
  gint64 n_rows = (gint64) sk_dataset_count (self->dataset, split) * views;
  g_autofree char *path = NULL;

  if (trunk->features[split] != NULL)
    return TRUE;
  if (trunk->refused || n_rows == 0 || n_rows > G_MAXINT)
    return FALSE;
  prepare (self);
  if (self->run != NULL)
    path = sk_run_path (self->run, split == SK_SPLIT_TRAIN ? "features-train.cache"
                                                           : "features-test.cache");
  trunk->features[split] =
      sk_features_new ((int) n_rows, channels (self), MOST_MEMORY, path, NULL);
  /* Without room they are computed again in each epoch, which is slower and as right. */
  trunk->refused = trunk->features[split] == NULL;
  return !trunk->refused;
}

gboolean
sk_trunk_may_keep (SkTrainer *self) {
  SkTrunk *trunk = &self->trunk;

  if (!is_still (self) || (trunk->lambdas != NULL && skips_changed (self)))
    sk_trunk_forget (self);
  return is_still (self) && n_views (self) > 0 && have_room (self, SK_SPLIT_TRAIN);
}

/* Row of the first picture of the epoch under way. */
static int
first_row (const SkTrainer *self) {
  return (int) (self->position.epoch % n_views (self)) *
         sk_dataset_count (self->dataset, SK_SPLIT_TRAIN);
}

static gboolean
is_done (SkTrainer *self, SkSplit split, int first) {
  int count = sk_dataset_count (self->dataset, split);

  return sk_features_done (self->trunk.features[split], first, count) == count;
}

gboolean
sk_trunk_is_ready (SkTrainer *self) {
  return is_done (self, SK_SPLIT_TRAIN, first_row (self));
}

/* The pass over @split, from where it stands. */
static void
start_pass (SkTrainer *self, SkSplit split, int first) {
  SkTrunk *trunk = &self->trunk;
  gboolean train = split == SK_SPLIT_TRAIN;
  int count = sk_dataset_count (self->dataset, split);
  int batch = MIN (self->plan->n, count);
  SkAugment augment = train ? sk_trainer_augment (self) : SK_AUGMENT_NONE;

  trunk->loader = sk_loader_new (self->dataset, split, &self->transform, augment, batch,
                                 self->recipe.seed, FALSE, 0);
  trunk->first = first;
  /* A view is what epoch @first / @count would have had. */
  sk_loader_start (trunk->loader, first / count,
                   sk_features_done (trunk->features[split], first, count) / batch);
}

static void
keep (SkTrainer *self, SkSplit split, const SkBatch *batch) {
  SkFeatures *features = self->trunk.features[split];
  const float *rows = sk_network_features (self->network);
  gsize c = (gsize) channels (self);
  int count = sk_dataset_count (self->dataset, split);
  int size = MIN (self->plan->n, count);

  for (int i = 0; i < batch->n; i++) {
    int row = self->trunk.first + batch->indices[i];

    memcpy (sk_features_row (features, row), rows + (gsize) i * c, c * sizeof (float));
    sk_features_set_state (features, row, SK_FEATURE_KNOWN);
  }
  /* Who is missing was left out. */
  for (int i = batch->batch * size; i < MIN ((batch->batch + 1) * size, count); i++)
    if (sk_features_state (features, self->trunk.first + i) == SK_FEATURE_UNKNOWN)
      sk_features_set_state (features, self->trunk.first + i, SK_FEATURE_BROKEN);
}

/* A batch of the pass. FALSE: cancelled, and nothing has changed. */
static gboolean
compute_some (SkTrainer *self, SkSplit split, int first) {
  SkTrunk *trunk = &self->trunk;
  gint64 begun = g_get_monotonic_time ();
  const SkBatch *batch;

  if (trunk->loader == NULL)
    start_pass (self, split, first);
  batch = sk_loader_next (trunk->loader);
  if (batch->n > 0)
    sk_network_forward (self->network, batch->images, batch->n, TRUE);
  if (sk_trainer_is_cancelled (self)) {
    g_clear_pointer (&trunk->loader, sk_loader_free);
    return FALSE;
  }
  keep (self, split, batch);
  if (batch->last)
    g_clear_pointer (&trunk->loader, sk_loader_free);
  if (first == 0)
    trunk->seconds[split] +=
        (double) (g_get_monotonic_time () - begun) / G_USEC_PER_SEC;
  trunk->passed = TRUE;
  return TRUE;
}

gboolean
sk_trunk_compute_some (SkTrainer *self, SkStep *result, GError **error) {
  int count = sk_dataset_count (self->dataset, SK_SPLIT_TRAIN);
  int first = first_row (self);

  if (!compute_some (self, SK_SPLIT_TRAIN, first))
    return sk_refuse (error, SK_ERROR_CANCELLED, "the step was cancelled");
  result->preparing =
      (double) sk_features_done (self->trunk.features[SK_SPLIT_TRAIN], first, count) /
      count;
  return TRUE;
}

/* The pictures of the step that comes, those that can be read. */
const SkBatch *
sk_trunk_batch (SkTrainer *self) {
  SkTrunk *trunk = &self->trunk;
  int count = sk_dataset_count (self->dataset, SK_SPLIT_TRAIN);
  int begin = (int) self->position.batch * self->plan->n;

  if (trunk->order_epoch != self->position.epoch)
    sk_loader_order (self->loader, (int) self->position.epoch, trunk->order);
  trunk->order_epoch = self->position.epoch;
  trunk->batch.n = 0;
  for (int i = begin; i < MIN (begin + self->plan->n, count); i++) {
    int index = (int) trunk->order[i];
    int at = trunk->batch.n;

    if (sk_features_state (trunk->features[SK_SPLIT_TRAIN], first_row (self) + index) !=
        SK_FEATURE_KNOWN)
      continue;
    trunk->batch.indices[at] = index;
    trunk->batch.labels[at] = sk_dataset_label (self->dataset, SK_SPLIT_TRAIN, index);
    trunk->batch.n++;
  }
  return &trunk->batch;
}

static const float *
forward (SkTrainer *self, SkSplit split, int first, const SkBatch *batch) {
  gsize c = (gsize) channels (self);

  for (int i = 0; i < batch->n; i++)
    memcpy (self->trunk.rows + (gsize) i * c,
            sk_features_row (self->trunk.features[split], first + batch->indices[i]),
            c * sizeof (float));
  return sk_network_forward_head (self->network, self->trunk.rows, batch->n);
}

void
sk_trunk_forward (SkTrainer *self, const SkBatch *batch) {
  forward (self, SK_SPLIT_TRAIN, first_row (self), batch);
}

gboolean
sk_trunk_may_evaluate (SkTrainer *self) {
  return is_still (self) && have_room (self, SK_SPLIT_TEST);
}

static void
judge (GArray *verdicts, const float *logits, const SkBatch *batch, int classes) {
  for (int i = 0; i < batch->n; i++) {
    SkVerdict verdict = { .index = batch->indices[i] };

    sk_verdict_judge (&verdict, logits + (gsize) i * (gsize) classes, classes,
                      batch->labels[i]);
    g_array_append_val (verdicts, verdict);
  }
}

gboolean
sk_trunk_evaluate (SkTrainer *self, SkEvaluation *result) {
  SkFeatures *features = self->trunk.features[SK_SPLIT_TEST];
  int count = sk_dataset_count (self->dataset, SK_SPLIT_TEST);
  SkBatch *batch = &self->trunk.batch;
  g_autoptr (GArray) verdicts = g_array_new (FALSE, FALSE, sizeof (SkVerdict));

  g_clear_pointer (&self->trunk.loader, sk_loader_free);
  while (!is_done (self, SK_SPLIT_TEST, 0)) {
    if (!compute_some (self, SK_SPLIT_TEST, 0))
      return FALSE;
    if (self->progress != NULL)
      self->progress ((double) sk_features_done (features, 0, count) / count,
                      self->progress_data);
  }
  for (int i = 0; i < count;) {
    for (batch->n = 0; i < count && batch->n < self->plan->n; i++)
      if (sk_features_state (features, i) == SK_FEATURE_KNOWN) {
        batch->indices[batch->n] = i;
        batch->labels[batch->n] = sk_dataset_label (self->dataset, SK_SPLIT_TEST, i);
        batch->n++;
      }
    if (batch->n > 0)
      judge (verdicts, forward (self, SK_SPLIT_TEST, 0, batch), batch,
             self->plan->classes);
  }
  *result = sk_verdicts_mean ((const SkVerdict *) verdicts->data, verdicts->len);
  return TRUE;
}

/* Said once each: that features are kept, and what it brings. */
void
sk_trunk_tell (SkTrainer *self, const SkEpoch *epoch) {
  SkTrunk *trunk = &self->trunk;
  guint64 bytes = 0;
  gboolean on_disk = FALSE;
  gboolean passed = trunk->passed;

  trunk->passed = FALSE;
  if (!trunk->keeping)
    return;
  for (int split = 0; split < 2; split++)
    if (trunk->features[split] != NULL) {
      bytes += sk_features_bytes (trunk->features[split]);
      on_disk |= sk_features_on_disk (trunk->features[split]);
    }
  if (!trunk->told) {
    g_autofree char *size = g_format_size (bytes);

    trunk->told = TRUE;
    sk_trainer_tell (self,
                     "the trunk is frozen: what it makes of the pictures is kept "
                     "(%s %s)",
                     size, on_disk ? "on disk" : "of memory");
  } else if (!trunk->told_speed && !passed) {
    double again = trunk->seconds[0] + trunk->seconds[1] + epoch->seconds;

    trunk->told_speed = TRUE;
    sk_trainer_tell (self,
                     "kept features: an epoch takes %.2f s instead of %.1f s, "
                     "%.0f times faster",
                     epoch->seconds, again, again / MAX (epoch->seconds, 1e-3));
  }
}
