/* Which network a file's tensors belong to, and how its pictures are prepared. */

#include <string.h>

#include "arena.h"
#include "errors.h"
#include "files.h"
#include "metadata.h"
#include "origin.h"
#include "structure.h"
#include "weights.h"

static gboolean
agrees (const SkVariant *variant, const SkStructure *s) {
  if (variant->block != s->block || variant->stem != s->stem ||
      variant->width != s->width || variant->n_stages != s->n_stages)
    return FALSE;
  for (int i = 0; i < s->n_stages; i++)
    if (variant->depths[i] != s->depths[i])
      return FALSE;
  /* Without weights on any shortcut it is option A or a plain twin. */
  return s->projections ==
         (variant->skips && variant->shortcut == SK_SHORTCUT_PROJECTION);
}

static gboolean
find_variant (const SkStructure *s, const char *wanted, SkVariant *variant,
              GError **error) {
  g_autoptr (GString) shape = NULL;

  if (wanted != NULL) {
    if (!sk_variant_find (wanted, variant, error))
      return FALSE;
    if (agrees (variant, s))
      return TRUE;
  } else {
    /* The table has residual networks before their plain twins, and the usual input
     * size before the unusual one. */
    for (const char *const *name = sk_variant_names (); *name != NULL; name++)
      if (sk_variant_find (*name, variant, NULL) && agrees (variant, s))
        return TRUE;
  }
  shape = g_string_new (NULL);
  for (int i = 0; i < s->n_stages; i++)
    g_string_append_printf (shape, "%s%d", i > 0 ? ", " : "", s->depths[i]);
  return sk_refuse (error, SK_ERROR_UNSUPPORTED,
                    "it has %s blocks (%s), %d channels at first, a %s stem, and %s; "
                    "%s%s%s",
                    s->block == SK_BLOCK_BASIC ? "basic" : "bottleneck", shape->str,
                    s->width, s->stem == SK_STEM_CIFAR ? "3×3" : "7×7",
                    s->projections ? "projections" : "no weights on its shortcuts",
                    wanted != NULL ? "that is not " : "no network has that",
                    wanted != NULL ? wanted : "",
                    wanted != NULL ? "; choose the network that it is, or take only "
                                     "what fits"
                                   : "");
}

/* A name stored with the weights counts as long as it fits what is there. */
static gboolean
choose_variant (const SkStructure *s, const char *net, SkWeightsInfo *info,
                GError **error) {
  if (net == NULL && info->net != NULL &&
      sk_variant_find (info->net, &info->variant, NULL) && agrees (&info->variant, s))
    return TRUE;
  return find_variant (s, net, &info->variant, error);
}

/* Names that only two people's networks have, and how they trained them. */
static void
judge_names (const SkNamedTensors *tensors, const SkStructure *s, SkWeightsInfo *info) {
  if (info->transform_why != NULL || !tensors->linear || s->stem != SK_STEM_CIFAR)
    return;
  if (s->n_stages == 3) {
    sk_origin_use (info, &sk_normalisation_imagenet);
    info->transform_why = g_strdup (
        "three stages and a head called “linear” are akamaster's networks, which saw "
        "CIFAR with ImageNet's mean and std");
  } else if (tensors->shortcut) {
    sk_origin_use (info, &sk_normalisation_cifar10);
    info->transform_why =
        g_strdup ("four stages, “shortcut” and “linear” are kuangliu's names, who took "
                  "this mean and std for CIFAR-10");
  }
}

gboolean
sk_weights_inspect_file (const SkTensorFile *file, const char *net, SkWeightsInfo *info,
                         GError **error) {
  SkNamedTensors tensors;
  SkStructure s;
  gboolean ok;

  *info = (SkWeightsInfo){ 0 };
  if (!sk_named_tensors_init (&tensors, file, error))
    return FALSE;
  sk_metadata_read (file->metadata, info);
  ok = sk_structure_read (&s, &tensors, file, error) &&
       choose_variant (&s, net, info, error);
  info->classes = s.classes;
  if (ok)
    judge_names (&tensors, &s, info);
  sk_named_tensors_clear (&tensors);
  if (!ok) {
    if (error != NULL && g_error_matches (*error, SK_ERROR, SK_ERROR_UNSUPPORTED))
      g_prefix_error (error, "not a network that is known here: ");
    sk_weights_info_clear (info);
  }
  return ok;
}

gboolean
sk_weights_inspect_bytes (const char *path, GBytes *bytes, const SkTensorFile *file,
                          const char *net, SkWeightsInfo *info, GError **error) {
  if (!sk_weights_inspect_file (file, net, info, error))
    return FALSE;
  sk_origin_find (path, bytes, info);
  sk_origin_read_config (path, info);
  return TRUE;
}

gboolean
sk_weights_inspect (const char *path, const char *net, SkWeightsInfo *info,
                    GError **error) {
  g_autoptr (GBytes) bytes = sk_file_load (path, sk_memory_available (), error);
  g_autoptr (SkTensorFile) file = NULL;

  if (bytes == NULL)
    return FALSE;
  file = sk_tensor_file_parse (bytes, error);
  if (file != NULL && sk_weights_inspect_bytes (path, bytes, file, net, info, error))
    return TRUE;
  g_prefix_error (error, "%s: ", path);
  return FALSE;
}

void
sk_weights_info_clear (SkWeightsInfo *self) {
  g_clear_pointer (&self->class_names, g_strfreev);
  g_clear_pointer (&self->net, g_free);
  g_clear_pointer (&self->origin, g_free);
  g_clear_pointer (&self->transform_why, g_free);
  g_clear_pointer (&self->name_note, g_free);
  g_clear_pointer (&self->sha256, g_free);
}
