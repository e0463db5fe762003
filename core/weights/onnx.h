#pragma once

#include "parameters.h"
#include "weights.h"

/* Names of what goes in and what comes out. */
#define SK_ONNX_INPUT "input"
#define SK_ONNX_OUTPUT "logits"

/**
 * sk_onnx_write:
 * @path: replaced in one moment, or left as it was
 * @plan: its picture size is the model's; any number of pictures at once
 * @fold: batch norm into the convolution before it
 * @info: (nullable): class names and transform, stored as properties of the model
 *
 * Writes the network as an ONNX model (operator set 17): input (N,3,H,W) normalised
 * pictures, output (N,classes) logits. Padding shortcuts become Slice and Pad.
 */
gboolean
sk_onnx_write (const char *path, const SkPlan *plan, const SkParameters *parameters,
               gboolean fold, const SkWeightsInfo *info, GError **error);
