#pragma once

#include <glib.h>

#include "recipe.h"

/* What may be asked of the engine. Plain data; sk_session_send() copies it. */

typedef enum {
  SK_COMMAND_PLAN, /* recipe: describe its network and data without training */
  SK_COMMAND_START, /* recipe, run_dir: train */
  SK_COMMAND_RESUME_RUN, /* run_dir: go on from a run folder's checkpoint */
  SK_COMMAND_PAUSE,
  SK_COMMAND_RESUME,
  SK_COMMAND_STEP, /* one batch, then paused */
  SK_COMMAND_STOP, /* saves and ends the run */
  SK_COMMAND_LR, /* value: factor on the schedule */
  SK_COMMAND_FREEZE, /* group, flag */
  SK_COMMAND_LAMBDA, /* block, value: λ of the skip */
  SK_COMMAND_LOAD, /* path: weights for classifying when nothing trains */
  SK_COMMAND_CLASSIFY, /* path or bytes, serial */
  SK_COMMAND_EVALUATE, /* serial: test split with the run's weights */
} SkCommandKind;

typedef struct {
  SkCommandKind kind;
  const SkRecipe *recipe;
  const char *path; /* run folder, weights, picture */
  GBytes *bytes; /* picture from the clipboard or another program */
  int group, block;
  gboolean flag;
  float value;
  guint serial; /* answers carry it back */
} SkCommand;
