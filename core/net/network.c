#include "network.h"

#include <string.h>

#include "errors.h"
#include "loss.h"
#include "network-private.h"

/* Building, memory, and what every walk shares. */

static gsize
conv_scratch (const SkNetwork *self, int op) {
  SkConvShape shape = sk_network_conv_shape (self, op, self->plan->n);

  if (self->walk != &sk_folded_walk)
    return sk_conv2d_scratch (&shape, self->n_workers);
  /* Filters are folded there before they are packed. */
  return MAX (sk_conv2d_packed_scratch (&shape, self->n_workers),
              self->plan->parameters[self->plan->ops[op].parameter].count);
}

/* A network without memory: enough to know how much it would take. */
static SkNetwork *
measure (const SkPlan *plan, SkNetworkFlags flags, int n_workers) {
  SkNetwork *self = g_new0 (SkNetwork, 1);
  int most_channels = 0;
  gsize scratch = 0;

  self->plan = sk_plan_ref (plan);
  self->flags = flags;
  self->n_workers = n_workers;
  self->walk = flags & SK_NETWORK_UNFUSED ? &sk_unfused_walk
               : flags & SK_NETWORK_TRAIN ? &sk_fused_walk
                                          : &sk_folded_walk;
  self->ops = g_new0 (SkOpMemory, plan->n_ops);
  self->blocks = g_new0 (SkBlockMemory, plan->n_blocks);
  sk_spans_init (&self->spans);

  for (int i = 0; i < plan->n_ops; i++) {
    SkOpMemory *op = &self->ops[i];

    op->out_span = op->gradient_span = op->index_span = op->bn_span = op->packed_span =
        -1;
    if (plan->ops[i].kind == SK_OP_CONV)
      scratch = MAX (scratch, conv_scratch (self, i));
    if (plan->ops[i].kind == SK_OP_BATCHNORM)
      op->bn_span = sk_spans_add_fixed (&self->spans, 7 * (gsize) plan->ops[i].c);
    if (i < plan->n_ops - 1)
      most_channels = MAX (most_channels, plan->ops[i].c);
  }
  for (int i = 0; i < plan->n_blocks; i++)
    self->blocks[i].skip_span = self->blocks[i].kept_span = self->blocks[i].again_span =
        self->blocks[i].mean_span = -1;

  scratch = MAX (scratch, sk_channel_scratch (most_channels, n_workers));
  self->scratch_span = sk_spans_add_fixed (&self->spans, scratch);
  for (int i = 0; i < 2; i++)
    self->sums[i] = g_new0 (double, 2 * (gsize) most_channels);
  self->gradients_span = self->logits_span = -1;
  if (flags & SK_NETWORK_TRAIN) {
    self->gradients_span = sk_spans_add_fixed (&self->spans, plan->n_values);
    self->logits_span =
        sk_spans_add_fixed (&self->spans, (gsize) plan->n * plan->classes);
  }
  self->walk->measure (self);
  sk_network_measure_inputs (self);
  sk_spans_place (&self->spans);
  return self;
}

guint64
sk_network_memory (const SkPlan *plan, SkNetworkFlags flags, int n_workers) {
  g_autoptr (SkNetwork) self = NULL;

  g_return_val_if_fail (plan != NULL && n_workers > 0, 0);

  self = measure (plan, flags, n_workers);
  return (guint64) self->spans.total * sizeof (float);
}

/* Largest batch that the free memory would hold, 0: not even one picture. */
static int
batch_that_fits (const SkPlan *plan, SkNetworkFlags flags, int n_workers,
                 guint64 available) {
  int fits = 0, too_many = plan->n;

  while (too_many - fits > 1) {
    int n = fits + (too_many - fits) / 2;
    g_autoptr (SkPlan) smaller =
        sk_plan_new (&plan->variant, n, plan->h, plan->w, plan->classes, NULL);

    if (sk_network_memory (smaller, flags, n_workers) <= available)
      fits = n;
    else
      too_many = n;
  }
  return fits;
}

