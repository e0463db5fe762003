#include "session-fixture.h"

#include <errno.h>
#include <time.h>

#include "file-fixture.h"

#define PATIENCE_SECONDS 100

static void
wake_cb (gpointer data) {
  Fixture *self = data;

  pthread_mutex_lock (&self->mutex);
  self->wakes++;
  pthread_cond_signal (&self->woken);
  pthread_mutex_unlock (&self->mutex);
}

Fixture *
fixture_new (int n_train, int n_test) {
  Fixture *self = g_new0 (Fixture, 1);

  pthread_mutex_init (&self->mutex, NULL);
  pthread_cond_init (&self->woken, NULL);
  self->folder = g_dir_make_tmp ("skipscope-test-XXXXXX", NULL);
  g_assert_nonnull (self->folder);
  self->data = make_cifar10 (self->folder, n_train, n_test);

  sk_recipe_init (&self->recipe);
  g_free (self->recipe.data);
  self->recipe.data = g_strdup (self->data);
  self->recipe.batch = 16;
  self->recipe.epochs = 3;
  self->recipe.lr = 0.01f;
  self->recipe.seed = 5;
  self->recipe.threads = 2;
  self->seen = sk_snapshot_new ();
  self->session = sk_session_new (wake_cb, self);
  return self;
}

void
fixture_free (Fixture *self) {
  g_clear_pointer (&self->session, sk_session_close);
  sk_snapshot_free (self->seen);
  sk_recipe_clear (&self->recipe);
  remove_tree (self->folder);
  pthread_mutex_destroy (&self->mutex);
  pthread_cond_destroy (&self->woken);
  g_free (self->folder);
  g_free (self->data);
  g_free (self);
}

void
fixture_restart (Fixture *self) {
  sk_session_close (self->session);
  sk_snapshot_free (self->seen);
  self->seen = sk_snapshot_new ();
  self->wakes = self->takes = 0;
  self->session = sk_session_new (wake_cb, self);
}

void
fixture_send (Fixture *self, SkCommandKind kind) {
  SkCommand command = { .kind = kind };

  sk_session_send (self->session, &command);
}

void
fixture_send_recipe (Fixture *self, SkCommandKind kind, const char *run) {
  g_autofree char *path = run ? g_build_filename (self->folder, run, NULL) : NULL;
  SkCommand command = { .kind = kind, .recipe = &self->recipe, .path = path };

  sk_session_send (self->session, &command);
}

static void
take (Fixture *self) {
  SkSnapshot *snapshot = sk_session_take (self->session);

  self->takes++;
  if (snapshot == NULL)
    return;
  self->pause_was_pending |= snapshot->pause_pending;
  sk_snapshot_merge (self->seen, snapshot);
}

/* A wake that is lost shows as a long wait. */
static void
sleep_until_woken (Fixture *self, int wakes) {
  struct timespec until;

  clock_gettime (CLOCK_REALTIME, &until);
  until.tv_sec += PATIENCE_SECONDS;
  pthread_mutex_lock (&self->mutex);
  while (self->wakes == wakes)
    if (pthread_cond_timedwait (&self->woken, &self->mutex, &until) == ETIMEDOUT)
      break;
  pthread_mutex_unlock (&self->mutex);
}

void
fixture_wait (Fixture *self, FixtureCheck check, gconstpointer data, const char *what) {
  gint64 until = g_get_monotonic_time () + PATIENCE_SECONDS * G_USEC_PER_SEC;

  for (;;) {
    int wakes;

    pthread_mutex_lock (&self->mutex);
    wakes = self->wakes;
    pthread_mutex_unlock (&self->mutex);
    take (self);
    if (check (self->seen, data))
      return;
    if (g_get_monotonic_time () > until)
      g_error ("waited for %s, but phase is %d, step %" G_GINT64_FORMAT ", message %s",
               what, (int) self->seen->phase, self->seen->step, self->seen->message);
    sleep_until_woken (self, wakes);
  }
}

static gboolean
has_phase (const SkSnapshot *seen, gconstpointer data) {
  return seen->phase == *(const SkPhase *) data && !seen->pause_pending;
}

void
fixture_wait_phase (Fixture *self, SkPhase phase) {
  g_autofree char *what = g_strdup_printf ("phase %d", (int) phase);

  fixture_wait (self, has_phase, &phase, what);
}

static gboolean
has_step (const SkSnapshot *seen, gconstpointer data) {
  return seen->step >= *(const gint64 *) data;
}

void
fixture_wait_step (Fixture *self, gint64 step) {
  g_autofree char *what = g_strdup_printf ("step %" G_GINT64_FORMAT, step);

  fixture_wait (self, has_step, &step, what);
}

static const SkAnswer *
find_answer (const SkSnapshot *seen, guint serial) {
  for (guint i = 0; i < seen->answers->len; i++) {
    const SkAnswer *answer = seen->answers->pdata[i];

    if (answer->serial == serial)
      return answer;
  }
  return NULL;
}

static gboolean
has_answer (const SkSnapshot *seen, gconstpointer data) {
  return find_answer (seen, *(const guint *) data) != NULL;
}

const SkAnswer *
fixture_wait_answer (Fixture *self, guint serial) {
  g_autofree char *what = g_strdup_printf ("answer %u", serial);

  fixture_wait (self, has_answer, &serial, what);
  return find_answer (self->seen, serial);
}

GBytes *
fixture_picture (int width, int height, guint8 red, guint8 green, guint8 blue) {
  gsize stride = ((gsize) width * 3 + 3) / 4 * 4, size;
  guint8 *bmp = make_bmp (width, height, &size);

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      guint8 *pixel = bmp + BMP_PIXELS + stride * (gsize) y + 3 * (gsize) x;

      pixel[0] = blue;
      pixel[1] = green;
      pixel[2] = red;
    }
  return g_bytes_new_take (bmp, size);
}
