/* Why: explanations, covered pictures and reports through the border. */

#include <math.h>
#include <string.h>

#include "file-fixture.h"
#include "session-fixture.h"

static void
ask (Fixture *fixture, SkCommandKind kind, guint serial, GBytes *bytes, int class) {
  SkCommand command = { .kind = kind,
                        .serial = serial,
                        .bytes = bytes,
                        .class_index = class };

  sk_session_send (fixture->session, &command);
}

static Fixture *
finished_run (void) {
  Fixture *fixture = fixture_new (64, 20);

  fixture->recipe.epochs = 1;
  fixture_send_recipe (fixture, SK_COMMAND_START, "run");
  fixture_wait_phase (fixture, SK_PHASE_FINISHED);
  return fixture;
}

static void
check_block (const SkBlockView *view) {
  double sum = 0;
  int counted = 0;

  g_assert_cmpint (view->cam.rows * view->cam.columns, >, 0);
  g_assert_cmpint (view->part.rows, ==, view->cam.rows);
  for (int i = 0; i < view->part.rows * view->part.columns; i++) {
    sum += (double) view->part.values[i];
    g_assert_cmpfloat (view->cam.values[i], >=, 0);
  }
  g_assert_cmpfloat (fabs (sum - view->added), <, 1e-4 * fmax (1, fabs (view->added)));
  g_assert_cmpint (view->n_channels, ==, 16);
  for (int i = 0; i < view->n_channels; i++)
    g_assert_cmpint (view->channels[i].rows, ==, view->cam.rows);
  for (gsize i = 0; i < G_N_ELEMENTS (view->histogram); i++)
    counted += view->histogram[i];
  g_assert_cmpint (counted, >, 0);
  g_assert_cmpfloat (view->zeros, <, 1);
  g_assert_nonnull (view->exit_name);
}

static void
test_explain (void) {
  Fixture *fixture = finished_run ();
  g_autoptr (GBytes) picture = fixture_picture (40, 30, 250, 20, 20);
  const SkAnswer *plain, *answer;
  const SkExplanation *why;
  double sum;

  ask (fixture, SK_COMMAND_CLASSIFY, 1, picture, -1);
  plain = fixture_wait_answer (fixture, 1);
  ask (fixture, SK_COMMAND_EXPLAIN, 2, picture, -1);
  answer = fixture_wait_answer (fixture, 2);
  g_assert_null (answer->error);
  g_assert_cmpint (answer->top[0].index, ==, plain->top[0].index);
  g_assert_cmpfloat (fabsf (answer->top[0].probability - plain->top[0].probability), <,
                     1e-4f);
  why = answer->explanation;
  g_assert_cmpint (why->class, ==, answer->top[0].index);
  g_assert_cmpstr (why->class_name, ==, answer->top[0].name);
  g_assert_cmpint (why->side, ==, 32);
  /* A red picture is seen red. */
  g_assert_cmpint (why->seen[0], ==, 250);
  g_assert_cmpint (why->seen[1], ==, 20);
  g_assert_cmpint (why->n_filters, ==, 16);
  g_assert_cmpint (why->filter_side, ==, 3);
  sum = why->bias + why->stem;
  for (int b = 0; b < why->n_blocks; b++) {
    check_block (&why->blocks[b]);
    sum += why->blocks[b].added;
  }
  g_assert_cmpfloat (fabs (sum - why->logit), <, 1e-4 * fmax (1, fabs (why->logit)));
  g_assert_cmpint (why->blocks[why->n_blocks - 1].exit_class, ==, plain->top[0].index);

  ask (fixture, SK_COMMAND_EXPLAIN, 3, picture, 7);
  g_assert_cmpint (fixture_wait_answer (fixture, 3)->explanation->class, ==, 7);
  fixture_free (fixture);
}

static void
test_occlude (void) {
  Fixture *fixture = finished_run ();
  g_autoptr (GBytes) picture = fixture_picture (32, 32, 250, 20, 20);
  SkCommand cancel = { .kind = SK_COMMAND_CANCEL, .serial = 6 };
  const SkAnswer *answer;

  ask (fixture, SK_COMMAND_OCCLUDE, 5, picture, -1);
  answer = fixture_wait_answer (fixture, 5);
  g_assert_null (answer->error);
  g_assert_cmpint (answer->occlusion.rows, ==, 7);
  g_assert_cmpint (answer->occlusion.columns, ==, 7);

  /* Called off before its turn comes, a question is answered at once, by nothing. */
  sk_session_send (fixture->session, &cancel);
  ask (fixture, SK_COMMAND_OCCLUDE, 6, picture, -1);
  answer = fixture_wait_answer (fixture, 6);
  g_assert_nonnull (answer->error);
  g_assert_null (answer->occlusion.values);
  /* And the next one is not. */
  ask (fixture, SK_COMMAND_OCCLUDE, 7, picture, -1);
  g_assert_null (fixture_wait_answer (fixture, 7)->error);
  fixture_free (fixture);
}

