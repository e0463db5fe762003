/* The mapping report: what weights/ found out, as plain data. */

#include "inspection.h"

#include <string.h>

#include "arena.h"
#include "files.h"
#include "labels.h"
#include "model.h"
#include "weights.h"

G_STATIC_ASSERT (G_N_ELEMENTS (((SkInspectionRow *) NULL)->sizes) ==
                 SK_TENSOR_MAX_DIMS);

static const struct {
  const char *name;
  SkMapKind kind;
} fates[SK_N_FATES] = {
  [SK_FATE_MATCHED] = { "matched", SK_MAP_MATCHED },
  [SK_FATE_RENAMED] = { "renamed", SK_MAP_RENAMED },
  [SK_FATE_RESHAPED] = { "reshaped", SK_MAP_RESHAPED },
  [SK_FATE_NEW] = { "new", SK_MAP_NEW },
  [SK_FATE_IGNORED] = { "ignored", SK_MAP_IGNORED },
  [SK_FATE_MISSING] = { "missing", SK_MAP_MISSING },
  [SK_FATE_MISFIT] = { "misfit", SK_MAP_MISFIT },
};

const char *
sk_fate_name (SkFate fate) {
  return fates[fate].name;
}

static SkFate
fate_of (SkMapKind kind) {
  for (int i = 0; i < SK_N_FATES; i++)
    if (fates[i].kind == kind)
      return (SkFate) i;
  g_return_val_if_reached (SK_FATE_MISFIT);
}

static void
row_free (gpointer data) {
  SkInspectionRow *row = data;

  g_free (row->theirs);
  g_free (row->ours);
  g_free (row->shape);
  g_free (row->why);
  g_free (row);
}

static void
add_row (SkInspection *self, SkFate fate, const SkTensor *tensor,
         const SkParameter *parameter, const char *why) {
  SkInspectionRow *row = g_new0 (SkInspectionRow, 1);

  row->fate = fate;
  row->why = g_strdup (why);
  row->ours = parameter ? g_strdup (parameter->name) : NULL;
  if (tensor) {
    row->theirs = g_strdup (tensor->name);
    row->dtype = sk_dtype_name (tensor->dtype);
    row->n_sizes = tensor->n_dims;
    memcpy (row->sizes, tensor->shape, sizeof row->sizes);
  } else {
    row->n_sizes = parameter->n_dims;
    for (int d = 0; d < parameter->n_dims; d++)
      row->sizes[d] = parameter->shape[d];
  }
  row->shape = sk_shape_to_string (row->sizes, row->n_sizes);
  g_ptr_array_add (self->rows, row);
  self->counts[fate]++;
}

static void
map (SkInspection *self, const SkTensorFile *file, const SkPlan *plan, SkFit fit,
     GError **error) {
  g_autoptr (GPtrArray) rows = sk_weights_map (file, plan, fit, error);

  for (guint i = 0; rows && i < rows->len; i++) {
    const SkMapRow *row = rows->pdata[i];

    self->n_taken += sk_map_is_taken (row->kind);
    add_row (self, fate_of (row->kind), row->tensor,
             row->parameter < 0 ? NULL : &plan->parameters[row->parameter], row->why);
  }
  self->n_parts = plan->n_parameters;
  self->fits = rows && self->n_taken > 0 && self->counts[SK_FATE_MISSING] == 0 &&
               self->counts[SK_FATE_MISFIT] == 0;
}

static const char *
shortcut_of (const SkVariant *variant) {
  if (!variant->skips)
    return "none";
  return variant->shortcut == SK_SHORTCUT_PAD ? "padding" : "projection";
}

static void
describe_network (SkInspection *self, const SkPlan *plan) {
  self->net = g_strdup (plan->variant.name);
  self->title = g_strdup (plan->variant.title);
  self->shortcut = shortcut_of (&plan->variant);
  self->classes = plan->classes;
  self->parameters = plan->n_trainable;
}

