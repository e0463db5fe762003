/* Weights from one container into another. Tensors are copied as bytes; only ONNX, which
 * needs the network around them, goes through its parameters. */

#include "conversion.h"

#include <math.h>
#include <string.h>

#include "arena.h"
#include "errors.h"
#include "files.h"
#include "labels.h"
#include "metadata.h"
#include "model.h"
#include "names.h"
#include "onnx.h"
#include "weights.h"

/* The largest finite float16. */
#define HALF_MAX 65504.0f

typedef struct {
  const SkConversion *how;
  SkConverted *done;
  const char *out;
  SkTensorFile *file;
  SkWeightsInfo info;
  SkPlan *plan; /* (nullable): of a network of ours */
  GHashTable *rows; /* SkTensor → SkMapRow (nullable) */
  GPtrArray *map; /* owns them */
  GArray *tensors; /* SkTensorToWrite */
  GPtrArray *owned; /* names and bytes */
} Converter;

void
sk_converted_clear (SkConverted *self) {
  g_clear_pointer (&self->net, g_free);
  g_clear_pointer (&self->transform_why, g_free);
}

static gboolean
ends_in (const char *path, const char *ending) {
  g_autofree char *name = g_ascii_strdown (path, -1);

  return g_str_has_suffix (name, ending);
}

gboolean
sk_conversion_is_onnx (const char *path) {
  return ends_in (path, ".onnx");
}

gboolean
sk_conversion_is_known (const char *path) {
  return sk_conversion_is_onnx (path) || ends_in (path, ".safetensors") ||
         ends_in (path, ".pth") || ends_in (path, ".pt") || ends_in (path, ".th");
}

/* Names for people go along, where classes and size leave little doubt; but not where we
 * would read them again and take the guess for what was said. */
static void
complete_info (Converter *c) {
  if (c->info.class_names == NULL && sk_conversion_is_onnx (c->out))
    c->info.class_names = sk_labels_known (c->info.classes, c->info.variant.side);
  g_free (c->info.net);
  c->info.net = g_strdup (c->info.variant.name);
  c->done->net = g_strdup (c->info.variant.name);
}

/* A file of another network is copied all the same, unless a network was named. */
static gboolean
recognise (Converter *c, const char *in, GBytes *bytes, GError **error) {
  g_autoptr (GError) problem = NULL;

  if (!sk_weights_inspect_bytes (in, bytes, c->file, c->how->net, &c->info, &problem)) {
    if (c->how->net == NULL && !sk_conversion_is_onnx (c->out))
      return TRUE;
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  complete_info (c);
  c->plan = sk_plan_new (&c->info.variant, 1, c->info.side, c->info.side,
                         c->info.classes, error);
  if (c->plan == NULL)
    return FALSE;
  c->map = sk_weights_map (c->file, c->plan, SK_FIT_WHOLE, error);
  if (c->map == NULL)
    return FALSE;
  c->rows = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < c->map->len; i++) {
    const SkMapRow *row = c->map->pdata[i];

    if (row->tensor != NULL)
      g_hash_table_insert (c->rows, (gpointer) row->tensor, (gpointer) row);
  }
  return TRUE;
}

static gpointer
own (Converter *c, gpointer memory) {
  g_ptr_array_add (c->owned, memory);
  return memory;
}

/* Filters and matrices: the vectors of batch norm are few, and their running variances
 * may leave float16's range on both sides. */
static gboolean
may_be_halved (const SkTensor *tensor) {
  return tensor->n_dims >= 2 &&
         (tensor->dtype == SK_DTYPE_F32 || tensor->dtype == SK_DTYPE_F64 ||
          tensor->dtype == SK_DTYPE_BF16);
}

static gboolean
fits_half (const float *values, gsize n) {
  for (gsize i = 0; i < n; i++)
    if (isfinite (values[i]) && fabsf (values[i]) > HALF_MAX)
      return FALSE;
  return TRUE;
}

static gboolean
refuse_memory (const SkTensor *tensor, GError **error) {
  return sk_refuse (error, SK_ERROR_MEMORY, "not enough memory for a copy of “%s”",
                    tensor->name);
}

/* FALSE with @error set, or with none where the tensor stays as it is. */
static gboolean
halve (Converter *c, const SkTensor *tensor, SkTensorToWrite *entry, GError **error) {
  float *values = g_try_new (float, MAX (tensor->count, 1));

  if (values == NULL)
    return refuse_memory (tensor, error);
  sk_tensor_to_floats (tensor, own (c, values));
  if (!fits_half (values, tensor->count)) {
    c->done->n_large++;
    return FALSE;
  }
  entry->dtype = SK_DTYPE_F16;
  entry->data = values;
  c->done->n_halved++;
  return TRUE;
}