static void
test_bad_pictures (void) {
  Fixture *fixture = finished_run ();
  g_autoptr (GBytes) nothing = g_bytes_new_static ("not a picture", 13);

  ask (fixture, SK_COMMAND_EXPLAIN, 1, nothing, -1);
  g_assert_nonnull (fixture_wait_answer (fixture, 1)->error);
  g_assert_null (fixture_wait_answer (fixture, 1)->explanation);
  ask (fixture, SK_COMMAND_OCCLUDE, 2, NULL, -1);
  g_assert_nonnull (fixture_wait_answer (fixture, 2)->error);
  fixture_free (fixture);
}

static void
test_report (void) {
  Fixture *fixture = finished_run ();
  SkCommand command = { .kind = SK_COMMAND_EVALUATE, .serial = 9 };
  const SkAnswer *answer;
  int pictures = 0;

  sk_session_send (fixture->session, &command);
  answer = fixture_wait_answer (fixture, 9);
  g_assert_null (answer->error);
  g_assert_cmpint (answer->report->mean.images, ==, 20);
  g_assert_cmpfloat (answer->report->mean.top1, ==, answer->top1);
  for (int i = 0; i < answer->report->classes; i++)
    pictures += answer->report->scores[i].pictures;
  g_assert_cmpint (pictures, ==, 20);
  fixture_free (fixture);
}

/* Ten classes of other names, with two pictures each to learn from and one to test. */
static void
make_classes (const char *folder) {
  gsize size;
  g_autofree guint8 *bmp = make_bmp (32, 32, &size);

  for (int i = 0; i < 30; i++) {
    g_autofree char *dir =
        g_strdup_printf ("%s/%s/kind%d", folder, i < 20 ? "train" : "test", i % 10);
    g_autofree char *path = g_strdup_printf ("%s/%d.bmp", dir, i);

    memset (bmp + BMP_PIXELS, 8 * i, size - BMP_PIXELS);
    g_mkdir_with_parents (dir, 0700);
    g_assert_true (g_file_set_contents (path, (char *) bmp, (gssize) size, NULL));
  }
}

/* The rules by which the blocks of layer1 to layer3 answer. */
static void
check_rules (const SkExplanation *why, SkExitRule early) {
  for (int b = 0; b < why->n_blocks; b++) {
    const SkBlockView *view = &why->blocks[b];
    gboolean last = g_str_has_prefix (view->name, "layer3");

    g_assert_cmpint (view->exit_rule, ==, last ? SK_EXIT_RULE_HEAD : early);
    g_assert_cmpint (isnan (view->exit_probability) != 0, ==,
                     view->exit_rule == SK_EXIT_RULE_MEANS);
    g_assert_cmpint (view->exit_class, >=, 0);
    g_assert_cmpint (view->exit_class, <, 10);
    g_assert_nonnull (view->exit_name);
  }
}

static const SkExplanation *
explain (Fixture *fixture, guint serial, GBytes *picture) {
  const SkAnswer *answer;

  ask (fixture, SK_COMMAND_EXPLAIN, serial, picture, -1);
  answer = fixture_wait_answer (fixture, serial);
  g_assert_null (answer->error);
  /* The last block says what the network says. */
  g_assert_cmpint (
      answer->explanation->blocks[answer->explanation->n_blocks - 1].exit_class, ==,
      answer->top[0].index);
  return answer->explanation;
}

static const SkAnswer *
evaluate (Fixture *fixture, guint serial, gboolean few) {
  SkCommand command = { .kind = SK_COMMAND_EVALUATE, .serial = serial, .flag = few };
  const SkAnswer *answer;

  sk_session_send (fixture->session, &command);
  answer = fixture_wait_answer (fixture, serial);
  g_assert_null (answer->error);
  return answer;
}

static gboolean
first_is_cut (const SkSnapshot *seen, gconstpointer data) {
  return seen->lambda && seen->lambda[0] <= 0;
}

