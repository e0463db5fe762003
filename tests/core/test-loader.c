/* Order and augmentation as pure functions, resume, partial batches, broken pictures. */

#include <string.h>

#include "dataset-kind.h"
#include "errors.h"
#include "loader.h"

#define SIDE 8
#define N_PICTURES 53

/* A set whose pictures say their own index, and of which some are broken. */
typedef struct {
  SkDataset parent;
  int broken_every; /* 0: none */
  gulong slow; /* µs a picture */
  char path[32];
} Fake;

static gboolean
fake_read (SkDataset *dataset, SkSplit split, int index, SkImage *image,
           GError **error) {
  Fake *self = (Fake *) dataset;

  if (self->slow)
    g_usleep (self->slow);
  if (self->broken_every && index % self->broken_every == 0) {
    g_set_error (error, SK_ERROR, SK_ERROR_FORMAT, "picture %d is broken", index);
    return FALSE;
  }
  *image = (SkImage){ g_malloc (SIDE * SIDE * 3), SIDE, SIDE };
  for (int i = 0; i < SIDE * SIDE * 3; i++)
    image->pixels[i] = (guint8) (index + i);
  return TRUE;
}

static const char *
fake_path (const SkDataset *dataset, SkSplit split, int index) {
  return ((const Fake *) dataset)->path;
}

static const SkDatasetMethods fake_methods = { .read = fake_read, .path = fake_path };

static SkDataset *
fake_new (int broken_every, gulong slow) {
  static const char *const names[] = { "even", "odd", NULL };
  Fake *self = sk_dataset_alloc (sizeof (Fake), &fake_methods, names);

  self->broken_every = broken_every;
  self->slow = slow;
  g_strlcpy (self->path, "picture", sizeof self->path);
  self->parent.count[SK_SPLIT_TRAIN] = N_PICTURES;
  self->parent.labels[SK_SPLIT_TRAIN] = g_new (int, N_PICTURES);
  for (int i = 0; i < N_PICTURES; i++)
    self->parent.labels[SK_SPLIT_TRAIN][i] = i % 2;
  return &self->parent;
}

static SkLoader *
make_loader (SkDataset *dataset, int n_threads, int batch, gboolean shuffle) {
  SkTransform transform = { .side = SIDE,
                            .resize = SIDE,
                            .std = { 1 / 255.f, 1 / 255.f, 1 / 255.f } };

  return sk_loader_new (dataset, SK_SPLIT_TRAIN, &transform, SK_AUGMENT_CIFAR, batch,
                        77, shuffle, n_threads);
}

/* A number that changes with anything in the batch. */
static guint64
fingerprint (const SkBatch *batch) {
  guint64 hash = 14695981039346656037u;
  const guint8 *bytes = (const guint8 *) batch->images;

  for (gsize i = 0; i < (gsize) batch->n * SIDE * SIDE * 3 * sizeof (float); i++)
    hash = (hash ^ bytes[i]) * 1099511628211u;
  for (int i = 0; i < batch->n; i++)
    hash =
        (hash ^ (guint64) (batch->indices[i] * 2 + batch->labels[i])) * 1099511628211u;
  return hash;
}

static void
test_same_whatever_the_threads (void) {
  g_autoptr (SkDataset) dataset = fake_new (0, 0);
  guint64 want[30];

  for (int n_threads = 1; n_threads <= 4; n_threads++) {
    g_autoptr (SkLoader) loader = make_loader (dataset, n_threads, 10, TRUE);

    g_assert_cmpint (sk_loader_n_batches (loader), ==, 6);
    sk_loader_start (loader, 0, 0);
    for (int i = 0; i < 30; i++) {
      const SkBatch *batch = sk_loader_next (loader);

      if (n_threads == 1)
        want[i] = fingerprint (batch);
      g_assert_cmpuint (fingerprint (batch), ==, want[i]);
      g_assert_cmpint (batch->epoch, ==, i / 6);
      g_assert_cmpint (batch->batch, ==, i % 6);
      g_assert_cmpint (batch->last, ==, i % 6 == 5);
      g_assert_cmpint (batch->n, ==, batch->last ? 3 : 10);
    }
  }
  for (int i = 1; i < 30; i++)
    g_assert_cmpuint (want[i], !=, want[i - 1]);
}

static void
test_an_epoch_has_every_picture_once (void) {
  g_autoptr (SkDataset) dataset = fake_new (0, 0);
  g_autoptr (SkLoader) loader = make_loader (dataset, 2, 7, TRUE);
  int order[2][N_PICTURES], same = 0;

  sk_loader_start (loader, 3, 0);
  for (int epoch = 0; epoch < 2; epoch++) {
    gboolean seen[N_PICTURES] = { FALSE };
    int n = 0;

    for (int i = 0; i < sk_loader_n_batches (loader); i++) {
      const SkBatch *batch = sk_loader_next (loader);

      for (int k = 0; k < batch->n; k++) {
        g_assert_false (seen[batch->indices[k]]);
        seen[batch->indices[k]] = TRUE;
        g_assert_cmpint (batch->labels[k], ==, batch->indices[k] % 2);
        order[epoch][n++] = batch->indices[k];
      }
    }
    g_assert_cmpint (n, ==, N_PICTURES);
  }
  for (int i = 0; i < N_PICTURES; i++)
    same += order[0][i] == order[1][i];
  g_assert_cmpint (same, <, 10);
}

static void
test_without_shuffle_the_order_stays (void) {
  g_autoptr (SkDataset) dataset = fake_new (0, 0);
  g_autoptr (SkLoader) loader = make_loader (dataset, 3, 20, FALSE);

  sk_loader_start (loader, 0, 0);
  for (int i = 0; i < 9; i++) {
    const SkBatch *batch = sk_loader_next (loader);

    for (int k = 0; k < batch->n; k++)
      g_assert_cmpint (batch->indices[k], ==, i % 3 * 20 + k);
  }
}

