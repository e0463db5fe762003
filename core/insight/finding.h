#pragma once

#include <glib.h>

/* What the doctor found: plain numbers, from which others make words. */

typedef enum {
  SK_FINDING_NON_FINITE, /* loss, gradient or statistic is no number */
  SK_FINDING_EXPLODING, /* the gradient grows with depth */
  SK_FINDING_VANISHING, /* it shrinks with depth */
  SK_FINDING_RATE_HIGH, /* steps so long that the loss does not fall */
  SK_FINDING_RATE_LOW, /* steps so short that it cannot */
  SK_FINDING_WASTING, /* weight decay takes more than learning gives */
  SK_FINDING_DEAD, /* nearly all outputs of blocks are 0 */
  SK_FINDING_ASLEEP, /* F(x) ≈ 0: blocks that hand on what they got */
  SK_FINDING_CUT, /* skips taken away by hand, and it does not learn */
  SK_FINDING_STUCK, /* nothing was learnt for long, and nothing else says why */
  SK_N_FINDINGS,
} SkFindingKind;

typedef enum {
  SK_SEVERITY_NOTE, /* worth knowing */
  SK_SEVERITY_WARNING, /* learns, but worse than it could */
  SK_SEVERITY_SERIOUS, /* does not learn */
} SkSeverity;

/* Which number says so. */
typedef enum {
  SK_EVIDENCE_LOSS,
  SK_EVIDENCE_DEPTH_RATIO, /* RMS(∂L/∂x) of a block over that behind the last one */
  SK_EVIDENCE_UPDATE, /* ‖ΔW‖/‖W‖ of a step */
  SK_EVIDENCE_WEIGHT, /* ‖W‖ over what it was */
  SK_EVIDENCE_DEAD, /* share of outputs that are 0 */
  SK_EVIDENCE_BRANCH, /* RMS(F(x)) / RMS(x) */
  SK_EVIDENCE_LAMBDA, /* of the skip */
} SkEvidence;

typedef enum {
  SK_REMEDY_NONE,
  SK_REMEDY_LR, /* value: factor on the rate as it is now */
  SK_REMEDY_ROLL_BACK, /* back to the last saved state; value: factor on the rate */
  SK_REMEDY_RESTORE_SKIPS, /* λ = 1 everywhere */
  SK_REMEDY_NEW_RUN_SKIPS, /* the residual network instead of its plain twin */
  SK_REMEDY_NEW_RUN_DECAY, /* value: weight decay */
} SkRemedy;

#define SK_CULPRIT_LENGTH 64

typedef struct {
  SkFindingKind kind;
  SkSeverity severity;
  SkEvidence evidence;
  double value, threshold; /* of what @evidence names: as it is, and what it took to be
                              found */
  gint64 since; /* step from which it holds */
  int block; /* where it is plainest; −1: nowhere in particular */
  int first, last; /* the blocks between which it holds; −1: nowhere in particular */
  int n_blocks; /* how many of these it holds for */
  gboolean learning; /* it knows more than chance all the same */
  SkRemedy remedy;
  double remedy_value;
  char culprit[SK_CULPRIT_LENGTH]; /* NON_FINITE: the first tensor or operation */
} SkFinding;

/* "exploding", "warning", "depth-ratio", "lr": as in JSON. */
const char *
sk_finding_name (SkFindingKind kind);

const char *
sk_severity_name (SkSeverity severity);

const char *
sk_evidence_name (SkEvidence evidence);

const char *
sk_remedy_name (SkRemedy remedy);
