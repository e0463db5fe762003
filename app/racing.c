#include "racing.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <glib/gi18n.h>

#include "cli.h"
#include "errors.h"
#include "training.h"

/* Losses of the last few steps. */
#define LOSS_STEPS 10.0
#define SAVE_SECONDS 300

static const SkPlan *
plan_of (const SkRacing *self, int i) {
  return sk_network_plan (sk_trainer_network (sk_race_trainer (self->race, i)));
}

static gboolean
is_plain_twin (const SkRacing *self, int i) {
  return !plan_of (self, i)->variant.skips && sk_race_twin (self->race, i) >= 0;
}

/* (nullable): "layer1.3"; NULL: nowhere, or not known */
static const char *
departure_of (const SkRacing *self, int i, gint64 step) {
  int block = sk_race_departure (self->race, i, step);

  return block >= 0 ? plan_of (self, i)->blocks[block].name : NULL;
}

static void
print_epoch_json (const SkRacing *self, int i, const SkEpoch *epoch) {
  g_autofree char *line = sk_epoch_to_json (
      epoch, plan_of (self, i), sk_trainer_blocks (sk_race_trainer (self->race, i)));
  const char *departure = departure_of (self, i, epoch->step);

  /* The names are the table's own: nothing in them needs an escape. */
  line[strlen (line) - 1] = '\0';
  printf ("{\"net\":\"%s\",%s", sk_race_net (self->race, i), line + 1);
  if (departure != NULL)
    printf (",\"d10\":\"%s\"", departure);
  else if (is_plain_twin (self, i))
    printf (",\"d10\":null");
  puts ("}");
  fflush (stdout);
}

static void
print_epoch_text (const SkRacing *self, int i, const SkEpoch *epoch) {
  g_autofree char *test =
      isfinite (epoch->test_accuracy)
          ? g_strdup_printf (_ ("test loss %.3f accuracy %.1f %%"), epoch->test_loss,
                             100 * epoch->test_accuracy)
          : g_strdup (_ ("no test pictures"));

  g_print (_ ("%-12s epoch %d  train loss %.3f accuracy %.1f %%  %s  lr %.4g  %.0f "
              "images/s\n"),
           sk_race_net (self->race, i), epoch->epoch, epoch->train_loss,
           100 * epoch->train_accuracy, test, epoch->lr, epoch->images_per_s);
}

/* When all have ended the epoch: how the twins' gradients compare is known only then. */
static void
print_epochs (SkRacing *self) {
  for (int i = 0; i < sk_race_count (self->race); i++) {
    if (self->epochs[i].epoch == 0)
      continue;
    sk_progress_clear (self->progress);
    if (self->as_json)
      print_epoch_json (self, i, &self->epochs[i]);
    else
      print_epoch_text (self, i, &self->epochs[i]);
    self->epochs[i] = (SkEpoch){ 0 };
  }
}

/* FALSE: interrupted; the epoch ends when the race goes on. */
static gboolean
end_epoch (SkRacing *self, int i) {
  g_autoptr (GError) save_error = NULL;
  SkEpoch epoch;

  if (!sk_race_end_epoch (self->race, i, &epoch, &save_error) &&
      g_error_matches (save_error, SK_ERROR, SK_ERROR_CANCELLED))
    return FALSE;
  self->epochs[i] = epoch;
  /* A full disk now need not be full at the end. */
  if (save_error != NULL) {
    sk_progress_clear (self->progress);
    g_printerr (_ ("skipscope: %s; the training goes on\n"), save_error->message);
  }
  return TRUE;
}

static void
report_divergence (SkRacing *self, const SkRaceTurn *turn) {
  const char *culprit =
      sk_trainer_culprit (sk_race_trainer (self->race, turn->contestant));
  const char *net = sk_race_net (self->race, turn->contestant);
  g_autofree char *broken =
      sk_training_describe_break (sk_race_trainer (self->race, turn->contestant));

  sk_progress_clear (self->progress);
  if (self->as_json) {
    printf ("{\"net\":\"%s\",\"diverged\":true,\"step\":%" PRId64
            ",\"first_broken\":\"%s\"}\n",
            net, turn->step.step + 1, culprit != NULL ? culprit : "");
    fflush (stdout);
  }
  g_printerr (_ ("skipscope: the loss of %s is not a finite number in step %" PRId64
                 "%s. It stands still, the others go "
                 "on\n"),
              net, turn->step.step + 1, broken);
}