/* Always whole: what the file leaves open is the default, and said to be. */
static void
describe_transform (SkInspection *self, const SkWeightsInfo *info) {
  SkTransform transform = sk_model_transform (info);

  self->side = transform.side;
  self->resize = MAX (transform.resize, transform.side);
  self->bicubic = transform.filter == SK_FILTER_BICUBIC;
  memcpy (self->mean, transform.mean, sizeof self->mean);
  memcpy (self->std, transform.std, sizeof self->std);
  self->transform_why =
      info->transform_why
          ? g_strdup (info->transform_why)
          : g_strdup_printf ("nothing says it: taken as for every network of %d × %d "
                             "pixels",
                             transform.side, transform.side);
}

static void
describe_info (SkInspection *self, const SkWeightsInfo *info) {
  self->file_classes = info->classes;
  self->origin = g_strdup (info->name_note ? info->name_note : info->origin);
  self->class_names = info->class_names
                          ? g_strdupv (info->class_names)
                          : sk_labels_known (info->classes, info->variant.side);
  describe_transform (self, info);
}

/* The network that is to take them: the one that was asked for, else the file's own. */
static SkPlan *
choose_plan (const SkWeightsInfo *info, const char *net, int classes, GError **error) {
  SkVariant variant = info->variant;

  if (net && !sk_variant_find (net, &variant, error))
    return NULL;
  return sk_plan_new (&variant, 1, 0, 0, classes > 0 ? classes : info->classes, error);
}

/* @net counts where it is the file's network under another name, and where it is another
 * network that may use parts of it. */
static void
inspect (SkInspection *self, GBytes *bytes, const SkTensorFile *file, const char *net,
         int classes, gboolean parts) {
  SkWeightsInfo info = { 0 };
  g_autoptr (GError) problem = NULL;
  g_autoptr (SkPlan) plan = NULL;

  if ((net && sk_weights_inspect_bytes (self->path, bytes, file, net, &info, NULL)) ||
      sk_weights_inspect_bytes (self->path, bytes, file, NULL, &info, &problem)) {
    describe_info (self, &info);
    plan = choose_plan (&info, net, classes, &problem);
  }
  if (plan)
    map (self, file, plan, parts ? SK_FIT_PARTS : SK_FIT_NEW_HEAD, &problem);
  if (plan && problem == NULL)
    describe_network (self, plan);
  sk_weights_info_clear (&info);
  if (problem == NULL)
    return;
  self->problem = g_strdup (problem->message);
  for (guint i = 0; i < file->tensors->len; i++)
    add_row (self, SK_FATE_IGNORED, file->tensors->pdata[i], NULL, NULL);
}

SkInspection *
sk_inspection_new (const char *path, const char *net, int classes, gboolean parts,
                   GError **error) {
  g_autoptr (SkInspection) self = g_new0 (SkInspection, 1);
  g_autoptr (GBytes) bytes = sk_file_load (path, sk_memory_available (), error);
  g_autoptr (SkTensorFile) file = NULL;

  self->path = g_strdup (path);
  self->rows = g_ptr_array_new_with_free_func (row_free);
  if (bytes == NULL)
    return NULL;
  file = sk_tensor_file_parse (bytes, error);
  if (file == NULL) {
    g_prefix_error (error, "%s: ", path);
    return NULL;
  }
  self->container = file->container;
  self->wrapper = g_strdup (file->wrapper);
  self->average = file->average;
  self->metadata = g_hash_table_ref (file->metadata);
  self->size = g_bytes_get_size (bytes);
  self->sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  inspect (self, bytes, file, net, classes, parts);
  return g_steal_pointer (&self);
}

void
sk_inspection_free (SkInspection *self) {
  if (self == NULL)
    return;
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->metadata, g_hash_table_unref);
  g_strfreev (self->class_names);
  g_free (self->path);
  g_free (self->wrapper);
  g_free (self->sha256);
  g_free (self->origin);
  g_free (self->problem);
  g_free (self->net);
  g_free (self->title);
  g_free (self->transform_why);
  g_free (self);
}
