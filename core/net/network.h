#pragma once

#include "parallel.h"
#include "parameters.h"
#include "plan.h"

/* A plan with memory: forward, loss, backward. */
typedef struct _SkNetwork SkNetwork;

/* What batch norm does in a group; TRAIN unless set, STATISTICS in a frozen group unless
 * set. γ and β of a frozen group never learn. */
typedef enum {
  SK_BN_TRAIN, /* batch statistics, γ and β learn, running statistics move */
  SK_BN_AFFINE, /* frozen affine: batch statistics, running ones move; γ, β do not learn */
  SK_BN_STATISTICS, /* frozen statistics: running ones are used and do not move; γ, β
                       learn */
} SkBnMode;

typedef enum {
  SK_NETWORK_TRAIN = 1 << 0, /* keeps what backward needs; else inference only */
  SK_NETWORK_UNFUSED = 1 << 1, /* every op computed and kept on its own, for tests */
  SK_NETWORK_KEEP_BLOCKS = 1 << 2, /* block outputs, F(x) and their gradients stay
                                      readable until the next forward */
  SK_NETWORK_FIXED_STATISTICS = 1 << 3, /* running statistics always: the gradients of a
                                           network that does not train (Grad-CAM), and
                                           then also of one picture */
  SK_NETWORK_LEAN = 1 << 4, /* the least memory, also where half a GiB would do: block
                               outputs are made again in backward */
  SK_NETWORK_RESUMABLE =
      1 << 5, /* inference: what each block reads stays until the next
                                    forward, for sk_network_forward_from() */
  SK_NETWORK_BLOCK_MEANS =
      1 << 6, /* inference: the mean of each block's output over its
                                      pixels is taken besides, and stays until the next
                                      forward */
} SkNetworkFlags;

/* What backward measured in a block. Sums over the batch, of the gradient of the mean
 * batch loss; doubles. s = λ·P(x) + F(x), g = ∂L/∂x = g_skip + g_res. */
typedef struct {
  double skip_square; /* ‖g_skip‖² */
  double residual_square; /* ‖g_res‖² */
  double dot; /* ⟨g_skip, g_res⟩ */
  double out_square; /* ‖∂L/∂out‖², out = the block's output */
  double branch_square; /* ‖F(x)‖² */
  double shortcut_square; /* ‖P(x)‖² */
  gint64 dead; /* outputs with s <= 0 */
  gint64 n_in, n_out; /* elements of x, of out, in the batch */
} SkBlockProbe;

/**
 * sk_network_new:
 * @plan: reffed
 * @parameters: shared, not owned; they outlive the network
 * @pool: not owned
 * @error: SK_ERROR_MEMORY, with the size and the largest batch that would fit;
 *   SK_ERROR_ARGUMENT where batch norm would see one value per channel in training
 *
 * All memory is taken here; forward and backward allocate nothing.
 */
SkNetwork *
sk_network_new (SkPlan *plan, SkParameters *parameters, SkNetworkFlags flags,
                SkPool *pool, GError **error);

void
sk_network_free (SkNetwork *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkNetwork, sk_network_free)

/* Bytes sk_network_new() would take with these arguments, parameters not included. */
guint64
sk_network_memory (const SkPlan *plan, SkNetworkFlags flags, int n_workers);

const SkPlan *
sk_network_plan (const SkNetwork *self);

/* A frozen group learns nothing; the backward walk stops at the first op that still has
 * something to learn before it. */
void
sk_network_set_frozen (SkNetwork *self, int group, gboolean frozen);

gboolean
sk_network_is_frozen (const SkNetwork *self, int group);

void
sk_network_set_bn_mode (SkNetwork *self, int group, SkBnMode mode);

/* Whether parameter @parameter of the plan is to be updated: FALSE in a frozen group, for γ
 * and β where the group's mode is AFFINE, and for running statistics. */
gboolean
sk_network_learns (const SkNetwork *self, int parameter);

/* λ of a block: s = λ·P(x) + F(x). 1 unless set; 0 cuts the skip. */
void
sk_network_set_lambda (SkNetwork *self, int block, float lambda);

float
sk_network_lambda (const SkNetwork *self, int block);

/**
 * sk_network_set_bypassed:
 *
 * A bypassed block does not compute its branch: out = relu(λ·P(x)). A plain block, which
 * has no P, hands x on, subsampled and between channels of zeros (option A) where its shape
 * changes. Inference networks only; a plain one must be RESUMABLE.
 */
