/* Published weights. Nothing in their files says how pictures are to be prepared, but the
 * files are known: their names end in the first digits of their SHA-256. The second set of
 * torchvision (V2) wants another resize than the first, timm's want another filter. */

#include "origin.h"

#include <string.h>

#define HASH_DIGITS 8

/* How pictures are prepared: the short side is resized, the centre is cut out. */
typedef enum {
  V1, /* torchvision's first */
  V2, /* torchvision's second */
  RSB, /* timm: “ResNet strikes back”, A1, A2 and the like */
  RSB_A3, /* trained on small pictures */
  RSB_H, /* a1h of ResNet-50 */
  CIFAR, /* chenyaofo's */
  CIFAR_AS_IMAGENET, /* akamaster's */
} Preparation;

static const struct {
  int side, resize;
  gboolean bicubic;
} preparations[] = {
  [V1] = { 224, 256, FALSE },
  [V2] = { 224, 232, FALSE },
  [RSB] = { 288, 288, TRUE },
  [RSB_A3] = { 224, 235, TRUE },
  [RSB_H] = { 224, 224, TRUE },
  [CIFAR] = { 32, 32, FALSE },
  [CIFAR_AS_IMAGENET] = { 32, 32, FALSE },
};

static const struct {
  const char *hash; /* first digits of the SHA-256, which the name ends in */
  const char *title;
  Preparation preparation;
} origins[] = {
  { "f37072fd", "torchvision ResNet-18, IMAGENET1K_V1", V1 },
  { "b627a593", "torchvision ResNet-34, IMAGENET1K_V1", V1 },
  { "0676ba61", "torchvision ResNet-50, IMAGENET1K_V1", V1 },
  { "63fe2227", "torchvision ResNet-101, IMAGENET1K_V1", V1 },
  { "394f9c45", "torchvision ResNet-152, IMAGENET1K_V1", V1 },
  { "5c106cde", "torchvision ResNet-18 of 2017", V1 },
  { "333f7ec4", "torchvision ResNet-34 of 2017", V1 },
  { "19c8e357", "torchvision ResNet-50 of 2017", V1 },
  { "5d3b4d8f", "torchvision ResNet-101 of 2017", V1 },
  { "b121ed2d", "torchvision ResNet-152 of 2017", V1 },
  { "11ad3fa6", "torchvision ResNet-50, IMAGENET1K_V2", V2 },
  { "cd907fc2", "torchvision ResNet-101, IMAGENET1K_V2", V2 },
  { "f82ba261", "torchvision ResNet-152, IMAGENET1K_V2", V2 },
  { "d63eafa0", "timm resnet18.a1_in1k", RSB },
  { "b61bd467", "timm resnet18.a2_in1k", RSB },
  { "40c531c8", "timm resnet18.a3_in1k", RSB_A3 },
  { "46f8f793", "timm resnet34.a1_in1k", RSB },
  { "82d47d71", "timm resnet34.a2_in1k", RSB },
  { "a20cabb6", "timm resnet34.a3_in1k", RSB_A3 },
  { "14fe96d1", "timm resnet50.a1_in1k", RSB },
  { "001a1197", "timm resnet50.a1h_in1k", RSB_H },
  { "a2746f79", "timm resnet50.a2_in1k", RSB },
  { "59cae1ef", "timm resnet50.a3_in1k", RSB_A3 },
  { "532a802a", "timm resnet50.b1k_in1k", RSB },
  { "1ba180c1", "timm resnet50.b2k_in1k", RSB },
  { "5ba5e060", "timm resnet50.c1_in1k", RSB },
  { "d01e05b2", "timm resnet50.c2_in1k", RSB },
  { "f39db8af", "timm resnet50.d_in1k", RSB },
  { "cdcb52a9", "timm resnet101.a1_in1k", RSB },
  { "36d3f2aa", "timm resnet101.a1h_in1k", RSB },
  { "6edb36c7", "timm resnet101.a2_in1k", RSB },
  { "1db14157", "timm resnet101.a3_in1k", RSB_A3 },
  { "2eee8a7a", "timm resnet152.a1_in1k", RSB },
  { "dc400468", "timm resnet152.a1h_in1k", RSB },
  { "b4c6978f", "timm resnet152.a2_in1k", RSB },
  { "134d4688", "timm resnet152.a3_in1k", RSB_A3 },
  { "12fca82f", "akamaster's ResNet-20 for CIFAR-10", CIFAR_AS_IMAGENET },
  { "d509ac18", "akamaster's ResNet-32 for CIFAR-10", CIFAR_AS_IMAGENET },
  { "4118986f", "chenyaofo's ResNet-20 for CIFAR-10", CIFAR },
  { "ef93fc4d", "chenyaofo's ResNet-32 for CIFAR-10", CIFAR },
  { "2a3cabcb", "chenyaofo's ResNet-44 for CIFAR-10", CIFAR },
  { "187c023a", "chenyaofo's ResNet-56 for CIFAR-10", CIFAR },
};

void
sk_origin_use (SkWeightsInfo *info, const SkNormalisation *normalisation) {
  info->has_normalisation = TRUE;
  memcpy (info->mean, normalisation->mean, sizeof info->mean);
  memcpy (info->std, normalisation->std, sizeof info->std);
}

/* (nullable): the eight digits between the last dash and the end of a name; behind them
 * may stand what a browser makes of a second download: "resnet50-11ad3fa6 (1).pth". */
static char *
hash_in_name (const char *path) {
  g_autofree char *name = g_path_get_basename (path);
  const char *dash = strrchr (name, '-');

  if (dash == NULL)
    return NULL;
  for (int i = 1; i <= HASH_DIGITS; i++)
    if (!g_ascii_isxdigit (dash[i]))
      return NULL;
  if (g_ascii_isalnum (dash[1 + HASH_DIGITS]))
    return NULL;
  return g_ascii_strdown (dash + 1, HASH_DIGITS);
}

/* What was stored with the weights is newer than what is known of their origin. */
static void
take_preparation (SkWeightsInfo *info, Preparation preparation) {
  if (info->transform_why != NULL)
    return;
  sk_origin_use (info, preparation == CIFAR ? &sk_normalisation_cifar10
                                            : &sk_normalisation_imagenet);
  info->side = preparations[preparation].side;
  info->resize = preparations[preparation].resize;
  info->bicubic = preparations[preparation].bicubic;
  info->transform_why = g_strdup_printf ("as %s was trained and tested", info->origin);
}

/* Index of the weights whose name ends in @hash; −1: none */
static int
find (const char *hash) {
  for (gsize i = 0; i < G_N_ELEMENTS (origins); i++)
    if (strncmp (hash, origins[i].hash, HASH_DIGITS) == 0)
      return (int) i;
  return -1;
}

void
sk_origin_find (const char *path, GBytes *bytes, SkWeightsInfo *info) {
  g_autofree char *named = hash_in_name (path);
  int index;

  if (info->sha256 == NULL)
    info->sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  index = find (info->sha256);
  if (index >= 0) {
    g_free (info->origin);
    info->origin = g_strdup (origins[index].title);
    take_preparation (info, origins[index].preparation);
  } else if (named != NULL && strncmp (named, info->sha256, HASH_DIGITS) == 0) {
    info->name_note = g_strdup ("its SHA-256 begins as its name ends: whole");
  } else if (named != NULL && find (named) >= 0) {
    info->name_note = g_strdup_printf (
        "named like %s, but its SHA-256 begins with %.8s: damaged or changed",
        origins[find (named)].title, info->sha256);
  }
}
