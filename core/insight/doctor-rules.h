#pragma once

#include "course.h"
#include "finding.h"

/**
 * SkRuleFunc:
 * @held: it was found before: to be well again takes more than not to be ill
 * @weight_decay: of the recipe
 * @finding: (out): what is found; kind and since are filled in by the caller
 *
 * Returns: whether it holds now. Pure.
 */
typedef gboolean (*SkRuleFunc) (const SkCourse *course, gboolean held,
                                double weight_decay, SkFinding *finding);

typedef struct {
  SkFindingKind kind;
  SkRuleFunc holds;
  int patience; /* looks in a row before it is said */
  guint explains; /* bits of SkFindingKind: what follows from it and is not said too */
} SkRule;

/* (transfer none): the gravest first */
const SkRule *
sk_doctor_rules (int *n);
