/* What backward measured, as it is shown: shares, agreement and gains of two vectors
 * whose sums are known by hand; the ranking of an answer. */

#include <math.h>

#include "answer.h"
#include "telemetry.h"

#define NEAR(a, b) g_assert_cmpfloat_with_epsilon (a, b, 1e-6)

/* g_skip = (3, 0), g_res = (1, 2): g = (4, 2). */
static void
test_shares_of_two_vectors (void) {
  SkBlockProbe probe = {
    .skip_square = 9,
    .residual_square = 5,
    .dot = 3,
    .out_square = 32,
    .branch_square = 1,
    .shortcut_square = 16,
    .dead = 2,
    .n_in = 2,
    .n_out = 8,
  };
  SkBlockState state = sk_block_state (&probe, 0.5f, TRUE);

  NEAR (state.gradient, sqrt (20.0 / 2));
  NEAR (state.skip, sqrt (9.0 / 2));
  NEAR (state.residual, sqrt (5.0 / 2));
  NEAR (state.share, 12.0 / 20);
  NEAR (state.agreement, 3 / sqrt (45.0));
  NEAR (state.gain, sqrt (10.0) / 2);
  NEAR (state.branch, 0.25);
  NEAR (state.dead, 0.25);
  NEAR (state.lambda, 0.5);
  g_assert_true (state.frozen);
}

/* The two shares are signed and sum to one: here the branch works against the skip. */
static void
test_shares_may_be_negative (void) {
  /* g_skip = (2), g_res = (−1): g = (1). */
  SkBlockProbe probe = {
    .skip_square = 4, .residual_square = 1, .dot = -2, .n_in = 1, .n_out = 1
  };
  SkBlockState skip = sk_block_state (&probe, 1, FALSE);

  NEAR (skip.share, 2);
  NEAR (skip.agreement, -1);
}

static void
test_nothing_measured_is_nothing (void) {
  SkBlockProbe probe = { 0 };
  SkBlockState state = sk_block_state (&probe, 1, FALSE);

  NEAR (state.gradient, 0);
  NEAR (state.share, 0);
  NEAR (state.agreement, 0);
  NEAR (state.gain, 0);
  NEAR (state.branch, 0);
  NEAR (state.dead, 0);

  /* Two parts that cancel, up to rounding. */
  probe = (SkBlockProbe){
    .skip_square = 1, .residual_square = 1, .dot = -1.0000000001, .n_in = 1, .n_out = 1
  };
  state = sk_block_state (&probe, 1, FALSE);
  NEAR (state.gradient, 0);
  g_assert_true (isfinite (state.share));
}

static void
test_ranking (void) {
  const float logits[7] = { 1, 9, -3, 4, 4, 100, 0 };
  char *names[] = { (char *) "a", (char *) "b", (char *) "c", (char *) "d",
                    (char *) "e", (char *) "f", NULL };
  SkModel model = { .class_names = names };
  SkAnswer *answer = sk_answer_new (SK_COMMAND_CLASSIFY, 1);
  const int order[5] = { 5, 1, 3, 4, 0 };

  sk_answer_rank (answer, &model, logits, 7);
  g_assert_cmpint (answer->n_top, ==, 5);
  for (int i = 0; i < 5; i++)
    g_assert_cmpint (answer->top[i].index, ==, order[i]);
  g_assert_cmpstr (answer->top[0].name, ==, "f");
  NEAR (answer->top[0].probability, 1);
  NEAR (answer->top[1].probability, exp (9.0 - 100));
  sk_answer_free (answer);
}

static void
test_ranking_of_few (void) {
  const float logits[2] = { 0, 1 };
  SkModel model = { 0 };
  SkAnswer *answer = sk_answer_new (SK_COMMAND_CLASSIFY, 1);

  sk_answer_rank (answer, &model, logits, 2);
  g_assert_cmpint (answer->n_top, ==, 2);
  g_assert_cmpstr (answer->top[0].name, ==, "class 1");
  NEAR (answer->top[0].probability, 1 / (1 + exp (-1.0)));
  NEAR (answer->top[0].probability + answer->top[1].probability, 1);
  sk_answer_free (answer);
}

static void
test_thumbnail (void) {
  SkAnswer *answer = sk_answer_new (SK_COMMAND_CLASSIFY, 1);
  SkImage image = { .pixels = g_malloc (900 * 3 * 3), .width = 900, .height = 3 };

  memset (image.pixels, 200, 900 * 3 * 3);
  sk_answer_set_thumbnail (answer, &image);
  g_assert_cmpint (answer->thumb_width, ==, SK_THUMBNAIL_SIDE);
  g_assert_cmpint (answer->thumb_height, ==, 1);
  g_assert_cmpint (answer->thumbnail[0], ==, 200);
  g_assert_cmpint (answer->thumbnail[3 * 256 - 1], ==, 200);
  sk_answer_free (answer);
  g_free (image.pixels);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/telemetry/shares", test_shares_of_two_vectors);
  g_test_add_func ("/session/telemetry/negative", test_shares_may_be_negative);
  g_test_add_func ("/session/telemetry/nothing", test_nothing_measured_is_nothing);
  g_test_add_func ("/session/answer/ranking", test_ranking);
  g_test_add_func ("/session/answer/few", test_ranking_of_few);
  g_test_add_func ("/session/answer/thumbnail", test_thumbnail);
  return g_test_run ();
}