static void
remember (SkRacing *self, const SkRaceTurn *turn) {
  double *loss = &self->losses[turn->contestant];

  if (turn->step.n == 0)
    return;
  sk_pace_add (&self->pace, turn->step.seconds, turn->step.n);
  *loss = *loss > 0 ? *loss + (turn->step.loss - *loss) / LOSS_STEPS : turn->step.loss;
}

static void
show_progress (SkRacing *self, const SkStep *step) {
  gint64 total = sk_trainer_steps_total (sk_race_trainer (self->race, 0));
  gint64 fresh = step->step - self->first_step;
  double seconds = (double) (g_get_monotonic_time () - self->begun) / G_USEC_PER_SEC;
  g_autoptr (GString) text = NULL;
  g_autofree char *left = NULL;

  if (!sk_progress_is_due (self->progress))
    return;
  text = g_string_new (NULL);
  g_string_append_printf (text, _ ("step %" PRId64 " of %" PRId64), step->step, total);
  for (int i = 0; i < sk_race_count (self->race); i++)
    if (self->losses[i] > 0)
      g_string_append_printf (text, "  %s %.3f", sk_race_net (self->race, i),
                              self->losses[i]);
  g_string_append_printf (text, _ ("  %.0f images/s"),
                          sk_pace_images_per_s (&self->pace));
  if (fresh >= 3) {
    left = sk_progress_format_seconds (seconds / (double) fresh *
                                       (double) (total - step->step));
    g_string_append_printf (text, _ ("  %s left"), left);
  }
  sk_progress_line (self->progress, text->str);
}

/* A race of deep networks takes hours: what ends the program without asking costs
 * minutes of them. */
static void
save_now_and_then (SkRacing *self) {
  g_autoptr (GError) error = NULL;

  if (g_get_monotonic_time () - self->saved < SAVE_SECONDS * G_USEC_PER_SEC)
    return;
  if (!sk_race_save (self->race, &error)) {
    sk_progress_clear (self->progress);
    g_printerr (_ ("skipscope: %s; the training goes on\n"), error->message);
  }
  self->saved = g_get_monotonic_time ();
}

/* FALSE: the race cannot go on. */
static gboolean
take_turn (SkRacing *self, GError **error) {
  g_autoptr (GError) failure = NULL;
  SkRaceTurn turn;

  if (!sk_race_step (self->race, &turn, &failure)) {
    if (g_error_matches (failure, SK_ERROR, SK_ERROR_CANCELLED))
      return TRUE;
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
  }
  if (!isfinite (turn.step.loss))
    report_divergence (self, &turn);
  else
    remember (self, &turn);
  if (isfinite (turn.step.loss) && turn.step.epoch_ended &&
      !end_epoch (self, turn.contestant))
    return TRUE; /* whoever calls sees the signal */
  if (turn.round_ended) {
    print_epochs (self);
    show_progress (self, &turn.step);
    save_now_and_then (self);
  }
  return TRUE;
}

SkRacingEnd
sk_racing_run (SkRacing *self, GError **error) {
  self->begun = self->saved = g_get_monotonic_time ();
  self->first_step = sk_trainer_steps_done (sk_race_trainer (self->race, 0));
  for (int i = 0; i < sk_race_count (self->race); i++)
    sk_trainer_set_progress (sk_race_trainer (self->race, i), sk_progress_testing,
                             self->progress);

  while (!sk_race_is_over (self->race)) {
    if (sk_interrupt_asked (self->interrupt)) {
      print_epochs (self);
      return sk_race_save (self->race, error) ? SK_RACING_INTERRUPTED
                                              : SK_RACING_FAILED;
    }
    if (!take_turn (self, error))
      return SK_RACING_FAILED;
  }
  print_epochs (self);
  /* What diverged in the last epoch is saved where it stood. */
  return sk_race_save (self->race, error) ? SK_RACING_OVER : SK_RACING_FAILED;
}
