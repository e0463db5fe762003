/* When something is wrong. README.md has the runs that every threshold was read off. */

#include "doctor-rules.h"

#include <math.h>

/* Two thresholds: what it takes to fall ill, and what to be well again. */
typedef struct {
  double ill, well;
} Threshold;

/* A gradient's RMS in the depth over that behind the last block. */
static const Threshold exploding = { 100, 50 };
static const Threshold vanishing = { 0.01, 0.03 };
/* Share of a block's outputs that are 0: option A's padding alone makes it 0.75, and a
 * zero-γ start of 56 layers up to 0.96. */
static const Threshold dead = { 0.99, 0.985 };
/* RMS(F(x)) / RMS(x). */
static const Threshold asleep = { 0.02, 0.03 };
/* ‖ΔW‖/‖W‖ of a step. */
static const Threshold long_steps = { 0.015, 0.012 };
static const Threshold short_steps = { 3e-6, 6e-6 };
/* The loss over the lowest that it has been, with a margin in units of chance. */
static const Threshold overshoot = { 1.25, 1.1 };
#define OVERSHOOT_MARGIN 0.1
/* Steps this long have been taken where the loss rises by them. */
#define OVERSHOOT_UPDATE 5e-3
/* ‖W‖ over what it was at first. */
static const Threshold thrown = { 2, 1.5 };
static const Threshold wasted = { 0.7, 0.8 };
/* Share of the weights that decay takes in a step. */
#define WASTING_DECAY 1e-3

/* Of the loss of guessing, ln(classes): above, nothing is known. */
#define CHANCE 0.97
#define STUCK_CHANCE 0.985
#define STUCK_HIGHEST 1.05
/* Of the loss at the start: above, it does not fall. */
#define FALLING 0.98
#define FALLING_SLOWLY 0.95
/* Share of its rate that a schedule must give before the rate is judged by it. */
#define JUDGED_SCHEDULE 0.5

/* Steps before something can be said. */
#define RATE_STEPS 10
#define RATE_LOW_STEPS 50
#define ASLEEP_STEPS 100
#define CUT_STEPS 40
#define STUCK_STEPS 300

#define SLOWER 0.1
#define FASTER 100.0
#define ORDINARY_DECAY 5e-4

static double
limit (Threshold threshold, gboolean held) {
  return held ? threshold.well : threshold.ill;
}

static double
chance (const SkCourse *course) {
  return log ((double) MAX (course->plan->classes, 2));
}

static gboolean
is_learning (const SkCourse *course) {
  return course->loss < CHANCE * chance (course);
}

static SkSeverity
severity (const SkCourse *course) {
  return is_learning (course) ? SK_SEVERITY_WARNING : SK_SEVERITY_SERIOUS;
}

/* A frozen block is as it was given; one that the backward walk does not reach has no
 * gradient. */
static gboolean
has_gradient (const SkBlockCourse *block) {
  return !block->frozen && block->gradient > (double) G_MINFLOAT;
}

static gboolean
has_skip (const SkCourse *course, int block) {
  return course->plan->blocks[block].skip >= 0;
}

static int
count_cut (const SkCourse *course) {
  int n = 0;

  for (int i = 0; i < course->plan->n_blocks; i++)
    n += has_skip (course, i) && course->blocks[i].lambda < 1;
  return n;
}

/* Widens the finding by @block, where @value may be the plainest. */
static void
add_block (SkFinding *finding, int block, double value, gboolean plainest) {
  if (finding->n_blocks++ == 0)
    finding->first = block;
  finding->last = block;
  if (finding->block >= 0 && !plainest)
    return;
  finding->block = block;
  finding->value = value;
}

/* What helps a gradient that does not come through: skips, where there are none. */
static void
remedy_depth (const SkCourse *course, SkFinding *finding) {
  if (!course->plan->variant.skips) {
    finding->remedy = SK_REMEDY_NEW_RUN_SKIPS;
  } else if (count_cut (course) > 0) {
    finding->remedy = SK_REMEDY_RESTORE_SKIPS;
    finding->remedy_value = 1;
  } else {
    finding->remedy = SK_REMEDY_ROLL_BACK;
    finding->remedy_value = SLOWER;
  }
}

/* RMS of the gradient behind the last block, from which all depth is measured. */
static double
top_gradient (const SkCourse *course) {
  const SkBlockCourse *last = &course->blocks[course->plan->n_blocks - 1];

  return last->gain > 0 ? last->gradient / last->gain : 0;
}

