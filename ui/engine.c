#include "engine.h"

/* Snapshots are taken no oftener than a screen can show them, in µs: between two takes
 * they merge. */
#define FRAME (G_USEC_PER_SEC / 60)

struct _SkEngine {
  GObject parent;
  SkSession *session;
  SkSnapshot *state;
  guint serial;
  gint64 taken_at; /* monotonic µs of the last snapshot */
  GWeakRef *self_ref; /* what the session's threads hold of us */
};

G_DEFINE_FINAL_TYPE (SkEngine, sk_engine, G_TYPE_OBJECT)

enum {
  SIGNAL_SNAPSHOT,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* The last holder clears the reference: a cleared one may not even be asked. */
static void
release_box (gpointer box) {
  g_atomic_rc_box_release_full (box, (GDestroyNotify) g_weak_ref_clear);
}

static gboolean
take_cb (gpointer data) {
  g_autoptr (SkEngine) self = g_weak_ref_get (data);
  gint64 wait;
  SkSnapshot *snapshot;

  if (self == NULL || self->session == NULL)
    return G_SOURCE_REMOVE;
  wait = self->taken_at + FRAME - g_get_monotonic_time ();
  if (wait > 0) {
    g_timeout_add_full (G_PRIORITY_DEFAULT_IDLE, (guint) (wait / 1000) + 1, take_cb,
                        g_atomic_rc_box_acquire (data), release_box);
    return G_SOURCE_REMOVE;
  }
  self->taken_at = g_get_monotonic_time ();
  snapshot = sk_session_take (self->session);
  if (snapshot == NULL)
    return G_SOURCE_REMOVE;
  sk_snapshot_free (self->state);
  self->state = snapshot;
  g_signal_emit (self, signals[SIGNAL_SNAPSHOT], 0, snapshot);
  return G_SOURCE_REMOVE;
}

/* On an engine thread. The box of the weak reference outlives the session, which wakes
 * nobody after it was closed; an idle that is still queued finds the engine gone. Its
 * priority is below drawing: a flood of steps delays no frame. */
static void
wake_cb (gpointer data) {
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, take_cb, g_atomic_rc_box_acquire (data),
                   release_box);
}

void
sk_engine_close (SkEngine *self) {
  g_clear_pointer (&self->session, sk_session_close);
}

static void
sk_engine_dispose (GObject *object) {
  SkEngine *self = SK_ENGINE (object);

  sk_engine_close (self);
  G_OBJECT_CLASS (sk_engine_parent_class)->dispose (object);
}

static void
sk_engine_finalize (GObject *object) {
  SkEngine *self = SK_ENGINE (object);

  release_box (self->self_ref);
  sk_snapshot_free (self->state);
  G_OBJECT_CLASS (sk_engine_parent_class)->finalize (object);
}

static void
sk_engine_class_init (SkEngineClass *class) {
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->dispose = sk_engine_dispose;
  object_class->finalize = sk_engine_finalize;
  signals[SIGNAL_SNAPSHOT] =
      g_signal_new ("snapshot", SK_TYPE_ENGINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
sk_engine_init (SkEngine *self) {
  self->state = sk_snapshot_new ();
  self->self_ref = g_atomic_rc_box_new0 (GWeakRef);
  g_weak_ref_init (self->self_ref, self);
  self->session = sk_session_new (wake_cb, self->self_ref);
}

SkEngine *
sk_engine_new (void) {
  return g_object_new (SK_TYPE_ENGINE, NULL);
}

const SkSnapshot *
sk_engine_state (SkEngine *self) {
  return self->state;
}

gboolean
sk_engine_has_run (SkEngine *self) {
  switch (self->state->phase) {
  case SK_PHASE_PREPARING:
  case SK_PHASE_RUNNING:
  case SK_PHASE_PAUSED:
  case SK_PHASE_EVALUATING:
  case SK_PHASE_DIVERGED:
    return TRUE;
  default:
    return FALSE;
  }
}

void
sk_engine_send (SkEngine *self, const SkCommand *command) {
  if (self->session != NULL)
    sk_session_send (self->session, command);
}

void
sk_engine_send_verb (SkEngine *self, SkCommandKind verb) {
  SkCommand command = { .kind = verb };

  sk_engine_send (self, &command);
}

guint
sk_engine_next_serial (SkEngine *self) {
  return ++self->serial;
}
