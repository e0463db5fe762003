#pragma once

#include "course.h"
#include "finding.h"

/* Looks at the course of a run and says what is wrong with it; silent when all is well.
 * README.md has the runs on which its thresholds were read off. */
typedef struct _SkDoctor SkDoctor;

/* Steps between two looks at the blocks. */
#define SK_DOCTOR_EVERY 5

/**
 * sk_doctor_new:
 * @plan: reffed
 * @weight_decay: of the recipe
 *
 * Returns: (transfer full): sk_doctor_free()
 */
SkDoctor *
sk_doctor_new (const SkPlan *plan, float weight_decay);

void
sk_doctor_free (SkDoctor *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkDoctor, sk_doctor_free)

/* Whether the blocks should be measured after step @step: the first few, then now and
 * then. */
gboolean
sk_doctor_wants_blocks (gint64 step);

/**
 * sk_doctor_observe:
 * @vitals: of a step; only where it has its blocks anything can be found
 *
 * Allocates nothing.
 *
 * Returns: whether the findings changed: a kind came or went
 */
gboolean
sk_doctor_observe (SkDoctor *self, const SkVitals *vitals);

/* A step that gave no number. @culprit: (nullable): what was the first not to be finite */
void
sk_doctor_diverged (SkDoctor *self, gint64 step, const char *culprit);

/* Something was changed by hand: judge the run anew. What was found stays until the new
 * course says otherwise. */
void
sk_doctor_begin_again (SkDoctor *self);

/* The run went back: as if nothing had been seen yet. */
void
sk_doctor_forget (SkDoctor *self);

/**
 * sk_doctor_findings:
 * @n: (out): how many; 0: all is well
 *
 * Returns: (transfer none): the gravest first, each kind once; valid until the next call
 */
const SkFinding *
sk_doctor_findings (const SkDoctor *self, int *n);
