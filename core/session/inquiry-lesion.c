#include "inquiry-private.h"

#include "errors.h"
#include "lesion.h"

/* LESION: the network without each of its blocks, on pictures of the test split. It works
 * on a copy of the weights, so that neither the training nor a dropped picture waits. */

/* Pictures that a study is made on unless more are wanted. */
#define PICTURES 256
/* Pictures at once of a side above that of CIFAR's. */
#define SMALL_SIDE 64
#define LARGE_BATCH 8
/* The longest row of random cuts, and draws of each number. */
#define MOST_RANDOM 10
#define REPEATS 5
/* µs between two publications of how far it is. */
#define PUBLISH_EVERY (G_USEC_PER_SEC / 10)

/* A study under way, and what was shown of it. */
typedef struct {
  SkInquiryLane *lane;
  SkLesions *lesions;
  int shown; /* pictures */
  SkLesions *whole_batches; /* (nullable): as it stood after the last batch */
  gint64 published_at;
} Watch;

/* @lesions: (transfer full) */
static void
publish (SkInquiryLane *self, SkLesions *lesions) {
  SkSnapshot *state = sk_board_lock (self->board);

  sk_lesions_unref (state->lesions);
  state->lesions = lesions;
  sk_board_unlock (self->board, TRUE);
}

/* Bars are of whole batches: within one, some sets have seen more pictures than others. */
static void
progress_cb (double fraction, gpointer data) {
  Watch *self = data;
  gint64 now = g_get_monotonic_time ();
  SkLesions *shown;

  sk_inquiry_serve_pictures (self->lane);
  if (self->lesions->images == self->shown && now - self->published_at < PUBLISH_EVERY)
    return;
  if (self->lesions->images != self->shown) {
    sk_lesions_unref (self->whole_batches);
    self->whole_batches = sk_lesions_copy (self->lesions);
    self->shown = self->lesions->images;
  }
  shown = sk_lesions_copy (self->whole_batches);
  shown->progress = fraction;
  shown->seconds = self->lesions->seconds;
  self->published_at = now;
  publish (self->lane, shown);
}

static gboolean
plan_cuts (SkLesions *lesions, const SkCommand *command, GError **error) {
  if (command->path && sk_lesions_add_named (lesions, command->path, error) < 0)
    return FALSE;
  if (command->flag)
    sk_lesions_add_random (lesions, MOST_RANDOM, REPEATS, 0);
  return TRUE;
}

/* @model: a copy of one's own */
static gboolean
study (Watch *watch, const SkCommand *command, const SkModel *model, SkDataset *dataset,
       GError **error) {
  SkInquiryLane *self = watch->lane;
  int side = model->transform.side;
  g_autoptr (SkPlan) plan = sk_plan_new (
      &model->plan->variant, side > SMALL_SIDE ? LARGE_BATCH : SK_INQUIRY_BATCH, side,
      side, model->plan->classes, error);
  g_autoptr (SkNetwork) network = NULL;
  g_autoptr (SkProbeSet) probe = NULL;

  if (plan)
    network = sk_network_new (plan, model->parameters, SK_NETWORK_RESUMABLE, self->pool,
                              error);
  if (network == NULL)
    return FALSE;
  sk_network_set_cancel (network, &self->interrupted);
  sk_model_fade (model, network);
  probe = sk_probe_set_new (dataset, SK_SPLIT_TEST, &model->transform,
                            command->pictures > 0 ? command->pictures : PICTURES, 0);
  watch->lesions->images_wanted = probe->n;
  watch->whole_batches = sk_lesions_copy (watch->lesions);
  publish (self, sk_lesions_copy (watch->lesions));
  return sk_lesion_study (watch->lesions, network, probe, progress_cb, watch,
                          &self->interrupted, error);
}

static gboolean
begin (SkInquiryLane *self, const SkCommand *command, const SkModel *model,
       const char *name, GError **error) {
  Watch watch = { .lane = self };
  g_autoptr (SkModel) copy = sk_model_copy (model, error);
  g_autoptr (SkDataset) dataset = NULL;
  gboolean done = FALSE;

  if (copy)
    dataset = sk_inquiry_open_data (self, command, model, error);
  if (dataset == NULL)
    return FALSE;
  watch.lesions = sk_lesions_new (copy->plan);
  watch.lesions->serial = command->serial;
  watch.lesions->model = g_strdup (name);
  watch.lesions->data = g_strdup (sk_dataset_title (dataset));
  watch.lesions->running = TRUE;
  if (plan_cuts (watch.lesions, command, error))
    done = study (&watch, command, copy, dataset, error);
  /* What was called off stands as after its last batch. */
  if (watch.whole_batches) {
    SkLesions *last = done ? watch.lesions : watch.whole_batches;

    last->running = FALSE;
    publish (self, sk_lesions_ref (last));
  }
  sk_lesions_unref (watch.whole_batches);
  sk_lesions_unref (watch.lesions);
  return done;
}

void
sk_inquiry_lesion (SkInquiryLane *self, const SkCommand *command) {
  gint64 start = g_get_monotonic_time ();
  SkAnswer *answer = sk_answer_new (SK_COMMAND_LESION, command->serial);
  g_autoptr (GError) error = NULL;
  SkModel *model = sk_inquiry_choose_model (self, &error);

  sk_inquiry_begin (self, command);
  if (model) {
    answer->model =
        sk_model_describe (model, self->training && model == self->run, TRUE);
    begin (self, command, model, answer->model, &error);
  }
  if (sk_inquiry_end (self) && error == NULL)
    g_set_error_literal (&error, SK_ERROR, SK_ERROR_CANCELLED, "It was called off.");
  if (error)
    answer->error = g_strdup (error->message);
  sk_inquiry_publish (self, answer, start);
}
