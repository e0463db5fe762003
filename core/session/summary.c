#include "summary.h"

#include "arena.h"
#include "parallel.h"
#include "trainer.h"
#include "weights.h"

/* Copies of the weights that classifying beside the training takes. */
#define INQUIRY_COPIES 2

static int
workers (const SkRecipe *recipe) {
  return recipe->threads > 0 ? recipe->threads : sk_cores ();
}

/* Bytes that training with @batch pictures takes; 0 where no such plan exists. */
static guint64
memory_for (const SkPlan *plan, const SkRecipe *recipe, int batch) {
  g_autoptr (SkPlan) other =
      sk_plan_new (&plan->variant, batch, plan->h, plan->w, plan->classes, NULL);

  if (other == NULL)
    return 0;
  return sk_trainer_memory (other, recipe, workers (recipe)) +
         INQUIRY_COPIES * sizeof (float) * (plan->n_values + plan->n_statistics);
}

/* The largest batch that fits in @available bytes; 0: none. */
static int
fitting_batch (const SkPlan *plan, const SkRecipe *recipe, guint64 available) {
  int fits = 0, too_large = plan->n;

  while (too_large - fits > 1) {
    int middle = fits + (too_large - fits) / 2;
    guint64 memory = memory_for (plan, recipe, middle);

    if (memory > 0 && memory <= available)
      fits = middle;
    else
      too_large = middle;
  }
  return fits;
}

static char *
memory_problem (const SkPlan *plan, const SkRecipe *recipe, guint64 needed,
                guint64 available) {
  g_autofree char *needs = g_format_size (needed);
  g_autofree char *has = g_format_size (available);
  int fits = fitting_batch (plan, recipe, available);

  if (fits > 0)
    return g_strdup_printf ("A batch of %d needs %s of memory and %s are free: "
                            "a batch of %d would fit.",
                            plan->n, needs, has, fits);
  return g_strdup_printf ("%s needs %s of memory and %s are free, too little for any "
                          "batch: choose a smaller network or close other programs.",
                          plan->variant.title, needs, has);
}

static void
describe_network (SkSummary *summary, const SkRecipe *recipe, const SkPlan *plan) {
  summary->parameters = plan->n_trainable;
  summary->macs = plan->macs;
  summary->classes = plan->classes;
  summary->memory = memory_for (plan, recipe, plan->n);
  summary->memory_free = sk_memory_available ();
  /* Few pictures make a smaller batch, so before they are known nothing is refused. */
  if (summary->problem == NULL && summary->complete &&
      summary->memory > summary->memory_free)
    summary->problem =
        memory_problem (plan, recipe, summary->memory, summary->memory_free);
}

/* As the trainer takes it: no larger than there are pictures. */
static int
batch_of (const SkRecipe *recipe, SkDataset *dataset) {
  int images = dataset ? sk_dataset_count (dataset, SK_SPLIT_TRAIN) : 0;

  return images > 0 ? MIN (recipe->batch, images) : recipe->batch;
}

static void
describe_data (SkSummary *summary, const SkRecipe *recipe, SkDataset *dataset) {
  gint64 images = sk_dataset_count (dataset, SK_SPLIT_TRAIN);

  summary->data_title = g_strdup (sk_dataset_title (dataset));
  summary->classes = sk_dataset_classes (dataset);
  summary->train_images = (int) images;
  summary->test_images = sk_dataset_count (dataset, SK_SPLIT_TEST);
  if (recipe->batch > 0)
    summary->steps_per_epoch = (int) ((images + recipe->batch - 1) / recipe->batch);
  if (images == 0)
    summary->problem = g_strdup_printf (
        "%s has no pictures to train on: choose other data.", summary->data_title);
  summary->complete = TRUE;
}

/* What only the plan can judge: names of groups, and whether the weights to start from
 * fit, which loading them tells best. */
static gboolean
check_names (const SkPlan *plan, const SkRecipe *recipe, gboolean with_weights,
             GError **error) {
  g_autofree gboolean *selected = g_new0 (gboolean, plan->n_groups);
  g_autoptr (SkParameters) parameters = NULL;

  if (recipe->freeze && !sk_plan_select_groups (plan, recipe->freeze, selected, error))
    return FALSE;
  if (recipe->init == NULL || !with_weights)
    return TRUE;
  parameters = sk_parameters_new (plan, error);
  return parameters &&
         sk_weights_load (recipe->init, plan, parameters,
                          recipe->init_parts ? SK_FIT_PARTS : SK_FIT_NEW_HEAD, NULL,
                          error);
}

SkPlan *
sk_summary_describe (SkSummary *summary, const SkRecipe *recipe, SkDataset *dataset,
                     const GError *data_error) {
  g_autoptr (GError) error = NULL;
  SkVariant variant;
  SkPlan *plan;

  sk_summary_clear (summary);
  if (dataset)
    describe_data (summary, recipe, dataset);
  else if (data_error)
    summary->problem = g_strdup (data_error->message);

  if (!sk_recipe_check (recipe, &error) ||
      !sk_recipe_find_variant (recipe, &variant, &error)) {
    g_free (summary->problem);
    summary->problem = g_strdup (error->message);
    return NULL;
  }
  plan = sk_plan_new (&variant, batch_of (recipe, dataset), 0, 0,
                      dataset ? sk_dataset_classes (dataset) : 0, &error);
  if (plan == NULL || !check_names (plan, recipe, dataset != NULL, &error)) {
    g_free (summary->problem);
    summary->problem = g_strdup (error->message);
  }
  if (plan)
    describe_network (summary, recipe, plan);
  return plan;
}

gboolean *
sk_summary_frozen (const SkPlan *plan, const SkRecipe *recipe) {
  gboolean *frozen = g_new0 (gboolean, plan->n_groups);

  if (recipe->freeze && !sk_plan_select_groups (plan, recipe->freeze, frozen, NULL))
    memset (frozen, 0, sizeof *frozen * (gsize) plan->n_groups);
  return frozen;
}