static void
test_resume_anywhere (void) {
  g_autoptr (SkDataset) dataset = fake_new (0, 0);
  g_autoptr (SkLoader) loader = make_loader (dataset, 2, 10, TRUE);
  guint64 want[18];

  sk_loader_start (loader, 0, 0);
  for (int i = 0; i < 18; i++)
    want[i] = fingerprint (sk_loader_next (loader));
  for (int from = 17; from >= 0; from -= 4) {
    /* The same loader again, with slots in every state. */
    sk_loader_start (loader, from / 6, from % 6);
    for (int i = from; i < 18; i++)
      g_assert_cmpuint (fingerprint (sk_loader_next (loader)), ==, want[i]);
  }
}

static void
test_broken_pictures_are_left_out (void) {
  g_autoptr (SkDataset) dataset = fake_new (5, 0);
  g_autoptr (SkLoader) loader = make_loader (dataset, 2, 10, FALSE);
  g_autoptr (GPtrArray) skipped = NULL;
  int n = 0;

  sk_loader_start (loader, 0, 0);
  for (int i = 0; i < sk_loader_n_batches (loader); i++) {
    const SkBatch *batch = sk_loader_next (loader);

    for (int k = 0; k < batch->n; k++) {
      /* Unshifted or not, a pixel in the middle belongs to this picture. */
      float middle = batch->images[(k * SIDE * SIDE + SIDE / 2 * SIDE + SIDE / 2) * 3];

      g_assert_cmpint (batch->indices[k] % 5, !=, 0);
      g_assert_true (middle == 0 ||
                     (middle >= (float) batch->indices[k] - 0.5f &&
                      middle < (float) (batch->indices[k] + SIDE * SIDE * 3)));
      n++;
    }
  }
  g_assert_cmpint (n, ==, N_PICTURES - 11);
  skipped = sk_dataset_skipped (dataset);
  g_assert_cmpuint (skipped->len, ==, 1);
  g_assert_cmpstr (((SkSkipped *) skipped->pdata[0])->path, ==, "picture");
  g_assert_nonnull (strstr (((SkSkipped *) skipped->pdata[0])->reason, "broken"));
}

static void
test_all_broken_ends_nothing (void) {
  g_autoptr (SkDataset) dataset = fake_new (1, 0);
  g_autoptr (SkLoader) loader = make_loader (dataset, 2, 10, TRUE);

  sk_loader_start (loader, 0, 0);
  for (int i = 0; i < 12; i++)
    g_assert_cmpint (sk_loader_next (loader)->n, ==, 0);
}

static void
test_waiting_is_measured (void) {
  g_autoptr (SkDataset) slow = fake_new (0, 2000);
  g_autoptr (SkLoader) loader = make_loader (slow, 1, 10, TRUE);

  sk_loader_start (loader, 0, 0);
  for (int i = 0; i < 6; i++)
    sk_loader_next (loader);
  g_assert_cmpfloat (sk_loader_waited (loader), >, 0.09);
  /* Given time, the next one is ready; how much depends on who else is working here. */
  for (gulong pause = 100000; pause < 20000000; pause *= 2) {
    sk_loader_start (loader, 0, 0);
    g_usleep (pause);
    sk_loader_next (loader);
    if (sk_loader_waited (loader) < 0.01)
      return;
  }
  g_assert_not_reached ();
}

static void
test_ends_while_busy (void) {
  g_autoptr (SkDataset) slow = fake_new (0, 1000);

  for (int i = 0; i < 20; i++) {
    g_autoptr (SkLoader) loader = make_loader (slow, 3, 10, TRUE);

    if (i % 4)
      sk_loader_start (loader, i, 0);
    if (i % 4 > 1)
      sk_loader_next (loader);
  }
}

static void
test_builtin_from_many_threads (void) {
  g_autoptr (SkDataset) dataset = sk_dataset_open ("builtin", 3, NULL, NULL);
  SkTransform transform = sk_transform_default (32);
  g_autoptr (SkLoader) one = sk_loader_new (dataset, SK_SPLIT_TEST, &transform,
                                            SK_AUGMENT_NONE, 64, 1, FALSE, 4);
  g_autoptr (SkLoader) other = sk_loader_new (dataset, SK_SPLIT_TEST, &transform,
                                              SK_AUGMENT_NONE, 64, 1, FALSE, 4);

  sk_loader_start (one, 0, 0);
  sk_loader_start (other, 0, 0);
  for (int i = 0; i < 20; i++) {
    const SkBatch *a = sk_loader_next (one), *b = sk_loader_next (other);

    g_assert_cmpmem (a->images, sizeof (float) * 64 * 32 * 32 * 3, b->images,
                     sizeof (float) * 64 * 32 * 32 * 3);
  }
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/loader/threads", test_same_whatever_the_threads);
  g_test_add_func ("/loader/every-picture-once", test_an_epoch_has_every_picture_once);
  g_test_add_func ("/loader/no-shuffle", test_without_shuffle_the_order_stays);
  g_test_add_func ("/loader/resume", test_resume_anywhere);
  g_test_add_func ("/loader/broken", test_broken_pictures_are_left_out);
  g_test_add_func ("/loader/all-broken", test_all_broken_ends_nothing);
  g_test_add_func ("/loader/waiting", test_waiting_is_measured);
  g_test_add_func ("/loader/ends-while-busy", test_ends_while_busy);
  g_test_add_func ("/loader/builtin", test_builtin_from_many_threads);
  return g_test_run ();
}
