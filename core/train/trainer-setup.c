/* Building a trainer, anew or from a run's folder. */

#include <string.h>

#include "culprit.h"
#include "errors.h"
#include "trainer-state.h"

static gboolean
make_plan (SkTrainer *self, GError **error) {
  SkVariant variant;
  int n = sk_dataset_count (self->dataset, SK_SPLIT_TRAIN);

  if (!sk_recipe_check (&self->recipe, error) ||
      !sk_recipe_find_variant (&self->recipe, &variant, error))
    return FALSE;
  if (n == 0)
    return sk_refuse (error, SK_ERROR_ARGUMENT,
                      "%s has no pictures to train on; choose other data",
                      sk_dataset_title (self->dataset));
  self->plan = sk_plan_new (&variant, MIN (self->recipe.batch, n), 0, 0,
                            sk_dataset_classes (self->dataset), error);
  return self->plan != NULL;
}

/* A batch of one picture has one value per channel on a map of one pixel, and no
 * variance: better said now than at the end of the first epoch. */
static gboolean
check_last_batch (SkTrainer *self, GError **error) {
  int n = sk_dataset_count (self->dataset, SK_SPLIT_TRAIN);

  self->smallest_map = G_MAXINT;
  for (int i = 0; i < self->plan->n_ops; i++)
    if (self->plan->ops[i].kind == SK_OP_BATCHNORM)
      self->smallest_map =
          MIN (self->smallest_map, self->plan->ops[i].h * self->plan->ops[i].w);
  if (self->smallest_map > 1 || n % self->plan->n != 1 ||
      g_strcmp0 (self->recipe.bn_mode, "statistics") == 0)
    return TRUE;
  return sk_refuse (
      error, SK_ERROR_ARGUMENT,
      "with batches of %d the last of %d pictures would stand alone, and batch "
      "norm needs two where a map is one pixel; choose another batch size",
      self->plan->n, n);
}

/* Parts may come from another network, whose transform counts all the same. */
static gboolean
inspect_init (SkTrainer *self, SkWeightsInfo *info, GError **error) {
  const char *path = self->recipe.init, *net = self->plan->variant.name;

  if (!self->recipe.init_parts)
    return sk_weights_inspect (path, net, info, error);
  return sk_weights_inspect (path, net, info, NULL) ||
         sk_weights_inspect (path, NULL, info, error);
}

/* Weights may be meant for larger pictures than the plan's: the proportion of the crop
 * stays. */
static int
resize_for (int side, const SkWeightsInfo *info) {
  if (info->resize == 0 || info->side == 0 || info->side == side)
    return info->resize;
  return (int) ((gint64) info->resize * side / info->side);
}

/* The recipe's mean and std, else what the weights were trained with, else the default;
 * whatever it is, the recipe then says so: a resumed run needs no weights file, and goes on
 * as it began where another version's default is another one. */
static gboolean
choose_transform (SkTrainer *self, gboolean resume, GError **error) {
  SkWeightsInfo info = { 0 };

  self->transform = sk_transform_default (self->plan->h);
  if (self->recipe.init != NULL && !resume) {
    if (!inspect_init (self, &info, error))
      return FALSE;
    if (info.has_normalisation && !self->recipe.has_normalisation) {
      self->recipe.has_normalisation = TRUE;
      memcpy (self->recipe.mean, info.mean, sizeof info.mean);
      memcpy (self->recipe.std, info.std, sizeof info.std);
    }
    if (self->recipe.resize == 0) {
      self->recipe.resize = resize_for (self->plan->h, &info);
      self->recipe.bicubic = info.bicubic;
    }
    sk_weights_info_clear (&info);
  }
  /* The runs of earlier versions say nothing, and have a mean of 0. */
  if (self->recipe.has_normalisation || (resume && self->recipe.mean[0] > 0)) {
    memcpy (self->transform.mean, self->recipe.mean, sizeof self->transform.mean);
    memcpy (self->transform.std, self->recipe.std, sizeof self->transform.std);
  }
  memcpy (self->recipe.mean, self->transform.mean, sizeof self->recipe.mean);
  memcpy (self->recipe.std, self->transform.std, sizeof self->recipe.std);
  if (self->recipe.resize > 0)
    self->transform.resize = self->recipe.resize;
  if (self->recipe.bicubic)
    self->transform.filter = SK_FILTER_BICUBIC;
  return TRUE;
}

