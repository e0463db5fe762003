#include "doctor.h"

#include <string.h>

#include "doctor-rules.h"

/* Looks at the blocks at the very beginning, where an exploding gradient shows. */
#define FIRST_LOOKS 5
/* Looks in a row without it before something is well again. */
#define RELIEF 4

typedef struct {
  int streak; /* looks in a row at which it held; below 0: at which it did not */
  gint64 since; /* the step where the streak began */
  gboolean said;
  SkFinding finding; /* as it held last */
} Status;

struct _SkDoctor {
  SkPlan *plan;
  double weight_decay;
  SkCourse course;
  Status status[SK_N_FINDINGS];
  SkFinding findings[SK_N_FINDINGS];
  int n_findings;
};

SkDoctor *
sk_doctor_new (const SkPlan *plan, float weight_decay) {
  SkDoctor *self = g_new0 (SkDoctor, 1);

  self->plan = sk_plan_ref (plan);
  self->weight_decay = (double) weight_decay;
  sk_course_init (&self->course, plan);
  return self;
}

void
sk_doctor_free (SkDoctor *self) {
  if (self == NULL)
    return;
  sk_course_clear (&self->course);
  sk_plan_unref (self->plan);
  g_free (self);
}

gboolean
sk_doctor_wants_blocks (gint64 step) {
  return step <= FIRST_LOOKS || step % SK_DOCTOR_EVERY == 0;
}

/* Something is said after it has held for a while, and taken back after it has not: who
 * reads a sentence shall not see it flicker. */
static void
follow_rule (SkDoctor *self, const SkRule *rule) {
  Status *status = &self->status[rule->kind];
  SkFinding finding = { .block = -1, .first = -1, .last = -1 };
  gboolean holds =
      rule->holds (&self->course, status->said, self->weight_decay, &finding);

  if (holds != (status->streak > 0)) {
    status->streak = 0;
    if (holds && !status->said)
      status->since = self->course.step;
  }
  status->streak += holds ? 1 : -1;
  if (holds) {
    finding.kind = rule->kind;
    finding.since = status->since;
    status->finding = finding;
  }
  if (status->streak >= rule->patience)
    status->said = TRUE;
  else if (status->streak <= -RELIEF)
    status->said = FALSE;
}

/* Gathers what is to be said: the gravest first, and nothing that follows from it. */
static gboolean
gather (SkDoctor *self) {
  int n_rules, n = 0;
  const SkRule *rules = sk_doctor_rules (&n_rules);
  guint explained = 0, before = 0, after = 0;

  for (int i = 0; i < self->n_findings; i++)
    before |= 1u << self->findings[i].kind;
  for (int i = 0; i < n_rules; i++) {
    const Status *status = &self->status[rules[i].kind];

    if (!status->said || (explained & 1u << rules[i].kind) != 0)
      continue;
    explained |= rules[i].explains;
    after |= 1u << rules[i].kind;
    self->findings[n++] = status->finding;
  }
  self->n_findings = n;
  return before != after;
}

gboolean
sk_doctor_observe (SkDoctor *self, const SkVitals *vitals) {
  int n_rules;
  const SkRule *rules = sk_doctor_rules (&n_rules);
  /* It goes on: so what had gone wrong was mended. */
  gboolean mended =
      self->n_findings > 0 && self->findings[0].kind == SK_FINDING_NON_FINITE;

  sk_course_follow (&self->course, vitals);
  if (vitals->blocks != NULL)
    for (int i = 0; i < n_rules; i++)
      follow_rule (self, &rules[i]);
  return (mended || vitals->blocks != NULL) && gather (self);
}

void
sk_doctor_diverged (SkDoctor *self, gint64 step, const char *culprit) {
  SkFinding *finding = &self->findings[0];

  /* Whatever else was wrong, this is what came of it. */
  *finding = (SkFinding){ .kind = SK_FINDING_NON_FINITE,
                          .severity = SK_SEVERITY_SERIOUS,
                          .evidence = SK_EVIDENCE_LOSS,
                          .since = step,
                          .block = -1,
                          .first = -1,
                          .last = -1,
                          .remedy = SK_REMEDY_ROLL_BACK,
                          .remedy_value = 0.1 };
  if (culprit != NULL) {
    g_strlcpy (finding->culprit, culprit, sizeof finding->culprit);
    for (int i = 0; i < self->plan->n_blocks; i++) {
      const char *name = self->plan->blocks[i].name;
      gsize length = strlen (name);

      if (strncmp (culprit, name, length) == 0 && culprit[length] == '.')
        finding->block = finding->first = finding->last = i;
    }
  }
  self->n_findings = 1;
}

void
sk_doctor_begin_again (SkDoctor *self) {
  sk_course_begin_again (&self->course);
  for (int i = 0; i < SK_N_FINDINGS; i++)
    self->status[i].streak = 0;
}

void
sk_doctor_forget (SkDoctor *self) {
  sk_course_begin_again (&self->course);
  memset (self->status, 0, sizeof self->status);
  self->n_findings = 0;
}

const SkFinding *
sk_doctor_findings (const SkDoctor *self, int *n) {
  *n = self->n_findings;
  return self->findings;
}
