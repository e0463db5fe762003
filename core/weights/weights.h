#pragma once

#include "parameters.h"
#include "plan.h"
#include "safetensors.h"

/* Weight files by torchvision's names, to and from a network's parameters. */

typedef struct {
  SkVariant variant;
  int classes;
  gboolean has_normalisation; /* mean and std were stored, or follow from the names */
  float mean[3], std[3];
  int side, resize; /* 0: not said */
  gboolean bicubic; /* pictures are resized by a cubic filter, not a triangle */
  char *transform_why; /* (nullable): where all this is known from, in words; NULL:
                          nothing says it */
  char **class_names; /* (nullable), NULL-terminated */
  char *net; /* variant name in the file's metadata (nullable) */
  char *origin; /* whose weights these are, where name and hash tell (nullable) */
  char
      *name_note; /* what the hash in the file's name tells about the file (nullable) */
  char *sha256; /* of the whole file, where it was computed (nullable) */
} SkWeightsInfo;

void
sk_weights_info_clear (SkWeightsInfo *self);

/**
 * sk_weights_inspect:
 * @net: (nullable): decides where two networks share names and shapes
 * @info: (out): sk_weights_info_clear()
 * @error: SK_ERROR_UNSUPPORTED saying what kind of network it is instead
 *
 * Reads variant, class count and transform off metadata, names and shapes.
 */
gboolean
sk_weights_inspect (const char *path, const char *net, SkWeightsInfo *info,
                    GError **error);

/* The same for a file already read: @bytes are its, @file is what they became. */
gboolean
sk_weights_inspect_bytes (const char *path, GBytes *bytes, const SkTensorFile *file,
                          const char *net, SkWeightsInfo *info, GError **error);

/* The same for tensors whose file is not known: neither hash nor neighbours tell more. */
gboolean
sk_weights_inspect_file (const SkTensorFile *file, const char *net, SkWeightsInfo *info,
                         GError **error);

/* What becomes of a tensor of the network, or of the file. */
typedef enum {
  SK_MAP_MATCHED,
  SK_MAP_RENAMED, /* taken, under another name */
  SK_MAP_RESHAPED, /* taken; the file writes sizes of 1 that the network does not */
  SK_MAP_NEW, /* stays as initialised: a head of another class count */
  SK_MAP_IGNORED, /* in the file, not needed */
  SK_MAP_MISSING, /* needed, not in the file */
  SK_MAP_MISFIT, /* another shape, or a part that the network does not have */
  SK_N_MAP_KINDS,
} SkMapKind;

/* How much of a network a file has to fill. */
typedef enum {
  SK_FIT_WHOLE, /* all of it */
  SK_FIT_NEW_HEAD, /* all but a head of another class count, which begins anew */
  SK_FIT_PARTS, /* what fits: all else begins anew */
} SkFit;

/* Whether the network takes the tensor's numbers. */
static inline gboolean
sk_map_is_taken (SkMapKind kind) {
  return kind == SK_MAP_MATCHED || kind == SK_MAP_RENAMED || kind == SK_MAP_RESHAPED;
}

typedef struct {
  SkMapKind kind;
  int parameter; /* of the plan; −1: none */
  const SkTensor *tensor; /* of the file (nullable) */
  char *why; /* (nullable): in words */
} SkMapRow;

/**
 * sk_weights_map:
 * @fit: what it allows to begin anew is NEW rather than MISSING or MISFIT
 * @error: SK_ERROR_FORMAT where two tensors of the file mean the same
 *
 * The mapping before anything is loaded: the plan's parameters in order, then what is
 * left of the file.
 *
 * Returns: (transfer full) (element-type SkMapRow): g_ptr_array_unref(); borrows @file
 */
GPtrArray *
sk_weights_map (const SkTensorFile *file, const SkPlan *plan, SkFit fit,
                GError **error);

/**
 * sk_weights_load:
 * @parameters: values and statistics, overwritten where the file has them
 * @fit: what it allows to begin anew is left as initialised
 * @n_loaded: (out) (nullable): tensors taken
 * @error: SK_ERROR_FORMAT naming the first tensor that is missing or does not fit, or
 *   where not a single one fits; then nothing was overwritten
 */
gboolean
sk_weights_load (const char *path, const SkPlan *plan, SkParameters *parameters,
                 SkFit fit, int *n_loaded, GError **error);

/* The same for a file already read; messages do not name a path. */
gboolean
sk_weights_load_file (const SkTensorFile *file, const SkPlan *plan,
                      SkParameters *parameters, SkFit fit, int *n_loaded,
                      GError **error);

/**
 * sk_weights_save:
 * @info: (nullable): stored as metadata: net, class names, transform
 *
 * Writes F32 safetensors, or a PyTorch checkpoint where @path ends in .pth, .pt or .th,
 * beside @path and renames: a full disk leaves the old file whole.
 */
gboolean
sk_weights_save (const char *path, const SkPlan *plan, const SkParameters *parameters,
                 const SkWeightsInfo *info, GError **error);

/* The same for tensors: the container follows from @path. @metadata: (nullable) */
gboolean
sk_weights_write (const char *path, const SkTensorToWrite *tensors, int n_tensors,
                  GHashTable *metadata, GError **error);
