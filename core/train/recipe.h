#pragma once

#include <glib.h>

#include "variant.h"

/* Everything a run is told: the network, the data, how it learns. Plain data; every field
 * is visible and editable in the window and has a flag on the command line. */

typedef enum {
  SK_OPTIMIZER_SGD,
  SK_OPTIMIZER_ADAM,
  SK_OPTIMIZER_ADAMW,
} SkOptimizerKind;

typedef enum {
  SK_SCHEDULE_CONSTANT,
  SK_SCHEDULE_COSINE,
  SK_SCHEDULE_STEP, /* ÷10 at 30, 60 and 90 of 100 epochs, in proportion */
  SK_SCHEDULE_ONECYCLE,
} SkScheduleKind;

typedef struct {
  char *net; /* "resnet20" */
  char *data; /* "builtin", "cifar10:PATH", … */
  char *init; /* weights to start from (nullable) */
  gboolean init_parts; /* of @init what fits is enough; else only a head may differ */
  char *freeze; /* groups, with commas (nullable) */
  char *
      bn_mode; /* "train", "affine", "statistics"; NULL: train, statistics where frozen */
  char *lr_scale; /* "layer1=0.1,fc=10" (nullable) */

  int epochs;
  gint64 steps; /* optimiser steps in total; beats epochs; 0: not set */
  int batch;

  SkOptimizerKind optimizer;
  float lr, momentum, weight_decay;
  gboolean nesterov;
  SkScheduleKind schedule;
  float warmup; /* epochs */
  float label_smoothing;
  gboolean zero_gamma;
  gboolean skips; /* FALSE: the plain twin of @net */

  /* The second phase: what was frozen learns too, in a manner of its own. */
  int unfreeze; /* epochs before it begins; 0: there is none */
  SkOptimizerKind unfreeze_optimizer;
  float unfreeze_lr, unfreeze_momentum, unfreeze_weight_decay;
  gboolean unfreeze_augment;

  int views; /* augmented views of each picture, taken in turn while the trunk is frozen;
                0: a new one each epoch */
  gboolean augment, shuffle, probes;
  gboolean has_normalisation; /* @mean and @std were given, or came with @init */
  float mean[3], std[3]; /* else of a run that has begun: what it uses */
  /* How pictures are prepared where they are not augmented, as @init had it. */
  int resize; /* short side before the centre crop; 0: the network's usual one */
  gboolean bicubic; /* by a cubic filter, not a triangle */
  guint64 seed;
  int threads; /* 0: one per physical core */
} SkRecipe;

/* How a network learns in one phase of a run. */
typedef struct {
  SkOptimizerKind optimizer;
  float lr, momentum, weight_decay;
  gboolean nesterov, augment;
} SkManner;

/* A recipe with a name: "cifar", "imagenet", "transfer", "demo". */
typedef struct {
  const char *name;
  const char *title; /* for people, translatable */
  const char *description; /* one sentence, translatable */
} SkPreset;

/* (transfer none): ended by a NULL name */
const SkPreset *
sk_presets (void);

/* DESIGN §5's defaults: resnet20, builtin, SGD, batch 128, lr 0.1, cosine, … */
void
sk_recipe_init (SkRecipe *self);

void
sk_recipe_clear (SkRecipe *self);

void
sk_recipe_copy (SkRecipe *to, const SkRecipe *from);

/**
 * sk_recipe_apply_preset:
 * @name: of a preset
 * @error: SK_ERROR_ARGUMENT, naming the presets
 *
 * Sets everything that says how to learn, and leaves net, data, init, seed and threads.
 */
gboolean
sk_recipe_apply_preset (SkRecipe *self, const char *name, GError **error);

/**
 * sk_recipe_check:
 * @error: SK_ERROR_ARGUMENT, naming the first field that makes no sense and its range
 */
gboolean
sk_recipe_check (const SkRecipe *self, GError **error);

/* The row of the table that @self names, its plain twin where skips are off.
 * @error: SK_ERROR_ARGUMENT, as sk_variant_find() */
gboolean
sk_recipe_find_variant (const SkRecipe *self, SkVariant *variant, GError **error);

/* JSON object as it stands in run.json, and back. */
char *
sk_recipe_to_json (const SkRecipe *self);

/* @self: (out): defaults where @json says nothing; checked; sk_recipe_clear() */
gboolean
sk_recipe_from_json (SkRecipe *self, const char *json, GError **error);

/* "sgd", "cosine": as on the command line. */
const char *
sk_optimizer_name (SkOptimizerKind kind);

const char *
sk_schedule_name (SkScheduleKind kind);

gboolean
sk_optimizer_from_name (const char *name, SkOptimizerKind *kind, GError **error);

gboolean
sk_schedule_from_name (const char *name, SkScheduleKind *kind, GError **error);

/* Optimiser steps in all: recipe->steps, or its epochs. */
gint64
sk_recipe_total_steps (const SkRecipe *self, int steps_per_epoch);

/* 0, or 1 from the moment of unfreezing on: the phase that @step (0 …) belongs to. */
int
sk_recipe_phase (const SkRecipe *self, gint64 step, int steps_per_epoch);

/* @phase: 0 or 1 */
SkManner
sk_recipe_manner (const SkRecipe *self, int phase);

/**
 * sk_recipe_lr:
 * @step: 0 …
 * @steps_per_epoch: >= 1
 *
 * Cosine and step advance once per epoch; one-cycle (PyTorch's) and warm-up per step.
 * Warm-up multiplies the schedule, which does not wait for it. Each phase has a schedule
 * and a warm-up of its own, over its own steps.
 *
 * Returns: the learning rate of that step
 */
float
sk_recipe_lr (const SkRecipe *self, gint64 step, int steps_per_epoch);
