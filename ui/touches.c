#include "touches.h"

#include <glib/gi18n.h>
#include <math.h>

/* A fader that has not moved for so long, in ms, has been let go. */
#define REST 600
/* Things that can be undone. */
#define MOST 100

/* How it was before one touch. */
typedef struct {
  float *lambda; /* (n_blocks) (nullable) */
  int group; /* −1: a touch of skips */
  gboolean frozen;
  int stage, block; /* what was faded */
  gboolean moving; /* its fader has not come to rest */
} Touch;

struct _SkTouches {
  GObject parent;
  SkEngine *engine;
  guint run_serial; /* of the run that all this is about */
  int n_blocks, n_groups;
  float *wanted; /* (n_blocks) asked for and not yet seen; NaN: nothing */
  int *wanted_frozen; /* (n_groups) −1: nothing */
  GQueue done; /* Touch, the last one at the tail */
  guint rest; /* source: a fader is moving; 0: none */
  char *words; /* (nullable): of that fader */
};

G_DEFINE_FINAL_TYPE (SkTouches, sk_touches, G_TYPE_OBJECT)

enum {
  SIGNAL_TOUCHED,
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
touch_free (gpointer data) {
  Touch *touch = data;

  g_free (touch->lambda);
  g_free (touch);
}

static void
forget (SkTouches *self) {
  g_queue_clear_full (&self->done, touch_free);
  g_clear_handle_id (&self->rest, g_source_remove);
  g_clear_pointer (&self->words, g_free);
  g_clear_pointer (&self->wanted, g_free);
  g_clear_pointer (&self->wanted_frozen, g_free);
  self->n_blocks = self->n_groups = 0;
}

/* Another run is another thing to touch. */
static void
follow_run (SkTouches *self, const SkSnapshot *state) {
  if (state->run_serial == self->run_serial && self->wanted != NULL &&
      state->plan->n_blocks == self->n_blocks &&
      state->plan->n_groups == self->n_groups)
    return;
  forget (self);
  self->run_serial = state->run_serial;
  self->n_blocks = state->plan->n_blocks;
  self->n_groups = state->plan->n_groups;
  self->wanted = g_new (float, self->n_blocks);
  self->wanted_frozen = g_new (int, self->n_groups);
  for (int i = 0; i < self->n_blocks; i++)
    self->wanted[i] = NAN;
  for (int i = 0; i < self->n_groups; i++)
    self->wanted_frozen[i] = -1;
}

/* What was asked for and has come true is asked for no more. */
static void
snapshot_cb (SkTouches *self, SkSnapshot *state) {
  if (state->plan == NULL || state->lambda == NULL || state->frozen == NULL)
    return;
  follow_run (self, state);
  for (int i = 0; i < self->n_blocks; i++)
    if (state->lambda[i] == self->wanted[i])
      self->wanted[i] = NAN;
  for (int i = 0; i < self->n_groups; i++)
    if (state->frozen[i] == self->wanted_frozen[i])
      self->wanted_frozen[i] = -1;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* Whether there is a run under way that can be touched. */
static gboolean
has_run (SkTouches *self) {
  return sk_engine_has_run (self->engine) && self->wanted != NULL &&
         sk_engine_state (self->engine)->lambda != NULL;
}

gboolean
sk_touches_can_fade (SkTouches *self) {
  return has_run (self) && sk_engine_state (self->engine)->plan->variant.skips;
}

float
sk_touches_lambda (SkTouches *self, int block) {
  const SkSnapshot *state = sk_engine_state (self->engine);

  if (self->wanted == NULL || state->lambda == NULL || block >= self->n_blocks)
    return 1;
  return isnan (self->wanted[block]) ? state->lambda[block] : self->wanted[block];
}

gboolean
sk_touches_is_frozen (SkTouches *self, int group) {
  const SkSnapshot *state = sk_engine_state (self->engine);

  if (self->wanted_frozen == NULL || state->frozen == NULL || group >= self->n_groups)
    return FALSE;
  return self->wanted_frozen[group] < 0 ? state->frozen[group]
                                        : self->wanted_frozen[group];
}

static gboolean
is_meant (const SkPlan *plan, int stage, int block, int index) {
  return stage > 0 ? plan->blocks[index].stage == stage : block < 0 || block == index;
}

static void
send_lambda (SkTouches *self, int stage, int block, float lambda, gboolean moving) {
  const SkPlan *plan = sk_engine_state (self->engine)->plan;
  SkCommand command = { .kind = SK_COMMAND_LAMBDA,
                        .stage = stage,
                        .block = block,
                        .value = lambda,
                        .flag = moving };

  for (int i = 0; i < self->n_blocks; i++)
    if (is_meant (plan, stage, block, i))
      self->wanted[i] = lambda;
  sk_engine_send (self->engine, &command);
}

static void
push (SkTouches *self, Touch *touch) {
  g_queue_push_tail (&self->done, touch);
  if (g_queue_get_length (&self->done) > MOST)
    touch_free (g_queue_pop_head (&self->done));
}

/* (transfer full) */
static char *
describe (SkTouches *self, int stage, int block, float lambda) {
  const SkPlan *plan = sk_engine_state (self->engine)->plan;
  g_autofree char *what = NULL;

  if (stage > 0)
    what = g_strdup_printf (_ ("Skips of stage %d"), stage);
  else if (block < 0)
    what = g_strdup (_ ("All skips"));
  else
    what = g_strdup_printf (_ ("Skip of %s"), plan->blocks[block].name);
  if (lambda == 0)
    return g_strdup_printf (_ ("%s: cut"), what);
  if (lambda == 1)
    return g_strdup_printf (_ ("%s: restored"), what);
  return g_strdup_printf (_ ("%s: faded to %.2f"), what, (double) lambda);
}

static void
tell (SkTouches *self, const char *words) {
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  g_signal_emit (self, signals[SIGNAL_TOUCHED], 0, words);
}

static gboolean
rest_cb (gpointer data) {
  SkTouches *self = data;
  g_autofree char *words = g_steal_pointer (&self->words);
  Touch *last = g_queue_peek_tail (&self->done);

  self->rest = 0;
  if (last)
    last->moving = FALSE;
  tell (self, words);
  return G_SOURCE_REMOVE;
}

void
sk_touches_fade (SkTouches *self, int stage, int block, float lambda, gboolean moving) {
  Touch *last = g_queue_peek_tail (&self->done);
  g_autofree char *words = NULL;

  if (!sk_touches_can_fade (self) || block >= self->n_blocks)
    return;
  if (last == NULL || !last->moving || last->group >= 0 || last->stage != stage ||
      last->block != block) {
    last = g_new0 (Touch, 1);
    *last = (Touch){ g_new (float, self->n_blocks), -1, FALSE, stage, block, moving };
    for (int i = 0; i < self->n_blocks; i++)
      last->lambda[i] = sk_touches_lambda (self, i);
    push (self, last);
  }
  last->moving = moving;
  words = describe (self, stage, block, lambda);
  send_lambda (self, stage, block, lambda, moving);
  g_clear_handle_id (&self->rest, g_source_remove);
  g_clear_pointer (&self->words, g_free);
  if (moving) {
    self->words = g_steal_pointer (&words);
    self->rest = g_timeout_add (REST, rest_cb, self);
  } else {
    tell (self, words);
  }
}

gboolean
sk_touches_is_cut (SkTouches *self, int stage, int block) {
  const SkPlan *plan = sk_engine_state (self->engine)->plan;

  for (int i = 0; i < self->n_blocks; i++)
    if (is_meant (plan, stage, block, i) && sk_touches_lambda (self, i) != 0)
      return FALSE;
  return self->n_blocks > 0;
}

void
sk_touches_toggle_skips (SkTouches *self, int stage, int block) {
  sk_touches_fade (self, stage, block, sk_touches_is_cut (self, stage, block) ? 1 : 0,
                   FALSE);
}

static void
send_frozen (SkTouches *self, int group, gboolean frozen) {
  SkCommand command = { .kind = SK_COMMAND_FREEZE, .group = group, .flag = frozen };

  self->wanted_frozen[group] = frozen != FALSE;
  sk_engine_send (self->engine, &command);
}

void
sk_touches_freeze (SkTouches *self, int group, gboolean frozen) {
  const SkPlan *plan = sk_engine_state (self->engine)->plan;
  g_autofree char *words = NULL;
  Touch *touch;

  if (!has_run (self) || group < 0 || group >= self->n_groups)
    return;
  touch = g_new0 (Touch, 1);
  *touch = (Touch){ .group = group, .frozen = sk_touches_is_frozen (self, group) };
  push (self, touch);
  send_frozen (self, group, frozen);
  words = g_strdup_printf (frozen ? _ ("%s frozen") : _ ("%s learns again"),
                           plan->groups[group].name);
  tell (self, words);
}

gboolean
sk_touches_can_undo (SkTouches *self) {
  return has_run (self) && !g_queue_is_empty (&self->done);
}

/* The value that all the blocks meant are to have again; NaN: they differ. */
static float
common_value (SkTouches *self, const Touch *touch, int stage) {
  const SkPlan *plan = sk_engine_state (self->engine)->plan;
  float value = NAN;

  for (int i = 0; i < self->n_blocks; i++) {
    if (!is_meant (plan, stage, -1, i))
      continue;
    if (!isnan (value) && touch->lambda[i] != value)
      return NAN;
    value = touch->lambda[i];
  }
  return value;
}

/* With as few commands as it takes: each is a mark on the time axis. */
static void
undo_fade (SkTouches *self, const Touch *touch) {
  const SkPlan *plan = sk_engine_state (self->engine)->plan;

  if (touch->block >= 0 && touch->stage == 0) {
    send_lambda (self, 0, touch->block, touch->lambda[touch->block], FALSE);
    return;
  }
  if (touch->stage == 0 && !isnan (common_value (self, touch, 0))) {
    send_lambda (self, 0, -1, common_value (self, touch, 0), FALSE);
    return;
  }
  for (int stage = 1; stage <= plan->variant.n_stages; stage++) {
    float value = common_value (self, touch, stage);

    if (touch->stage > 0 && stage != touch->stage)
      continue;
    if (!isnan (value)) {
      send_lambda (self, stage, 0, value, FALSE);
      continue;
    }
    for (int i = 0; i < self->n_blocks; i++)
      if (plan->blocks[i].stage == stage)
        send_lambda (self, 0, i, touch->lambda[i], FALSE);
  }
}

void
sk_touches_undo (SkTouches *self) {
  Touch *touch;

  if (!sk_touches_can_undo (self))
    return;
  g_clear_handle_id (&self->rest, g_source_remove);
  g_clear_pointer (&self->words, g_free);
  touch = g_queue_pop_tail (&self->done);
  if (touch->group >= 0)
    send_frozen (self, touch->group, touch->frozen);
  else
    undo_fade (self, touch);
  touch_free (touch);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
sk_touches_dispose (GObject *object) {
  SkTouches *self = SK_TOUCHES (object);

  forget (self);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (sk_touches_parent_class)->dispose (object);
}

static void
sk_touches_class_init (SkTouchesClass *class) {
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->dispose = sk_touches_dispose;
  signals[SIGNAL_TOUCHED] =
      g_signal_new ("touched", SK_TYPE_TOUCHES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", SK_TYPE_TOUCHES, G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sk_touches_init (SkTouches *self) {
  g_queue_init (&self->done);
}

SkTouches *
sk_touches_new (SkEngine *engine) {
  SkTouches *self = g_object_new (SK_TYPE_TOUCHES, NULL);

  self->engine = g_object_ref (engine);
  g_signal_connect_object (engine, "snapshot", G_CALLBACK (snapshot_cb), self,
                           G_CONNECT_SWAPPED);
  return self;
}
