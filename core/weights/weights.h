#pragma once

#include "parameters.h"
#include "plan.h"

/* Weight files by torchvision's names, to and from a network's parameters. */

typedef struct {
  SkVariant variant;
  int classes;
  gboolean has_normalisation; /* mean and std were stored, or follow from the names */
  float mean[3], std[3];
  int side, resize; /* 0: not said */
  char **class_names; /* (nullable), NULL-terminated */
  char *net; /* variant name in the file's metadata (nullable) */
} SkWeightsInfo;

void
sk_weights_info_clear (SkWeightsInfo *self);

/**
 * sk_weights_inspect:
 * @net: (nullable): decides where two networks share names and shapes
 *
 * Reads variant, class count and transform off metadata, names and shapes.
 */
gboolean
sk_weights_inspect (const char *path, const char *net, SkWeightsInfo *info,
                    GError **error);

/**
 * sk_weights_load:
 * @parameters: values and statistics, overwritten where the file has them
 * @new_head: accept a head of another class count, and leave ours as initialised
 * @n_loaded: (out) (nullable): tensors taken
 * @error: SK_ERROR_FORMAT naming the first tensor that is missing or has another shape
 */
gboolean
sk_weights_load (const char *path, const SkPlan *plan, SkParameters *parameters,
                 gboolean new_head, int *n_loaded, GError **error);

/**
 * sk_weights_save:
 * @info: (nullable): stored as metadata
 *
 * Writes F32 safetensors beside @path and renames: a full disk leaves the old file whole.
 */
gboolean
sk_weights_save (const char *path, const SkPlan *plan, const SkParameters *parameters,
                 const SkWeightsInfo *info, GError **error);
