#pragma once

#include <glib.h>

#include "plan.h"

/* A network without some of its blocks: which were cut, and what that did. Plain data. */

/* Sums over pictures. */
typedef struct {
  int n, n_correct;
  double loss; /* sum of cross-entropies */
} SkLesionScore;

typedef struct {
  gboolean *cut; /* (n_blocks) */
  int n_cut, first; /* how many, and the first of them */
  SkLesionScore score;
} SkLesionSet;

typedef struct {
  gatomicrefcount refs;
  SkPlan *plan; /* whose blocks they are */
  guint serial; /* of the command that asked */
  char *model, *data; /* (nullable): for people */
  int images, images_wanted; /* done, and asked for */
  double seconds; /* that it took until now */
  double progress; /* 0 … 1 */
  gboolean running; /* FALSE with images < images_wanted: it was called off */
  SkLesionScore whole; /* nothing cut */
  SkLesionSet *sets; /* (n_sets): the first plan->n_blocks cut one block each */
  int n_sets;
  int most, repeats; /* of the random sets at the end; 0: there are none */
} SkLesions;

/* (transfer full): each block in turn, not measured yet.
 * @plan: reffed */
SkLesions *
sk_lesions_new (const SkPlan *plan);

/* One that is written no more may be held by several threads. */
SkLesions *
sk_lesions_ref (SkLesions *self);

void
sk_lesions_unref (SkLesions *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkLesions, sk_lesions_unref)

/* (transfer full): as it stands, for others to look at. */
SkLesions *
sk_lesions_copy (const SkLesions *self);

/* @cut: (n_blocks) copied; at least one. One more set, before the random ones are added.
 * Returns: its number */
int
sk_lesions_add (SkLesions *self, const gboolean *cut);

/* The same by names, with commas: "layer1.0", or "layer2" for a whole stage.
 * @error: SK_ERROR_ARGUMENT, naming what there is. Returns: −1 with @error set */
int
sk_lesions_add_named (SkLesions *self, const char *names, GError **error);

/**
 * sk_lesions_add_random:
 * @most: blocks at once
 * @repeats: sets of each number of blocks, 1 … @most
 * @seed: which draw
 *
 * Sets of blocks whose shape does not change, drawn without preference: set
 * n_sets − (most − k)·repeats − 1 … are those of k blocks. Where fewer such blocks are
 * there, @most is as many.
 */
void
sk_lesions_add_random (SkLesions *self, int most, int repeats, guint64 seed);

/* First of the @repeats sets that cut @k blocks at random. */
const SkLesionSet *
sk_lesions_random (const SkLesions *self, int k);

/* Whether a block's output has another shape than its input: its skip is no identity. */
gboolean
sk_lesions_changes_shape (const SkPlan *plan, int block);

/* Fractions and means; 0 where nothing was measured. */
static inline double
sk_lesion_accuracy (const SkLesionScore *self) {
  return self->n > 0 ? (double) self->n_correct / self->n : 0;
}

static inline double
sk_lesion_loss (const SkLesionScore *self) {
  return self->n > 0 ? self->loss / self->n : 0;
}
