#include "inquiry-private.h"

#include "answer.h"
#include "errors.h"
#include "evaluate.h"
#include "exit-study.h"
#include "probe-set.h"

/* Longer side of the pictures in a gallery. */
#define SMALL_SIDE 96

/* Pictures of the set that is looked at again and again, and which choice they are. */
#define PROBES 256
#define PROBE_SEED 0

/* EVALUATE: the test split, with whichever weights answer now. PICTURES: what it looked
 * at. */

static SkDataset *
find_data (SkInquiryLane *self, const SkCommand *command, const SkModel *model,
           GError **error) {
  SkDataset *dataset;

  if (command->recipe)
    return sk_data_cache_open (self->cache, command->recipe->data, self->cancellable,
                               error);
  if (model->dataset == NULL && model->data != NULL)
    return sk_data_cache_open (self->cache, model->data, self->cancellable, error);
  dataset = model->dataset ? sk_dataset_ref (model->dataset)
                           : sk_data_cache_latest (self->cache);
  if (dataset == NULL)
    g_set_error_literal (error, SK_ERROR, SK_ERROR_ARGUMENT,
                         "No data to test with: choose a data set first.");
  return dataset;
}

static gboolean
check_data (const SkModel *model, SkDataset *dataset, GError **error) {
  if (!sk_model_check_classes (model, dataset, error))
    return FALSE;
  if (sk_dataset_count (dataset, SK_SPLIT_TEST) == 0)
    return sk_refuse (error, SK_ERROR_ARGUMENT,
                      "%s has no test pictures: put some into a folder called test.",
                      sk_dataset_title (dataset));
  return TRUE;
}

SkDataset *
sk_inquiry_open_data (SkInquiryLane *self, const SkCommand *command,
                      const SkModel *model, GError **error) {
  SkDataset *dataset = find_data (self, command, model, error);

  if (dataset && !check_data (model, dataset, error))
    g_clear_pointer (&dataset, sk_dataset_unref);
  return dataset;
}

/* Always the same pictures, one by one read, so that each verdict knows its own. */
static gboolean
evaluate_probes (SkInquiryLane *self, SkNetwork *network, SkDataset *dataset,
                 const SkModel *model, GArray *verdicts) {
  g_autoptr (SkProbeSet) probes =
      sk_probe_set_new (dataset, SK_SPLIT_TEST, &model->transform, PROBES, PROBE_SEED);
  gsize side = (gsize) model->transform.side, classes = (gsize) model->plan->classes;
  g_autofree float *images = g_new (float, SK_INQUIRY_BATCH *side *side * 3);
  int labels[SK_INQUIRY_BATCH], indices[SK_INQUIRY_BATCH], n = 0;

  for (int at = 0; at < probes->n; at++) {
    const float *logits;

    indices[n] = probes->indices[at];
    n += sk_probe_set_read (probes, at, 1, images + (gsize) n * side * side * 3,
                            &labels[n]);
    if (n < SK_INQUIRY_BATCH && at + 1 < probes->n)
      continue;
    logits = n > 0 ? sk_network_forward (network, images, n, FALSE) : NULL;
    if (g_atomic_int_get (&self->interrupted))
      return FALSE;
    for (int i = 0; i < n; i++) {
      SkVerdict verdict = { .index = indices[i] };

      sk_verdict_judge (&verdict, logits + (gsize) i * classes, (int) classes,
                        labels[i]);
      g_array_append_val (verdicts, verdict);
    }
    n = 0;
    sk_inquiry_progress_cb ((double) (at + 1) / probes->n, self);
  }
  return TRUE;
}

/* The whole split, and what each block would have said. The class means stay with the
 * model, for EXPLAIN. */
static gboolean
evaluate_whole (SkInquiryLane *self, SkNetwork *network, SkDataset *dataset,
                SkModel *model, GArray *verdicts, SkExits **exits, GError **error) {
  const SkExitStudy study = { .network = network,
                              .dataset = dataset,
                              .split = SK_SPLIT_TEST,
                              .transform = &model->transform,
                              .progress = sk_inquiry_progress_cb,
                              .data = self,
                              .cancel = &self->interrupted };
  g_autoptr (SkClassMeans) means = NULL;
  g_autoptr (GError) refused = NULL;

  *exits = sk_exit_study (&study, verdicts, &means, &refused);
  if (*exits && sk_model_first_other_class (model, dataset) < 0) {
    g_clear_pointer (&model->means, sk_class_means_free);
    model->means = g_steal_pointer (&means);
  }
  if (*exits)
    return TRUE;
  /* A network that has no room for class means can be evaluated without. */
  if (g_error_matches (refused, SK_ERROR, SK_ERROR_MEMORY))
    return sk_evaluate_pictures (network, dataset, SK_SPLIT_TEST, &model->transform,
                                 verdicts, sk_inquiry_progress_cb, self,
                                 &self->interrupted, error);
  g_propagate_error (error, g_steal_pointer (&refused));
  return FALSE;
}

