#pragma once

#include <pthread.h>

#include "session.h"

/* A session as a window would hold it, with everything it has said so far. */
typedef struct {
  SkSession *session;
  SkSnapshot *seen; /* all snapshots, merged */
  gboolean pause_was_pending; /* in any of them */
  pthread_mutex_t mutex;
  pthread_cond_t woken;
  int wakes, takes;
  char *folder; /* of its own, removed at the end */
  char *data; /* spec of a small CIFAR-10 in it */
  SkRecipe recipe; /* of a training that takes a second */
} Fixture;

/* @n_train pictures of noise with a hint of their class. */
Fixture *
fixture_new (int n_train, int n_test);

void
fixture_free (Fixture *self);

/* Closes and starts the session again; what was seen is forgotten. */
void
fixture_restart (Fixture *self);

void
fixture_send (Fixture *self, SkCommandKind kind);

/* START or PLAN of the fixture's recipe, into the folder @run (nullable). */
void
fixture_send_recipe (Fixture *self, SkCommandKind kind, const char *run);

/* Each takes until it has seen that; fails when it has been patient for long. A phase counts where no pause is
 * pending. */
void
fixture_wait_phase (Fixture *self, SkPhase phase);

void
fixture_wait_step (Fixture *self, gint64 step);

/* The answer with that serial. */
const SkAnswer *
fixture_wait_answer (Fixture *self, guint serial);

typedef gboolean (*FixtureCheck) (const SkSnapshot *seen, gconstpointer data);

void
fixture_wait (Fixture *self, FixtureCheck check, gconstpointer data, const char *what);

/* (transfer full): a BMP file of one colour. */
GBytes *
fixture_picture (int width, int height, guint8 red, guint8 green, guint8 blue);
