#include "exchange.h"

#include <string.h>

/* A copy of ResNet-152's weights takes some 40 ms: copying again after 50 times as long as
 * it took keeps the price below 2 %, and an answer still knows weights of a moment ago. */
#define COPY_REST 50
#define COPY_EVERY (G_USEC_PER_SEC / 10)

void
sk_exchange_init (SkExchange *self) {
  *self = (SkExchange){ 0 };
  pthread_mutex_init (&self->mutex, NULL);
}

void
sk_exchange_clear (SkExchange *self) {
  g_clear_pointer (&self->run, sk_model_free);
  pthread_mutex_destroy (&self->mutex);
}

guint
sk_exchange_tick (SkExchange *self) {
  guint now;

  pthread_mutex_lock (&self->mutex);
  now = ++self->clock;
  pthread_mutex_unlock (&self->mutex);
  return now;
}

void
sk_exchange_offer (SkExchange *self, SkModel *model) {
  SkModel *before;

  pthread_mutex_lock (&self->mutex);
  before = self->run;
  self->run = model;
  self->training = TRUE;
  self->copied_at = g_get_monotonic_time ();
  self->copy_cost = 0;
  pthread_mutex_unlock (&self->mutex);
  sk_model_free (before);
}

void
sk_exchange_refresh (SkExchange *self, const SkParameters *parameters, gint64 step,
                     gboolean now) {
  gint64 begin = g_get_monotonic_time ();

  if (now) {
    pthread_mutex_lock (&self->mutex);
  } else {
    if (begin - self->copied_at < MAX (COPY_EVERY, COPY_REST * self->copy_cost))
      return;
    if (pthread_mutex_trylock (&self->mutex) != 0)
      return;
  }
  if (self->run && self->training && (now || self->run->step != step)) {
    sk_parameters_copy (self->run->parameters, parameters);
    self->run->step = step;
    self->copied_at = g_get_monotonic_time ();
    self->copy_cost = self->copied_at - begin;
  }
  pthread_mutex_unlock (&self->mutex);
}

void
sk_exchange_set_lambda (SkExchange *self, const float *lambda) {
  pthread_mutex_lock (&self->mutex);
  if (self->run)
    memcpy (self->run->lambda, lambda,
            sizeof *lambda * (gsize) self->run->plan->n_blocks);
  pthread_mutex_unlock (&self->mutex);
}

char *
sk_exchange_end_run (SkExchange *self) {
  char *description;

  pthread_mutex_lock (&self->mutex);
  self->training = FALSE;
  self->ended = ++self->clock;
  description = self->run ? sk_model_describe (self->run, FALSE, FALSE) : NULL;
  pthread_mutex_unlock (&self->mutex);
  return description;
}

/* With the mutex held. */
static gboolean
bring_up_to_date (const SkModel *run, SkModel **mine, GError **error) {
  if (*mine && (*mine)->serial == run->serial) {
    gsize size = sizeof *run->lambda * (gsize) run->plan->n_blocks;

    /* What other weights or other skips make of pictures lies elsewhere. */
    if ((*mine)->step != run->step || memcmp ((*mine)->lambda, run->lambda, size) != 0)
      g_clear_pointer (&(*mine)->means, sk_class_means_free);
    if ((*mine)->step != run->step)
      sk_parameters_copy ((*mine)->parameters, run->parameters);
    memcpy ((*mine)->lambda, run->lambda, size);
    (*mine)->step = run->step;
    return TRUE;
  }
  g_clear_pointer (mine, sk_model_free);
  *mine = sk_model_copy (run, error);
  return *mine != NULL;
}

gboolean
sk_exchange_fetch (SkExchange *self, SkModel **mine, gboolean *training, guint *ended,
                   GError **error) {
  gboolean ok = TRUE;

  pthread_mutex_lock (&self->mutex);
  *training = self->training;
  *ended = self->ended;
  if (self->run)
    ok = bring_up_to_date (self->run, mine, error);
  pthread_mutex_unlock (&self->mutex);
  return ok;
}
