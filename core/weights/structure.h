#pragma once

#include "names.h"
#include "variant.h"

/* What the names and shapes of a file's tensors tell about a residual network. */
typedef struct {
  SkBlockKind block;
  SkStem stem;
  gboolean projections; /* some shortcut has weights */
  int n_stages;
  int depths[4];
  int width;
  int classes;
} SkStructure;

/**
 * sk_structure_read:
 * @tensors: of @file, by their torchvision names
 * @error: SK_ERROR_UNSUPPORTED saying what it is instead, and what to do
 */
gboolean
sk_structure_read (SkStructure *self, const SkNamedTensors *tensors,
                   const SkTensorFile *file, GError **error);