static SkReport *
run_evaluation (SkInquiryLane *self, const SkCommand *command, SkModel *model,
                SkExits **exits, GError **error) {
  g_autoptr (GArray) verdicts = g_array_new (FALSE, FALSE, sizeof (SkVerdict));
  g_autoptr (SkDataset) dataset = sk_inquiry_open_data (self, command, model, error);
  g_autoptr (SkPlan) plan = NULL;
  g_autoptr (SkNetwork) network = NULL;
  gboolean done;

  if (dataset == NULL)
    return NULL;
  plan = sk_plan_new (&model->plan->variant, SK_INQUIRY_BATCH, model->plan->h,
                      model->plan->w, model->plan->classes, error);
  if (plan)
    network =
        sk_network_new (plan, model->parameters,
                        command->flag ? 0 : SK_NETWORK_BLOCK_MEANS, self->pool, error);
  if (network == NULL)
    return NULL;
  sk_network_set_cancel (network, &self->interrupted);
  sk_model_fade (model, network);
  self->evaluating = TRUE;
  if (command->flag)
    done = evaluate_probes (self, network, dataset, model, verdicts);
  else
    done = evaluate_whole (self, network, dataset, model, verdicts, exits, error);
  self->evaluating = FALSE;
  if (!done && *error == NULL)
    g_set_error_literal (error, SK_ERROR, SK_ERROR_CANCELLED, "It was called off.");
  if (!done)
    return NULL;
  g_clear_pointer (&self->evaluated, sk_dataset_unref);
  self->evaluated = sk_dataset_ref (dataset);
  return sk_report_new ((const SkVerdict *) verdicts->data, verdicts->len,
                        model->plan->classes, model->class_names);
}

void
sk_inquiry_evaluate (SkInquiryLane *self, const SkCommand *command) {
  gint64 begin = g_get_monotonic_time ();
  SkAnswer *answer = sk_answer_new (SK_COMMAND_EVALUATE, command->serial);
  g_autoptr (GError) error = NULL;
  SkModel *model = sk_inquiry_choose_model (self, &error);

  answer->on_probe_set = command->flag;
  sk_inquiry_begin (self, command);
  if (model) {
    answer->model =
        sk_model_describe (model, self->training && model == self->run, TRUE);
    answer->report = run_evaluation (self, command, model, &answer->exits, &error);
  }
  sk_inquiry_end (self);
  if (answer->report) {
    answer->images = answer->report->mean.images;
    answer->data_title = g_strdup (sk_dataset_title (self->evaluated));
    answer->top1 = answer->report->mean.top1;
    answer->top5 = answer->report->mean.top5;
    answer->loss = answer->report->mean.loss;
  }
  if (error)
    answer->error = g_strdup (error->message);
  if (!self->training) {
    sk_board_lock (self->board)->evaluating = 0;
    sk_board_unlock (self->board, FALSE);
  }
  sk_inquiry_publish (self, answer, begin);
}

static SkSmallPicture *
read_small (SkDataset *dataset, int index) {
  SkSmallPicture *small;
  SkImage image = { 0 };
  SkAnswer room = { 0 };

  if (!sk_dataset_read (dataset, SK_SPLIT_TEST, index, &image, NULL))
    return NULL;
  sk_answer_set_thumbnail (&room, &image, SMALL_SIDE);
  sk_image_clear (&image);
  small = g_new0 (SkSmallPicture, 1);
  small->index = index;
  small->width = room.thumb_width;
  small->height = room.thumb_height;
  small->pixels = room.thumbnail;
  small->file = g_strdup (sk_dataset_path (dataset, SK_SPLIT_TEST, index));
  return small;
}

void
sk_inquiry_pictures (SkInquiryLane *self, const SkCommand *command) {
  gint64 begin = g_get_monotonic_time ();
  SkAnswer *answer = sk_answer_new (SK_COMMAND_PICTURES, command->serial);

  answer->pictures =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sk_small_picture_free);
  sk_inquiry_begin (self, command);
  for (int i = 0; self->evaluated && i < command->n_indices &&
                  !g_atomic_int_get (&self->interrupted);
       i++) {
    SkSmallPicture *small = NULL;

    if (command->indices[i] >= 0 &&
        command->indices[i] < sk_dataset_count (self->evaluated, SK_SPLIT_TEST))
      small = read_small (self->evaluated, command->indices[i]);
    if (small)
      g_ptr_array_add (answer->pictures, small);
  }
  sk_inquiry_end (self);
  sk_inquiry_publish (self, answer, begin);
}