static gboolean
refuse_memory (const SkNetwork *self, GError **error) {
  const SkPlan *plan = self->plan;
  guint64 available = sk_memory_available ();
  int fits = batch_that_fits (plan, self->flags, self->n_workers, available);
  g_autofree char *size = g_format_size ((guint64) self->spans.total * sizeof (float));
  g_autofree char *left = g_format_size (available);
  g_autofree char *advice =
      fits > 0 ? g_strdup_printf ("a batch of %d would fit", fits)
               : g_strdup ("choose a smaller network or smaller pictures");

  return sk_refuse (error, SK_ERROR_MEMORY,
                    "%s with %d pictures of %d×%d needs %s and %s are free: %s",
                    plan->variant.name, plan->n, plan->w, plan->h, size, left, advice);
}

/* The variance of one value does not exist: N/(N−1) is 1/0. */
static gboolean
check_statistics (const SkPlan *plan, GError **error) {
  for (int i = 0; i < plan->n_ops; i++) {
    const SkOp *op = &plan->ops[i];

    if (op->kind != SK_OP_BATCHNORM || (gint64) plan->n * op->h * op->w > 1)
      continue;
    return sk_refuse (
        error, SK_ERROR_ARGUMENT,
        "%s cannot train on one picture of %d×%d: its batch norm %s would see "
        "one value per channel. Take a batch of 2 or more, or larger pictures",
        plan->variant.name, plan->w, plan->h, op->name);
  }
  return TRUE;
}

static void
bind (SkNetwork *self) {
  const SkPlan *plan = self->plan;
  float *base = sk_arena_take (&self->arena, self->spans.total);

  self->scratch = sk_spans_at (&self->spans, self->scratch_span, base);
  self->gradients = sk_spans_at (&self->spans, self->gradients_span, base);
  self->logits_gradient = sk_spans_at (&self->spans, self->logits_span, base);
  for (int i = 0; i < plan->n_ops; i++) {
    SkOpMemory *op = &self->ops[i];
    float *bn = sk_spans_at (&self->spans, op->bn_span, base);
    int c = plan->ops[i].c;

    op->out = sk_spans_at (&self->spans, op->out_span, base);
    op->gradient = sk_spans_at (&self->spans, op->gradient_span, base);
    op->index = (guint8 *) sk_spans_at (&self->spans, op->index_span, base);
    op->packed = sk_spans_at (&self->spans, op->packed_span, base);
    if (bn != NULL) {
      op->bn = (SkBnState){ bn, bn + c, bn + 2 * c, bn + 3 * c };
      op->alpha = bn + 4 * c;
      op->beta = bn + 5 * c;
      op->delta = bn + 6 * c;
    }
  }
  for (int i = 0; i < plan->n_blocks; i++) {
    SkBlockMemory *block = &self->blocks[i];

    block->skip_gradient = sk_spans_at (&self->spans, block->skip_span, base);
    block->kept_gradient = sk_spans_at (&self->spans, block->kept_span, base);
    block->again = sk_spans_at (&self->spans, block->again_span, base);
    block->mean = sk_spans_at (&self->spans, block->mean_span, base);
    block->out = self->ops[plan->blocks[i].last].out;
  }
}

SkNetwork *
sk_network_new (SkPlan *plan, SkParameters *parameters, SkNetworkFlags flags,
                SkPool *pool, GError **error) {
  g_autoptr (SkNetwork) self = NULL;

  g_return_val_if_fail (plan != NULL && parameters != NULL && pool != NULL, NULL);
  g_return_val_if_fail (parameters->n_values == plan->n_values, NULL);
  g_return_val_if_fail (!(flags & SK_NETWORK_TRAIN) || !(flags & SK_NETWORK_RESUMABLE),
                        NULL);
  g_return_val_if_fail (!(flags & SK_NETWORK_BLOCK_MEANS) ||
                            !(flags & (SK_NETWORK_TRAIN | SK_NETWORK_UNFUSED)),
                        NULL);

  if ((flags & SK_NETWORK_TRAIN) && !(flags & SK_NETWORK_FIXED_STATISTICS) &&
      !check_statistics (plan, error))
    return NULL;
  self = measure (plan, flags, sk_pool_size (pool));
  self->parameters = parameters;
  self->pool = pool;
  if (!sk_arena_init (&self->arena, self->spans.total, "the network", NULL)) {
    refuse_memory (self, error);
    return NULL;
  }
  bind (self);

  self->frozen = g_new0 (gboolean, plan->n_groups);
  self->cleared = g_new0 (gboolean, plan->n_groups);
  self->bn_modes = g_new (int, plan->n_groups);
  memset (self->bn_modes, -1, plan->n_groups * sizeof (int));
  self->lambda = g_new (float, plan->n_blocks);
  for (int i = 0; i < plan->n_blocks; i++)
    self->lambda[i] = 1;
  self->bypassed = g_new0 (gboolean, plan->n_blocks);
  self->probes = g_new0 (SkBlockProbe, plan->n_blocks);
  self->probing = TRUE;
  return g_steal_pointer (&self);
}

