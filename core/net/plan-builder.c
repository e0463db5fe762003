#include "plan-builder.h"

#include "arena.h"

/* From a row of the table to the list: stem, blocks, head. Each op is appended with the
 * parameters it owns, so that a group's tensors lie side by side. */

typedef struct {
  SkPlan *plan;
  GArray *ops; /* SkOp */
  GArray *blocks; /* SkBlock */
  GArray *parameters; /* SkParameter */
  GArray *groups; /* SkGroup */
  int block; /* being built; −1: stem or head */
} Builder;

static SkOp *
op_at (Builder *self, int index) {
  return &g_array_index (self->ops, SkOp, index);
}

static void
begin_group (Builder *self, char *name) {
  SkGroup group = { .name = name,
                    .offset = self->plan->n_values,
                    .stat_offset = self->plan->n_statistics };

  g_array_append_val (self->groups, group);
}

/* Appends a tensor of the last group; @shape as in files. */
static void
add_parameter (Builder *self, SkParameterKind kind, char *name, int n_dims,
               const int *shape) {
  SkGroup *group = &g_array_index (self->groups, SkGroup, self->groups->len - 1);
  gboolean running = kind == SK_PARAMETER_BN_MEAN || kind == SK_PARAMETER_BN_VAR;
  gsize *end = running ? &self->plan->n_statistics : &self->plan->n_values;
  SkParameter parameter = {
    .kind = kind,
    .name = name,
    .group = self->groups->len - 1,
    .n_dims = n_dims,
    .offset = *end,
    .count = 1,
  };

  for (int i = 0; i < n_dims; i++) {
    parameter.shape[i] = shape[i];
    parameter.count *= shape[i];
  }
  *end += sk_arena_round (parameter.count);
  if (running) {
    group->stat_count = *end - group->stat_offset;
  } else {
    group->count = *end - group->offset;
    self->plan->n_trainable += parameter.count;
  }
  g_array_append_val (self->parameters, parameter);
}

/* Appends an op with the shape of its input, for the caller to change.
 * Returns: its index */
static int
add_op (Builder *self, SkOpKind kind, char *name, int input) {
  SkOp op = { .kind = kind,
              .name = name,
              .inputs = { input, -1 },
              .stride = 1,
              .group = self->groups->len - 1,
              .block = self->block,
              .parameter = -1 };

  if (input >= 0) {
    op.h = op_at (self, input)->h;
    op.w = op_at (self, input)->w;
    op.c = op_at (self, input)->c;
  }
  g_array_append_val (self->ops, op);
  return self->ops->len - 1;
}

static int
windows (int size, int kernel, int stride, int pad) {
  return (size + 2 * pad - kernel) / stride + 1;
}

static int
add_conv (Builder *self, char *name, int input, int k, int kernel, int stride) {
  int index = add_op (self, SK_OP_CONV, name, input);
  SkOp *op = op_at (self, index);
  int shape[4] = { k, op->c, kernel, kernel };

  op->kernel = kernel;
  op->stride = stride;
  op->pad = kernel / 2;
  op->h = windows (op->h, kernel, stride, op->pad);
  op->w = windows (op->w, kernel, stride, op->pad);
  op->macs = (gint64) op->h * op->w * k * op->c * kernel * kernel;
  op->c = k;
  op->parameter = self->parameters->len;
  add_parameter (self, SK_PARAMETER_CONV, g_strconcat (name, ".weight", NULL), 4,
                 shape);
  return index;
}

static int
add_batchnorm (Builder *self, char *name, int input) {
  int index = add_op (self, SK_OP_BATCHNORM, name, input);
  SkOp *op = op_at (self, index);

  op->parameter = self->parameters->len;
  add_parameter (self, SK_PARAMETER_BN_SCALE, g_strconcat (name, ".weight", NULL), 1,
                 &op->c);
  add_parameter (self, SK_PARAMETER_BN_SHIFT, g_strconcat (name, ".bias", NULL), 1,
                 &op->c);
  add_parameter (self, SK_PARAMETER_BN_MEAN, g_strconcat (name, ".running_mean", NULL),
                 1, &op->c);
  add_parameter (self, SK_PARAMETER_BN_VAR, g_strconcat (name, ".running_var", NULL), 1,
                 &op->c);
  return index;
}

static int
add_stem (Builder *self) {
  const SkVariant *variant = &self->plan->variant;
  gboolean large = variant->stem == SK_STEM_IMAGENET;
  int last;

  begin_group (self, g_strdup ("stem"));
  last = add_op (self, SK_OP_INPUT, g_strdup ("input"), -1);
  op_at (self, last)->h = self->plan->h;
  op_at (self, last)->w = self->plan->w;
  op_at (self, last)->c = 3;
  last = add_conv (self, g_strdup ("conv1"), last, variant->width, large ? 7 : 3,
                   large ? 2 : 1);
  last = add_batchnorm (self, g_strdup ("bn1"), last);
  last = add_op (self, SK_OP_RELU, g_strdup ("relu"), last);
  if (large) {
    SkOp *op;

    last = add_op (self, SK_OP_MAXPOOL, g_strdup ("maxpool"), last);
    op = op_at (self, last);
    op->kernel = 3;
    op->stride = 2;
    op->pad = 1;
    op->h = windows (op->h, 3, 2, 1);
    op->w = windows (op->w, 3, 2, 1);
  }
  return last;
}

