#include "inquiry-private.h"

#include "answer.h"
#include "decode.h"
#include "errors.h"
#include "paths.h"

/* Enough for a quick answer beside a training that uses every core. */
#define WORKERS 2

/* --- what other threads call ------------------------------------------------------- */

static void
call_off (SkInquiryLane *self, guint serial) {
  pthread_mutex_lock (&self->question_mutex);
  self->called_off = serial;
  if (self->question == serial)
    g_atomic_int_set (&self->interrupted, TRUE);
  pthread_mutex_unlock (&self->question_mutex);
}

void
sk_inquiry_lane_send (SkInquiryLane *self, SkCommand *command) {
  if (command->kind != SK_COMMAND_CANCEL) {
    sk_command_queue_push (&self->queue, command);
    return;
  }
  call_off (self, command->serial);
  sk_command_free (command);
}

void
sk_inquiry_lane_cancel (SkInquiryLane *self) {
  g_atomic_int_set (&self->cancel, TRUE);
  pthread_mutex_lock (&self->question_mutex);
  self->closing = TRUE;
  g_atomic_int_set (&self->interrupted, TRUE);
  pthread_mutex_unlock (&self->question_mutex);
  g_cancellable_cancel (self->cancellable);
  sk_command_queue_close (&self->queue);
}

/* --- on the lane's thread ---------------------------------------------------------- */

void
sk_inquiry_publish (SkInquiryLane *self, SkAnswer *answer, gint64 begin) {
  answer->seconds = (double) (g_get_monotonic_time () - begin) / G_USEC_PER_SEC;
  g_ptr_array_add (sk_board_lock (self->board)->answers, answer);
  sk_board_unlock (self->board, TRUE);
}

void
sk_inquiry_begin (SkInquiryLane *self, const SkCommand *command) {
  pthread_mutex_lock (&self->question_mutex);
  self->question = command->serial;
  g_atomic_int_set (&self->interrupted,
                    self->closing ||
                        (command->serial > 0 && self->called_off == command->serial));
  pthread_mutex_unlock (&self->question_mutex);
}

gboolean
sk_inquiry_end (SkInquiryLane *self) {
  pthread_mutex_lock (&self->question_mutex);
  self->question = 0;
  pthread_mutex_unlock (&self->question_mutex);
  return g_atomic_int_get (&self->interrupted);
}

static void
forget_network (SkInquiryLane *self) {
  g_clear_pointer (&self->explainer, sk_explainer_free);
  g_clear_pointer (&self->network, sk_network_free);
  g_clear_pointer (&self->input, g_free);
  self->network_model = NULL;
}

SkModel *
sk_inquiry_choose_model (SkInquiryLane *self, GError **error) {
  if (!self->evaluating) {
    guint before = self->run ? self->run->serial : 0;

    if (!sk_exchange_fetch (self->exchange, &self->run, &self->training,
                            &self->run_ended, error)) {
      forget_network (self);
      return NULL;
    }
    if (self->run && self->run->serial != before)
      forget_network (self);
  }
  if (self->run && (self->training || self->loaded == NULL ||
                    self->run_ended > self->loaded->serial))
    return self->run;
  if (self->loaded)
    return self->loaded;
  if (self->box == NULL)
    g_set_error_literal (error, SK_ERROR, SK_ERROR_ARGUMENT,
                         "There is no network to ask yet: start a training, or open a "
                         "file of weights.");
  return self->box;
}

static gboolean
ensure_network (SkInquiryLane *self, SkModel *model, GError **error) {
  gsize side = (gsize) model->transform.side;

  if (self->network && self->network_model == model)
    return TRUE;
  forget_network (self);
  self->network = sk_network_new (model->plan, model->parameters, 0, self->pool, error);
  if (self->network == NULL)
    return FALSE;
  sk_network_set_cancel (self->network, &self->cancel);
  self->input = g_new (float, side *side * 3);
  self->network_model = model;
  return TRUE;
}

