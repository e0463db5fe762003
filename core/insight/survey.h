#pragma once

#include <glib.h>

/* What is to be known of a set of pictures before anything learns from it. Plain data;
 * immutable once it left the engine. */

enum { SK_SURVEY_TRAIN, SK_SURVEY_TEST };

typedef struct {
  char *name;
  int count[2]; /* pictures to learn from, and to test with */
} SkSurveyClass;

/* A file that was left out, or that repeats another. */
typedef struct {
  char *path;
  char *reason; /* BROKEN: why; in words */
  char *original; /* DUPLICATE: the file with the same bytes that comes first */
  gboolean
      leaks; /* DUPLICATE: one of the two is to learn from, the other to test with */
  gboolean contradicts; /* DUPLICATE: the two are of different classes */
} SkSurveyFile;

typedef struct {
  int label;
  guint8 *pixels; /* (height, width, 3) */
  int width, height;
} SkSurveyThumbnail;

typedef struct {
  gatomicrefcount refs;
  char *spec, *title;
  gboolean split_here; /* the set had no test part: every fifth picture of each class */
  gboolean checked; /* every file was read: broken ones and duplicates are all known */
  SkSurveyClass *classes; /* (n_classes) */
  int n_classes;
  int count[2];
  GPtrArray *broken, *duplicates; /* (element-type SkSurveyFile) */
  GPtrArray *thumbnails; /* (element-type SkSurveyThumbnail) by class */
  int n_leaks, n_contradictions;
} SkSurvey;

SkSurvey *
sk_survey_ref (SkSurvey *self);

void
sk_survey_unref (SkSurvey *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkSurvey, sk_survey_unref)
