#include "inquiry-private.h"

#include "errors.h"
#include "surveyor.h"

/* SURVEY: a set of pictures, before anything learns from it. Two answers: what the names
 * tell, at once, and what the files tell. */

static SkAnswer *
answer_new (const SkCommand *command) {
  SkAnswer *answer = sk_answer_new (SK_COMMAND_SURVEY, command->serial);

  answer->file = g_strdup (command->path);
  return answer;
}

static void
progress_cb (double fraction, gpointer data) {
  sk_inquiry_serve_pictures (data);
}

void
sk_inquiry_survey (SkInquiryLane *self, const SkCommand *command) {
  gint64 begin = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;
  g_autoptr (SkDataset) dataset = NULL;
  SkAnswer *answer;
  SkSurvey *survey;

  sk_inquiry_begin (self, command);
  dataset = sk_data_cache_open (self->cache, command->path, self->cancellable, &error);
  answer = answer_new (command);
  if (dataset == NULL) {
    answer->error = g_strdup (error->message);
    sk_inquiry_end (self);
    sk_inquiry_publish (self, answer, begin);
    return;
  }
  answer->survey = sk_survey_new (dataset);
  sk_inquiry_publish (self, answer, begin);

  survey = sk_survey_new (dataset);
  sk_survey_find_duplicates (survey, dataset, &self->interrupted);
  sk_survey_read_pictures (survey, dataset, self->pool, progress_cb, self,
                           &self->interrupted);
  if (sk_inquiry_end (self)) {
    sk_survey_unref (survey);
    return;
  }
  answer = answer_new (command);
  answer->survey = survey;
  sk_inquiry_publish (self, answer, begin);
}