gboolean
sk_inquiry_decode (SkInquiryLane *self, const SkCommand *command, SkImage *image,
                   GError **error) {
  if (command->bytes)
    return sk_image_decode (command->bytes, self->cancellable, image, error);
  if (command->path)
    return sk_image_load (command->path, self->cancellable, image, error);
  return sk_refuse (error, SK_ERROR_ARGUMENT,
                    "No picture was given: drop a file, or paste a picture.");
}

static gboolean
answer_about (SkInquiryLane *self, const SkImage *image, SkAnswer *answer,
              GError **error) {
  SkModel *model = sk_inquiry_choose_model (self, error);

  if (model == NULL || !ensure_network (self, model, error))
    return FALSE;
  sk_model_fade (model, self->network);
  answer->model = sk_model_describe (model, self->training && model == self->run, TRUE);
  sk_answer_classify (answer, model, self->network, image, self->input);
  return TRUE;
}

static void
classify (SkInquiryLane *self, const SkCommand *command) {
  gint64 begin = g_get_monotonic_time ();
  SkAnswer *answer = sk_answer_new (SK_COMMAND_CLASSIFY, command->serial);
  g_autoptr (GError) error = NULL;
  SkImage image = { 0 };

  answer->file = g_strdup (command->path);
  if (sk_inquiry_decode (self, command, &image, &error)) {
    answer->width = image.width;
    answer->height = image.height;
    sk_answer_set_thumbnail (answer, &image, SK_THUMBNAIL_SIDE);
    answer_about (self, &image, answer, &error);
    sk_image_clear (&image);
  }
  if (error)
    answer->error = g_strdup (error->message);
  sk_inquiry_publish (self, answer, begin);
}

/* Memory is taken and filters are packed now, so the first picture need not wait. */
static void
warm_up (SkInquiryLane *self, SkModel *model) {
  gsize side = (gsize) model->transform.side;

  if (!ensure_network (self, model, NULL))
    return;
  memset (self->input, 0, side * side * 3 * sizeof (float));
  sk_network_forward (self->network, self->input, 1, FALSE);
}

static void
load (SkInquiryLane *self, const SkCommand *command) {
  gint64 begin = g_get_monotonic_time ();
  SkAnswer *answer = sk_answer_new (SK_COMMAND_LOAD, command->serial);
  g_autoptr (GError) error = NULL;
  SkModel *model = NULL;

  answer->file = g_strdup (command->path);
  if (command->path)
    model =
        sk_model_load (sk_exchange_tick (self->exchange), command->path, NULL, &error);
  else
    g_set_error_literal (&error, SK_ERROR, SK_ERROR_ARGUMENT,
                         "No file of weights was named.");
  if (model) {
    SkModel *chosen;

    forget_network (self);
    g_clear_pointer (&self->loaded, sk_model_free);
    self->loaded = model;
    model->data = g_strdup (command->recipe ? command->recipe->data : NULL);
    answer->model = sk_model_describe (model, FALSE, TRUE);
    chosen = sk_inquiry_choose_model (self, NULL);
    if (chosen == model) {
      SkSnapshot *state = sk_board_lock (self->board);

      g_free (state->model);
      state->model = g_strdup (answer->model);
      sk_board_unlock (self->board, FALSE);
      warm_up (self, model);
    }
  } else {
    answer->error = g_strdup (error->message);
  }
  sk_inquiry_publish (self, answer, begin);
}

static void
inspect (SkInquiryLane *self, const SkCommand *command) {
  gint64 begin = g_get_monotonic_time ();
  SkAnswer *answer = sk_answer_new (SK_COMMAND_INSPECT, command->serial);
  g_autoptr (GError) error = NULL;

  answer->file = g_strdup (command->path);
  if (command->path)
    answer->inspection =
        sk_inspection_new (command->path, command->recipe ? command->recipe->net : NULL,
                           command->classes, command->flag, &error);
  else
    g_set_error_literal (&error, SK_ERROR, SK_ERROR_ARGUMENT,
                         "No file of weights was named.");
  if (error)
    answer->error = g_strdup (error->message);
  sk_inquiry_publish (self, answer, begin);
}