void
sk_network_set_bypassed (SkNetwork *self, int block, gboolean bypassed);

gboolean
sk_network_is_bypassed (const SkNetwork *self, int block);

/* Whether backward fills sk_network_probes(); TRUE unless set. */
void
sk_network_set_probing (SkNetwork *self, gboolean probing);

/**
 * sk_network_cancel:
 * @flag: checked between operations; when it becomes TRUE forward and backward return
 *   early and what they computed means nothing. NULL: never
 */
void
sk_network_set_cancel (SkNetwork *self, const gint *flag);

/**
 * sk_network_set_profile:
 * @seconds: (2,n_ops) what each op takes is added to: forward, then backward; NULL: not
 *   timed
 *
 * Fused ops count where they are computed: a ReLU that waits for its reader costs nothing
 * itself.
 */
void
sk_network_set_profile (SkNetwork *self, double *seconds);

/**
 * sk_network_forward:
 * @images: (n,H,W,3), normalised; must stay until backward has returned
 * @n: 1 … plan->n pictures
 * @training: batch norm as its modes say, else running statistics everywhere
 *
 * Where @training and a batch norm would see one value per channel (a last batch of one
 * picture over a 1×1 map) it uses its running statistics.
 *
 * Returns: (n, classes) logits, owned by the network, valid until the next forward
 */
const float *
sk_network_forward (SkNetwork *self, const float *images, int n, gboolean training);

/* (n,C) of the last forward: what the head reads of each picture. */
const float *
sk_network_features (SkNetwork *self);

/**
 * sk_network_forward_head:
 * @features: (n,C) as sk_network_features() gave them
 * @n: 1 … plan->n pictures
 *
 * As sk_network_forward() where nothing before the head has changed since. Only for a
 * network whose trunk is frozen: backward must not come to what was not computed. Probes
 * of blocks stay as the last whole forward left them.
 */
const float *
sk_network_forward_head (SkNetwork *self, const float *features, int n);

/**
 * sk_network_forward_from:
 * @block: whatever was changed since the last forward (λ, bypasses) was changed in it or
 *   after it
 *
 * The last forward once more, from @block on; what comes before stands as it was computed.
 * RESUMABLE networks only. Changing the blocks one by one from the last to the first so
 * costs about n/2 forwards, not n.
 *
 * Returns: as sk_network_forward()
 */
const float *
sk_network_forward_from (SkNetwork *self, int block);

/**
 * sk_network_loss:
 * @labels: (n) 0 … classes − 1, for the n of the last forward
 * @smoothing: label smoothing, 0 … 1
 * @n_correct: (out) (nullable): pictures whose largest logit is their label's
 *
 * Returns: mean cross-entropy over the n pictures; prepares backward
 */
double
sk_network_loss (SkNetwork *self, const int *labels, float smoothing, int *n_correct);

/* Overwrites the gradients of what is not frozen; those of frozen groups become 0. */
void
sk_network_backward (SkNetwork *self);

/* (plan->n_values) as the parameter block. NULL for an inference network. */
float *
sk_network_gradients (SkNetwork *self);

/* (n, classes) ∂L/∂logits, from which backward starts: filled by sk_network_loss(), or by
 * the caller (one logit's gradient for Grad-CAM). NULL for an inference network. */
float *
sk_network_logits_gradient (SkNetwork *self);

/* (plan->n_blocks) of the last forward and backward. Gradient terms are zeros where the
 * walk did not reach. */
const SkBlockProbe *
sk_network_probes (const SkNetwork *self);

/**
 * sk_network_output:
 * @op: SkBlock.last of a block, or any op of an UNFUSED network
 * @gradient: (out) (nullable): ∂L/∂output after backward
 *
 * Returns: (n,H,W,C), valid until the next forward; needs KEEP_BLOCKS or UNFUSED
 */
const float *
sk_network_output (SkNetwork *self, int op, const float **gradient);

/**
 * sk_network_block_mean:
 *
 * What global average pooling makes of a block's output; of the last block it is what the
 * head reads. Taking it changes nothing about the logits.
 *
 * Returns: (n,C), C as of plan->blocks[block].last, valid until the next forward; needs
 *   BLOCK_MEANS
 */
const float *
sk_network_block_mean (const SkNetwork *self, int block);
