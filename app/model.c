#include "model.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n.h>

#include "cli.h"
#include "errors.h"
#include "paths.h"

/* Class names that follow from the number of classes where a file carries none. */
static const struct {
  int classes, side;
  const char *labels;
} known_labels[] = {
  { 1000, 224, "labels/imagenet.txt" },
  { 10, 32, "labels/cifar10.txt" },
};

static char **
read_labels (const char *name, int classes) {
  g_autofree char *path = sk_paths_data (name);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (path == NULL || !g_file_get_contents (path, &text, NULL, NULL))
    return NULL;
  g_strchomp (text);
  lines = g_strsplit (text, "\n", -1);
  return (int) g_strv_length (lines) == classes ? g_steal_pointer (&lines) : NULL;
}

static char **
find_class_names (const SkWeightsInfo *info) {
  if (info->class_names != NULL)
    return g_strdupv (info->class_names);
  for (guint i = 0; i < G_N_ELEMENTS (known_labels); i++)
    if (known_labels[i].classes == info->classes &&
        known_labels[i].side == info->variant.side)
      return read_labels (known_labels[i].labels, info->classes);
  return NULL;
}

/* A run folder stands for its best weights. */
static char *
find_weights (const char *path) {
  static const char *const names[] = { "best.safetensors", "last.safetensors" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *inside = g_build_filename (path, names[i], NULL);

    if (g_file_test (inside, G_FILE_TEST_EXISTS))
      return g_steal_pointer (&inside);
  }
  return g_strdup (path);
}

static gboolean
parse_normalisation (const SkModelOptions *options, SkTransform *transform,
                     GError **error) {
  if (options->mean == NULL && options->std == NULL)
    return TRUE;
  if (options->mean == NULL || options->std == NULL) {
    g_set_error (error, SK_ERROR, SK_ERROR_ARGUMENT,
                 _ ("--mean and --std belong together: give both"));
    return FALSE;
  }
  if (!sk_cli_parse_triple (options->mean, transform->mean) ||
      !sk_cli_parse_triple (options->std, transform->std) || transform->std[0] <= 0 ||
      transform->std[1] <= 0 || transform->std[2] <= 0) {
    g_set_error (error, SK_ERROR, SK_ERROR_ARGUMENT,
                 _ ("--mean and --std are three numbers each (R,G,B of values 0 … 1), "
                    "and --std above 0"));
    return FALSE;
  }
  return TRUE;
}

/* What was stored with the weights, then what was said. */
static gboolean
choose_transform (SkModel *self, const SkModelOptions *options, GError **error) {
  const SkWeightsInfo *info = &self->info;

  self->transform =
      sk_transform_default (info->side > 0 ? info->side : info->variant.side);
  if (info->resize > 0)
    self->transform.resize = info->resize;
  if (info->has_normalisation) {
    memcpy (self->transform.mean, info->mean, sizeof info->mean);
    memcpy (self->transform.std, info->std, sizeof info->std);
  }
  return parse_normalisation (options, &self->transform, error);
}

SkModel *
sk_model_open (const SkModelOptions *options, GError **error) {
  g_autofree char *path = find_weights (options->weights);
  g_autoptr (SkModel) self = g_new0 (SkModel, 1);
  int side;

  if (!sk_weights_inspect (path, options->net, &self->info, error) ||
      !choose_transform (self, options, error))
    return NULL;
  side = self->transform.side;
  self->plan = sk_plan_new (&self->info.variant, options->batch, side, side,
                            self->info.classes, error);
  if (self->plan == NULL)
    return NULL;
  self->parameters = sk_parameters_new (self->plan, error);
  if (self->parameters == NULL ||
      !sk_weights_load (path, self->plan, self->parameters, FALSE, NULL, error))
    return NULL;
  self->pool = sk_pool_new (0, 0);
  self->network = sk_network_new (self->plan, self->parameters, 0, self->pool, error);
  if (self->network == NULL)
    return NULL;
  self->class_names = find_class_names (&self->info);
  return g_steal_pointer (&self);
}

void
sk_model_free (SkModel *self) {
  if (self == NULL)
    return;
  g_clear_pointer (&self->network, sk_network_free);
  g_clear_pointer (&self->pool, sk_pool_free);
  g_clear_pointer (&self->parameters, sk_parameters_free);
  g_clear_pointer (&self->plan, sk_plan_unref);
  g_clear_pointer (&self->class_names, g_strfreev);
  sk_weights_info_clear (&self->info);
  g_free (self);
}

char *
sk_model_class_name (const SkModel *self, int index) {
  if (self->class_names != NULL && index < (int) g_strv_length (self->class_names))
    return g_strdup (self->class_names[index]);
  return g_strdup_printf ("%d", index);
}

void
sk_softmax (const float *logits, int n, double *probabilities) {
  double top = logits[0], sum = 0;

  for (int i = 1; i < n; i++)
    top = MAX (top, logits[i]);
  for (int i = 0; i < n; i++) {
    probabilities[i] = exp (logits[i] - top);
    sum += probabilities[i];
  }
  for (int i = 0; i < n; i++)
    probabilities[i] /= sum;
}