void
sk_network_free (SkNetwork *self) {
  if (self == NULL)
    return;
  sk_plan_unref (self->plan);
  sk_spans_clear (&self->spans);
  sk_arena_clear (&self->arena);
  g_free (self->ops);
  g_free (self->blocks);
  g_free (self->sums[0]);
  g_free (self->sums[1]);
  g_free (self->frozen);
  g_free (self->cleared);
  g_free (self->bn_modes);
  g_free (self->lambda);
  g_free (self->bypassed);
  g_free (self->probes);
  g_free (self);
}

void
sk_network_clear_probes (SkNetwork *self) {
  for (int b = 0; b < self->plan->n_blocks; b++) {
    const SkBlock *block = &self->plan->blocks[b];

    self->probes[b] = (SkBlockProbe){
      .n_in = sk_network_pixels (self, block->input) * self->plan->ops[block->input].c,
      .n_out = sk_network_pixels (self, block->last) * self->plan->ops[block->last].c,
    };
  }
}

/* A backward that follows another starts without the other's gradient terms. */
static void
clear_gradient_probes (SkNetwork *self) {
  for (int b = 0; b < self->plan->n_blocks; b++) {
    SkBlockProbe *probe = &self->probes[b];

    probe->skip_square = probe->residual_square = probe->dot = probe->out_square = 0;
  }
}

const float *
sk_network_forward (SkNetwork *self, const float *images, int n, gboolean training) {
  g_return_val_if_fail (images != NULL && n > 0 && n <= self->plan->n, NULL);

  self->images = images;
  self->n = n;
  self->training = training && !(self->flags & SK_NETWORK_FIXED_STATISTICS);
  sk_network_clear_probes (self);
  /* Running statistics move now, and an update of the weights is likely to follow. */
  if (self->training)
    sk_parameters_changed (self->parameters);
  self->profiled_at = g_get_monotonic_time ();
  self->walk->forward (self, 1);
  return self->ops[self->plan->n_ops - 1].out;
}

double
sk_network_loss (SkNetwork *self, const int *labels, float smoothing, int *n_correct) {
  g_return_val_if_fail (self->n > 0, 0);

  return sk_cross_entropy (self->logits_gradient, NULL, n_correct,
                           self->ops[self->plan->n_ops - 1].out, labels, smoothing,
                           self->n, self->plan->classes);
}

/* What is frozen costs nothing: its gradients are cleared once. */
static void
clear_gradients (SkNetwork *self) {
  for (int i = 0; i < self->plan->n_groups; i++) {
    const SkGroup *group = &self->plan->groups[i];

    if (!self->frozen[i] || !self->cleared[i])
      memset (self->gradients + group->offset, 0, group->count * sizeof (float));
    self->cleared[i] = self->frozen[i];
  }
}

void
sk_network_backward (SkNetwork *self) {
  g_return_if_fail (self->flags & SK_NETWORK_TRAIN);
  g_return_if_fail (self->n > 0);

  clear_gradients (self);
  clear_gradient_probes (self);
  sk_network_mark_needed (self);
  self->profiled_at = g_get_monotonic_time ();
  self->walk->backward (self);
}

const float *
sk_network_output (SkNetwork *self, int op, const float **gradient) {
  g_return_val_if_fail (op >= 0 && op < self->plan->n_ops, NULL);

  return self->walk->output (self, op, gradient);
}

const float *
sk_network_block_mean (const SkNetwork *self, int block) {
  g_return_val_if_fail (self->flags & SK_NETWORK_BLOCK_MEANS, NULL);
  g_return_val_if_fail (block >= 0 && block < self->plan->n_blocks, NULL);

  return self->blocks[block].mean;
}
