#include "race.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "errors.h"
#include "race-folder.h"
#include "race-log.h"

typedef struct {
  const char *net; /* of the race's names */
  char *dir; /* (nullable) */
  gboolean made; /* by us, so ours to remove where the race cannot begin */
  SkTrainer *trainer;
  SkRaceLog *log;
  SkContestantState state;
  int twin; /* −1: not in the race */
} Contestant;

struct _SkRace {
  char **nets;
  int n;
  Contestant contestants[SK_RACE_MAX];
};

/* The twins' recipes differ in the name of the network only. */
static gboolean
enter (SkRace *self, int i, const SkRecipe *recipe, SkDataset *dataset, const char *dir,
       gboolean resume, SkPool *pool, const gint *cancel, GError **error) {
  Contestant *one = &self->contestants[i];
  g_autofree char *run_json = NULL;
  SkRecipe own = { 0 };

  sk_recipe_copy (&own, recipe);
  g_free (own.net);
  own.net = g_strdup (self->nets[i]);
  own.skips = TRUE; /* a plain network's name says that it has none */
  one->net = self->nets[i];
  one->twin = -1;
  if (dir != NULL) {
    one->dir = g_build_filename (dir, one->net, NULL);
    run_json = g_build_filename (one->dir, "run.json", NULL);
  }
  /* One that was killed before all had entered begins with those that had not. */
  resume = resume && g_file_test (run_json, G_FILE_TEST_EXISTS);
  if (resume) /* it has weights of its own by now; those it began with may be gone */
    g_clear_pointer (&own.init, g_free);
  one->trainer =
      sk_trainer_new_cancellable (&own, dataset, one->dir, resume, pool, cancel, error);
  sk_recipe_clear (&own);
  if (one->trainer == NULL)
    return FALSE;
  one->made = dir != NULL && !resume;
  sk_trainer_set_cancel (one->trainer, cancel);
  one->log = sk_race_log_new (
      one->dir, sk_network_plan (sk_trainer_network (one->trainer))->n_blocks,
      sk_trainer_steps_done (one->trainer), error);
  return one->log != NULL;
}

static void
find_twins (SkRace *self) {
  for (int i = 0; i < self->n; i++) {
    const SkPlan *plan =
        sk_network_plan (sk_trainer_network (sk_race_trainer (self, i)));
    SkVariant twin;

    sk_variant_twin (&plan->variant, !plan->variant.skips, &twin);
    for (int j = 0; j < self->n; j++)
      if (strcmp (self->nets[j], twin.name) == 0)
        self->contestants[i].twin = j;
  }
}

static void
note_state (Contestant *self) {
  if (self->state == SK_CONTESTANT_RUNNING && sk_trainer_finished (self->trainer))
    self->state = SK_CONTESTANT_FINISHED;
}

/* A race that could not begin leaves no folders behind. */
static void
clear_away (SkRace *self, const char *dir) {
  for (int i = 0; i < self->n; i++)
    if (self->contestants[i].made) {
      g_autofree char *run_json =
          g_build_filename (self->contestants[i].dir, "run.json", NULL);

      g_unlink (run_json);
      g_rmdir (self->contestants[i].dir);
    }
  g_rmdir (dir); /* only where nothing else is in it */
}

static gboolean
begin (SkRace *self, const SkRecipe *recipe, SkDataset *dataset, const char *dir,
       gboolean resume, SkPool *pool, const gint *cancel, GError **error) {
  if (!resume && dir != NULL && sk_race_folder_is (dir))
    return sk_refuse (
        error, SK_ERROR_ARGUMENT,
        "%s already holds a race; go on with it, or choose another folder", dir);
  for (int i = 0; i < self->n; i++)
    if (!enter (self, i, recipe, dataset, dir, resume, pool, cancel, error))
      return FALSE;
  return resume || dir == NULL ||
         sk_race_folder_write (dir, recipe, (const char *const *) self->nets, error);
}

SkRace *
sk_race_new (const SkRecipe *recipe, const char *const *nets, SkDataset *dataset,
             const char *dir, gboolean resume, SkPool *pool, const gint *cancel,
             GError **error) {
  g_autoptr (SkRace) self = g_new0 (SkRace, 1);

  g_return_val_if_fail (dir != NULL || !resume, NULL);

  self->nets = g_strdupv ((char **) nets);
  self->n = (int) g_strv_length (self->nets);
  g_return_val_if_fail (self->n >= 1 && self->n <= SK_RACE_MAX, NULL);
  if (!begin (self, recipe, dataset, dir, resume, pool, cancel, error)) {
    if (!resume && dir != NULL)
      clear_away (self, dir);
    return NULL;
  }
  find_twins (self);
  for (int i = 0; i < self->n; i++)
    note_state (&self->contestants[i]);
  return g_steal_pointer (&self);
}

void
sk_race_free (SkRace *self) {
  if (self == NULL)
    return;
  for (int i = 0; i < self->n; i++) {
    g_clear_pointer (&self->contestants[i].log, sk_race_log_free);
    g_clear_pointer (&self->contestants[i].trainer, sk_trainer_free);
    g_free (self->contestants[i].dir);
  }
  g_strfreev (self->nets);
  g_free (self);
}

