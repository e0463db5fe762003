#pragma once

#include <glib.h>

#include "plan.h"

/* What a network would get right if it ended after each of its blocks. Plain data. */

/* How an answer is read off x, the output of a block; GAP is its mean over the pixels. */
typedef enum {
  SK_EXIT_RULE_MEANS, /* the class whose mean of GAP (x) over training pictures is the
                         nearest to it, by Euclid */
  SK_EXIT_RULE_HEAD, /* the network's own head reads GAP (x): in the last stage */
  SK_EXIT_RULE_SKIPS, /* the skips alone carry x on to the head */
} SkExitRule;

/* For files: "nearest-mean", "head", "skips". */
const char *
sk_exit_rule_id (SkExitRule rule);

typedef struct {
  char *block; /* "layer1.0" */
  int stage; /* 1 … 4 */
  SkExitRule rule;
  int n_correct; /* pictures */
} SkExitStep;

typedef struct {
  int images, classes;
  int mean_images; /* training pictures behind the class means; 0: there were none, and
                      the steps begin with the last stage */
  int n_steps;
  SkExitStep *steps; /* (n_steps) one for each block, from the stem to the head */
} SkExits;

/**
 * sk_exits_new:
 * @with_means: whether there are class means; else the steps begin with the last stage
 *
 * Returns: (transfer full): steps without pictures; sk_exits_free()
 */
SkExits *
sk_exits_new (const SkPlan *plan, gboolean with_means);

void
sk_exits_free (SkExits *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkExits, sk_exits_free)

/* The first block of the last stage: from it on the head reads what blocks put out. */
int
sk_exits_first_head (const SkPlan *plan);

/* A fraction; 0 where no picture was looked at. */
static inline double
sk_exits_accuracy (const SkExits *self, int step) {
  return self->images > 0 ? (double) self->steps[step].n_correct / self->images : 0;
}
