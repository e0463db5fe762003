#include "analyst.h"

#include <glib/gi18n.h>

#include "cli.h"
#include "errors.h"
#include "named-files.h"
#include "paths.h"

/* Pictures at once: enough that every core has work, few enough for a small machine. */
#define SMALL_SIDE 64
#define SMALL_BATCH 128
#define LARGE_BATCH 16

void
sk_weights_flags_add_to (SkWeightsFlags *self, GOptionContext *context) {
  const GOptionEntry entries[] = {
    { "weights", 0, 0, G_OPTION_ARG_FILENAME, &self->weights,
      N_ ("trained weights, or a run folder for its best; otherwise the ResNet-20 "
          "that comes with the program"),
      N_ ("FILE") },
    { "net", 0, 0, G_OPTION_ARG_STRING, &self->net,
      N_ ("the network, where the file leaves it open"), N_ ("NAME") },
    { "mean", 0, 0, G_OPTION_ARG_STRING, &self->mean,
      N_ ("subtracted from pictures (0 … 1)"), N_ ("R,G,B") },
    { "std", 0, 0, G_OPTION_ARG_STRING, &self->std, N_ ("pictures are divided by it"),
      N_ ("R,G,B") },
    G_OPTION_ENTRY_NULL,
  };

  g_option_context_add_main_entries (context, entries, NULL);
}

void
sk_weights_flags_clear (SkWeightsFlags *self) {
  g_clear_pointer (&self->weights, g_free);
  g_clear_pointer (&self->net, g_free);
  g_clear_pointer (&self->mean, g_free);
  g_clear_pointer (&self->std, g_free);
}

/* What was said on the command line beats what was stored with the weights. */
static gboolean
override_normalisation (const SkWeightsFlags *flags, SkTransform *transform,
                        GError **error) {
  if (flags->mean == NULL && flags->std == NULL)
    return TRUE;
  if (flags->mean != NULL && flags->std != NULL &&
      sk_cli_parse_triple (flags->mean, transform->mean) &&
      sk_cli_parse_triple (flags->std, transform->std) && transform->std[0] > 0 &&
      transform->std[1] > 0 && transform->std[2] > 0)
    return TRUE;
  g_set_error (error, SK_ERROR, SK_ERROR_ARGUMENT,
               _ ("--mean and --std belong together: three numbers each (R,G,B of "
                  "values 0 … 1), and --std above 0"));
  return FALSE;
}

/* (transfer full) (nullable): those that were named, or those that come with the program. */
static char *
which_weights (const SkWeightsFlags *flags, GError **error) {
  char *path;

  if (flags->weights)
    return sk_named_weights_find (flags->weights, error);
  path = sk_paths_weights ();
  if (path == NULL)
    g_set_error_literal (
        error, SK_ERROR, SK_ERROR_FILE,
        _ ("the weights that come with the program are not there; name others with "
           "--weights"));
  return path;
}

SkAnalyst *
sk_analyst_new (const SkWeightsFlags *flags, int batch, SkNetworkFlags network_flags,
                GError **error) {
  g_autofree char *path = which_weights (flags, error);
  g_autoptr (SkAnalyst) self = g_new0 (SkAnalyst, 1);
  int side;

  if (path == NULL)
    return NULL;
  self->model = sk_model_load (0, path, flags->net, error);
  if (self->model == NULL ||
      !override_normalisation (flags, &self->model->transform, error))
    return NULL;
  side = self->model->transform.side;
  if (batch == 0)
    batch = side <= SMALL_SIDE ? SMALL_BATCH : LARGE_BATCH;
  self->plan = sk_plan_new (&self->model->plan->variant, batch, side, side,
                            self->model->plan->classes, error);
  if (self->plan == NULL)
    return NULL;
  self->pool = sk_pool_new (0, 0);
  self->network = sk_network_new (self->plan, self->model->parameters, network_flags,
                                  self->pool, error);
  if (self->network == NULL)
    return NULL;
  return g_steal_pointer (&self);
}

void
sk_analyst_free (SkAnalyst *self) {
  if (self == NULL)
    return;
  g_clear_pointer (&self->network, sk_network_free);
  g_clear_pointer (&self->pool, sk_pool_free);
  g_clear_pointer (&self->plan, sk_plan_unref);
  g_clear_pointer (&self->model, sk_model_free);
  g_free (self);
}
