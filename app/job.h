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
  char *dir; /* what is learnt is saved in it */
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

/**
 * sk_job_open_data:
 * @nets: who is to learn from them
 * @n_skipped: (out): files that were left out, for sk_report_skipped()
 *
 * Opens the recipe's pictures and says what is in them.
 *
 * Returns: (transfer full)
 */
SkDataset *
sk_job_open_data (const SkJob *self, const char *nets, SkInterrupt *interrupt,
                  SkProgress *progress, guint *n_skipped, GError **error);

/* Says where to find what was learnt, or how to go on where it was @interrupted. */
SkExit
sk_job_conclude (const SkJob *self, gboolean interrupted);
