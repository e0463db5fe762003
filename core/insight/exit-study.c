#include "exit-study.h"

/* The class means first, then the pictures that are looked at. What the network said of a
 * batch is taken between two batches, while the means of its blocks still stand. */

typedef struct {
  const SkExitStudy *study;
  const SkClassMeans *means; /* (nullable) */
  const GArray *verdicts;
  SkExits *exits;
  guint seen; /* verdicts */
  double begin, share; /* of the work: what is under way, as a fraction of all */
} Walk;

static void
tell_cb (double fraction, gpointer data) {
  const Walk *self = data;

  if (self->study->progress != NULL)
    self->study->progress (self->begin + self->share * fraction, self->study->data);
}

/* @verdicts: (n) of the batch, of which the labels count */
static int
count_nearest (const Walk *self, int block, const SkVerdict *verdicts, int n) {
  const float *features = sk_network_block_mean (self->study->network, block);
  gsize channels = (gsize) self->means->channels[block];
  int correct = 0;

  for (int i = 0; i < n; i++)
    correct +=
        sk_class_means_nearest (self->means, block, features + (gsize) i * channels) ==
        verdicts[i].label;
  return correct;
}

static int
count_by_head (const Walk *self, int block, const SkVerdict *verdicts, int n) {
  SkNetwork *network = self->study->network;
  int classes = sk_network_plan (network)->classes, correct = 0;
  const float *logits =
      sk_network_forward_head (network, sk_network_block_mean (network, block), n);

  for (int i = 0; i < n; i++) {
    SkVerdict verdict;

    sk_verdict_judge (&verdict, logits + (gsize) i * (gsize) classes, classes,
                      verdicts[i].label);
    correct += verdict.rank < 1;
  }
  return correct;
}

static void
add_batch (Walk *self, const SkVerdict *verdicts, int n) {
  SkExits *exits = self->exits;
  int first = sk_network_plan (self->study->network)->n_blocks - exits->n_steps;

  for (int i = 0; i < exits->n_steps; i++)
    exits->steps[i].n_correct += exits->steps[i].rule == SK_EXIT_RULE_HEAD
                                     ? count_by_head (self, first + i, verdicts, n)
                                     : count_nearest (self, first + i, verdicts, n);
  exits->images += n;
}

/* Between two batches: those verdicts are new that the last forward gave. */
static void
batch_cb (double fraction, gpointer data) {
  Walk *self = data;
  const SkVerdict *verdicts = (const SkVerdict *) self->verdicts->data;

  if (self->verdicts->len > self->seen)
    add_batch (self, verdicts + self->seen, (int) (self->verdicts->len - self->seen));
  self->seen = self->verdicts->len;
  tell_cb (fraction, self);
}

/* Returns: FALSE with @error set; no means where there is nothing to take them of */
static gboolean
take_means (Walk *self, SkClassMeans **means, GError **error) {
  const SkExitStudy *study = self->study;
  g_autoptr (SkProbeSet) probe =
      sk_class_means_choose (study->dataset, study->transform);

  self->share =
      (double) probe->n / (probe->n + sk_dataset_count (study->dataset, study->split));
  *means =
      sk_class_means_new (study->network, probe, tell_cb, self, study->cancel, error);
  if (*means == NULL)
    return FALSE;
  if ((*means)->images == 0)
    g_clear_pointer (means, sk_class_means_free);
  self->begin = self->share;
  self->share = 1 - self->begin;
  self->means = *means;
  return TRUE;
}

SkExits *
sk_exit_study (const SkExitStudy *study, GArray *verdicts, SkClassMeans **means,
               GError **error) {
  g_autoptr (SkClassMeans) taken = NULL;
  g_autoptr (SkExits) exits = NULL;
  Walk walk = { .study = study, .verdicts = verdicts, .seen = verdicts->len };

  /* Where there are too many classes, or no pictures, the evaluation says so. */
  if (sk_dataset_count (study->dataset, study->split) > 0 &&
      sk_dataset_classes (study->dataset) <=
          sk_network_plan (study->network)->classes &&
      !take_means (&walk, &taken, error))
    return NULL;
  exits = sk_exits_new (sk_network_plan (study->network), taken != NULL);
  exits->mean_images = taken ? taken->images : 0;
  walk.exits = exits;
  if (!sk_evaluate_pictures (study->network, study->dataset, study->split,
                             study->transform, verdicts, batch_cb, &walk, study->cancel,
                             error))
    return NULL;
  if (means)
    *means = g_steal_pointer (&taken);
  return g_steal_pointer (&exits);
}