/* The residual branch F(x), up to its last batch norm. */
static int
add_branch (Builder *self, const char *block, int input, int width, int stride) {
  gboolean bottleneck = self->plan->variant.block == SK_BLOCK_BOTTLENECK;
  const int n_convs = bottleneck ? 3 : 2;
  /* The stride stands on the first 3×3 layer, as torchvision's does. */
  const int strided = bottleneck ? 1 : 0;
  int last = input;

  for (int i = 0; i < n_convs; i++) {
    int k = bottleneck && i == 2 ? width * SK_BOTTLENECK_EXPANSION : width;
    int kernel = bottleneck && i != 1 ? 1 : 3;

    last = add_conv (self, g_strdup_printf ("%s.conv%d", block, i + 1), last, k, kernel,
                     i == strided ? stride : 1);
    last = add_batchnorm (self, g_strdup_printf ("%s.bn%d", block, i + 1), last);
    if (i < n_convs - 1)
      last =
          add_op (self, SK_OP_RELU, g_strdup_printf ("%s.relu%d", block, i + 1), last);
  }
  return last;
}

/* P(x): x itself where the shape stays. */
static int
add_shortcut (Builder *self, const char *block, int input, int branch, int stride) {
  int c = op_at (self, branch)->c;
  int last;

  if (stride == 1 && op_at (self, input)->c == c)
    return input;
  if (self->plan->variant.shortcut == SK_SHORTCUT_PAD) {
    SkOp *op;

    last =
        add_op (self, SK_OP_SUBSAMPLE, g_strdup_printf ("%s.subsample", block), input);
    op = op_at (self, last);
    op->stride = stride;
    op->h = op_at (self, branch)->h;
    op->w = op_at (self, branch)->w;
    op->c = c;
    return last;
  }
  last =
      add_conv (self, g_strdup_printf ("%s.downsample.0", block), input, c, 1, stride);
  return add_batchnorm (self, g_strdup_printf ("%s.downsample.1", block), last);
}

static int
add_block (Builder *self, int stage, int index, int input) {
  const SkVariant *variant = &self->plan->variant;
  int stride = stage > 0 && index == 0 ? 2 : 1;
  SkBlock block = { .name = g_strdup_printf ("layer%d.%d", stage + 1, index),
                    .stage = stage + 1,
                    .index = index,
                    .input = input,
                    .first = self->ops->len,
                    .skip = -1,
                    .add = -1,
                    .group = self->groups->len };

  self->block = self->blocks->len;
  begin_group (self, g_strdup (block.name));
  block.branch = add_branch (self, block.name, input, variant->width << stage, stride);
  block.last = block.branch;
  if (variant->skips) {
    block.skip = add_shortcut (self, block.name, input, block.branch, stride);
    block.add =
        add_op (self, SK_OP_ADD, g_strdup_printf ("%s.add", block.name), block.branch);
    op_at (self, block.add)->inputs[1] = block.skip;
    block.last = block.add;
  }
  block.last =
      add_op (self, SK_OP_RELU, g_strdup_printf ("%s.relu", block.name), block.last);
  g_array_append_val (self->blocks, block);
  self->block = -1;
  return block.last;
}

static void
add_head (Builder *self, int input) {
  int classes = self->plan->classes;
  int last;
  SkOp *op;

  begin_group (self, g_strdup ("fc"));
  last = add_op (self, SK_OP_AVGPOOL, g_strdup ("avgpool"), input);
  op_at (self, last)->h = 1;
  op_at (self, last)->w = 1;
  last = add_op (self, SK_OP_LINEAR, g_strdup ("fc"), last);
  op = op_at (self, last);
  op->parameter = self->parameters->len;
  op->macs = (gint64) op->c * classes;
  add_parameter (self, SK_PARAMETER_LINEAR, g_strdup ("fc.weight"), 2,
                 (int[]){ classes, op->c });
  add_parameter (self, SK_PARAMETER_BIAS, g_strdup ("fc.bias"), 1, &classes);
  op->c = classes;
}

#define STEAL(array, n)                                                                \
  ((n) = (int) (array)->len, (gpointer) g_array_free ((array), FALSE))

void
sk_plan_expand (SkPlan *self) {
  Builder builder = { .plan = self,
                      .ops = g_array_new (FALSE, FALSE, sizeof (SkOp)),
                      .blocks = g_array_new (FALSE, FALSE, sizeof (SkBlock)),
                      .parameters = g_array_new (FALSE, FALSE, sizeof (SkParameter)),
                      .groups = g_array_new (FALSE, FALSE, sizeof (SkGroup)),
                      .block = -1 };
  int last = add_stem (&builder);

  for (int stage = 0; stage < self->variant.n_stages; stage++)
    for (int i = 0; i < self->variant.depths[stage]; i++)
      last = add_block (&builder, stage, i, last);
  add_head (&builder, last);

  self->ops = STEAL (builder.ops, self->n_ops);
  self->blocks = STEAL (builder.blocks, self->n_blocks);
  self->parameters = STEAL (builder.parameters, self->n_parameters);
  self->groups = STEAL (builder.groups, self->n_groups);
  for (int i = 0; i < self->n_ops; i++)
    self->macs += self->ops[i].macs;
}
