#pragma once

#include <glib.h>

#include "exits.h"

/* Why a network says what it says about one picture. Plain data. */

/* Numbers by place in the picture, rows from the top. */
typedef struct {
  int rows, columns;
  float *values; /* (rows,columns) */
} SkMap;

/* What may be seen at one block. */
typedef struct {
  char *name; /* "layer3.1" */
  SkMap cam; /* Grad-CAM: what speaks for the class, 0 … */
  SkMap part; /* what the block's branch adds to the logit, by place; sums to @added */
  double added;
  int exit_class; /* what the network would say if it ended here; −1: nothing can be said:
                     a plain network without class means */
  SkExitRule exit_rule; /* how that was found */
  float exit_probability; /* NaN: by class means, which know of no probability */
  char *exit_name; /* (nullable) */
  SkMap *channels; /* (n_channels) the strongest of its output, strongest first */
  int *channel_indices; /* (n_channels) */
  int n_channels;
  int histogram[32]; /* of its output's values above 0, in equal parts up to @largest */
  float largest;
  float zeros; /* share of values that are 0 */
} SkBlockView;

typedef struct {
  int class;
  char *class_name;
  double logit, bias, stem; /* logit = bias + stem + Σ blocks' added */
  int n_blocks;
  SkBlockView *blocks; /* (n_blocks) stem to head */
  int side; /* of what the network reads */
  guint8 *seen; /* (side,side,3) what the network reads, before it is normalised */
  int resize; /* short side before the crop; 0: none */
  float mean[3], std[3];
  int n_filters, filter_side;
  guint8 *filters; /* (n_filters,filter_side,filter_side,3) of the first layer, each
                      stretched to its own range */
} SkExplanation;

SkExplanation *
sk_explanation_new (int n_blocks);

void
sk_explanation_free (SkExplanation *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkExplanation, sk_explanation_free)

/* @self: (out): zeros; sk_map_clear() */
void
sk_map_init (SkMap *self, int rows, int columns);

void
sk_map_clear (SkMap *self);
