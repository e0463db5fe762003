#include <glib/gi18n-lib.h>
#include <math.h>

#include "lesion-chart.h"
#include "range.h"

/* A lesion study in words. */

double
sk_lesion_accuracy_change (const SkLesions *lesions, const SkLesionSet *set) {
  return 100 *
         (sk_lesion_accuracy (&set->score) - sk_lesion_accuracy (&lesions->whole));
}

double
sk_lesion_loss_change (const SkLesions *lesions, const SkLesionSet *set) {
  return sk_lesion_loss (&set->score) - sk_lesion_loss (&lesions->whole);
}

char *
sk_lesion_describe (const SkLesions *lesions, int block) {
  const SkLesionSet *set = &lesions->sets[block];
  g_autofree char *points =
      sk_format_fixed (sk_lesion_accuracy_change (lesions, set), 1, TRUE);

  return g_strdup_printf (_ ("Without %s: accuracy %.1f %% (%s points), loss %.3f"),
                          lesions->plan->blocks[block].name,
                          100 * sk_lesion_accuracy (&set->score), points,
                          sk_lesion_loss (&set->score));
}

static int
compare_doubles (gconstpointer a, gconstpointer b) {
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

static int
worst_block (const SkLesions *self) {
  int worst = 0;

  for (int b = 1; b < self->plan->n_blocks; b++)
    if (sk_lesion_accuracy_change (self, &self->sets[b]) <
        sk_lesion_accuracy_change (self, &self->sets[worst]))
      worst = b;
  return worst;
}

/* Median change of the blocks whose shape changes, or of the others; NaN: there are none */
static double
median_change (const SkLesions *self, gboolean changes_shape) {
  g_autofree double *changes = g_new (double, self->plan->n_blocks);
  int n = 0;

  for (int b = 0; b < self->plan->n_blocks; b++)
    if (sk_lesions_changes_shape (self->plan, b) == changes_shape)
      changes[n++] = sk_lesion_accuracy_change (self, &self->sets[b]);
  qsort (changes, (size_t) n, sizeof *changes, compare_doubles);
  if (n == 0)
    return NAN;
  return n % 2 ? changes[n / 2] : (changes[n / 2 - 1] + changes[n / 2]) / 2;
}

static void
append_several (const SkLesions *self, GString *text) {
  const SkLesionSet *set = &self->sets[self->plan->n_blocks];
  g_autofree char *points = NULL;

  if (self->n_sets - self->most * self->repeats <= self->plan->n_blocks)
    return;
  points = sk_format_fixed (sk_lesion_accuracy_change (self, set), 1, TRUE);
  g_string_append_printf (text, _ (" The %d chosen blocks together: %s points."),
                          set->n_cut, points);
}

char *
sk_lesion_sentence (const SkLesions *lesions) {
  const SkPlan *plan = lesions->plan;
  int worst = worst_block (lesions);
  double same = median_change (lesions, FALSE), shape = median_change (lesions, TRUE);
  g_autofree char *most = sk_format_fixed (
      sk_lesion_accuracy_change (lesions, &lesions->sets[worst]), 1, TRUE);
  g_autofree char *cost_same = sk_format_fixed (-same, 1, FALSE);
  g_autofree char *cost_shape = sk_format_fixed (-shape, 1, FALSE);
  GString *text = g_string_new (NULL);

  g_string_append_printf (text,
                          _ ("The whole network gets %.1f %% of %d pictures right. "
                             "It misses %s most: %s points without it."),
                          100 * sk_lesion_accuracy (&lesions->whole), lesions->whole.n,
                          plan->blocks[worst].name, most);
  if (isfinite (same) && isfinite (shape))
    g_string_append_printf (text,
                            _ (" The median cut costs %s points where a block keeps "
                               "its shape, %s where it changes it."),
                            cost_same, cost_shape);
  else if (isfinite (same))
    g_string_append_printf (text, _ (" The median cut costs %s points."), cost_same);
  append_several (lesions, text);
  if (!plan->variant.skips)
    g_string_append (text, _ (" A plain network has no way around a block: what comes "
                              "after it reads what it never learnt to read."));
  return g_string_free (text, FALSE);
}
