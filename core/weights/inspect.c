/* Which network a file's tensors belong to, read off names and shapes. */

#include <string.h>

#include "arena.h"
#include "errors.h"
#include "files.h"
#include "metadata.h"
#include "names.h"
#include "origin.h"
#include "weights.h"

#define MAX_BLOCKS 1000

/* What names and shapes tell. */
typedef struct {
  SkBlockKind block;
  SkStem stem;
  gboolean projections; /* some shortcut has weights */
  int n_stages;
  int depths[4];
  int width;
  int classes;
} Structure;

static gboolean
read_stem (const SkNamedTensors *tensors, Structure *s, GError **error) {
  const SkTensor *conv = sk_named_tensors_find (tensors, "conv1.weight");

  if (conv == NULL && sk_named_tensors_find (tensors, "conv1.0.weight") != NULL)
    return sk_refuse (error, SK_ERROR_UNSUPPORTED,
                      "its stem is a row of three convolutions (a timm “d”, “t” or "
                      "“s” variant); take the plain variant of the same depth");
  if (conv == NULL)
    return sk_refuse (error, SK_ERROR_UNSUPPORTED,
                      "it has no tensor “conv1.weight”; a residual network with "
                      "torchvision's names is wanted");
  if (conv->n_dims != 4 || conv->shape[1] != 3 || conv->shape[2] != conv->shape[3] ||
      (conv->shape[2] != 3 && conv->shape[2] != 7))
    return sk_refuse (error, SK_ERROR_UNSUPPORTED,
                      "its first convolution is neither 3×3 nor 7×7 over three "
                      "channels");
  s->stem = conv->shape[2] == 7 ? SK_STEM_IMAGENET : SK_STEM_CIFAR;
  s->width = (int) MIN (conv->shape[0], G_MAXINT);
  return TRUE;
}

static gboolean
read_stages (const SkNamedTensors *tensors, Structure *s, GError **error) {
  for (int stage = 0; stage < 4; stage++) {
    while (s->depths[stage] < MAX_BLOCKS &&
           sk_named_tensors_find (tensors, "layer%d.%d.conv1.weight", stage + 1,
                                  s->depths[stage]) != NULL) {
      if (sk_named_tensors_find (tensors, "layer%d.%d.downsample.0.weight", stage + 1,
                                 s->depths[stage]) != NULL)
        s->projections = TRUE;
      s->depths[stage]++;
    }
    if (s->depths[stage] == 0)
      break;
    s->n_stages++;
  }
  if (s->n_stages < 3)
    return sk_refuse (error, SK_ERROR_UNSUPPORTED,
                      "it has %d stages of blocks (layer1, layer2, …); three or four "
                      "are wanted",
                      s->n_stages);
  if (sk_named_tensors_find (tensors, "layer2.0.downsample.1.weight") != NULL &&
      sk_named_tensors_find (tensors, "layer2.0.downsample.0.weight") == NULL)
    return sk_refuse (error, SK_ERROR_UNSUPPORTED,
                      "its shortcuts average before they project (a timm “d” "
                      "variant); take the plain variant of the same depth");
  s->block = sk_named_tensors_find (tensors, "layer1.0.conv3.weight") != NULL
                 ? SK_BLOCK_BOTTLENECK
                 : SK_BLOCK_BASIC;
  return TRUE;
}

static gboolean
read_head (const SkNamedTensors *tensors, Structure *s, GError **error) {
  const SkTensor *head = sk_named_tensors_find (tensors, "fc.weight");

  if (head == NULL || head->n_dims != 2 || head->shape[0] < 1 ||
      head->shape[0] > G_MAXINT)
    return sk_refuse (error, SK_ERROR_UNSUPPORTED,
                      "it has no head “fc.weight” of two dimensions");
  s->classes = (int) head->shape[0];
  return TRUE;
}

static gboolean
agrees (const SkVariant *variant, const Structure *s) {
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
find_variant (const Structure *s, const char *wanted, SkVariant *variant,
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
                    "%s%s",
                    s->block == SK_BLOCK_BASIC ? "basic" : "bottleneck", shape->str,
                    s->width, s->stem == SK_STEM_CIFAR ? "3×3" : "7×7",
                    s->projections ? "projections" : "no weights on its shortcuts",
                    wanted != NULL ? "that is not " : "no network has that",
                    wanted != NULL ? wanted : "");
}

/* A name stored with the weights counts as long as it fits what is there. */
static gboolean
choose_variant (const Structure *s, const char *net, SkWeightsInfo *info,
                GError **error) {
  if (net == NULL && info->net != NULL &&
      sk_variant_find (info->net, &info->variant, NULL) && agrees (&info->variant, s))
    return TRUE;
  return find_variant (s, net, &info->variant, error);
}

gboolean
sk_weights_inspect_file (const SkTensorFile *file, const char *net, SkWeightsInfo *info,
                         GError **error) {
  SkNamedTensors tensors;
  Structure s = { 0 };
  gboolean ok;

  *info = (SkWeightsInfo){ 0 };
  if (!sk_named_tensors_init (&tensors, file, error))
    return FALSE;
  sk_metadata_read (file->metadata, info);
  ok = read_stem (&tensors, &s, error) && read_stages (&tensors, &s, error) &&
       read_head (&tensors, &s, error) && choose_variant (&s, net, info, error);
  info->classes = s.classes;
  /* akamaster's names: those CIFAR networks were trained with ImageNet's mean and std. */
  if (ok && !info->has_normalisation && tensors.linear && !s.projections)
    sk_origin_use_imagenet (info);
  sk_named_tensors_clear (&tensors);
  if (!ok) {
    if (error != NULL && g_error_matches (*error, SK_ERROR, SK_ERROR_UNSUPPORTED))
      g_prefix_error (error, "not a network that is known here: ");
    sk_weights_info_clear (info);
  }
  return ok;
}

static gboolean
inspect_bytes (const char *path, GBytes *bytes, const char *net, SkWeightsInfo *info,
               GError **error) {
  g_autoptr (SkTensorFile) file = sk_tensor_file_parse (bytes, error);

  if (file == NULL || !sk_weights_inspect_file (file, net, info, error))
    return FALSE;
  sk_origin_find (path, bytes, info);
  return TRUE;
}

gboolean
sk_weights_inspect (const char *path, const char *net, SkWeightsInfo *info,
                    GError **error) {
  g_autoptr (GBytes) bytes = sk_file_load (path, sk_memory_available (), error);

  if (bytes == NULL)
    return FALSE;
  if (inspect_bytes (path, bytes, net, info, error))
    return TRUE;
  g_prefix_error (error, "%s: ", path);
  return FALSE;
}

void
sk_weights_info_clear (SkWeightsInfo *self) {
  g_clear_pointer (&self->class_names, g_strfreev);
  g_clear_pointer (&self->net, g_free);
  g_clear_pointer (&self->origin, g_free);
}
