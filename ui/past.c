#include "past.h"

#include "replay.h"

/* Looking is a look at a file: a few times a second, in µs. */
#define INTERVAL (G_USEC_PER_SEC / 4)
/* Columns that a strip is filled with at once. */
#define MOST_COLUMNS 4096

struct _SkPast {
  SkReplay *replay; /* (nullable) */
  char *dir; /* (nullable): of @replay, or where none was found */
  guint run; /* serial of the run */
  gint64 looked_at; /* monotonic µs */
};

SkPast *
sk_past_new (void) {
  return g_new0 (SkPast, 1);
}

void
sk_past_free (SkPast *self) {
  if (self == NULL)
    return;
  g_clear_pointer (&self->replay, sk_replay_free);
  g_free (self->dir);
  g_free (self);
}

gboolean
sk_past_follow (SkPast *self, const SkSnapshot *snapshot) {
  gint64 now = g_get_monotonic_time ();
  gboolean other = snapshot->run_serial != self->run ||
                   g_strcmp0 (snapshot->run_dir, self->dir) != 0;

  if (!other && now - self->looked_at < INTERVAL)
    return FALSE;
  self->looked_at = now;
  if (other) {
    self->run = snapshot->run_serial;
    g_free (self->dir);
    self->dir = g_strdup (snapshot->run_dir);
    g_clear_pointer (&self->replay, sk_replay_free);
  }
  /* The record of a run that begins comes with its first step. */
  if (self->replay == NULL && self->dir != NULL)
    self->replay = sk_replay_open (self->dir, NULL);
  else if (self->replay != NULL)
    sk_replay_refresh (self->replay);
  return other;
}

gint64
sk_past_first (SkPast *self) {
  return self->replay != NULL ? sk_replay_first_step (self->replay) : 0;
}

gint64
sk_past_last (SkPast *self, const SkSnapshot *newest) {
  gint64 recorded = self->replay != NULL ? sk_replay_last_step (self->replay) : 0;

  return recorded > 0 ? MAX (recorded, newest->step) : 0;
}

static gboolean
is_like (const SkPlan *a, const SkPlan *b) {
  return a != NULL && b != NULL && a->n_blocks == b->n_blocks &&
         a->n_parameters == b->n_parameters && a->n_groups == b->n_groups;
}

SkSnapshot *
sk_past_moment (SkPast *self, const SkSnapshot *newest, gint64 step) {
  const SkPlan *plan = newest->plan;
  const SkRecord *record;
  SkSnapshot *moment;

  if (self->replay == NULL || !is_like (plan, sk_replay_plan (self->replay)))
    return NULL;
  sk_replay_refresh (self->replay); /* the run may have ended since the last look */
  record = sk_replay_at (self->replay, step);
  if (record == NULL)
    return NULL;
  moment = sk_snapshot_copy_state (newest);
  g_free (moment->blocks);
  g_free (moment->layers);
  g_free (moment->frozen);
  moment->blocks =
      g_memdup2 (record->blocks, (gsize) plan->n_blocks * sizeof *record->blocks);
  moment->layers =
      g_memdup2 (record->layers, (gsize) plan->n_parameters * sizeof *record->layers);
  moment->frozen =
      g_memdup2 (record->frozen, (gsize) plan->n_groups * sizeof *record->frozen);
  for (int i = 0; moment->lambda != NULL && i < plan->n_blocks; i++)
    moment->lambda[i] = record->blocks[i].lambda;
  moment->phase = SK_PHASE_PAUSED; /* nothing moves in the past */
  moment->step = record->point.step;
  moment->lr = record->point.lr;
  return moment;
}

static gboolean
append_cb (gsize index, const SkRecord *record, gpointer data) {
  sk_strip_area_append (data, record->point.step, record->blocks, record->layers);
  return TRUE;
}

void
sk_past_fill (SkPast *self, SkStripArea *area) {
  gsize n;

  if (self->replay == NULL)
    return;
  n = sk_replay_count (self->replay);
  sk_replay_walk (self->replay, 0, n, n / MOST_COLUMNS + 1, append_cb, area);
}
