/* What a race shows, in words: nothing but what was measured. */

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>

#include "race-view-private.h"

/* Steps before which a smoothed accuracy says little. */
#define EARLY 10
/* Times the share of a guess: below the first nothing was learnt yet, from the second on
 * clearly something was. */
#define GUESSING 1.6
#define LEARNING 2.2
/* Points of accuracy, as a fraction, that two networks must differ by to be told apart. */
#define CLEARLY 0.05

static void
add (GString *text, char *sentence) {
  if (sentence != NULL && text->len > 0)
    g_string_append_c (text, ' ');
  if (sentence != NULL)
    g_string_append (text, sentence);
  g_free (sentence);
}

static const char *
title_of (const SkContestant *one) {
  return one->plan->variant.title;
}

static double
accuracy_of (const SkRaceView *self, int i) {
  double loss, accuracy;

  sk_race_view_latest (self, i, &loss, &accuracy);
  return accuracy;
}

static char *
say_diverged (const SkContestant *one) {
  return g_strdup_printf (_ ("%s has diverged after step %" PRId64
                             ": its loss is no longer a number, and it stands still."),
                          title_of (one), one->step);
}

/* Of twins: who has learnt something. */
static char *
say_learning (const SkRaceView *self, int pair) {
  const SkContestant *plain = sk_race_view_plain (self, pair);
  const SkContestant *residual = sk_race_view_residual (self, pair);
  double with = accuracy_of (self, plain->twin);
  double without = accuracy_of (self, self->plains[pair]);
  double guess = 1.0 / MAX (plain->plan->classes, 1);
  gint64 step = MIN (plain->step, residual->step);

  if (!isfinite (with) || !isfinite (without))
    return NULL;
  if (step < EARLY)
    return g_strdup (_ ("Both have only just begun, from the same weights."));
  if (with > LEARNING * guess && without < GUESSING * guess)
    /* Translators: step, network, percent, network, percent, percent of a guess */
    return g_strdup_printf (
        _ ("After step %" PRId64 " %s is right about %.0f %% of the pictures it learns "
           "from; %s, the same layers without skips, about %.0f %%, hardly better than "
           "guessing (%.0f %%)."),
        step, title_of (residual), 100 * with, title_of (plain), 100 * without,
        100 * guess);
  if (with < GUESSING * guess && without < GUESSING * guess)
    return g_strdup_printf (_ ("After step %" PRId64
                               " neither %s nor %s does much better than guessing "
                               "(%.0f %%) yet."),
                            step, title_of (residual), title_of (plain), 100 * guess);
  if (fabs (with - without) < CLEARLY)
    return g_strdup_printf (
        _ ("After step %" PRId64 " %s and %s are about level: %.0f %% and %.0f %% of "
           "the pictures they learn from."),
        step, title_of (residual), title_of (plain), 100 * with, 100 * without);
  return g_strdup_printf (
      _ ("After step %" PRId64 " %s is right about %.0f %% of the pictures it learns "
         "from, %s about %.0f %%."),
      step, title_of (residual), 100 * with, title_of (plain), 100 * without);
}

/* (transfer full): "3.2", "57", "38000": two digits that count. */
static char *
format_times (double value) {
  double unit = value < 100 ? 1 : pow (10, floor (log10 (value)) - 1);

  if (value > 1e9)
    return sk_format_number (value);
  return g_strdup_printf (value < 10 ? "%.1f" : "%.0f",
                          value < 10 ? value : round (value / unit) * unit);
}

/* How the plain network's gradient stands by the first block, against its twin's. */
static char *
say_stem (const SkContestant *plain, const SkContestant *residual) {
  double ratio = (double) plain->gradients[0] / (double) residual->gradients[0];
  g_autofree char *times = format_times (ratio >= 1 ? ratio : 1 / MAX (ratio, 1e-30));

  if (!isfinite (ratio))
    return NULL;
  if (ratio > 10)
    return g_strdup_printf (_ ("On its way back to the stem the gradient of %s grows: "
                               "by the first block it "
                               "is %s times that of %s."),
                            title_of (plain), times, title_of (residual));
  if (ratio < 0.1)
    return g_strdup_printf (
        _ ("On its way back to the stem the gradient of %s fades: by the first block "
           "that of %s is %s times as large."),
        title_of (plain), title_of (residual), times);
  return NULL;
}

/* Where the gradients part, seen from the loss; @stem: they differ by the first block. */
static char *
say_parting (const SkRaceView *self, int pair, gboolean stem) {
  const SkPlan *plan = sk_race_view_plain (self, pair)->plan;
  int block = sk_race_newest_departure (self, pair);
  int depth = plan->n_blocks - block;

  if (block < 0)
    return NULL;
  if (block >= plan->n_blocks)
    return g_strdup (
        _ ("In no block do their gradients differ by more than ten times."));
  if (stem)
    return g_strdup_printf (
        ngettext ("They part by more than ten times at %s, %d block from the loss.",
                  "They part by more than ten times at %s, %d blocks from the loss.",
                  (gulong) depth),
        plan->blocks[block].name, depth);
  return g_strdup_printf (
      ngettext ("Their gradients part by more than ten times at %s, %d block from the "
                "loss, but by the first block they are of like size.",
                "Their gradients part by more than ten times at %s, %d blocks from the "
                "loss, but by the first block they are of like size.",
                (gulong) depth),
      plan->blocks[block].name, depth);
}

