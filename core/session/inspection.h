#pragma once

#include <glib.h>

/* What a file of weights holds, and what would become of it, before anything is loaded:
 * plain data for a window, a terminal or a script. */

/* Of a tensor of the file, or of a part of the network. */
typedef enum {
  SK_FATE_MATCHED, /* taken as it is */
  SK_FATE_RENAMED, /* taken, under another name */
  SK_FATE_RESHAPED, /* taken, without sizes of 1 */
  SK_FATE_NEW, /* the network's part begins anew */
  SK_FATE_IGNORED, /* in the file, not needed */
  SK_FATE_MISSING, /* needed, not in the file */
  SK_FATE_MISFIT, /* of another shape, or a part that the network does not have */
  SK_N_FATES,
} SkFate;

/* "matched", "renamed", … as scripts read it */
const char *
sk_fate_name (SkFate fate);

typedef struct {
  SkFate fate;
  char *theirs; /* (nullable): the tensor's name in the file */
  char *ours; /* (nullable): the name of the network's part */
  const char *dtype; /* (nullable): "F16", of the file's tensor. Static */
  gint64 sizes[8]; /* of the file's tensor, else of the network's part */
  int n_sizes;
  char *shape; /* the same for people: "64×3×7×7" */
  char *why; /* (nullable): in words */
} SkInspectionRow;

typedef struct {
  char *path;
  const char *container; /* "PyTorch zip", "safetensors", … Static */
  char *wrapper; /* (nullable): the member of the file that held them: "state_dict" */
  const char
      *average; /* (nullable): a member left aside, their moving average. Static */
  guint64 size; /* bytes */
  char *sha256; /* 64 hexadecimal digits */
  char *
      origin; /* (nullable): whose weights these are, or what a hash in the name tells */
  GHashTable *metadata; /* string → string */

  char *problem; /* (nullable): why it is no network of ours, and what to do */
  char *net, *title; /* of the network they fill; NULL where there is a problem */
  const char *shortcut; /* "projection", "padding" or "none" where the shape changes */
  gint64 parameters;
  int classes; /* of that network */
  int file_classes; /* that the file tells apart; 0: no head that is known */
  char **class_names; /* (nullable), NULL-terminated: of the file */

  int side,
      resize; /* pictures: the short side becomes @resize, the centre is cut out */
  gboolean bicubic; /* else bilinear; both antialiased */
  float mean[3], std[3]; /* of values 0 … 1 */
  char *transform_why; /* where that is known from, in words */

  GPtrArray
      *rows; /* SkInspectionRow: the network's parts in order, then what is left of
                      the file; where there is a problem, the file's tensors, IGNORED */
  int counts[SK_N_FATES]; /* rows of each fate */
  int n_taken, n_parts; /* parts of the network that the file fills, of all it has */
  gboolean fits; /* no row stands in the way of loading */
} SkInspection;

/**
 * sk_inspection_new:
 * @net: (nullable): the network that is to take the weights; NULL: the file's own
 * @classes: that it is to tell apart; 0: as many as the file
 * @parts: take what fits, and let the rest begin anew; else only a head of other classes
 *   may
 * @error: the file cannot be read at all. A file of something else is no error: @problem
 *   says what it is
 */
SkInspection *
sk_inspection_new (const char *path, const char *net, int classes, gboolean parts,
                   GError **error);

void
sk_inspection_free (SkInspection *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkInspection, sk_inspection_free)