static gboolean
copy_bytes (Converter *c, const SkTensor *tensor, SkTensorToWrite *entry,
            GError **error) {
  guint8 *bytes = g_try_malloc (MAX (tensor->count, 1) * sk_dtype_size (tensor->dtype));

  if (bytes == NULL)
    return refuse_memory (tensor, error);
  sk_tensor_to_bytes (tensor, own (c, bytes));
  entry->dtype = tensor->dtype;
  entry->data = bytes;
  entry->raw = TRUE;
  return TRUE;
}

/* Name and shape as the network has them, where it has them. */
static void
name_tensor (Converter *c, const SkTensor *tensor, SkTensorToWrite *entry) {
  const SkMapRow *row = c->rows != NULL ? g_hash_table_lookup (c->rows, tensor) : NULL;

  entry->name =
      c->plan != NULL ? own (c, sk_name_canonical (tensor->name, NULL)) : tensor->name;
  c->done->n_renamed += strcmp (entry->name, tensor->name) != 0;
  entry->n_dims = tensor->n_dims;
  memcpy (entry->shape, tensor->shape, sizeof entry->shape);
  if (row == NULL || row->kind != SK_MAP_RESHAPED)
    return;
  entry->n_dims = c->plan->parameters[row->parameter].n_dims;
  for (int d = 0; d < entry->n_dims; d++)
    entry->shape[d] = c->plan->parameters[row->parameter].shape[d];
}

static gboolean
add_tensor (Converter *c, const SkTensor *tensor, GError **error) {
  SkTensorToWrite entry = { 0 };
  GError *problem = NULL;

  name_tensor (c, tensor, &entry);
  if (!(c->how->half && may_be_halved (tensor) &&
        halve (c, tensor, &entry, &problem)) &&
      (problem != NULL || !copy_bytes (c, tensor, &entry, &problem))) {
    g_propagate_error (error, problem);
    return FALSE;
  }
  g_array_append_val (c->tensors, entry);
  c->done->n_tensors++;
  return TRUE;
}

static gboolean
write_tensors (Converter *c, GError **error) {
  g_autoptr (GHashTable) metadata = c->plan != NULL
                                        ? sk_metadata_build (&c->info, c->info.net)
                                        : g_hash_table_ref (c->file->metadata);

  for (guint i = 0; i < c->file->tensors->len; i++)
    if (!add_tensor (c, c->file->tensors->pdata[i], error))
      return FALSE;
  if (c->info.has_normalisation)
    c->done->transform_why = g_strdup (c->info.transform_why);
  return sk_weights_write (c->out,
                           (const SkTensorToWrite *) (gpointer) c->tensors->data,
                           (int) c->tensors->len, metadata, error);
}

/* A model that is run elsewhere says how its pictures are prepared in any case. */
static void
complete_transform (Converter *c) {
  SkTransform transform = sk_model_transform (&c->info);

  c->info.has_normalisation = TRUE;
  memcpy (c->info.mean, transform.mean, sizeof c->info.mean);
  memcpy (c->info.std, transform.std, sizeof c->info.std);
  c->info.side = transform.side;
  c->info.resize = MAX (transform.resize, transform.side);
  c->done->transform_why =
      g_strdup (c->info.transform_why ? c->info.transform_why
                                      : "as for every network of its size");
}

static gboolean
write_onnx (Converter *c, GError **error) {
  g_autoptr (SkParameters) parameters = sk_parameters_new (c->plan, error);

  if (parameters == NULL ||
      !sk_weights_load_file (c->file, c->plan, parameters, SK_FIT_WHOLE,
                             &c->done->n_tensors, error))
    return FALSE;
  complete_transform (c);
  return sk_onnx_write (c->out, c->plan, parameters, c->how->fold, &c->info, error);
}

static gboolean
convert (Converter *c, const char *in, GError **error) {
  g_autoptr (GBytes) bytes = sk_file_load (in, sk_memory_available (), error);

  if (bytes == NULL)
    return FALSE;
  c->file = sk_tensor_file_parse (bytes, error);
  if (c->file != NULL && recognise (c, in, bytes, error))
    return sk_conversion_is_onnx (c->out) ? write_onnx (c, error)
                                          : write_tensors (c, error);
  g_prefix_error (error, "%s: ", in);
  return FALSE;
}

gboolean
sk_convert (const char *in, const char *out, const SkConversion *how, SkConverted *done,
            GError **error) {
  Converter c = { .how = how, .done = done, .out = out };
  gboolean ok;

  g_return_val_if_fail (sk_conversion_is_known (out), FALSE);
  *done = (SkConverted){ 0 };
  c.tensors = g_array_new (FALSE, TRUE, sizeof (SkTensorToWrite));
  c.owned = g_ptr_array_new_with_free_func (g_free);
  ok = convert (&c, in, error);
  g_clear_pointer (&c.rows, g_hash_table_unref);
  g_clear_pointer (&c.map, g_ptr_array_unref);
  g_clear_pointer (&c.plan, sk_plan_unref);
  g_clear_pointer (&c.file, sk_tensor_file_free);
  sk_weights_info_clear (&c.info);
  g_ptr_array_unref (c.owned);
  g_array_unref (c.tensors);
  return ok;
}
