#pragma once

#include <glib.h>

#include "command.h"
#include "exits.h"
#include "finding.h"
#include "explanation.h"
#include "inspection.h"
#include "measured.h"
#include "lesions.h"
#include "offer.h"
#include "plan.h"
#include "race-state.h"
#include "recipe.h"
#include "report.h"
#include "survey.h"

/* What is true in the engine, as of one moment. Until taken, a pending snapshot merges:
 * points are appended, state is replaced. */

typedef enum {
  SK_PHASE_IDLE,
  SK_PHASE_PREPARING, /* opening data, building the network */
  SK_PHASE_RUNNING,
  SK_PHASE_PAUSED,
  SK_PHASE_EVALUATING, /* end of an epoch */
  SK_PHASE_FINISHED, /* all epochs done */
  SK_PHASE_STOPPED, /* by the user, saved */
  SK_PHASE_DIVERGED, /* loss not finite: paused, last good weights kept */
  SK_PHASE_FAILED, /* message says why */
} SkPhase;

/* Something the user or the engine did, at a step: marked on the time axis. */
typedef struct {
  gint64 step;
  char *text; /* "layer2.0 frozen", "learning rate × 0.1" */
} SkEvent;

typedef struct {
  int index;
  float probability;
  char *name;
} SkRanked;

/* A picture of a data set, made small where it is large. */
typedef struct {
  int index; /* in its split */
  int width, height;
  guint8 *pixels; /* (height,width,3) */
  char *file; /* (nullable) */
} SkSmallPicture;

void
sk_small_picture_free (SkSmallPicture *self);

/* The answer to CLASSIFY, EXPLAIN, OCCLUDE, EVALUATE, LOAD or INSPECT: @kind says which
 * fields count. */
typedef struct {
  SkCommandKind kind;
  guint serial;
  char *file; /* (nullable): the picture's or the weights' path */
  int width, height; /* upright */
  guint8 *thumbnail; /* (thumb_height, thumb_width, 3) (nullable) */
  int thumb_width, thumb_height;
  SkRanked top[5]; /* best first */
  int n_top;
  int images; /* EVALUATE: pictures of the test split */
  char *data_title; /* EVALUATE (nullable): whose pictures they are */
  double top1, top5, loss; /* EVALUATE: fractions; mean cross-entropy */
  SkReport *report; /* EVALUATE (nullable): picture by picture */
  SkExits *exits; /* EVALUATE (nullable): the accuracy after each block, not of a few
                     hundred pictures */
  gboolean on_probe_set; /* EVALUATE: of a few hundred pictures */
  GPtrArray *pictures; /* PICTURES: SkSmallPicture (nullable) */
  SkExplanation *explanation; /* EXPLAIN (nullable) */
  SkMap occlusion; /* OCCLUDE: probability lost where a part is covered */
  SkSurvey *survey; /* SURVEY (nullable) */
  double seconds;
  SkInspection *inspection; /* INSPECT (nullable) */
  char *model; /* what answered: "run in training, step 120", a file's name */
  char *error; /* (nullable): why there is no answer */
} SkAnswer;

/* What PLAN or START found out before training. */
typedef struct {
  gint64 parameters;
  gint64 macs; /* one picture, forward */
  guint64 memory; /* bytes that training takes */
  guint64 memory_free;
  int classes, train_images, test_images, steps_per_epoch;
  char *data_title; /* (nullable) */
  char *problem; /* (nullable): why it cannot start, and what to do */
  gboolean
      complete; /* FALSE: the data are still being opened, only the network is known */
} SkSummary;

typedef struct {
  SkPhase phase;
  char *message; /* (nullable): why it failed, diverged, or could not save */
  gboolean pause_pending; /* a pause was asked for and not yet reached */

  SkPlan *plan; /* (nullable): the network that is drawn */
  SkSummary summary; /* of @plan */
  SkRecipe recipe; /* of the run; net NULL: none yet */
  char *run_dir; /* (nullable) */
  char *model; /* (nullable): what would answer CLASSIFY now; NULL: nothing can yet */
  char **class_names; /* (nullable) NULL-terminated */
  guint run_serial; /* changes when another run begins: forget the old curves */

  gint64 step, n_steps;
  int epoch, n_epochs; /* epoch under way, from 1 */
  float lr, lr_factor;
  double images_per_s, seconds_left; /* seconds_left < 0: not known yet */
  double
      preparing; /* 0 … 1 of the pictures that the frozen trunk is shown, once, before
                       training goes on; 0: it is not */
  double evaluating; /* 0 … 1 of the evaluation under way, an epoch's or EVALUATE's */
  int n_skipped; /* files left out */

  GArray *train_points; /* SkTrainPoint, since the last take */
  GArray *test_points; /* SkTestPoint, since the last take */
  GPtrArray *events; /* SkEvent, since the last take */
  GPtrArray *answers; /* SkAnswer, since the last take */

  SkLayerState *layers; /* (plan->n_parameters) (nullable) newest */
  SkBlockState *blocks; /* (plan->n_blocks) (nullable) newest */
  gboolean *frozen; /* (plan->n_groups) (nullable) */
  float *lambda; /* (plan->n_blocks) (nullable): λ of each skip, of a run */

  SkLesions *lesions; /* (nullable): the lesion study under way, or the last one */

  SkRaceState
      *race; /* (nullable): what the run is a race of; then @recipe and @plan are
                        the first network's, and nothing is measured of them */
  GArray *race_points; /* SkRacePoint, since the last take */
  GArray *race_epochs; /* SkRaceEpoch, since the last take */
  GArray *race_departures; /* SkRaceDeparture, since the last take */
  SkFinding
      findings[SK_N_FINDINGS]; /* what the doctor says of the run, gravest first */
  int n_findings; /* 0: all is well */

  GPtrArray *offers; /* SkOffer (nullable): since OFFERS or FETCH; nobody changes a list
                        that was published, so snapshots share it */
  char *offers_problem; /* (nullable): why there are none */
} SkSnapshot;

/* (transfer full): idle, nothing known yet. */
SkSnapshot *
sk_snapshot_new (void);

void
sk_snapshot_free (SkSnapshot *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkSnapshot, sk_snapshot_free)

/* (transfer full): the state of @self, without its points, events and answers. */
SkSnapshot *
sk_snapshot_copy_state (const SkSnapshot *self);

/**
 * sk_snapshot_merge:
 * @self: not yet taken
 * @newer: (transfer full)
 *
 * Appends @newer's points, events and answers to @self's, and replaces the rest. Where
 * @newer belongs to another run, @self's points and events are forgotten first.
 */
void
sk_snapshot_merge (SkSnapshot *self, SkSnapshot *newer);

/* Points, events and answers of one become those of the other. */
void
sk_snapshot_swap_lists (SkSnapshot *self, SkSnapshot *other);

/* Another network, or a race, is looked at: what was said of the one before is dropped:
 * plan, race, measurements, names of classes, message. */
void
sk_snapshot_forget_run (SkSnapshot *self);

/* Another run begins: what was noted of the last one and not yet taken is dropped. */
void
sk_snapshot_forget_points (SkSnapshot *self);

/* (transfer full): free with sk_answer_free() */
SkAnswer *
sk_answer_new (SkCommandKind kind, guint serial);

void
sk_answer_free (SkAnswer *self);

/* (transfer full): all that @self holds; @self is left without */
SkAnswer *
sk_answer_steal (SkAnswer *self);

/* (transfer full): @text is copied; free with sk_event_free() */
SkEvent *
sk_event_new (gint64 step, const char *text);

void
sk_event_free (SkEvent *self);

void
sk_summary_clear (SkSummary *self);
