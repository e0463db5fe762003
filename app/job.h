#pragma once

#include "cli.h"
#include "dataset.h"
#include "interrupt.h"
#include "progress.h"
#include "recipe-options.h"

/* What `skipscope train` and `skipscope race` are asked for alike, and say alike. */

typedef enum {
  SK_JOB_TRAIN,
  SK_JOB_RACE,
} SkJobKind;

typedef struct {
  SkJobKind kind;
  SkRecipe recipe;
  char *dir; /* what is learnt is saved in it; NULL: not chosen yet */
  gboolean resume; /* go on with what is in it */
  gboolean as_json;
} SkJob;

void
sk_job_clear (SkJob *self);

/**
 * sk_job_check_resume:
 * @other: (nullable): a flag that was given and that no recipe knows
 *
 * What goes on keeps its own recipe: a flag that would change it is refused.
 */
gboolean
sk_job_check_resume (const SkJob *self, const SkRecipeOptions *options,
                     const char *other, GError **error);

/* (transfer full): the recipe's pictures */
SkDataset *
sk_job_open_data (const SkJob *self, SkInterrupt *interrupt, SkProgress *progress,
                  GError **error);

/**
 * sk_job_announce:
 * @nets: who is to learn from @dataset
 *
 * Says what begins, when nothing can refuse it any more: who learns from what, and where it
 * is saved.
 *
 * Returns: files that were left out, for sk_report_skipped()
 */
guint
sk_job_announce (const SkJob *self, const char *nets, SkDataset *dataset);

/* Says where to find what was learnt, or how to go on where it was @interrupted. */
SkExit
sk_job_conclude (const SkJob *self, gboolean interrupted);