static gboolean
load_init (SkTrainer *self, GError **error) {
  return self->recipe.init == NULL ||
         sk_weights_load (self->recipe.init, self->plan, self->parameters,
                          self->recipe.init_parts ? SK_FIT_PARTS : SK_FIT_NEW_HEAD,
                          NULL, error);
}

static gboolean
make_weights (SkTrainer *self, gboolean resume, GError **error) {
  self->parameters = sk_parameters_new (self->plan, error);
  if (self->parameters == NULL)
    return FALSE;
  if (!sk_parameters_initialise_with (self->parameters, self->plan, self->recipe.seed,
                                      self->recipe.zero_gamma, self->pool,
                                      self->cancel))
    return sk_refuse (error, SK_ERROR_CANCELLED, "preparing was cancelled");
  return resume || load_init (self, error);
}

static gboolean
freeze (SkTrainer *self, GError **error) {
  gboolean all = TRUE;

  if (self->recipe.freeze != NULL &&
      !sk_plan_select_groups (self->plan, self->recipe.freeze, self->frozen_at_first,
                              error))
    return FALSE;
  for (int i = 0; i < self->plan->n_groups; i++) {
    all &= self->frozen_at_first[i];
    sk_network_set_frozen (self->network, i, self->frozen_at_first[i]);
  }
  if (!all)
    return TRUE;
  return sk_refuse (error, SK_ERROR_ARGUMENT,
                    "everything is frozen (%s): nothing would learn",
                    self->recipe.freeze);
}

static gboolean
make_network (SkTrainer *self, GError **error) {
  self->network = sk_network_new (self->plan, self->parameters, SK_NETWORK_TRAIN,
                                  self->pool, error);
  if (self->network == NULL)
    return FALSE;
  self->optimizer = sk_optimizer_new (&self->recipe, self->plan, self->pool, error);
  if (self->optimizer == NULL)
    return FALSE;
  sk_network_set_probing (self->network, self->recipe.probes);
  self->frozen = g_new0 (gboolean, self->plan->n_groups);
  self->frozen_at_first = g_new0 (gboolean, self->plan->n_groups);
  self->layers = g_new0 (SkLayerProbe, self->plan->n_parameters);
  self->blocks = g_new0 (SkBlockState, self->plan->n_blocks);
  self->kept_statistics = g_new (float, MAX (self->plan->n_statistics, 1));
  if (!freeze (self, error))
    return FALSE;
  sk_apply_bn_mode (self->network, self->recipe.bn_mode);
  return TRUE;
}

static int
batches_of (const SkTrainer *self) {
  int n = sk_dataset_count (self->dataset, SK_SPLIT_TRAIN);

  return (n - 1) / self->plan->n + 1;
}

/* A run that was killed before it first saved begins again, as it did. */
static gboolean
load_state (SkTrainer *self, GError **error) {
  g_autofree char *path = sk_run_path (self->run, "resume.safetensors");
  SkCheckpoint checkpoint = sk_trainer_checkpoint (self);

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return load_init (self, error) && sk_trainer_cut_back (self, 0, error);
  if (!sk_checkpoint_load (path, &checkpoint, error))
    return FALSE;
  if (self->position.batch > batches_of (self))
    return sk_refuse (
        error, SK_ERROR_ARGUMENT,
        "%s was trained on more pictures than %s has now; give it the same data", path,
        sk_dataset_title (self->dataset));
  /* The epoch's own line is written before its state, which says it is over. */
  return sk_trainer_cut_back (self, self->position.step, error);
}

/* What the second phase unfroze is frozen again; what was done by hand stays. */
static void
begin_again (SkTrainer *self) {
  if (self->phase > 0)
    for (int i = 0; i < self->plan->n_groups; i++)
      sk_network_set_frozen (self->network, i, self->frozen_at_first[i]);
  sk_parameters_initialise (self->parameters, self->plan, self->recipe.seed,
                            self->recipe.zero_gamma);
  sk_optimizer_reset (self->optimizer);
  self->position = (SkPosition){ .lr_factor = 1, .best_accuracy = -1 };
  self->measured = FALSE;
}