static void
add_pair (GString *text, const SkRaceView *self, int pair) {
  const SkContestant *plain = sk_race_view_plain (self, pair);
  const SkContestant *residual = sk_race_view_residual (self, pair);
  char *stem, *parting;

  add (text, say_learning (self, pair));
  if (plain->gradients == NULL || residual->gradients == NULL ||
      !(plain->gradients[0] > 0) || !(residual->gradients[0] > 0))
    return;
  stem = say_stem (plain, residual);
  parting = say_parting (self, pair, stem != NULL);
  add (text, stem);
  add (text, parting);
}

/* The shallowest and the deepest network with skips, or without; FALSE: there are no two. */
static gboolean
find_depths (const SkRaceView *self, gboolean skips, int *shallow, int *deep) {
  *shallow = *deep = -1;
  for (int i = 0; i < self->state->n; i++) {
    const SkPlan *plan = self->state->contestants[i].plan;

    if (plan->variant.skips != skips || !isfinite (accuracy_of (self, i)))
      continue;
    if (*shallow < 0 ||
        plan->n_blocks < self->state->contestants[*shallow].plan->n_blocks)
      *shallow = i;
    if (*deep < 0 || plan->n_blocks > self->state->contestants[*deep].plan->n_blocks)
      *deep = i;
  }
  return *shallow >= 0 && self->state->contestants[*shallow].plan->n_blocks <
                              self->state->contestants[*deep].plan->n_blocks;
}

/* What more depth does to networks of one kind. */
static char *
say_depth (const SkRaceView *self, gboolean skips) {
  int shallow, deep;
  const char *near, *far;
  double less, more;

  if (!find_depths (self, skips, &shallow, &deep))
    return NULL;
  near = title_of (&self->state->contestants[shallow]);
  far = title_of (&self->state->contestants[deep]);
  less = accuracy_of (self, shallow);
  more = accuracy_of (self, deep);
  if (less - more > CLEARLY)
    return g_strdup_printf (
        skips ? _ ("With skips the deeper network is behind too: %s stands at %.0f %%, "
                   "%s at %.0f %%.")
              : _ ("Without skips more depth makes it worse, even on the pictures it "
                   "learns from: %s stands at %.0f %%, %s at %.0f %%."),
        near, 100 * less, far, 100 * more);
  if (more - less > CLEARLY)
    return g_strdup_printf (
        skips
            ? _ ("With skips more depth helps: %s stands at %.0f %%, %s at %.0f %%.")
            : _ ("Without skips the deeper network is ahead: %s stands at %.0f %%, %s "
                 "at %.0f %%."),
        near, 100 * less, far, 100 * more);
  return g_strdup_printf (
      skips ? _ ("With skips more depth does no harm: %s stands at %.0f %%, %s at "
                 "%.0f %%.")
            : _ ("Without skips the deeper network keeps up: %s stands at %.0f %%, %s "
                 "at %.0f %%."),
      near, 100 * less, far, 100 * more);
}

char *
sk_race_view_words (const SkRaceView *self) {
  g_autoptr (GString) text = g_string_new (NULL);
  char *without, *with;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->state == NULL || sk_race_last_step (self) < 1)
    return g_strdup (
        _ ("The networks begin with the same weights and will see the same pictures."));
  for (int i = 0; i < self->state->n; i++)
    if (self->state->contestants[i].diverged)
      add (text, say_diverged (&self->state->contestants[i]));
  without = say_depth (self, FALSE);
  with = say_depth (self, TRUE);
  if (sk_race_last_step (self) >= EARLY && without != NULL) {
    add (text, g_steal_pointer (&without));
    add (text, g_steal_pointer (&with));
  }
  g_free (without);
  g_free (with);
  if (self->n_pairs == 1 || (self->n_pairs > 0 && text->len == 0))
    add_pair (text, self, sk_race_view_pair (self));
  if (text->len == 0)
    g_string_append_printf (text, _ ("Step %.0f."), sk_race_last_step (self));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
sk_race_view_describe_block (const SkRaceView *self, int block) {
  int pair = sk_race_view_pair (self);
  const SkContestant *plain, *residual;
  g_autofree char *a = NULL, *b = NULL;

  if (self->n_pairs == 0 || block < 0 ||
      block >= sk_race_view_plain (self, pair)->plan->n_blocks)
    return NULL;
  plain = sk_race_view_plain (self, pair);
  residual = sk_race_view_residual (self, pair);
  a = residual->gradients ? sk_format_number ((double) residual->gradients[block])
                          : g_strdup ("–");
  b = plain->gradients ? sk_format_number ((double) plain->gradients[block])
                       : g_strdup ("–");
  return g_strdup_printf (_ ("%s: gradient %s in %s, %s in %s"),
                          plain->plan->blocks[block].name, a, title_of (residual), b,
                          title_of (plain));
}

char *
sk_race_figure_title (const SkRaceView *view, const char *data_title) {
  g_autoptr (GString) nets = g_string_new (NULL);
  int n = view->state ? view->state->n : 0;

  for (int i = 0; i < n; i++)
    g_string_append_printf (nets, "%s%s", i > 0 ? ", " : "",
                            title_of (&view->state->contestants[i]));
  if (data_title == NULL)
    return g_strdup (nets->str);
  return g_strdup_printf (_ ("%s on %s"), nets->str, data_title);
}