void
sk_inquiry_serve_pictures (SkInquiryLane *self) {
  SkCommand *command;

  while ((command = sk_command_queue_pop_kind (&self->queue, SK_COMMAND_CLASSIFY))) {
    classify (self, command);
    sk_command_free (command);
  }
  /* Looks into a file, and touches no weights that are asked meanwhile. */
  while ((command = sk_command_queue_pop_kind (&self->queue, SK_COMMAND_INSPECT))) {
    inspect (self, command);
    sk_command_free (command);
  }
}

/* Between two batches: pictures that were dropped meanwhile. */
void
sk_inquiry_progress_cb (double fraction, gpointer data) {
  SkInquiryLane *self = data;
  gint64 now = g_get_monotonic_time ();

  sk_inquiry_serve_pictures (self);
  if (self->training || now - self->published_at < G_USEC_PER_SEC / 10)
    return;
  self->published_at = now;
  sk_board_lock (self->board)->evaluating = fraction;
  sk_board_unlock (self->board, TRUE);
}

static void
obey (SkInquiryLane *self, const SkCommand *command) {
  switch (command->kind) {
  case SK_COMMAND_CLASSIFY:
    classify (self, command);
    break;
  case SK_COMMAND_LOAD:
    load (self, command);
    break;
  case SK_COMMAND_INSPECT:
    inspect (self, command);
    break;
  case SK_COMMAND_EVALUATE:
    sk_inquiry_evaluate (self, command);
    break;
  case SK_COMMAND_PICTURES:
    sk_inquiry_pictures (self, command);
    break;
  case SK_COMMAND_EXPLAIN:
    sk_inquiry_explain (self, command);
    break;
  case SK_COMMAND_SURVEY:
    sk_inquiry_survey (self, command);
    break;
  case SK_COMMAND_OCCLUDE:
    sk_inquiry_occlude (self, command);
    break;
  case SK_COMMAND_LESION:
    sk_inquiry_lesion (self, command);
    break;
  default:
    break;
  }
}

/* Whoever has trained nothing and opened nothing can ask all the same. */
static void
open_box (SkInquiryLane *self) {
  g_autofree char *path = sk_paths_weights ();
  SkSnapshot *state;

  if (path)
    self->box = sk_model_load (sk_exchange_tick (self->exchange), path, NULL, NULL);
  if (self->box == NULL)
    return;
  state = sk_board_lock (self->board);
  if (state->model == NULL)
    state->model = sk_model_describe (self->box, FALSE, FALSE);
  sk_board_unlock (self->board, TRUE);
}

static void *
lane_main (void *data) {
  SkInquiryLane *self = data;
  SkCommand *command;

  self->pool = sk_pool_new (WORKERS, 0);
  open_box (self);
  while ((command = sk_command_queue_pop (&self->queue, TRUE))) {
    if (!g_atomic_int_get (&self->cancel))
      obey (self, command);
    sk_command_free (command);
  }
  forget_network (self);
  g_clear_pointer (&self->pool, sk_pool_free);
  return NULL;
}

SkInquiryLane *
sk_inquiry_lane_new (SkBoard *board, SkExchange *exchange, SkDataCache *cache) {
  SkInquiryLane *self = g_new0 (SkInquiryLane, 1);

  self->board = board;
  self->exchange = exchange;
  self->cache = cache;
  self->cancellable = g_cancellable_new ();
  pthread_mutex_init (&self->question_mutex, NULL);
  sk_command_queue_init (&self->queue);
  self->started = pthread_create (&self->thread, NULL, lane_main, self) == 0;
  if (!self->started)
    g_warning ("no thread could be started for answering questions");
  return self;
}

void
sk_inquiry_lane_free (SkInquiryLane *self) {
  if (self->started)
    pthread_join (self->thread, NULL);
  g_clear_pointer (&self->evaluated, sk_dataset_unref);
  g_clear_pointer (&self->run, sk_model_free);
  g_clear_pointer (&self->loaded, sk_model_free);
  g_clear_pointer (&self->box, sk_model_free);
  sk_command_queue_clear (&self->queue);
  pthread_mutex_destroy (&self->question_mutex);
  g_object_unref (self->cancellable);
  g_free (self);
}