gboolean
sk_trainer_roll_back (SkTrainer *self, GError **error) {
  double lr_factor = self->position.lr_factor;
  g_autofree char *path =
      self->run != NULL ? sk_run_path (self->run, "resume.safetensors") : NULL;
  gboolean saved = path != NULL && g_file_test (path, G_FILE_TEST_EXISTS);

  /* The state comes whole or not at all, so nothing is lost where it cannot be read. */
  if (!saved)
    begin_again (self);
  if (saved ? !load_state (self, error)
            : !load_init (self, error) ||
                  (self->run != NULL && !sk_trainer_cut_back (self, 0, error)))
    return FALSE;
  self->position.lr_factor = lr_factor;
  g_clear_pointer (&self->culprit, g_free);
  sk_trainer_sync_phase (self);
  return TRUE;
}

static gboolean
open_run (SkTrainer *self, const SkRecipe *recipe, const char *run_dir, gboolean resume,
          GError **error) {
  if (!resume) {
    sk_recipe_copy (&self->recipe, recipe);
    return TRUE;
  }
  g_return_val_if_fail (run_dir != NULL, FALSE);
  self->run = sk_run_open (run_dir, &self->recipe, error);
  return self->run != NULL;
}

SkTrainer *
sk_trainer_new (const SkRecipe *recipe, SkDataset *dataset, const char *run_dir,
                gboolean resume, SkPool *pool, GError **error) {
  return sk_trainer_new_cancellable (recipe, dataset, run_dir, resume, pool, NULL,
                                     error);
}

SkTrainer *
sk_trainer_new_cancellable (const SkRecipe *recipe, SkDataset *dataset,
                            const char *run_dir, gboolean resume, SkPool *pool,
                            const gint *cancel, GError **error) {
  g_autoptr (SkTrainer) self = g_new0 (SkTrainer, 1);

  self->cancel = cancel;
  self->dataset = sk_dataset_ref (dataset);
  self->pool = pool;
  self->position.lr_factor = 1;
  self->position.best_accuracy = -1;
  if (!open_run (self, recipe, run_dir, resume, error) || !make_plan (self, error) ||
      !check_last_batch (self, error) || !choose_transform (self, resume, error) ||
      !make_weights (self, resume, error) || !make_network (self, error))
    return NULL;
  if (resume) {
    sk_trainer_open_record (self, batches_of (self));
    if (!load_state (self, error))
      return NULL;
  }
  if (!resume && run_dir != NULL) {
    /* Last: a run that could not begin leaves no folder behind. */
    self->run = sk_run_create (run_dir, &self->recipe, sk_pool_size (pool), error);
    if (self->run == NULL)
      return NULL;
    sk_trainer_open_record (self, batches_of (self));
  }
  sk_trainer_sync_phase (self);
  return g_steal_pointer (&self);
}

void
sk_trainer_free (SkTrainer *self) {
  if (self == NULL)
    return;
  if (self->plan != NULL)
    sk_trunk_clear (self);
  g_queue_clear_full (&self->news, g_free);
  g_clear_pointer (&self->loader, sk_loader_free);
  g_clear_pointer (&self->optimizer, sk_optimizer_free);
  g_clear_pointer (&self->network, sk_network_free);
  g_clear_pointer (&self->parameters, sk_parameters_free);
  g_clear_pointer (&self->plan, sk_plan_unref);
  g_clear_pointer (&self->run, sk_run_free);
  g_clear_pointer (&self->recorder, sk_recorder_free);
  sk_dataset_unref (self->dataset);
  sk_recipe_clear (&self->recipe);
  g_free (self->kept_statistics);
  g_free (self->frozen);
  g_free (self->frozen_at_first);
  g_free (self->layers);
  g_free (self->blocks);
  g_free (self->culprit);
  g_free (self->warning);
  g_free (self);
}

gboolean
sk_trainer_read_recipe (const char *run_dir, SkRecipe *recipe, GError **error) {
  g_autoptr (SkRun) run = sk_run_open (run_dir, recipe, error);

  return run != NULL;
}

guint64
sk_trainer_memory (const SkPlan *plan, const SkRecipe *recipe, int n_workers) {
  guint64 state = (guint64) (1 + sk_optimizer_slots_wanted (recipe)) * plan->n_values;

  return sk_network_memory (plan, SK_NETWORK_TRAIN, n_workers) +
         (state + 2 * (guint64) plan->n_statistics) * sizeof (float) +
         sk_loader_memory (plan->n, plan->h);
}