static gboolean
depth_holds (const SkCourse *course, gboolean explodes, gboolean held,
             SkFinding *finding) {
  const Threshold *threshold = explodes ? &exploding : &vanishing;
  double at = limit (*threshold, held);
  double top = top_gradient (course);

  finding->evidence = SK_EVIDENCE_DEPTH_RATIO;
  finding->threshold = threshold->ill;
  for (int i = 0; top > 0 && i < course->plan->n_blocks; i++) {
    double ratio = course->blocks[i].gradient / top;

    if (has_gradient (&course->blocks[i]) && (explodes ? ratio > at : ratio < at))
      add_block (finding, i, ratio,
                 explodes ? ratio > finding->value : ratio < finding->value);
  }
  finding->severity = severity (course);
  finding->learning = is_learning (course);
  remedy_depth (course, finding);
  return finding->n_blocks > 0;
}

static gboolean
exploding_holds (const SkCourse *course, gboolean held, double weight_decay,
                 SkFinding *finding) {
  return depth_holds (course, TRUE, held, finding);
}

static gboolean
vanishing_holds (const SkCourse *course, gboolean held, double weight_decay,
                 SkFinding *finding) {
  return depth_holds (course, FALSE, held, finding);
}

static gboolean
is_overshooting (const SkCourse *course, gboolean held, SkFinding *finding) {
  double margin = OVERSHOOT_MARGIN * chance (course);

  finding->evidence = SK_EVIDENCE_LOSS;
  finding->value = course->loss;
  finding->threshold = course->best_loss * overshoot.ill + margin;
  return course->peak_update >= OVERSHOOT_UPDATE &&
         finding->value > course->best_loss * limit (overshoot, held) + margin;
}

static gboolean
is_leaping (const SkCourse *course, gboolean held, SkFinding *finding) {
  finding->evidence = SK_EVIDENCE_UPDATE;
  finding->value = course->update;
  finding->threshold = long_steps.ill;
  return course->n >= RATE_STEPS && course->loss > FALLING * course->start_loss &&
         finding->value > limit (long_steps, held);
}

/* A few long steps at the start are enough: the weights are large ever after, and the
 * steps, measured against them, look harmless. */
static gboolean
is_thrown (const SkCourse *course, gboolean held, SkFinding *finding) {
  finding->evidence = SK_EVIDENCE_WEIGHT;
  finding->value = course->start_weight > 0 ? course->weight / course->start_weight : 1;
  finding->threshold = thrown.ill;
  /* A new head on a frozen trunk may grow as it likes. */
  return !is_learning (course) && course->n_learning > 1 &&
         finding->value > limit (thrown, held);
}

static gboolean
rate_high_holds (const SkCourse *course, gboolean held, double weight_decay,
                 SkFinding *finding) {
  finding->severity = severity (course);
  finding->learning = is_learning (course);
  finding->remedy = finding->learning ? SK_REMEDY_LR : SK_REMEDY_ROLL_BACK;
  finding->remedy_value = SLOWER;
  return is_thrown (course, held, finding) || is_leaping (course, held, finding) ||
         is_overshooting (course, held, finding);
}

static gboolean
rate_low_holds (const SkCourse *course, gboolean held, double weight_decay,
                SkFinding *finding) {
  finding->severity = SK_SEVERITY_WARNING;
  finding->evidence = SK_EVIDENCE_UPDATE;
  finding->value = course->peak_update;
  finding->threshold = short_steps.ill;
  finding->remedy = SK_REMEDY_LR;
  finding->remedy_value = FASTER;
  /* Who has learnt already may be polished by steps as short as one likes. */
  return course->n >= RATE_LOW_STEPS && course->schedule >= JUDGED_SCHEDULE &&
         course->n_learning > 0 && !is_learning (course) &&
         finding->value < limit (short_steps, held) &&
         course->loss > FALLING_SLOWLY * course->start_loss;
}

static gboolean
wasting_holds (const SkCourse *course, gboolean held, double weight_decay,
               SkFinding *finding) {
  finding->severity = SK_SEVERITY_SERIOUS;
  finding->evidence = SK_EVIDENCE_WEIGHT;
  finding->value = course->start_weight > 0 ? course->weight / course->start_weight : 1;
  finding->threshold = wasted.ill;
  finding->remedy = SK_REMEDY_NEW_RUN_DECAY;
  finding->remedy_value = ORDINARY_DECAY;
  return course->lr * weight_decay >= WASTING_DECAY && !is_learning (course) &&
         finding->value < limit (wasted, held);
}

