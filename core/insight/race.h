#pragma once

#include "trainer.h"

/* Networks that learn the same pictures in the same order with the same augmentation, in
 * lock-step: a step of one, a step of the next. From the same seed the convolutions of a
 * network and of its plain twin begin with the same weights. Each is a run of its own
 * under the race's folder. */
typedef struct _SkRace SkRace;

/* Networks that race at once, at most. */
#define SK_RACE_MAX 8

/* Gradients of twins are said to agree while one is at most so many times the other. */
#define SK_RACE_AGREEMENT 10.0f

/* In place of a block. */
enum {
  SK_RACE_NOWHERE = -1, /* the twins agree in every block */
  SK_RACE_UNKNOWN = -2, /* there is no twin, or one of the two was not measured */
};

typedef enum {
  SK_CONTESTANT_RUNNING,
  SK_CONTESTANT_FINISHED,
  SK_CONTESTANT_DIVERGED, /* its loss is no number: it stands still, the others go on */
} SkContestantState;

typedef struct {
  int contestant; /* whose turn it was */
  SkStep step; /* loss is NaN where it diverged */
  gboolean round_ended; /* all that still run stand at the same step */
} SkRaceTurn;

/**
 * sk_race_new:
 * @recipe: how all of them learn; its net is not read
 * @nets: names of networks, each once, at most SK_RACE_MAX
 * @dir: (nullable): folder of the race; it must not hold one, unless @resume
 * @resume: go on from @dir
 * @pool: not owned
 * @cancel: (nullable): read between operations
 * @error: as sk_trainer_new()
 *
 * Returns: (transfer full): sk_race_free()
 */
SkRace *
sk_race_new (const SkRecipe *recipe, const char *const *nets, SkDataset *dataset,
             const char *dir, gboolean resume, SkPool *pool, const gint *cancel,
             GError **error);

void
sk_race_free (SkRace *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkRace, sk_race_free)

/**
 * sk_race_step:
 * @turn: (out)
 * @error: as sk_trainer_step(): after SK_ERROR_CANCELLED the same turn comes again
 *
 * One step of the network that stands furthest back, the first of several. Where that
 * ended an epoch, sk_race_end_epoch() comes next. Not when the race is over.
 */
gboolean
sk_race_step (SkRace *self, SkRaceTurn *turn, GError **error);

/* As sk_trainer_end_epoch(), for the network whose turn ended it. */
gboolean
sk_race_end_epoch (SkRace *self, int contestant, SkEpoch *result, GError **save_error);

/* Saves every network as it stands. */
gboolean
sk_race_save (SkRace *self, GError **error);

/* No network runs any more. */
gboolean
sk_race_is_over (const SkRace *self);

int
sk_race_count (const SkRace *self);

/* (transfer none): its name as it was given, and the network in training. */
const char *
sk_race_net (const SkRace *self, int contestant);

SkTrainer *
sk_race_trainer (const SkRace *self, int contestant);

/* (transfer none) (nullable): its run folder. */
const char *
sk_race_folder (const SkRace *self, int contestant);

SkContestantState
sk_race_state (const SkRace *self, int contestant);

/* The same network with skips where @contestant has none, or without; −1: not in the
 * race. */
int
sk_race_twin (const SkRace *self, int contestant);

/* (n_blocks) RMS of ∂L/∂x by each block's input, stem to head; valid until the next step;
 * NULL where @step was not measured. */
const float *
sk_race_gradients (const SkRace *self, int contestant, gint64 step);

/**
 * sk_race_departure:
 * @contestant: one of a pair of twins
 *
 * Returns: sk_race_depart() of the plain and the residual twin after @step, or
 *   SK_RACE_UNKNOWN
 */
int
sk_race_departure (const SkRace *self, int contestant, gint64 step);

/**
 * sk_race_depart:
 * @residual, @plain: (n_blocks) RMS of the gradients of twins, stem to head
 *
 * D₁₀: on the way back from the loss to the stem, the first block where the plain network's
 * gradient is more than ten times the residual one's, or less than a tenth of it.
 *
 * Returns: the block's index, or SK_RACE_NOWHERE
 */
int
sk_race_depart (const float *residual, const float *plain, int n_blocks);
