/* What the doctor says to recorded traces, and how near each came to the thresholds:
 *
 *   doctor-judge TRACE… */

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "doctor.h"
#include "vitals-trace.h"

/* Extremes from step 10 on, as a mean over a few looks. */
typedef struct {
  double up, down; /* of the gradient, by depth */
  double dead, branch;
  double update, rise, weight_up, weight_down;
} Extremes;

static void
widen (Extremes *self, const SkCourse *course) {
  const SkBlockCourse *last = &course->blocks[course->plan->n_blocks - 1];
  double top = last->gain > 0 ? last->gradient / last->gain : 0;

  for (int i = 0; i < course->plan->n_blocks; i++) {
    const SkBlockCourse *block = &course->blocks[i];

    if (top > 0 && block->gradient > (double) G_MINFLOAT) {
      self->up = MAX (self->up, block->gradient / top);
      if (course->n >= 10)
        self->down = MIN (self->down, block->gradient / top);
    }
    self->dead = MAX (self->dead, block->dead);
    if (course->n >= 100)
      self->branch = MIN (self->branch, block->branch);
  }
  if (course->n >= 10)
    self->update = MAX (self->update, course->update);
  self->rise = MAX (self->rise, course->loss / course->best_loss);
  self->weight_up = MAX (self->weight_up, course->weight / course->start_weight);
  self->weight_down = MIN (self->weight_down, course->weight / course->start_weight);
}

static void
say (const SkDoctor *doctor, gint64 step) {
  int n;
  const SkFinding *findings = sk_doctor_findings (doctor, &n);

  printf ("  step %3" G_GINT64_FORMAT ":", step);
  for (int i = 0; i < n; i++)
    printf (
        " %s (%s, %s %.3g at %.3g, blocks %d to %d, since %" G_GINT64_FORMAT ", %s %g)",
        sk_finding_name (findings[i].kind), sk_severity_name (findings[i].severity),
        sk_evidence_name (findings[i].evidence), findings[i].value,
        findings[i].threshold, findings[i].first, findings[i].last, findings[i].since,
        sk_remedy_name (findings[i].remedy), findings[i].remedy_value);
  puts (n == 0 ? " all is well" : "");
}

static void
judge (SkPlan *plan, const char *text) {
  g_autoptr (SkDoctor) doctor = sk_doctor_new (plan, vitals_trace_decay (text));
  g_autofree SkBlockState *blocks = g_new0 (SkBlockState, plan->n_blocks);
  Extremes extremes = { .down = INFINITY, .branch = INFINITY, .weight_down = 1 };
  SkCourse course;
  SkVitals vitals;

  sk_course_init (&course, plan);
  while (vitals_trace_read (&text, &vitals, blocks, plan->n_blocks)) {
    sk_course_follow (&course, &vitals);
    if (course.n_looks > 0)
      widen (&extremes, &course);
    if (sk_doctor_observe (doctor, &vitals))
      say (doctor, vitals.step);
  }
  printf ("  up %.3g down %.3g dead %.3f branch %.3g update %.2g rise %.3g weight %.3g "
          "to %.3g loss %.3g to %.3g\n",
          extremes.up, extremes.down, extremes.dead, extremes.branch, extremes.update,
          extremes.rise, extremes.weight_down, extremes.weight_up, course.start_loss,
          course.loss);
  sk_course_clear (&course);
}

int
main (int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *text = NULL;
    g_autoptr (SkPlan) plan = NULL;

    if (!g_file_get_contents (argv[i], &text, NULL, &error)) {
      fprintf (stderr, "doctor-judge: %s\n", error->message);
      return 1;
    }
    plan = vitals_trace_plan (text, &error);
    if (plan == NULL) {
      fprintf (stderr, "doctor-judge: %s: %s\n", argv[i], error->message);
      return 1;
    }
    printf ("%s\n", argv[i]);
    judge (plan, text);
  }
  return 0;
}
