#include "model.h"

#include <string.h>

#include "errors.h"
#include "labels.h"
#include "weights.h"

/* Classes that a refusal names of each side. */
#define NAMED 3

SkModel *
sk_model_new (guint serial, const SkPlan *plan, const SkTransform *transform,
              const char *source, char *const *class_names, GError **error) {
  g_autoptr (SkModel) self = g_new0 (SkModel, 1);

  self->serial = serial;
  self->transform = *transform;
  self->class_names = g_strdupv ((char **) class_names);
  self->source = source ? g_path_get_basename (source) : NULL;
  self->plan = sk_plan_new (&plan->variant, 1, plan->h, plan->w, plan->classes, error);
  if (self->plan == NULL)
    return NULL;
  self->lambda = g_new (float, MAX (self->plan->n_blocks, 1));
  for (int b = 0; b < self->plan->n_blocks; b++)
    self->lambda[b] = 1;
  self->parameters = sk_parameters_new (self->plan, error);
  if (self->parameters == NULL)
    return NULL;
  return g_steal_pointer (&self);
}

SkTransform
sk_model_transform (const SkWeightsInfo *info) {
  SkTransform transform =
      sk_transform_default (info->side > 0 ? info->side : info->variant.side);

  if (info->resize > 0)
    transform.resize = info->resize;
  if (info->bicubic)
    transform.filter = SK_FILTER_BICUBIC;
  if (info->has_normalisation) {
    memcpy (transform.mean, info->mean, sizeof transform.mean);
    memcpy (transform.std, info->std, sizeof transform.std);
  }
  return transform;
}

static SkModel *
load (guint serial, const char *path, const SkWeightsInfo *info, GError **error) {
  SkTransform transform = sk_model_transform (info);
  g_autoptr (SkPlan) plan = sk_plan_new (&info->variant, 1, transform.side,
                                         transform.side, info->classes, error);
  g_auto (GStrv) names = info->class_names
                             ? g_strdupv (info->class_names)
                             : sk_labels_known (info->classes, info->variant.side);
  g_autoptr (SkModel) self = NULL;

  if (plan)
    self = sk_model_new (serial, plan, &transform, path, names, error);
  if (self == NULL ||
      !sk_weights_load (path, self->plan, self->parameters, SK_FIT_WHOLE, NULL, error))
    return NULL;
  self->names_guessed = info->class_names == NULL ||
                        (int) g_strv_length (info->class_names) != info->classes;
  self->step = -1;
  return g_steal_pointer (&self);
}

SkModel *
sk_model_load (guint serial, const char *path, const char *net, GError **error) {
  SkWeightsInfo info = { 0 };
  SkModel *self;

  if (!sk_weights_inspect (path, net, &info, error))
    return NULL;
  self = load (serial, path, &info, error);
  sk_weights_info_clear (&info);
  return self;
}

void
sk_model_free (SkModel *self) {
  if (self == NULL)
    return;
  g_clear_pointer (&self->parameters, sk_parameters_free);
  g_clear_pointer (&self->plan, sk_plan_unref);
  g_clear_pointer (&self->dataset, sk_dataset_unref);
  g_clear_pointer (&self->means, sk_class_means_free);
  g_strfreev (self->class_names);
  g_free (self->lambda);
  g_free (self->source);
  g_free (self->data);
  g_free (self);
}

SkModel *
sk_model_copy (const SkModel *self, GError **error) {
  SkModel *copy = sk_model_new (self->serial, self->plan, &self->transform,
                                self->source, self->class_names, error);

  if (copy == NULL)
    return NULL;
  sk_parameters_copy (copy->parameters, self->parameters);
  memcpy (copy->lambda, self->lambda,
          sizeof *self->lambda * (gsize) self->plan->n_blocks);
  copy->data = g_strdup (self->data);
  copy->dataset = self->dataset ? sk_dataset_ref (self->dataset) : NULL;
  copy->step = self->step;
  copy->names_guessed = self->names_guessed;
  return copy;
}

void
sk_model_fade (const SkModel *self, SkNetwork *network) {
  for (int b = 0; b < self->plan->n_blocks; b++)
    sk_network_set_lambda (network, b, self->lambda[b]);
}

char *
sk_model_class_name (const SkModel *self, int index) {
  if (self->class_names && index < (int) g_strv_length (self->class_names))
    return g_strdup (self->class_names[index]);
  return g_strdup_printf ("class %d", index);
}

int
sk_model_first_other_class (const SkModel *self, const SkDataset *dataset) {
  for (int c = 0; self->class_names && c < self->plan->classes; c++) {
    g_autofree char *name = sk_model_class_name (self, c);

    if (g_strcmp0 (name, sk_dataset_class_name (dataset, c)) != 0)
      return c;
  }
  return -1;
}

/* "…, cat, deer, dog, …": the classes of @dataset from @first on; NULL: those of @self. */
static char *
list_classes (const SkModel *self, const SkDataset *dataset, int first) {
  int end = MIN (first + NAMED, self->plan->classes);
  GString *text = g_string_new (first > 0 ? "…, " : NULL);

  for (int c = first; c < end; c++) {
    g_autofree char *name = dataset ? g_strdup (sk_dataset_class_name (dataset, c))
                                    : sk_model_class_name (self, c);

    g_string_append_printf (text, "%s%s", c > first ? ", " : "", name);
  }
  if (end < self->plan->classes)
    g_string_append (text, ", …");
  return g_string_free (text, FALSE);
}

gboolean
sk_model_check_classes (const SkModel *self, const SkDataset *dataset, GError **error) {
  int n = self->plan->classes, first;
  g_autofree char *ours = NULL, *theirs = NULL;

  if (sk_dataset_classes (dataset) != n)
    return sk_refuse (
        error, SK_ERROR_ARGUMENT,
        "%s has %d classes and the weights tell %d apart: choose the data they "
        "were trained on, or train a new head",
        sk_dataset_title (dataset), sk_dataset_classes (dataset), n);
  first = self->names_guessed ? -1 : sk_model_first_other_class (self, dataset);
  if (first < 0)
    return TRUE;
  ours = list_classes (self, NULL, first);
  theirs = list_classes (self, dataset, first);
  return sk_refuse (error, SK_ERROR_ARGUMENT,
                    "%s has the classes %s and the weights tell apart %s: choose data "
                    "with the same classes, or train a new head",
                    sk_dataset_title (dataset), theirs, ours);
}

char *
sk_model_describe (const SkModel *self, gboolean training, gboolean with_step) {
  const char *title = self->plan->variant.title;
  g_autoptr (GString) text = g_string_new (title);

  if (training)
    g_string_append (text, " in training");
  else if (self->source)
    g_string_append_printf (text, self->step < 0 ? " from %s" : " of %s", self->source);
  if (with_step && self->step >= 0)
    g_string_append_printf (text, ", step %" G_GINT64_FORMAT, self->step);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char **
sk_dataset_class_names (const SkDataset *dataset) {
  int n = sk_dataset_classes (dataset);
  char **names = g_new0 (char *, n + 1);

  for (int i = 0; i < n; i++)
    names[i] = g_strdup (sk_dataset_class_name (dataset, i));
  return names;
}