/* Lock-step is a question of who stands where, so a race that was stopped anywhere, or
 * whose networks were saved at different steps, falls into step again by itself. */
static int
furthest_back (const SkRace *self) {
  int back = -1;

  for (int i = 0; i < self->n; i++)
    if (self->contestants[i].state == SK_CONTESTANT_RUNNING &&
        (back < 0 || sk_trainer_steps_done (self->contestants[i].trainer) <
                         sk_trainer_steps_done (self->contestants[back].trainer)))
      back = i;
  return back;
}

static void
measure (Contestant *self, const SkStep *step) {
  const SkBlockState *blocks = sk_trainer_blocks (self->trainer);
  int n = sk_network_plan (sk_trainer_network (self->trainer))->n_blocks;
  g_autofree float *row = g_new (float, n);

  if (blocks == NULL || step->n == 0)
    return;
  for (int i = 0; i < n; i++)
    row[i] = blocks[i].gradient;
  sk_race_log_add (self->log, step->step, row);
}

static gboolean
ends_round (const SkRace *self, gint64 step) {
  int back = furthest_back (self);

  return back < 0 || sk_trainer_steps_done (self->contestants[back].trainer) >= step;
}

gboolean
sk_race_step (SkRace *self, SkRaceTurn *turn, GError **error) {
  int whose = furthest_back (self);
  Contestant *one = &self->contestants[MAX (whose, 0)];

  g_return_val_if_fail (whose >= 0, FALSE);

  *turn = (SkRaceTurn){ .contestant = whose };
  if (!sk_trainer_step (one->trainer, &turn->step, error))
    return FALSE;
  if (!isfinite (turn->step.loss)) {
    one->state = SK_CONTESTANT_DIVERGED;
  } else {
    measure (one, &turn->step);
    note_state (one);
  }
  turn->round_ended = turn->step.preparing == 0 && ends_round (self, turn->step.step);
  return TRUE;
}

gboolean
sk_race_end_epoch (SkRace *self, int contestant, SkEpoch *result, GError **save_error) {
  Contestant *one = &self->contestants[contestant];
  g_autoptr (GError) log_error = NULL;
  gboolean ended;

  g_return_val_if_fail (contestant >= 0 && contestant < self->n, FALSE);

  /* First the log: what it holds beyond the saved state is cut off again. */
  sk_race_log_flush (one->log, &log_error);
  ended = sk_trainer_end_epoch (one->trainer, result, save_error);
  if (log_error != NULL && (save_error == NULL || *save_error == NULL))
    g_propagate_error (save_error, g_steal_pointer (&log_error));
  note_state (one);
  return ended;
}

gboolean
sk_race_save (SkRace *self, GError **error) {
  gboolean all = TRUE;

  for (int i = 0; i < self->n; i++) {
    Contestant *one = &self->contestants[i];
    GError **first = all ? error : NULL;

    all = (sk_race_log_flush (one->log, first) &&
           sk_trainer_save (one->trainer, first)) &&
          all;
  }
  return all;
}

gboolean
sk_race_is_over (const SkRace *self) {
  return furthest_back (self) < 0;
}

int
sk_race_count (const SkRace *self) {
  return self->n;
}

const char *
sk_race_net (const SkRace *self, int contestant) {
  return self->contestants[contestant].net;
}

SkTrainer *
sk_race_trainer (const SkRace *self, int contestant) {
  return self->contestants[contestant].trainer;
}

const char *
sk_race_folder (const SkRace *self, int contestant) {
  return self->contestants[contestant].dir;
}

SkContestantState
sk_race_state (const SkRace *self, int contestant) {
  return self->contestants[contestant].state;
}

int
sk_race_twin (const SkRace *self, int contestant) {
  return self->contestants[contestant].twin;
}

const float *
sk_race_gradients (const SkRace *self, int contestant, gint64 step) {
  return sk_race_log_row (self->contestants[contestant].log, step);
}

int
sk_race_departure (const SkRace *self, int contestant, gint64 step) {
  const Contestant *one = &self->contestants[contestant];
  const SkPlan *plan = sk_network_plan (sk_trainer_network (one->trainer));
  const float *own = sk_race_gradients (self, contestant, step);
  const float *other =
      one->twin >= 0 ? sk_race_gradients (self, one->twin, step) : NULL;

  if (own == NULL || other == NULL)
    return SK_RACE_UNKNOWN;
  return plan->variant.skips ? sk_race_depart (own, other, plan->n_blocks)
                             : sk_race_depart (other, own, plan->n_blocks);
}

int
sk_race_depart (const float *residual, const float *plain, int n_blocks) {
  for (int i = n_blocks - 1; i >= 0; i--) {
    float most = SK_RACE_AGREEMENT * MIN (residual[i], plain[i]);

    if (MAX (residual[i], plain[i]) > most)
      return i;
  }
  return SK_RACE_NOWHERE;
}
