#pragma once

#include <glib.h>

#include "variant.h"

/* The one flat list behind computing, saving, exporting and drawing a network. */

typedef enum {
  SK_OP_INPUT, /* the pictures */
  SK_OP_CONV, /* 2-d convolution without bias */
  SK_OP_BATCHNORM,
  SK_OP_RELU,
  SK_OP_MAXPOOL, /* 3×3, stride 2, padding 1 */
  SK_OP_SUBSAMPLE, /* option A: every second pixel, zero channels either side */
  SK_OP_ADD, /* λ·inputs[1] + inputs[0]: skip and residual branch */
  SK_OP_AVGPOOL, /* global */
  SK_OP_LINEAR,
} SkOpKind;

typedef struct {
  SkOpKind kind;
  char *name; /* prefix of its tensors: "layer1.0.conv1", "fc"; unique */
  int inputs[2]; /* ops read, each before this one; −1: none.
                    ADD: [0] the residual branch, [1] the skip */
  int h, w, c; /* output shape of one picture */
  int kernel, stride, pad; /* CONV, MAXPOOL; stride also SUBSAMPLE */
  int group; /* parameter group it belongs to */
  int block; /* in blocks; −1: stem or head */
  int parameter; /* first of its SkParameters; −1: none. CONV: weight; LINEAR: weight,
                    bias; BATCHNORM: weight, bias, running_mean, running_var */
  gint64 macs; /* multiply-adds for one picture */
} SkOp;

typedef struct {
  char *name; /* "layer1.0" */
  int stage; /* 1 … 4 */
  int index; /* in its stage, from 0 */
  int input; /* the op whose output is x */
  int first, last; /* its ops; last is the ReLU after the add */
  int branch; /* the op that is F(x): the branch's last batch norm */
  int skip; /* the op that is P(x): @input itself for an identity; −1: plain */
  int add; /* −1: plain */
  int group;
} SkBlock;

typedef enum {
  SK_PARAMETER_CONV, /* (R,S,C,K) here, (K,C,R,S) in files */
  SK_PARAMETER_LINEAR, /* (K,C) */
  SK_PARAMETER_BIAS, /* (K) of the head */
  SK_PARAMETER_BN_SCALE, /* (C) γ */
  SK_PARAMETER_BN_SHIFT, /* (C) β */
  SK_PARAMETER_BN_MEAN, /* (C) running, in the statistics block */
  SK_PARAMETER_BN_VAR, /* (C) running, in the statistics block */
} SkParameterKind;

typedef struct {
  char *name; /* torchvision's: "layer1.0.conv1.weight" */
  SkParameterKind kind;
  int group;
  int shape[4]; /* as in files */
  int n_dims;
  gsize offset; /* floats, in the parameter block, or in the statistics block */
  gsize count; /* floats */
} SkParameter;

/* A range of the parameter block: what is frozen, scaled and decayed together. */
typedef struct {
  char *name; /* "stem", "layer1.0", …, "fc" */
  gsize offset, count; /* parameters */
  gsize stat_offset, stat_count; /* running statistics */
} SkGroup;

typedef struct {
  gatomicrefcount refs;
  SkVariant variant;
  int n, h, w; /* pictures at once, and their size */
  int classes;

  SkOp *ops;
  int n_ops;
  SkBlock *blocks;
  int n_blocks;
  SkParameter *parameters;
  int n_parameters;
  SkGroup *groups;
  int n_groups;

  gsize n_values; /* floats in the parameter block, padding included */
  gsize n_statistics; /* floats in the statistics block */
  gint64 n_trainable; /* parameters proper: 11,689,512 for resnet18 */
  gint64 macs; /* multiply-adds for one picture, forward */
} SkPlan;

/**
 * sk_plan_new:
 * @variant: copied
 * @n: pictures at once, >= 1
 * @h, @w: their size; 0: the variant's own
 * @classes: outputs; 0: the variant's own
 * @error: SK_ERROR_ARGUMENT where a map would vanish
 *
 * Expands a row of the table. The parameter block's layout depends on variant and
 * classes only, so plans for different (n, h, w) share one block.
 *
 * Returns: (transfer full): immutable; sk_plan_unref()
 */
SkPlan *
sk_plan_new (const SkVariant *variant, int n, int h, int w, int classes,
             GError **error);

SkPlan *
sk_plan_ref (const SkPlan *self);

void
sk_plan_unref (SkPlan *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkPlan, sk_plan_unref)

/* Returns: index of the parameter called @name, −1: none */
int
sk_plan_find_parameter (const SkPlan *self, const char *name);

/**
 * sk_plan_select_groups:
 * @what: a GROUP of the command line: "stem", "layer1", "layer2.0", "fc", "trunk"; or
 *   several with commas
 * @selected: (n_groups) set to TRUE where @what names it, else left
 * @error: SK_ERROR_ARGUMENT, naming the groups there are
 */
gboolean
sk_plan_select_groups (const SkPlan *self, const char *what, gboolean *selected,
                       GError **error);
