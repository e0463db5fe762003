/* The ranking and the thumbnail of an answer. */

#include <math.h>

#include "answer.h"
#include "csv.h"

#define NEAR(a, b) g_assert_cmpfloat_with_epsilon (a, b, 1e-6)

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

/* As many as are asked for, the first of equals first. */
static void
test_ranking_of_many (void) {
  const float logits[7] = { 1, 9, -3, 4, 4, 100, 0 };
  const int order[7] = { 5, 1, 3, 4, 0, 6, 2 };

  for (int n = 1; n <= 9; n++) {
    SkRank best[9];
    int found = sk_rank_logits (best, n, logits, 7);

    g_assert_cmpint (found, ==, MIN (n, 7));
    for (int i = 0; i < found; i++)
      g_assert_cmpint (best[i].index, ==, order[i]);
    NEAR (best[0].probability, 1);
  }
}

static void
test_thumbnail (void) {
  SkAnswer *answer = sk_answer_new (SK_COMMAND_CLASSIFY, 1);
  SkImage image = { .pixels = g_malloc (900 * 3 * 3), .width = 900, .height = 3 };

  memset (image.pixels, 200, 900 * 3 * 3);
  sk_answer_set_thumbnail (answer, &image, SK_THUMBNAIL_SIDE);
  g_assert_cmpint (answer->thumb_width, ==, SK_THUMBNAIL_SIDE);
  g_assert_cmpint (answer->thumb_height, ==, 1);
  g_assert_cmpint (answer->thumbnail[0], ==, 200);
  g_assert_cmpint (answer->thumbnail[3 * 256 - 1], ==, 200);
  sk_answer_free (answer);
  g_free (image.pixels);
}

/* Names of files and classes may hold anything. */
static void
test_csv (void) {
  static const struct {
    const char *value, *field;
  } cases[] = {
    { "", "" },
    { "a b", "a b" },
    { "tabby, cat", "\"tabby, cat\"" },
    { "the \"cat\"", "\"the \"\"cat\"\"\"" },
    { "two\nlines", "\"two\nlines\"" },
    { "\xff.png", "\uFFFD.png" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *field = sk_csv_field (cases[i].value);

    g_assert_cmpstr (field, ==, cases[i].field);
  }
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/answer/ranking", test_ranking);
  g_test_add_func ("/session/answer/few", test_ranking_of_few);
  g_test_add_func ("/session/answer/thumbnail", test_thumbnail);
  g_test_add_func ("/session/answer/many", test_ranking_of_many);
  g_test_add_func ("/session/answer/csv", test_csv);
  return g_test_run ();
}
