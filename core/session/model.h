#pragma once

#include "class-means.h"
#include "dataset.h"
#include "network.h"
#include "parameters.h"
#include "plan.h"
#include "transform.h"
#include "weights.h"

/* All that is needed to answer questions about pictures: a copy of some weights, and what
 * they mean. */
typedef struct {
  guint serial; /* another run or another file has another serial */
  SkPlan *plan; /* for one picture */
  SkParameters *parameters;
  float *lambda; /* (plan->n_blocks) λ of each skip */
  SkTransform transform;
  char **class_names; /* (nullable) NULL-terminated */
  gboolean names_guessed; /* no file or data set said them */
  char *source; /* the run folder's or the file's name */
  SkDataset *dataset; /* (nullable): what it was trained on */
  char *data; /* (nullable): the same by name, where it has not been opened */
  gint64 step; /* of the run when the weights were copied; −1: from a file */
  SkClassMeans
      *means; /* (nullable): where an evaluation of these very weights and skips,
                          on pictures of these classes, found each class */
} SkModel;

/**
 * sk_model_new:
 * @plan: of the network, for any number of pictures
 * @source: path of the run folder or the file
 * @class_names: (nullable): copied
 *
 * Its parameters are zeros until they are copied or loaded.
 */
SkModel *
sk_model_new (guint serial, const SkPlan *plan, const SkTransform *transform,
              const char *source, char *const *class_names, GError **error);

/**
 * sk_model_load:
 * @net: (nullable): which network, where names and shapes leave it open
 *
 * A weight file's network: its own class names, mean and std where it says them.
 */
SkModel *
sk_model_load (guint serial, const char *path, const char *net, GError **error);

/* How pictures are prepared for weights: as they say, else as for every network of their
 * size. */
SkTransform
sk_model_transform (const SkWeightsInfo *info);

void
sk_model_free (SkModel *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkModel, sk_model_free)

/* Another model of the same kind, with its own copy of the weights, without class means. */
SkModel *
sk_model_copy (const SkModel *self, GError **error);

/* Gives @network, of the same plan, the skips that @self has now. */
void
sk_model_fade (const SkModel *self, SkNetwork *network);

/* Name of a class; "class 7" where it has none. */
char *
sk_model_class_name (const SkModel *self, int index);

/* The first class that @dataset, of as many classes, names otherwise than @self; −1: none,
 * or @self has no names. */
int
sk_model_first_other_class (const SkModel *self, const SkDataset *dataset);

/* Whether @dataset shows what @self tells apart: as many classes, and of the same names,
 * unless those of @self are only guessed. @error says what each has. */
gboolean
sk_model_check_classes (const SkModel *self, const SkDataset *dataset, GError **error);

/* For people: "ResNet-20 in training, step 120". @with_step: FALSE leaves it out. */
char *
sk_model_describe (const SkModel *self, gboolean training, gboolean with_step);

/* (transfer full) (nullable): the names of a dataset's classes, NULL-terminated */
char **
sk_dataset_class_names (const SkDataset *dataset);
