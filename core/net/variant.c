#include "variant.h"

#include <string.h>

#include "errors.h"

/* Letters that a slip of the keys gets wrong; more of them make another word. */
#define MOST_SLIPS 2

/* The table is written once, as a list of families; expanding it twice gives the rows and
 * the names. ROW (name, title, block, stem, shortcut, skips, stages, depths, width, side,
 * classes). */

#define DEPTHS(...)                                                                    \
  { __VA_ARGS__ }

#define IMAGENET(ROW, prefix, title, number, kind, skips, depths)                      \
  ROW (prefix #number, title "-" #number, kind, SK_STEM_IMAGENET,                      \
       SK_SHORTCUT_PROJECTION, skips, 4, depths, 64, 224, 1000)                        \
  ROW (prefix #number "-cifar", title "-" #number " (CIFAR stem)", kind,               \
       SK_STEM_CIFAR, SK_SHORTCUT_PROJECTION, skips, 4, depths, 64, 32, 10)            \
  ROW (prefix #number "-stem7", title "-" #number " (7×7 stem, small pictures)", kind, \
       SK_STEM_IMAGENET, SK_SHORTCUT_PROJECTION, skips, 4, depths, 64, 32, 10)

#define CIFAR(ROW, prefix, title, number, skips, depth)                                \
  ROW (prefix #number, title "-" #number, SK_BLOCK_BASIC, SK_STEM_CIFAR,               \
       SK_SHORTCUT_PAD, skips, 3, DEPTHS (depth, depth, depth), 16, 32, 10)            \
  ROW (prefix #number "-b", title "-" #number " (projections)", SK_BLOCK_BASIC,        \
       SK_STEM_CIFAR, SK_SHORTCUT_PROJECTION, skips, 3, DEPTHS (depth, depth, depth),  \
       16, 32, 10)

#define FAMILIES(ROW, prefix, title, skips)                                            \
  CIFAR (ROW, prefix, title, 20, skips, 3)                                             \
  CIFAR (ROW, prefix, title, 32, skips, 5)                                             \
  CIFAR (ROW, prefix, title, 44, skips, 7)                                             \
  CIFAR (ROW, prefix, title, 56, skips, 9)                                             \
  CIFAR (ROW, prefix, title, 110, skips, 18)                                           \
  IMAGENET (ROW, prefix, title, 18, SK_BLOCK_BASIC, skips, DEPTHS (2, 2, 2, 2))        \
  IMAGENET (ROW, prefix, title, 34, SK_BLOCK_BASIC, skips, DEPTHS (3, 4, 6, 3))        \
  IMAGENET (ROW, prefix, title, 50, SK_BLOCK_BOTTLENECK, skips, DEPTHS (3, 4, 6, 3))   \
  IMAGENET (ROW, prefix, title, 101, SK_BLOCK_BOTTLENECK, skips, DEPTHS (3, 4, 23, 3)) \
  IMAGENET (ROW, prefix, title, 152, SK_BLOCK_BOTTLENECK, skips, DEPTHS (3, 8, 36, 3))

#define VARIANTS(ROW)                                                                  \
  FAMILIES (ROW, "resnet", "ResNet", TRUE)                                             \
  FAMILIES (ROW, "plain", "Plain", FALSE)

#define AS_VARIANT(...) { __VA_ARGS__ },
#define AS_NAME(name, ...) name,

static const SkVariant variants[] = { VARIANTS (AS_VARIANT) };
static const char *const names[] = { VARIANTS (AS_NAME) NULL };

/* Letters to insert, delete or replace to turn @a into @b (Levenshtein). */
static guint
edit_distance (const char *a, const char *b) {
  gsize n_b = strlen (b);
  g_autofree guint *row = g_new (guint, n_b + 1);

  for (gsize j = 0; j <= n_b; j++)
    row[j] = j;
  for (gsize i = 0; a[i]; i++) {
    guint diagonal = row[0];

    row[0] = i + 1;
    for (gsize j = 0; j < n_b; j++) {
      guint replaced = diagonal + (a[i] != b[j]);

      diagonal = row[j + 1];
      row[j + 1] = MIN (replaced, MIN (row[j], row[j + 1]) + 1);
    }
  }
  return row[n_b];
}

/* (nullable): what a slip of the keys makes of @name. */
static const char *
nearest_name (const char *name) {
  const char *nearest = NULL;
  guint least = MOST_SLIPS + 1;

  for (gsize i = 0; names[i]; i++) {
    guint distance = edit_distance (name, names[i]);

    if (distance < least) {
      least = distance;
      nearest = names[i];
    }
  }
  return nearest;
}

gboolean
sk_variant_find (const char *name, SkVariant *variant, GError **error) {
  /* Longer ones are no network's name, and would cost time to compare. */
  const gsize longest = 64;
  const char *nearest = NULL;

  g_return_val_if_fail (name != NULL && variant != NULL, FALSE);

  for (gsize i = 0; i < G_N_ELEMENTS (variants); i++)
    if (strcmp (variants[i].name, name) == 0) {
      *variant = variants[i];
      return TRUE;
    }
  if (strlen (name) <= longest)
    nearest = nearest_name (name);
  return sk_refuse (
      error, SK_ERROR_ARGUMENT,
      "there is no network called “%.64s”%s%s%s Known are "
      "resnet20, 32, 44, 56 and 110 (also with -b), resnet18, 34, 50, 101 and "
      "152 (also with -cifar or -stem7), and plain… for each",
      name, nearest ? ": did you mean " : "", nearest ? nearest : "",
      nearest ? "?" : ".");
}

void
sk_variant_twin (const SkVariant *self, gboolean skips, SkVariant *twin) {
  const gsize half = G_N_ELEMENTS (variants) / 2;

  g_return_if_fail (self != NULL && twin != NULL);

  /* The second half of the table lists the first half's twins in the same order. */
  for (gsize i = 0; i < G_N_ELEMENTS (variants); i++)
    if (strcmp (variants[i].name, self->name) == 0) {
      *twin = variants[i % half + (skips ? 0 : half)];
      return;
    }
  g_return_if_reached ();
}

const char *const *
sk_variant_names (void) {
  return names;
}
