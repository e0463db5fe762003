/* Random streams, the worker pool and the arena. */

#include <math.h>

#include "arena.h"
#include "errors.h"
#include "parallel.h"
#include "rng.h"

static void
test_rng_streams_are_pure (void) {
  SkRng a = sk_rng_at (1, 2, 3);
  SkRng b = sk_rng_at (1, 2, 3);
  SkRng c = sk_rng_at (1, 3, 2);

  g_assert_cmpuint (sk_rng_next (&a), ==, sk_rng_next (&b));
  g_assert_cmpuint (sk_rng_next (&a), !=, sk_rng_next (&c));
}

static void
test_rng_moments (void) {
  SkRng rng = sk_rng_at (7, 0, 0);
  double sum = 0, square = 0, uniform = 0;
  const int n = 200000;

  for (int i = 0; i < n; i++) {
    double x = sk_rng_normal (&rng);

    sum += x;
    square += x * x;
    uniform += sk_rng_uniform (&rng);
  }
  g_assert_cmpfloat (fabs (sum / n), <, 0.01);
  g_assert_cmpfloat (fabs (square / n - 1), <, 0.02);
  g_assert_cmpfloat (fabs (uniform / n - 0.5), <, 0.005);
}

static void
test_rng_shuffle_is_a_permutation (void) {
  SkRng rng = sk_rng_at (3, 1, 1);
  guint32 order[100];
  gboolean seen[100] = { FALSE };
  int moved = 0;

  for (guint32 i = 0; i < 100; i++)
    order[i] = i;
  sk_rng_shuffle (&rng, order, 100);
  for (guint32 i = 0; i < 100; i++) {
    g_assert_false (seen[order[i]]);
    seen[order[i]] = TRUE;
    moved += order[i] != i;
  }
  g_assert_cmpint (moved, >, 80);
}

typedef struct {
  int touched[1000];
} Marks;

static void
mark (gpointer data, int worker, int n_workers) {
  Marks *marks = data;
  gsize begin, end;

  sk_share (1000, worker, n_workers, &begin, &end);
  for (gsize i = begin; i < end; i++)
    marks->touched[i]++;
}

static void
test_pool_covers_all_once (void) {
  for (int n = 1; n <= 3; n++) {
    g_autoptr (SkPool) pool = sk_pool_new (n, 0);
    Marks marks = { { 0 } };

    for (int round = 0; round < 500; round++)
      sk_pool_run (pool, mark, &marks);
    for (int i = 0; i < 1000; i++)
      g_assert_cmpint (marks.touched[i], ==, 500);
  }
}

static void
test_arena_refuses_what_cannot_fit (void) {
  g_autoptr (GError) error = NULL;
  SkArena arena;

  g_assert_false (sk_arena_init (&arena, (gsize) 1 << 50, "activations", &error));
  g_assert_error (error, SK_ERROR, SK_ERROR_MEMORY);
  g_assert_nonnull (strstr (error->message, "activations need"));
}

static void
test_arena_pieces_are_aligned (void) {
  SkArena arena;

  g_assert_true (
      sk_arena_init (&arena, sk_arena_round (3) + sk_arena_round (20), "x", NULL));
  for (int i = 0; i < 2; i++) {
    float *piece = sk_arena_take (&arena, i == 0 ? 3 : 20);

    g_assert_cmpuint ((gsize) piece % 64, ==, 0);
    g_assert_cmpfloat (piece[0], ==, 0);
  }
  sk_arena_clear (&arena);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/rng/pure", test_rng_streams_are_pure);
  g_test_add_func ("/base/rng/moments", test_rng_moments);
  g_test_add_func ("/base/rng/shuffle", test_rng_shuffle_is_a_permutation);
  g_test_add_func ("/base/pool/covers", test_pool_covers_all_once);
  g_test_add_func ("/base/arena/refuses", test_arena_refuses_what_cannot_fit);
  g_test_add_func ("/base/arena/aligned", test_arena_pieces_are_aligned);
  return g_test_run ();
}
