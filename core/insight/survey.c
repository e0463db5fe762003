#include "survey.h"

SkSurvey *
sk_survey_ref (SkSurvey *self) {
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
sk_survey_unref (SkSurvey *self) {
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  for (int i = 0; i < self->n_classes; i++)
    g_free (self->classes[i].name);
  g_free (self->classes);
  g_free (self->spec);
  g_free (self->title);
  g_ptr_array_unref (self->broken);
  g_ptr_array_unref (self->duplicates);
  g_ptr_array_unref (self->thumbnails);
  g_free (self);
}
