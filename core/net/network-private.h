#pragma once

#include "batchnorm.h"
#include "conv.h"
#include "network.h"
#include "spans.h"

/* What a network holds for one op of its plan. Which members are used depends on the
 * walk; spans are −1 and pointers NULL where they are not. */
typedef struct {
  int out_span, gradient_span, index_span, bn_span, packed_span;
  float *out; /* (n,h,w,c) the op's output; a convolution's is raw */
  float *gradient; /* (n,h,w,c) what backward hands to this op; each walk says what */
  guint8 *index; /* (n,h,w,c) MAXPOOL: which of the window was largest */
  float *packed; /* CONV: filters with their batch norm folded in */
  SkBnState bn; /* BATCHNORM */
  float *alpha, *beta, *delta; /* (c) BATCHNORM: of its SkGradientOperand */
  gboolean running; /* BATCHNORM: the last forward used running statistics */
  gboolean learns; /* has a parameter whose gradient is wanted */
  gboolean needed; /* it, or an op before it, learns: backward comes here */
} SkOpMemory;

/* Of one block. */
typedef struct {
  int skip_span, kept_span, again_span, mean_span;
  float *skip_gradient; /* (n,h,w,c) of the block's input: g_skip, before it is added */
  float *kept_gradient; /* (n,h,w,c) of the block's output: ∂L/∂out, where it is kept */
  float *out, *again; /* (n,h,w,c) where forward writes the block's output, and where
                         backward writes it once more; NULL: it was kept */
  float
      *mean; /* (n,c) of the block's output over its pixels, where that was asked for */
} SkBlockMemory;

/* How a plan is walked: op by op, or fused. */
typedef struct {
  /* Registers every piece of memory the walk will use in self->spans. */
  void (*measure) (SkNetwork *self);
  /* From op @first on; what comes before it was computed. */
  void (*forward) (SkNetwork *self, int first);
  void (*backward) (SkNetwork *self);
  const float *(*output) (SkNetwork *self, int op, const float **gradient);
} SkWalk;

extern const SkWalk sk_unfused_walk; /* every op on its own */
extern const SkWalk sk_fused_walk; /* training: what can wait, waits for its reader */
extern const SkWalk sk_folded_walk; /* inference: batch norm inside the filters */

struct _SkNetwork {
  SkPlan *plan;
  SkParameters *parameters;
  SkNetworkFlags flags;
  SkPool *pool;
  int n_workers;
  const SkWalk *walk;

  SkSpans spans;
  SkArena arena;
  SkOpMemory *ops; /* (n_ops) */
  SkBlockMemory *blocks; /* (n_blocks) */
  int gradients_span, logits_span, scratch_span;
  float *gradients; /* (n_values) NULL: inference only */
  float *logits_gradient; /* (n,classes) NULL: inference only */
  float *scratch; /* for whichever kernel runs */
  guint64 folded_version; /* of the parameters when they were packed; 0: never */
  double *sums[2]; /* (2, most channels) each, of one batch norm each */

  gboolean *frozen; /* (n_groups) */
  gboolean *cleared; /* (n_groups) its gradients are zeros, as it was frozen */
  int *bn_modes; /* (n_groups) SkBnMode; −1: not said */
  float *lambda; /* (n_blocks) */
  gboolean *bypassed; /* (n_blocks) */
  gboolean probing;
  const gint *cancel; /* (nullable) */
  SkBlockProbe *probes; /* (n_blocks) */

  double *profile; /* (2,n_ops) (nullable) */
  gint64 profiled_at; /* µs: when the op before had ended */

  /* The forward under way, or the last one. */
  const float *images;
  int n;
  gboolean training;
};

/* Floats of an op's output for the most pictures the plan takes. */
gsize
sk_network_floats (const SkNetwork *self, int op);

/* Pixels of an op's output in the batch at hand. */
gsize
sk_network_pixels (const SkNetwork *self, int op);

gboolean
sk_network_cancelled (const SkNetwork *self);

typedef enum {
  SK_WALK_FORWARD,
  SK_WALK_BACKWARD,
} SkWalkPhase;

/* Op @op has ended: its time goes to the profile, where there is one. */
void
sk_network_clock (SkNetwork *self, SkWalkPhase phase, int op);

/* The floats of the @at-th parameter of an op, and of its gradient: NULL where frozen. */
float *
sk_network_parameter (const SkNetwork *self, int op, int at);

float *
sk_network_gradient (const SkNetwork *self, int op, int at);

/* What waits of the gradient by op @op, a BATCHNORM: @data is the gradient by its output,
 * or by the output of the ReLU after it, where @relu. */
SkGradientOperand
sk_network_bn_gradient (const SkNetwork *self, int op, const float *data,
                        gboolean relu);

/* From the sums of backward to what waits, and the gradients of γ and β; the true gradient
 * is @factor times what was summed. */
void
sk_network_prepare_bn_backward (SkNetwork *self, int op, const double *sums,
                                double factor);

/* bypass.c */

/* Whether op @op belongs to the branch of a block that is bypassed. */
gboolean
sk_network_skips_op (const SkNetwork *self, int op);

/* Writes the output of a bypassed block. */
void
sk_network_bypass (SkNetwork *self, int block);

/* Keeps what each block reads where that was asked for: at the end of a walk's measure. */
void
sk_network_measure_inputs (SkNetwork *self);

/* Geometry of a CONV op for @n pictures. */
SkConvShape
sk_network_conv_shape (const SkNetwork *self, int op, int n);

/* Nothing has been measured of the pictures at hand yet. */
void
sk_network_clear_probes (SkNetwork *self);

/* Says for each op whether it learns and whether backward has to come to it. */
void
sk_network_mark_needed (SkNetwork *self);

/* Whether batch norm @op takes its statistics from the batch at hand. */
gboolean
sk_network_uses_batch (const SkNetwork *self, int op);

/* Makes @op's scale and shift: of @sums where the batch's statistics are used (and then
 * moves the running ones), else of the running statistics. */
void
sk_network_prepare_bn (SkNetwork *self, int op, const double *sums);
