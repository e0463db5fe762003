#pragma once

#include "measured.h"
#include "plan.h"
#include "recipe.h"

/* A race as it is shown: plain data. */

/* A point of one network's training curve. */
typedef struct {
  int contestant;
  SkTrainPoint point;
} SkRacePoint;

/* An epoch's end of one network. */
typedef struct {
  int contestant;
  SkTestPoint point;
} SkRaceEpoch;

/* D₁₀ of a pair of twins after a step: sk_race_depart(). */
typedef struct {
  int contestant; /* the plain one */
  gint64 step;
  int block; /* −1: the gradients agree in every block */
} SkRaceDeparture;

typedef struct {
  char *net; /* "resnet56" */
  char *dir; /* (nullable): its run folder */
  SkPlan *plan;
  int twin; /* the same network with or without skips; −1: not in the race */
  gint64 step; /* done */
  gboolean finished;
  gboolean diverged; /* its loss is no number; it stands still */
  char *culprit; /* (nullable): of what diverged, the layer that broke first */
  float *gradients; /* (plan->n_blocks) (nullable): RMS of ∂L/∂x after @step */
} SkContestant;

typedef struct {
  SkContestant *contestants; /* (n), in the order of the race */
  int n;
} SkRaceState;

void
sk_race_state_free (SkRaceState *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkRaceState, sk_race_state_free)

/* (transfer full) */
SkRaceState *
sk_race_state_copy (const SkRaceState *self);

/* The first run's lesson, as it was found by measurement: twins on the built-in pictures.
 * @recipe: not initialised; sk_recipe_clear() */
void
sk_race_recipe_init (SkRecipe *recipe);

/* Networks of that race, and of the one that shows what depth does, for
 * sk_race_parse_nets(). */
#define SK_RACE_TWINS "resnet56,plain56"
#define SK_RACE_DEPTHS "resnet20,plain20,resnet56,plain56"
