#pragma once

#include <glib.h>

typedef enum {
  SK_BLOCK_BASIC,
  SK_BLOCK_BOTTLENECK,
} SkBlockKind;

typedef enum {
  SK_STEM_IMAGENET, /* 7×7 stride 2, then 3×3 max-pool stride 2 */
  SK_STEM_CIFAR, /* 3×3 stride 1, no pool */
} SkStem;

/* What stands on the skip where the shape changes. */
typedef enum {
  SK_SHORTCUT_PROJECTION, /* option B: 1×1 convolution and batch norm */
  SK_SHORTCUT_PAD, /* option A: every second pixel, zero channels on both sides */
} SkShortcut;

/* Channels that leave a bottleneck for each channel of its 3×3 layer. */
#define SK_BOTTLENECK_EXPANSION 4

/* A network before it is memory: one row of the table. */
typedef struct {
  const char *name; /* "resnet18-cifar" */
  const char *title; /* "ResNet-18 (CIFAR stem)" */
  SkBlockKind block;
  SkStem stem;
  SkShortcut shortcut;
  gboolean skips; /* FALSE: the plain twin */
  int n_stages; /* 3 or 4 */
  int depths[4]; /* blocks in each stage */
  int width; /* channels of stage 1's 3×3 layers: 64, or 16 */
  int side; /* pictures are side × side unless asked otherwise: 224 or 32 */
  int classes; /* unless asked otherwise: 1000 or 10 */
} SkVariant;

/**
 * sk_variant_find:
 * @name: as on the command line ("resnet20", "plain18-cifar", …)
 * @variant: (out)
 * @error: SK_ERROR_ARGUMENT, naming what is known and what comes nearest
 */
gboolean
sk_variant_find (const char *name, SkVariant *variant, GError **error);

/**
 * sk_variant_twin:
 * @self: a row of the table
 * @skips: TRUE: the residual one; FALSE: the plain one
 * @twin: (out): the same network with or without skips; @self itself where it already is
 */
void
sk_variant_twin (const SkVariant *self, gboolean skips, SkVariant *twin);

/**
 * sk_variant_names:
 *
 * Returns: (transfer none): every name, in the order to show them, NULL-terminated
 */
const char *const *
sk_variant_names (void);
