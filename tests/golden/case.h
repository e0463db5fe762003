#pragma once

#include "network.h"
#include "recipe.h"
#include "tensors.h"

/* One golden file: what make.py computed, and the network it computed it with. */

typedef struct {
  const char *file; /* beside make.py, without ".safetensors" */
  const char *net;
  int classes, n, h, w;
  double rate;
  gboolean settled;
  gboolean fade; /* λ differs from block to block */
  SkBnMode mode;
  const char *frozen; /* groups; NULL: none */
  const char *scales; /* learning rates of groups; NULL: all alike */
  gboolean everywhere; /* @mode is said of every group, frozen ones too */
} GoldenCase;

typedef struct {
  const GoldenCase *description;
  SkTensorFile *expected;
  SkPlan *plan;
  SkParameters *parameters;
  SkNetwork *network;
  SkPool *pool;
  float *images; /* (n,h,w,3) of the step loaded last */
  int *labels; /* (n) */
} Golden;

/* Who updates: the program's own optimiser, or one of the test's that makes a mistake. */
typedef enum {
  SGD_RIGHT,
  SGD_NO_DECAY_ON_NORM,
  SGD_NESTEROV,
  SGD_BIASED_VARIANCE,
} SgdKind;

/* The weights of make.py in a network with @flags on @n_workers threads. */
void
golden_open (Golden *self, const GoldenCase *description, SkNetworkFlags flags,
             int n_workers);

void
golden_close (Golden *self);

/* Pictures and labels of step @step. */
void
golden_load (Golden *self, int step);

/* The expected tensor's floats; @count (out). (transfer full) */
float *
golden_expected (const Golden *self, const char *name, gsize *count);

/* Three steps with momentum 0.9 and weight decay 0.3. @losses (3) (nullable) */
void
golden_train (Golden *self, SgdKind kind, double *losses);

/* Worst ‖ours − expected‖ / ‖expected‖ over all parameters and running statistics, as
 * they stand. */
double
golden_parameters_error (const Golden *self);

/* The same for the gradients of what learns; those that nearly vanish are held to a
 * twentieth of the longest. */
double
golden_gradients_error (const Golden *self);

/* ‖a − b‖ / max (‖b‖, floor) */
double
golden_distance (const float *a, const float *b, gsize count, double floor);
