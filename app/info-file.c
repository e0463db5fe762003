#include "info-file.h"

#include <glib/gi18n.h>

#include "json-line.h"
#include "weights.h"

static const char *const map_names[] = {
  [SK_MAP_MATCHED] = "matched", [SK_MAP_RENAMED] = "renamed",
  [SK_MAP_NEW] = "new",         [SK_MAP_IGNORED] = "ignored",
  [SK_MAP_MISSING] = "missing", [SK_MAP_MISFIT] = "misfit",
};

typedef struct {
  SkTensorFile *file;
  SkWeightsInfo info;
  SkPlan *plan; /* NULL: no network of ours */
  GPtrArray *rows; /* of SkMapRow; NULL without a plan */
  GError *problem; /* why there is no plan */
} Report;

static void
report_clear (Report *self) {
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->plan, sk_plan_unref);
  g_clear_pointer (&self->file, sk_tensor_file_free);
  g_clear_error (&self->problem);
  sk_weights_info_clear (&self->info);
}

/* A file of something else is worth a look too: its tensors, without a mapping. */
static gboolean
report_read (Report *self, const char *path, const char *net, GError **error) {
  self->file = sk_tensor_file_read (path, error);
  if (self->file == NULL)
    return FALSE;
  if (!sk_weights_inspect_file (self->file, net, &self->info, &self->problem))
    return TRUE;
  self->plan =
      sk_plan_new (&self->info.variant, 1, 0, 0, self->info.classes, &self->problem);
  if (self->plan == NULL)
    return TRUE;
  self->rows = sk_weights_map (self->file, self->plan, SK_FIT_WHOLE, &self->problem);
  if (self->rows == NULL)
    g_clear_pointer (&self->plan, sk_plan_unref);
  return TRUE;
}

/* The network's name of what a row fills, the file's where it fills nothing. */
static const char *
row_name (const Report *self, const SkMapRow *row) {
  return row->parameter >= 0 ? self->plan->parameters[row->parameter].name : "";
}

static void
print_rows (const Report *self) {
  g_print ("%-42s %-5s %-14s %-8s %s\n", _ ("in the file"), _ ("type"), _ ("shape"), "",
           _ ("in the network"));
  for (guint i = 0; i < self->rows->len; i++) {
    const SkMapRow *row = g_ptr_array_index (self->rows, i);
    const SkTensor *tensor = row->tensor;
    g_autofree char *shape =
        tensor != NULL ? sk_shape_to_string (tensor->shape, tensor->n_dims) : NULL;

    g_print ("%-42s %-5s %-14s %-8s %s%s%s\n", tensor != NULL ? tensor->name : "–",
             tensor != NULL ? sk_dtype_name (tensor->dtype) : "",
             shape != NULL ? shape : "", map_names[row->kind], row_name (self, row),
             row->why != NULL ? "  " : "", row->why != NULL ? row->why : "");
  }
}

static void
print_tensors (const SkTensorFile *file) {
  for (guint i = 0; i < file->tensors->len; i++) {
    const SkTensor *tensor = g_ptr_array_index (file->tensors, i);
    g_autofree char *shape = sk_shape_to_string (tensor->shape, tensor->n_dims);

    g_print ("%-42s %-5s %s\n", tensor->name, sk_dtype_name (tensor->dtype), shape);
  }
}

static void
print_report (const Report *self, const char *path) {
  const SkWeightsInfo *info = &self->info;
  g_autofree char *shown = sk_cli_show_path (path);
  GHashTableIter iter;
  gpointer key, value;

  g_print (_ ("%s: %s, %u tensors\n"), shown, self->file->container,
           self->file->tensors->len);
  if (self->plan != NULL)
    g_print (_ ("network %s, %d classes\n"), info->variant.name, info->classes);
  else
    g_print (_ ("no network of ours: %s\n"), self->problem->message);
  if (self->plan != NULL && info->has_normalisation)
    g_print (_ ("pictures are normalised with mean %g %g %g, std %g %g %g\n"),
             info->mean[0], info->mean[1], info->mean[2], info->std[0], info->std[1],
             info->std[2]);
  g_hash_table_iter_init (&iter, self->file->metadata);
  while (g_hash_table_iter_next (&iter, &key, &value))
    g_print (_ ("metadata %s = %s\n"), (char *) key, (char *) value);
  g_print ("\n");
  if (self->plan != NULL)
    print_rows (self);
  else
    print_tensors (self->file);
}

static void
add_tensor (SkJsonLine *json, const SkTensor *tensor) {
  sk_json_string (json, "tensor", tensor->name);
  sk_json_string (json, "dtype", sk_dtype_name (tensor->dtype));
  sk_json_begin_array (json, "shape");
  for (int i = 0; i < tensor->n_dims; i++)
    sk_json_integer (json, NULL, tensor->shape[i]);
  sk_json_end_array (json);
}

static void
add_row (SkJsonLine *json, const Report *self, const SkMapRow *row) {
  sk_json_begin_object (json, NULL);
  if (row->tensor != NULL)
    add_tensor (json, row->tensor);
  sk_json_string (json, "map", map_names[row->kind]);
  if (row->parameter >= 0)
    sk_json_string (json, "name", row_name (self, row));
  if (row->why != NULL)
    sk_json_string (json, "why", row->why);
  sk_json_end_object (json);
}

static void
add_triple (SkJsonLine *json, const char *name, const float values[3]) {
  sk_json_begin_array (json, name);
  for (int i = 0; i < 3; i++)
    sk_json_float (json, NULL, values[i]);
  sk_json_end_array (json);
}

static void
add_tensors (SkJsonLine *json, const Report *self) {
  sk_json_begin_array (json, "tensors");
  if (self->rows != NULL)
    for (guint i = 0; i < self->rows->len; i++)
      add_row (json, self, g_ptr_array_index (self->rows, i));
  else
    for (guint i = 0; i < self->file->tensors->len; i++) {
      sk_json_begin_object (json, NULL);
      add_tensor (json, g_ptr_array_index (self->file->tensors, i));
      sk_json_end_object (json);
    }
  sk_json_end_array (json);
}

static void
print_report_json (const Report *self, const char *path) {
  g_autoptr (SkJsonLine) json = sk_json_line_new ();
  GHashTableIter iter;
  gpointer key, value;

  sk_json_begin_object (json, NULL);
  sk_json_string (json, "file", path);
  sk_json_string (json, "container", self->file->container);
  sk_json_string (json, "net", self->plan != NULL ? self->info.variant.name : NULL);
  if (self->plan != NULL) {
    sk_json_integer (json, "classes", self->info.classes);
    sk_json_integer (json, "parameters", self->plan->n_trainable);
    if (self->info.has_normalisation) {
      add_triple (json, "mean", self->info.mean);
      add_triple (json, "std", self->info.std);
    }
  } else {
    sk_json_string (json, "problem", self->problem->message);
  }
  sk_json_begin_object (json, "metadata");
  g_hash_table_iter_init (&iter, self->file->metadata);
  while (g_hash_table_iter_next (&iter, &key, &value))
    sk_json_string (json, key, value);
  sk_json_end_object (json);
  add_tensors (json, self);
  sk_json_end_object (json);
  sk_json_line_print (json);
}

SkExit
sk_info_file (const char *path, const char *net, gboolean as_json) {
  g_autoptr (GError) error = NULL;
  Report report = { 0 };
  SkExit status = SK_EXIT_OK;

  if (!report_read (&report, path, net, &error))
    status = sk_cli_refuse (error);
  else if (as_json)
    print_report_json (&report, path);
  else
    print_report (&report, path);
  report_clear (&report);
  return status;
}