static gboolean
dead_holds (const SkCourse *course, gboolean held, double weight_decay,
            SkFinding *finding) {
  finding->evidence = SK_EVIDENCE_DEAD;
  finding->threshold = dead.ill;
  for (int i = 0; i < course->plan->n_blocks; i++) {
    const SkBlockCourse *block = &course->blocks[i];

    if (!block->frozen && block->dead > limit (dead, held))
      add_block (finding, i, block->dead, block->dead > finding->value);
  }
  finding->severity = severity (course);
  finding->learning = is_learning (course);
  finding->remedy = SK_REMEDY_ROLL_BACK;
  finding->remedy_value = SLOWER;
  return finding->n_blocks > 0;
}

static gboolean
asleep_holds (const SkCourse *course, gboolean held, double weight_decay,
              SkFinding *finding) {
  int n_skips = 0;

  finding->evidence = SK_EVIDENCE_BRANCH;
  finding->threshold = asleep.ill;
  for (int i = 0; i < course->plan->n_blocks; i++) {
    const SkBlockCourse *block = &course->blocks[i];

    if (!has_skip (course, i) || block->frozen)
      continue;
    n_skips++;
    if (block->branch < limit (asleep, held))
      add_block (finding, i, block->branch, block->branch < finding->value);
  }
  /* One block that is not needed is no illness: it is what skips allow. */
  finding->severity =
      finding->n_blocks == n_skips ? SK_SEVERITY_WARNING : SK_SEVERITY_NOTE;
  finding->learning = is_learning (course);
  return course->n >= ASLEEP_STEPS && finding->n_blocks > 0;
}

static gboolean
cut_holds (const SkCourse *course, gboolean held, double weight_decay,
           SkFinding *finding) {
  finding->severity = SK_SEVERITY_WARNING;
  finding->evidence = SK_EVIDENCE_LAMBDA;
  finding->threshold = 1;
  for (int i = 0; i < course->plan->n_blocks; i++) {
    double lambda = (double) course->blocks[i].lambda;

    if (has_skip (course, i) && lambda < finding->threshold)
      add_block (finding, i, lambda, lambda < finding->value);
  }
  finding->remedy = SK_REMEDY_RESTORE_SKIPS;
  finding->remedy_value = 1;
  return course->n >= CUT_STEPS && !is_learning (course) && finding->n_blocks > 0;
}

static gboolean
stuck_holds (const SkCourse *course, gboolean held, double weight_decay,
             SkFinding *finding) {
  finding->severity = SK_SEVERITY_SERIOUS;
  finding->evidence = SK_EVIDENCE_LOSS;
  finding->value = course->loss;
  finding->threshold = STUCK_CHANCE * chance (course);
  finding->remedy = SK_REMEDY_ROLL_BACK;
  finding->remedy_value = SLOWER;
  /* A loss that begins far above, as under a new head, passes here on its way down. */
  return course->n >= STUCK_STEPS && course->n_learning > 0 &&
         course->best_loss > finding->threshold &&
         finding->value < STUCK_HIGHEST * chance (course);
}

#define FOLLOWS(kind) (1u << SK_FINDING_##kind)

static const SkRule rules[] = {
  { SK_FINDING_WASTING, wasting_holds, 3,
    FOLLOWS (RATE_HIGH) | FOLLOWS (EXPLODING) | FOLLOWS (VANISHING) | FOLLOWS (DEAD) |
        FOLLOWS (ASLEEP) | FOLLOWS (CUT) | FOLLOWS (STUCK) },
  { SK_FINDING_RATE_HIGH, rate_high_holds, 3, FOLLOWS (DEAD) | FOLLOWS (STUCK) },
  { SK_FINDING_EXPLODING, exploding_holds, 2, FOLLOWS (CUT) | FOLLOWS (STUCK) },
  { SK_FINDING_VANISHING, vanishing_holds, 3, FOLLOWS (CUT) | FOLLOWS (STUCK) },
  { SK_FINDING_DEAD, dead_holds, 3, FOLLOWS (STUCK) },
  { SK_FINDING_RATE_LOW, rate_low_holds, 3, FOLLOWS (STUCK) | FOLLOWS (ASLEEP) },
  { SK_FINDING_CUT, cut_holds, 3, FOLLOWS (STUCK) },
  { SK_FINDING_STUCK, stuck_holds, 20, 0 },
  { SK_FINDING_ASLEEP, asleep_holds, 3, 0 },
};

const SkRule *
sk_doctor_rules (int *n) {
  *n = G_N_ELEMENTS (rules);
  return rules;
}
