#include "inquiry-private.h"

#include "errors.h"
#include "evaluate.h"

/* EVALUATE: the test split, with whichever weights answer now. */

static SkDataset *
find_data (SkInquiryLane *self, const SkCommand *command, const SkModel *model,
           GError **error) {
  SkDataset *dataset;

  if (command->recipe)
    return sk_data_cache_open (self->cache, command->recipe->data, self->cancellable,
                               error);
  dataset = model->dataset ? sk_dataset_ref (model->dataset)
                           : sk_data_cache_latest (self->cache);
  if (dataset == NULL)
    g_set_error_literal (error, SK_ERROR, SK_ERROR_ARGUMENT,
                         "No data to test with: choose a data set first.");
  return dataset;
}

static gboolean
check_data (const SkModel *model, SkDataset *dataset, GError **error) {
  if (sk_dataset_classes (dataset) != model->plan->classes) {
    g_set_error (error, SK_ERROR, SK_ERROR_ARGUMENT,
                 "%s has %d classes and the network tells %d apart: choose the data "
                 "it was trained on.",
                 sk_dataset_title (dataset), sk_dataset_classes (dataset),
                 model->plan->classes);
    return FALSE;
  }
  if (sk_dataset_count (dataset, SK_SPLIT_TEST) == 0) {
    g_set_error (error, SK_ERROR, SK_ERROR_ARGUMENT,
                 "%s has no test pictures: put some into a folder called test.",
                 sk_dataset_title (dataset));
    return FALSE;
  }
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

static SkReport *
run_evaluation (SkInquiryLane *self, const SkCommand *command, SkModel *model,
                GError **error) {
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
    network = sk_network_new (plan, model->parameters, 0, self->pool, error);
  if (network == NULL)
    return NULL;
  sk_network_set_cancel (network, &self->interrupted);
  self->evaluating = TRUE;
  done = sk_evaluate_pictures (network, dataset, SK_SPLIT_TEST, &model->transform,
                               verdicts, sk_inquiry_progress_cb, self,
                               &self->interrupted, error);
  self->evaluating = FALSE;
  if (!done)
    return NULL;
  return sk_report_new ((const SkVerdict *) verdicts->data, verdicts->len,
                        model->plan->classes, model->class_names);
}

void
sk_inquiry_evaluate (SkInquiryLane *self, const SkCommand *command) {
  gint64 begin = g_get_monotonic_time ();
  SkAnswer *answer = sk_answer_new (SK_COMMAND_EVALUATE, command->serial);
  g_autoptr (GError) error = NULL;
  SkModel *model = sk_inquiry_choose_model (self, &error);

  sk_inquiry_begin (self, command);
  if (model) {
    answer->model =
        sk_model_describe (model, self->training && model == self->run, TRUE);
    answer->report = run_evaluation (self, command, model, &error);
  }
  sk_inquiry_end (self);
  if (answer->report) {
    answer->images = answer->report->mean.images;
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
