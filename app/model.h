#pragma once

#include <gio/gio.h>

#include "network.h"
#include "transform.h"
#include "weights.h"

/* Trained weights, ready to look at pictures: what eval and classify begin with. */
typedef struct {
  SkWeightsInfo info;
  SkTransform transform;
  SkPool *pool;
  SkPlan *plan;
  SkParameters *parameters;
  SkNetwork *network; /* inference */
  char **class_names; /* (nullable) NULL-terminated: the file's, or well-known ones */
} SkModel;

typedef struct {
  const char *weights; /* a file, or a run folder */
  const char *net; /* (nullable) */
  const char *mean, *std; /* (nullable) "R,G,B" */
  int batch; /* pictures at once */
} SkModelOptions;

/* (transfer full): sk_model_free() */
SkModel *
sk_model_open (const SkModelOptions *options, GError **error);

void
sk_model_free (SkModel *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkModel, sk_model_free)

/* (transfer full): a class's name, its number where it has none. */
char *
sk_model_class_name (const SkModel *self, int index);

/* (n) softmax of (n) logits. */
void
sk_softmax (const float *logits, int n, double *probabilities);
