#include "lesion.h"

#include "errors.h"

/* Each batch runs through the network once as a whole, then from the first cut of each set
 * on. Sets are taken from the one that begins last to the one that begins first: what a
 * set spoils lies behind what the next one reads. */

typedef struct {
  SkLesions *lesions;
  SkNetwork *network;
  const SkProbeSet *probe;
  SkProgressFunc progress;
  gpointer data;
  const gint *cancel;
  int *order; /* (n_sets) */
  float *images; /* (plan->n,side,side,3) */
  int *labels; /* (plan->n) */
  gint64 begin; /* µs */
} Study;

static int
compare_first (gconstpointer a, gconstpointer b, gpointer data) {
  const SkLesionSet *sets = data;
  int x = *(const int *) a, y = *(const int *) b;

  if (sets[x].first != sets[y].first)
    return sets[y].first - sets[x].first;
  return x - y;
}

static gboolean
is_cancelled (const Study *self) {
  return self->cancel != NULL && g_atomic_int_get (self->cancel) != 0;
}

static void
add_score (const Study *self, SkLesionScore *score, const float *logits, int n) {
  int classes = sk_network_plan (self->network)->classes;

  for (int i = 0; i < n; i++) {
    SkVerdict verdict;

    sk_verdict_judge (&verdict, logits + (gsize) i * (gsize) classes, classes,
                      self->labels[i]);
    score->n++;
    score->n_correct += verdict.rank < 1;
    score->loss += verdict.loss;
  }
}

/* @done: measurements of the batch that begins at picture @first */
static void
tell (const Study *self, int first, int done) {
  int batches = (self->probe->n + sk_network_plan (self->network)->n - 1) /
                sk_network_plan (self->network)->n;
  double at = (double) first / sk_network_plan (self->network)->n;

  self->lesions->seconds =
      (double) (g_get_monotonic_time () - self->begin) / G_USEC_PER_SEC;
  self->lesions->progress =
      MIN ((at + (double) done / (self->lesions->n_sets + 1)) / MAX (batches, 1), 1.0);
  if (self->progress)
    self->progress (self->lesions->progress, self->data);
}

static void
bypass (const Study *self, const SkLesionSet *set, gboolean bypassed) {
  for (int b = set->first; b < self->lesions->plan->n_blocks; b++)
    if (set->cut[b])
      sk_network_set_bypassed (self->network, b, bypassed);
}

/* Returns: FALSE where it was cancelled; the scores then mean nothing */
static gboolean
study_batch (Study *self, int first) {
  SkLesions *lesions = self->lesions;
  int n = sk_probe_set_read (self->probe, first, sk_network_plan (self->network)->n,
                             self->images, self->labels);
  const float *logits;

  if (n == 0)
    return !is_cancelled (self);
  logits = sk_network_forward (self->network, self->images, n, FALSE);
  if (is_cancelled (self))
    return FALSE;
  add_score (self, &lesions->whole, logits, n);
  for (int i = 0; i < lesions->n_sets; i++) {
    SkLesionSet *set = &lesions->sets[self->order[i]];

    tell (self, first, i + 1);
    bypass (self, set, TRUE);
    logits = sk_network_forward_from (self->network, set->first);
    bypass (self, set, FALSE);
    if (is_cancelled (self))
      return FALSE;
    add_score (self, &set->score, logits, n);
  }
  lesions->images += n;
  tell (self, first, lesions->n_sets + 1);
  return TRUE;
}

static gboolean
run (Study *self, GError **error) {
  for (int at = 0; at < self->probe->n; at += sk_network_plan (self->network)->n)
    if (!study_batch (self, at))
      return sk_refuse (error, SK_ERROR_CANCELLED, "the study was cancelled");
  if (self->lesions->images > 0)
    return TRUE;
  return sk_refuse (error, SK_ERROR_FILE,
                    "no picture of %s could be read; see the list of files left out",
                    sk_dataset_title (self->probe->dataset));
}

gboolean
sk_lesion_study (SkLesions *lesions, SkNetwork *network, const SkProbeSet *probe,
                 SkProgressFunc progress, gpointer data, const gint *cancel,
                 GError **error) {
  const SkPlan *plan = sk_network_plan (network);
  gsize picture = (gsize) plan->h * (gsize) plan->w * 3;
  g_autofree int *order = g_new (int, MAX (lesions->n_sets, 1));
  g_autofree float *images = g_new (float, picture *(gsize) plan->n);
  g_autofree int *labels = g_new (int, plan->n);
  Study self = { lesions, network, probe,  progress, data,
                 cancel,  order,   images, labels,   g_get_monotonic_time () };

  g_return_val_if_fail (plan->n_blocks == lesions->plan->n_blocks, FALSE);
  g_return_val_if_fail (probe->transform.side == plan->h && plan->h == plan->w, FALSE);

  lesions->images_wanted = probe->n;
  for (int i = 0; i < lesions->n_sets; i++)
    order[i] = i;
  g_qsort_with_data (order, lesions->n_sets, sizeof *order, compare_first,
                     lesions->sets);
  return run (&self, error);
}
