#include "course.h"

#include <math.h>
#include <string.h>

/* How many steps, and how many looks at the blocks, a mean reaches back. */
#define LOSS_STEPS 20
#define UPDATE_STEPS 10
#define BLOCK_LOOKS 3
/* Steps whose mean is where the loss began. */
#define START_STEPS 5
/* Logarithms need something above 0, and below what is measured. */
#define LEAST 1e-40

void
sk_course_init (SkCourse *self, const SkPlan *plan) {
  *self = (SkCourse){ .plan = plan,
                      .blocks = g_new0 (SkBlockCourse, MAX (plan->n_blocks, 1)) };
}

void
sk_course_clear (SkCourse *self) {
  g_clear_pointer (&self->blocks, g_free);
}

void
sk_course_begin_again (SkCourse *self) {
  SkBlockCourse *blocks = self->blocks;

  memset (blocks, 0, sizeof *blocks * (gsize) self->plan->n_blocks);
  *self = (SkCourse){ .plan = self->plan, .blocks = blocks, .step = self->step };
}

/* The share of the newest in a mean of @n so far that reaches back @span: a plain mean at
 * first, so that the beginning does not weigh more than it should. */
static double
share (gint64 n, int span) {
  return 1 / (double) CLAMP (n, 1, span);
}

static void
fade (double *mean, double value, double weight) {
  *mean += (value - *mean) * weight;
}

static void
fade_log (double *mean, double value, double weight) {
  *mean =
      exp (log (MAX (*mean, LEAST)) * (1 - weight) + log (MAX (value, LEAST)) * weight);
}

static void
follow_blocks (SkCourse *self, const SkBlockState *states) {
  double weight = share (++self->n_looks, BLOCK_LOOKS);

  for (int i = 0; i < self->plan->n_blocks; i++) {
    SkBlockCourse *block = &self->blocks[i];

    fade_log (&block->gradient, (double) states[i].gradient, weight);
    fade_log (&block->gain, (double) states[i].gain, weight);
    fade_log (&block->branch, (double) states[i].branch, weight);
    fade_log (&block->gamma, (double) states[i].gamma, weight);
    fade (&block->dead, (double) states[i].dead, weight);
    block->lambda = states[i].lambda;
    block->frozen = states[i].frozen;
  }
}

void
sk_course_follow (SkCourse *self, const SkVitals *vitals) {
  /* What learns from now on is something else. */
  if (self->n > 0 && vitals->n_learning != self->n_learning)
    sk_course_begin_again (self);
  self->step = vitals->step;
  self->n++;
  fade (&self->loss, (double) vitals->loss, share (self->n, LOSS_STEPS));
  if (self->n <= START_STEPS)
    self->start_loss = self->loss;
  self->best_loss = self->n == 1 ? self->loss : MIN (self->best_loss, self->loss);
  fade_log (&self->update, (double) vitals->update, share (self->n, UPDATE_STEPS));
  self->peak_update = MAX (self->peak_update, self->update);
  self->lr = (double) vitals->lr;
  self->schedule = (double) vitals->schedule;
  self->weight = (double) vitals->weight;
  if (self->n == 1)
    self->start_weight = self->weight;
  self->n_learning = vitals->n_learning;
  if (vitals->blocks != NULL)
    follow_blocks (self, vitals->blocks);
}
