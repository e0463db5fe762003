/* Weights between a file and a network's parameter block. */

#include "weights.h"

#include <string.h>

#include "errors.h"
#include "metadata.h"
#include "pytorch.h"
#include "safetensors.h"

static float *
new_buffer (const SkPlan *plan, gboolean all, GError **error) {
  gsize most = 0, sum = 0;
  float *buffer;

  for (int i = 0; i < plan->n_parameters; i++) {
    most = MAX (most, plan->parameters[i].count);
    sum += plan->parameters[i].count;
  }
  buffer = g_try_new (float, all ? sum : most);
  if (buffer == NULL)
    g_set_error (error, SK_ERROR, SK_ERROR_MEMORY,
                 "not enough memory for a copy of the weights (%" G_GSIZE_FORMAT
                 " bytes)",
                 (all ? sum : most) * sizeof (float));
  return buffer;
}

/* (nullable): the first row that stands in the way. */
static const SkMapRow *
find_obstacle (GPtrArray *rows) {
  for (guint i = 0; i < rows->len; i++) {
    const SkMapRow *row = rows->pdata[i];

    if (row->kind == SK_MAP_MISSING || row->kind == SK_MAP_MISFIT)
      return row;
  }
  return NULL;
}

static gboolean
any_taken (GPtrArray *rows) {
  for (guint i = 0; i < rows->len; i++)
    if (sk_map_is_taken (((const SkMapRow *) rows->pdata[i])->kind))
      return TRUE;
  return FALSE;
}

static gboolean
refuse_row (const SkMapRow *row, const SkPlan *plan, GError **error) {
  const char *name =
      row->parameter >= 0 ? plan->parameters[row->parameter].name : row->tensor->name;

  return sk_refuse (
      error, SK_ERROR_FORMAT,
      "“%s” does not fit %s: %s; choose the network these weights belong to", name,
      plan->variant.name != NULL ? plan->variant.name : "the network", row->why);
}

static void
take_row (const SkMapRow *row, const SkPlan *plan, SkParameters *parameters,
          float *buffer) {
  sk_tensor_to_floats (row->tensor, buffer);
  sk_parameters_import (parameters, plan, row->parameter, buffer);
}

gboolean
sk_weights_load_file (const SkTensorFile *file, const SkPlan *plan,
                      SkParameters *parameters, SkFit fit, int *n_loaded,
                      GError **error) {
  g_autoptr (GPtrArray) rows = sk_weights_map (file, plan, fit, error);
  g_autofree float *buffer = NULL;
  const SkMapRow *obstacle;
  int n = 0;

  if (rows == NULL)
    return FALSE;
  obstacle = find_obstacle (rows);
  if (obstacle != NULL)
    return refuse_row (obstacle, plan, error);
  if (!any_taken (rows))
    return sk_refuse (error, SK_ERROR_FORMAT,
                      "no tensor of it fits; choose other weights or another network");
  buffer = new_buffer (plan, FALSE, error);
  if (buffer == NULL)
    return FALSE;
  for (guint i = 0; i < rows->len; i++) {
    const SkMapRow *row = rows->pdata[i];

    if (sk_map_is_taken (row->kind)) {
      take_row (row, plan, parameters, buffer);
      n++;
    }
  }
  if (n_loaded != NULL)
    *n_loaded = n;
  return TRUE;
}

gboolean
sk_weights_load (const char *path, const SkPlan *plan, SkParameters *parameters,
                 SkFit fit, int *n_loaded, GError **error) {
  g_autoptr (SkTensorFile) file = sk_tensor_file_read (path, error);

  if (file == NULL)
    return FALSE;
  if (sk_weights_load_file (file, plan, parameters, fit, n_loaded, error))
    return TRUE;
  g_prefix_error (error, "%s: ", path);
  return FALSE;
}

static gboolean
is_pytorch_name (const char *path) {
  g_autofree char *name = g_ascii_strdown (path, -1);

  return g_str_has_suffix (name, ".pth") || g_str_has_suffix (name, ".pt") ||
         g_str_has_suffix (name, ".th");
}

gboolean
sk_weights_write (const char *path, const SkTensorToWrite *tensors, int n_tensors,
                  GHashTable *metadata, GError **error) {
  if (is_pytorch_name (path))
    return sk_pytorch_write (path, tensors, n_tensors, metadata, error);
  return sk_safetensors_write (path, tensors, n_tensors, metadata, error);
}

gboolean
sk_weights_save (const char *path, const SkPlan *plan, const SkParameters *parameters,
                 const SkWeightsInfo *info, GError **error) {
  g_autofree SkTensorToWrite *tensors = g_new0 (SkTensorToWrite, plan->n_parameters);
  g_autofree float *buffer = new_buffer (plan, TRUE, error);
  g_autoptr (GHashTable) metadata = NULL;
  float *at = buffer;

  if (buffer == NULL)
    return FALSE;
  for (int i = 0; i < plan->n_parameters; i++) {
    const SkParameter *parameter = &plan->parameters[i];

    sk_parameters_export (parameters, plan, i, at);
    tensors[i].name = parameter->name;
    tensors[i].dtype = SK_DTYPE_F32;
    tensors[i].n_dims = parameter->n_dims;
    for (int d = 0; d < parameter->n_dims; d++)
      tensors[i].shape[d] = parameter->shape[d];
    tensors[i].data = at;
    at += parameter->count;
  }
  metadata = sk_metadata_build (
      info, info != NULL && info->net != NULL ? info->net : plan->variant.name);
  return sk_weights_write (path, tensors, plan->n_parameters, metadata, error);
}
