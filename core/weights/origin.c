/* torchvision's ImageNet weights. The second set (V2) was trained to be seen after another
 * resize than the first; nothing in the files says so, but their names do. */

#include "origin.h"

#include <string.h>

static const float imagenet_mean[3] = { 0.485f, 0.456f, 0.406f };
static const float imagenet_std[3] = { 0.229f, 0.224f, 0.225f };

#define HASH_DIGITS 8

static const struct {
  const char *hash; /* first digits of the SHA-256, which the name ends in */
  const char *title;
  int resize; /* short side before the centre crop of 224 */
} origins[] = {
  { "f37072fd", "torchvision ResNet-18, IMAGENET1K_V1", 256 },
  { "5c106cde", "torchvision ResNet-18 of 2017", 256 },
  { "b627a593", "torchvision ResNet-34, IMAGENET1K_V1", 256 },
  { "0676ba61", "torchvision ResNet-50, IMAGENET1K_V1", 256 },
  { "19c8e357", "torchvision ResNet-50 of 2017", 256 },
  { "11ad3fa6", "torchvision ResNet-50, IMAGENET1K_V2", 232 },
  { "63fe2227", "torchvision ResNet-101, IMAGENET1K_V1", 256 },
  { "cd907fc2", "torchvision ResNet-101, IMAGENET1K_V2", 232 },
  { "394f9c45", "torchvision ResNet-152, IMAGENET1K_V1", 256 },
  { "f82ba261", "torchvision ResNet-152, IMAGENET1K_V2", 232 },
};

/* "resnet50-11ad3fa6 (1).pth" is what a browser makes of a second download. */
static gboolean
name_has (const char *path, const char *hash) {
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *wanted = g_strconcat ("-", hash, NULL);

  return strstr (name, wanted) != NULL;
}

void
sk_origin_use_imagenet (SkWeightsInfo *info) {
  info->has_normalisation = TRUE;
  memcpy (info->mean, imagenet_mean, sizeof info->mean);
  memcpy (info->std, imagenet_std, sizeof info->std);
}

static void
take_transform (SkWeightsInfo *info, int resize) {
  if (!info->has_normalisation)
    sk_origin_use_imagenet (info);
  if (info->side == 0)
    info->side = 224;
  if (info->resize == 0)
    info->resize = resize;
}

void
sk_origin_find (const char *path, GBytes *bytes, SkWeightsInfo *info) {
  for (gsize i = 0; i < G_N_ELEMENTS (origins); i++) {
    g_autofree char *sum = NULL;

    if (!name_has (path, origins[i].hash))
      continue;
    sum = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
    if (strncmp (sum, origins[i].hash, HASH_DIGITS) == 0) {
      info->origin = g_strdup (origins[i].title);
      take_transform (info, origins[i].resize);
    } else {
      info->origin = g_strdup_printf ("named like %s, but its SHA-256 begins with %.8s",
                                      origins[i].title, sum);
    }
    return;
  }
}
