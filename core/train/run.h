#pragma once

#include "recipe.h"

/* The folder of a run: run.json, metrics.jsonl (a line an epoch), steps.jsonl (a line a
 * step or event), record.bin (record.h), resume.safetensors, last.safetensors, best.safetensors. */
typedef struct _SkRun SkRun;

/* Whether @dir, which need not exist, holds no run yet. */
gboolean
sk_run_check_free (const char *dir, GError **error);

/**
 * sk_run_create:
 * @dir: made where it does not exist
 * @error: SK_ERROR_FILE; SK_ERROR_ARGUMENT where it holds a run already
 */
SkRun *
sk_run_create (const char *dir, const SkRecipe *recipe, int threads, GError **error);

/**
 * sk_run_open:
 * @recipe: (out): the run's; sk_recipe_clear()
 * @error: SK_ERROR_FILE where there is no run, SK_ERROR_FORMAT where run.json is not ours
 */
SkRun *
sk_run_open (const char *dir, SkRecipe *recipe, GError **error);

void
sk_run_free (SkRun *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkRun, sk_run_free)

/* (transfer full): path of a file in its folder */
char *
sk_run_path (const SkRun *self, const char *name);

/* Forgets lines of steps later than @step: they will be made again. */
gboolean
sk_run_cut_back (SkRun *self, gint64 step, GError **error);

/* A line without its end. Epochs are written at once; steps wait for sk_run_flush(). */
gboolean
sk_run_add_epoch (SkRun *self, const char *json, GError **error);

void
sk_run_add_step (SkRun *self, const char *json);

gboolean
sk_run_flush (SkRun *self, GError **error);
