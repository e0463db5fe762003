#include "window-private.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "words.h"

/* What goes on, in a word; NULL: training speaks for itself. */
static const char *
phase_name (const SkSnapshot *snapshot) {
  if (snapshot->pause_pending)
    return _ ("pausing…");
  switch (snapshot->phase) {
  case SK_PHASE_PREPARING:
    return _ ("preparing…");
  case SK_PHASE_PAUSED:
    return _ ("paused");
  case SK_PHASE_EVALUATING:
    return _ ("testing");
  case SK_PHASE_FINISHED:
    return _ ("finished");
  case SK_PHASE_STOPPED:
    return _ ("stopped and saved");
  case SK_PHASE_DIVERGED:
    return _ ("diverged");
  case SK_PHASE_FAILED:
    return _ ("failed");
  default:
    return NULL;
  }
}

static void
add_part (GString *text, const char *part) {
  if (part == NULL || *part == '\0')
    return;
  if (text->len > 0)
    g_string_append (text, " · ");
  g_string_append (text, part);
}

/* A frozen trunk looks at the pictures before training goes on. */
static char *
describe_preparing (const SkSnapshot *snapshot) {
  if (snapshot->preparing <= 0 || snapshot->phase != SK_PHASE_RUNNING)
    return NULL;
  return g_strdup_printf (_ ("the frozen trunk looks at the pictures: %.0f %%"),
                          100 * snapshot->preparing);
}

static char *
describe_run (const SkSnapshot *snapshot) {
  GString *text = g_string_new (NULL);
  gboolean moving = snapshot->phase == SK_PHASE_RUNNING && !snapshot->pause_pending;
  g_autofree char *epoch =
      g_strdup_printf (_ ("epoch %d of %d"), snapshot->epoch, snapshot->n_epochs);
  g_autofree char *speed =
      g_strdup_printf (_ ("%.0f images/s"), snapshot->images_per_s);
  g_autofree char *preparing = describe_preparing (snapshot);
  g_autofree char *left = sk_words_time_left (snapshot->seconds_left);
  g_autofree char *step = g_strdup_printf (_ ("step %" PRId64 " of %" PRId64),
                                           snapshot->step, snapshot->n_steps);
  g_autofree char *skipped = g_strdup_printf (
      ngettext ("%d file skipped", "%d files skipped", (gulong) snapshot->n_skipped),
      snapshot->n_skipped);

  add_part (text, phase_name (snapshot));
  add_part (text, preparing);
  if (snapshot->race != NULL && snapshot->phase != SK_PHASE_PREPARING)
    add_part (text, step);
  else if (snapshot->n_epochs > 0 && snapshot->phase != SK_PHASE_PREPARING)
    add_part (text, epoch);
  if (moving && snapshot->images_per_s > 0)
    add_part (text, speed);
  if (moving)
    add_part (text, left);
  if (snapshot->n_skipped > 0)
    add_part (text, skipped);
  return g_string_free (text, FALSE);
}

static void
show_progress (SkWindow *self, const SkSnapshot *snapshot) {
  gboolean shown = sk_engine_has_run (self->engine);

  gtk_widget_set_visible (GTK_WIDGET (self->progress), shown);
  if (!shown)
    return;
  if (snapshot->phase == SK_PHASE_PREPARING)
    gtk_progress_bar_set_fraction (self->progress, 0);
  else if (snapshot->n_steps > 0)
    gtk_progress_bar_set_fraction (self->progress, (double) snapshot->step /
                                                       (double) snapshot->n_steps);
}

/* (transfer full): "ResNet-56 · CIFAR-10" */
static char *
describe_title (const SkSnapshot *snapshot) {
  g_autofree char *race = NULL;

  if (snapshot->plan == NULL)
    return g_strdup ("Skipscope");
  if (snapshot->race != NULL)
    race = g_strdup_printf (
        ngettext ("Race of %d network", "Race of %d networks", snapshot->race->n),
        snapshot->race->n);
  return g_strjoin (" · ", race ? race : snapshot->plan->variant.title,
                    snapshot->summary.data_title, NULL);
}

void
sk_window_update_status (SkWindow *self, const SkSnapshot *snapshot) {
  g_autofree char *title = NULL;
  g_autofree char *words = NULL;

  show_progress (self, snapshot);
  /* Looking at another network does not change what the last run was. */
  if (snapshot->phase == SK_PHASE_IDLE)
    return;
  title = describe_title (snapshot);
  words = describe_run (snapshot);
  gtk_label_set_label (self->status_title, title);
  gtk_label_set_label (self->status_words, words);
  gtk_widget_set_visible (GTK_WIDGET (self->status_words), *words != '\0');
}
