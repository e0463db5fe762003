#pragma once

#include "vitals.h"

/* The course of a run: its vitals, older ones fading, so that one odd batch says nothing
 * and memory stays what it is. */
typedef struct {
  double gradient, gain, branch, gamma; /* geometric means */
  double dead;
  float lambda;
  gboolean frozen;
} SkBlockCourse;

typedef struct {
  const SkPlan *plan; /* not owned */
  gint64 step; /* the newest */
  gint64 n; /* steps since it began, or was begun again */
  gint64 n_looks; /* of these, with blocks */

  double loss; /* of the last twenty steps or so */
  double start_loss; /* mean of the first ones, to which the rest is compared */
  double best_loss; /* the lowest that @loss has been */
  double lr, schedule; /* the newest */
  double update; /* geometric mean */
  double peak_update; /* the highest that @update has been */
  double weight, start_weight;
  int n_learning;
  SkBlockCourse *blocks; /* (plan->n_blocks) */
} SkCourse;

void
sk_course_init (SkCourse *self, const SkPlan *plan);

void
sk_course_clear (SkCourse *self);

/* What was is no measure any more: something was changed by hand, or it went back. */
void
sk_course_begin_again (SkCourse *self);

void
sk_course_follow (SkCourse *self, const SkVitals *vitals);