/* Class means are found by an evaluation, and hold for those weights only. */
static void
test_exits (void) {
  Fixture *fixture = fixture_new (64, 20);
  g_autoptr (GBytes) picture = fixture_picture (40, 30, 250, 20, 20);
  const SkCommand cut = { .kind = SK_COMMAND_LAMBDA, .block = 0, .value = 0 };
  const SkExits *exits;
  gint64 step;

  fixture->recipe.epochs = 50;
  fixture_send_recipe (fixture, SK_COMMAND_START, "run");
  fixture_wait_step (fixture, 2);
  fixture_send (fixture, SK_COMMAND_PAUSE);
  fixture_wait_phase (fixture, SK_PHASE_PAUSED);
  check_rules (explain (fixture, 1, picture), SK_EXIT_RULE_SKIPS);
  g_assert_null (evaluate (fixture, 2, TRUE)->exits);
  check_rules (explain (fixture, 3, picture), SK_EXIT_RULE_SKIPS);

  exits = evaluate (fixture, 4, FALSE)->exits;
  g_assert_cmpint (exits->n_steps, ==, 9);
  g_assert_cmpint (exits->images, ==, 20);
  g_assert_cmpint (exits->mean_images, ==, 64);
  g_assert_cmpfloat (sk_exits_accuracy (exits, 8), ==,
                     fixture_wait_answer (fixture, 4)->top1);
  check_rules (explain (fixture, 5, picture), SK_EXIT_RULE_MEANS);
  evaluate (fixture, 6, TRUE); /* a look at a few takes nothing away */
  check_rules (explain (fixture, 7, picture), SK_EXIT_RULE_MEANS);

  step = fixture->seen->step;
  fixture_send (fixture, SK_COMMAND_STEP);
  fixture_wait_step (fixture, step + 1);
  fixture_wait_phase (fixture, SK_PHASE_PAUSED);
  check_rules (explain (fixture, 8, picture), SK_EXIT_RULE_SKIPS);
  evaluate (fixture, 9, FALSE);
  check_rules (explain (fixture, 10, picture), SK_EXIT_RULE_MEANS);

  /* A skip that is cut changes what blocks put out, with the same weights. */
  sk_session_send (fixture->session, &cut);
  fixture_wait (fixture, first_is_cut, NULL, "a cut skip");
  check_rules (explain (fixture, 11, picture), SK_EXIT_RULE_SKIPS);
  fixture_free (fixture);
}

/* Through a plain network nothing gets but by its branches: it takes class means. And other
 * data with as many classes are refused, and tell nothing about these. */
static void
test_exits_of_plain_networks (void) {
  Fixture *fixture = fixture_new (64, 20);
  g_autoptr (GBytes) picture = fixture_picture (40, 30, 250, 20, 20);
  g_autofree char *folder = g_build_filename (fixture->folder, "other", NULL);
  const SkExplanation *why;
  SkRecipe other;
  SkCommand elsewhere = { .kind = SK_COMMAND_EVALUATE, .recipe = &other, .serial = 2 };

  g_free (fixture->recipe.net);
  fixture->recipe.net = g_strdup ("plain20");
  fixture->recipe.epochs = 1;
  fixture_send_recipe (fixture, SK_COMMAND_START, "run");
  fixture_wait_phase (fixture, SK_PHASE_FINISHED);
  ask (fixture, SK_COMMAND_EXPLAIN, 1, picture, -1);
  why = fixture_wait_answer (fixture, 1)->explanation;
  for (int b = 0; b < why->n_blocks; b++) {
    g_assert_cmpint (why->blocks[b].exit_class, ==, -1);
    g_assert_null (why->blocks[b].exit_name);
  }

  make_classes (folder);
  sk_recipe_init (&other);
  g_free (other.data);
  other.data = g_strconcat ("folder:", folder, NULL);
  sk_session_send (fixture->session, &elsewhere);
  g_assert_nonnull (
      strstr (fixture_wait_answer (fixture, 2)->error, "has the classes kind0, kind1"));
  ask (fixture, SK_COMMAND_EXPLAIN, 3, picture, -1);
  g_assert_cmpint (fixture_wait_answer (fixture, 3)->explanation->blocks[0].exit_class,
                   ==, -1);

  g_free (other.data);
  other.data = g_strdup (fixture->data);
  elsewhere.serial = 4;
  sk_session_send (fixture->session, &elsewhere);
  g_assert_nonnull (fixture_wait_answer (fixture, 4)->exits);
  check_rules (explain (fixture, 5, picture), SK_EXIT_RULE_MEANS);
  sk_recipe_clear (&other);
  fixture_free (fixture);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/explain", test_explain);
  g_test_add_func ("/session/occlude", test_occlude);
  g_test_add_func ("/session/bad-pictures", test_bad_pictures);
  g_test_add_func ("/session/report", test_report);
  g_test_add_func ("/session/exits", test_exits);
  g_test_add_func ("/session/exits/plain", test_exits_of_plain_networks);
  return g_test_run ();
}
