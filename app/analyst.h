#pragma once

#include "model.h"
#include "network.h"

/* Trained weights that look at pictures: what eval and classify have in common. */

/* Flags of the command line; free with sk_weights_flags_clear(). */
typedef struct {
  char *weights; /* a file, or a run folder; NULL: those that come with the program */
  char *net;
  char *mean, *std; /* "R,G,B" */
} SkWeightsFlags;

/* Adds --weights, --net, --mean and --std to @context. */
void
sk_weights_flags_add_to (SkWeightsFlags *self, GOptionContext *context);

void
sk_weights_flags_clear (SkWeightsFlags *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SkWeightsFlags, sk_weights_flags_clear)

typedef struct {
  SkModel *model;
  SkPool *pool;
  SkPlan *plan; /* for a batch of pictures */
  SkNetwork *network; /* inference, with @model's weights */
} SkAnalyst;

/**
 * sk_analyst_new:
 * @batch: pictures at once; 0: enough that every core has work
 * @network_flags: what its network keeps besides
 *
 * Returns: (transfer full): sk_analyst_free()
 */
SkAnalyst *
sk_analyst_new (const SkWeightsFlags *flags, int batch, SkNetworkFlags network_flags,
                GError **error);

void
sk_analyst_free (SkAnalyst *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkAnalyst, sk_analyst_free)
