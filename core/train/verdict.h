#pragma once

#include <glib.h>

/* What an evaluation finds; plain data. */

typedef struct {
  int images;
  double top1, top5; /* fractions */
  double loss; /* mean cross-entropy */
} SkEvaluation;

/* What a network said of one picture. */
typedef struct {
  int index; /* in the split */
  int label, predicted;
  int rank; /* classes it believes in more than in @label */
  float confidence; /* probability of @predicted; 0 where logits are no numbers */
  float margin; /* the same less the probability of the second best */
  double loss; /* cross-entropy */
} SkVerdict;

/* @logits: (classes). Fills in what they say of a picture of class @label. */
void
sk_verdict_judge (SkVerdict *self, const float *logits, int classes, int label);

/* Means over @n verdicts. */
SkEvaluation
sk_verdicts_mean (const SkVerdict *verdicts, guint n);
