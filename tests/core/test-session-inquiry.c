/* Questions beside the training: answered while steps go on, and without changing one bit
 * of what the training becomes. */

#include <glib/gstdio.h>
#include <math.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "file-fixture.h"
#include "session-fixture.h"

static void
classify (Fixture *fixture, guint serial, GBytes *bytes, const char *path) {
  SkCommand command = {
    .kind = SK_COMMAND_CLASSIFY, .serial = serial, .bytes = bytes, .path = path
  };

  sk_session_send (fixture->session, &command);
}

static void
send_path (Fixture *fixture, SkCommandKind kind, const char *path, guint serial) {
  SkCommand command = { .kind = kind, .path = path, .serial = serial };

  sk_session_send (fixture->session, &command);
}

static void
assert_ranked (const SkAnswer *answer) {
  float sum = 0;

  g_assert_null (answer->error);
  g_assert_cmpint (answer->n_top, ==, 5);
  for (int i = 0; i < 5; i++) {
    g_assert_nonnull (answer->top[i].name);
    if (i > 0)
      g_assert_cmpfloat (answer->top[i].probability, <=,
                         answer->top[i - 1].probability);
    sum += answer->top[i].probability;
  }
  g_assert_cmpfloat (sum, >, 0.4f);
  g_assert_cmpfloat (sum, <, 1.0001f);
}

static GBytes *
last_weights (Fixture *fixture) {
  g_autofree char *path =
      g_build_filename (fixture->seen->run_dir, "last.safetensors", NULL);
  char *contents = NULL;
  gsize size = 0;

  g_assert_true (g_file_get_contents (path, &contents, &size, NULL));
  return g_bytes_new_take (contents, size);
}

static void
test_asking_changes_nothing (void) {
  Fixture *fixture = fixture_new (64, 20);
  g_autoptr (GBytes) picture = fixture_picture (40, 30, 250, 20, 20);
  g_autoptr (GBytes) alone = NULL;
  g_autoptr (GBytes) asked = NULL;
  guint serial = 0, during = 0;

  fixture->recipe.epochs = 5;
  fixture_send_recipe (fixture, SK_COMMAND_START, "alone");
  fixture_wait_phase (fixture, SK_PHASE_FINISHED);
  alone = last_weights (fixture);

  fixture_restart (fixture);
  fixture_send_recipe (fixture, SK_COMMAND_START, "asked");
  fixture_wait_phase (fixture, SK_PHASE_RUNNING);
  while (fixture->seen->phase != SK_PHASE_FINISHED) {
    const SkAnswer *answer;

    classify (fixture, ++serial, picture, NULL);
    answer = fixture_wait_answer (fixture, serial);
    assert_ranked (answer);
    during += strstr (answer->model, "in training") != NULL;
    if (serial == 3)
      fixture_send (fixture, SK_COMMAND_EVALUATE);
    g_usleep (20 * 1000);
  }
  asked = last_weights (fixture);
  g_test_message ("%u answers during the training", during);
  g_assert_cmpuint (during, >, 2);
  g_assert_cmpuint (fixture->seen->train_points->len, ==, 20);
  g_assert_true (g_bytes_equal (alone, asked));
  fixture_free (fixture);
}

/* A step of a large network takes seconds, an answer may not. */
static void
test_an_answer_does_not_wait_for_a_step (void) {
  Fixture *fixture = fixture_new (48, 10);
  g_autoptr (GBytes) picture = fixture_picture (32, 32, 0, 0, 0);
  gint64 step;

  g_free (fixture->recipe.net);
  fixture->recipe.net = g_strdup ("resnet56");
  fixture->recipe.batch = 48;
  fixture_send_recipe (fixture, SK_COMMAND_START, "slow");
  fixture_wait_phase (fixture, SK_PHASE_RUNNING);
  step = fixture->seen->step;
  classify (fixture, 1, picture, NULL);
  assert_ranked (fixture_wait_answer (fixture, 1));
  g_assert_cmpint (fixture->seen->step, ==, step);
  fixture_free (fixture);
}

/* Threads of this process, by how far they stand back. */
static int
count_threads (int nice) {
  g_autoptr (GDir) tasks = g_dir_open ("/proc/self/task", 0, NULL);
  const char *task;
  int n = 0;

  while (tasks && (task = g_dir_read_name (tasks)))
    n += getpriority (PRIO_PROCESS, (id_t) atoi (task)) == nice;
  return n;
}

static void
test_only_training_stands_back (void) {
  Fixture *fixture = fixture_new (64, 10);
  int before = getpriority (PRIO_PROCESS, 0);
  int normal = count_threads (before);

  if (before >= 10) {
    g_test_skip ("started at a low priority itself");
    fixture_free (fixture);
    return;
  }
  fixture->recipe.epochs = 1000;
  fixture_send_recipe (fixture, SK_COMMAND_START, "run");
  fixture_wait_step (fixture, 1);
  g_assert_cmpint (getpriority (PRIO_PROCESS, 0), ==, before);
  /* The lane and its second worker; loading pictures may do so too. */
  g_assert_cmpint (count_threads (10), >=, 2);
  /* This thread, and the inquiry lane with its second worker. */
  g_assert_cmpint (count_threads (before), >=, 3);
  g_assert_cmpint (count_threads (before), <=, normal + 1);
  fixture_free (fixture);
}

static void
test_what_an_answer_says (void) {
  Fixture *fixture = fixture_new (64, 20);
  g_autofree char *path = g_build_filename (fixture->folder, "wide.bmp", NULL);
  g_autofree char *broken = g_build_filename (fixture->folder, "broken.png", NULL);
  g_autoptr (GBytes) picture = fixture_picture (600, 300, 10, 200, 30);
  const SkAnswer *answer;

  g_file_set_contents (path, g_bytes_get_data (picture, NULL),
                       (gssize) g_bytes_get_size (picture), NULL);
  g_file_set_contents (broken, "this is no picture", -1, NULL);

  /* Nothing to ask yet; the picture is shown all the same. */
  send_path (fixture, SK_COMMAND_CLASSIFY, path, 1);
  answer = fixture_wait_answer (fixture, 1);
  g_assert_nonnull (strstr (answer->error, "no network"));
  g_assert_nonnull (answer->thumbnail);
  g_assert_null (fixture->seen->model);

  fixture->recipe.epochs = 1000;
  fixture_send_recipe (fixture, SK_COMMAND_START, "run");
  fixture_wait_step (fixture, 1);
  fixture_send (fixture, SK_COMMAND_PAUSE);
  fixture_wait_phase (fixture, SK_PHASE_PAUSED);
  send_path (fixture, SK_COMMAND_CLASSIFY, path, 2);
  answer = fixture_wait_answer (fixture, 2);
  assert_ranked (answer);
  g_assert_cmpstr (answer->file, ==, path);
  g_assert_cmpint (answer->width, ==, 600);
  g_assert_cmpint (answer->height, ==, 300);
  g_assert_cmpint (answer->thumb_width, ==, 256);
  g_assert_cmpint (answer->thumb_height, ==, 128);
  g_assert_cmpint (answer->thumbnail[1], ==, 200);
  g_assert_cmpfloat (answer->seconds, >, 0);
  {
    g_autofree char *step = g_strdup_printf (", step %d", (int) fixture->seen->step);

    /* While paused, the weights that answer are those that are shown. */
    g_assert_true (g_str_has_suffix (answer->model, step));
  }

  send_path (fixture, SK_COMMAND_CLASSIFY, broken, 3);
  answer = fixture_wait_answer (fixture, 3);
  g_assert_nonnull (strstr (answer->error, "broken.png"));
  g_assert_cmpint (answer->n_top, ==, 0);
  send_path (fixture, SK_COMMAND_CLASSIFY, "/no/such/picture.png", 4);
  g_assert_nonnull (fixture_wait_answer (fixture, 4)->error);
  g_assert_cmpint (fixture->seen->phase, ==, SK_PHASE_PAUSED);
  fixture_free (fixture);
}

static void
test_loaded_weights_answer (void) {
  Fixture *fixture = fixture_new (64, 20);
  g_autoptr (GBytes) picture = fixture_picture (32, 32, 100, 100, 30);
  g_autofree char *weights = NULL;
  const SkAnswer *answer;
  SkRanked trained;

  fixture_send_recipe (fixture, SK_COMMAND_START, "run");
  fixture_wait_phase (fixture, SK_PHASE_FINISHED);
  classify (fixture, 1, picture, NULL);
  answer = fixture_wait_answer (fixture, 1);
  assert_ranked (answer);
  g_assert_nonnull (strstr (answer->model, "of run, step 12"));
  trained = answer->top[0];
  trained.name = g_strdup (trained.name);
  weights = g_build_filename (fixture->seen->run_dir, "last.safetensors", NULL);

  /* The same weights from the file give the same answer, to the bit. */
  fixture_restart (fixture);
  send_path (fixture, SK_COMMAND_LOAD, "/no/such/file.safetensors", 1);
  g_assert_nonnull (fixture_wait_answer (fixture, 1)->error);
  send_path (fixture, SK_COMMAND_LOAD, weights, 2);
  answer = fixture_wait_answer (fixture, 2);
  g_assert_null (answer->error);
  g_assert_cmpint (answer->kind, ==, SK_COMMAND_LOAD);
  g_assert_nonnull (strstr (fixture->seen->model, "last.safetensors"));
  classify (fixture, 3, picture, NULL);
  answer = fixture_wait_answer (fixture, 3);
  assert_ranked (answer);
  g_assert_cmpint (answer->top[0].index, ==, trained.index);
  g_assert_cmpfloat (answer->top[0].probability, ==, trained.probability);
  g_assert_cmpstr (answer->top[0].name, ==, trained.name);

  /* What trains is asked first; afterwards, whichever came last. */
  fixture_send_recipe (fixture, SK_COMMAND_START, "second");
  fixture_wait_phase (fixture, SK_PHASE_FINISHED);
  classify (fixture, 4, picture, NULL);
  answer = fixture_wait_answer (fixture, 4);
  g_assert_nonnull (strstr (answer->model, "of second"));
  send_path (fixture, SK_COMMAND_LOAD, weights, 5);
  fixture_wait_answer (fixture, 5);
  classify (fixture, 6, picture, NULL);
  answer = fixture_wait_answer (fixture, 6);
  g_assert_nonnull (strstr (answer->model, "last.safetensors"));
  g_free (trained.name);
  fixture_free (fixture);
}

static void
test_evaluation_agrees_with_the_epoch (void) {
  Fixture *fixture = fixture_new (64, 50);
  SkCommand command = { .kind = SK_COMMAND_EVALUATE, .serial = 1 };
  const SkTestPoint *test;
  const SkAnswer *answer;

  sk_session_send (fixture->session, &command);
  g_assert_nonnull (fixture_wait_answer (fixture, 1)->error);

  fixture_send_recipe (fixture, SK_COMMAND_START, "run");
  fixture_wait_phase (fixture, SK_PHASE_FINISHED);
  command.serial = 2;
  sk_session_send (fixture->session, &command);
  answer = fixture_wait_answer (fixture, 2);
  test = &g_array_index (fixture->seen->test_points, SkTestPoint, 2);
  g_assert_null (answer->error);
  g_assert_cmpint (answer->images, ==, 50);
  g_assert_cmpfloat_with_epsilon (answer->top1, test->test_accuracy, 1e-6);
  g_assert_cmpfloat_with_epsilon (answer->loss, test->test_loss, 1e-4);
  g_assert_cmpfloat (answer->top5, >=, answer->top1);
  fixture_free (fixture);
}

static gboolean
has_survey (const SkSnapshot *seen, gconstpointer data) {
  const char *title = data;

  for (guint i = 0; i < seen->answers->len; i++) {
    const SkAnswer *answer = g_ptr_array_index (seen->answers, i);

    if (answer->survey != NULL && answer->survey->checked &&
        g_strcmp0 (answer->survey->title, title) == 0)
      return TRUE;
  }
  return FALSE;
}

/* What is in the data: at once what their names tell, then what every file tells. */
static void
test_survey (void) {
  Fixture *fixture = fixture_new (32, 10);
  const SkAnswer *answer;

  send_path (fixture, SK_COMMAND_SURVEY, fixture->data, 7);
  answer = fixture_wait_answer (fixture, 7);
  g_assert_null (answer->error);
  g_assert_cmpint (answer->survey->n_classes, ==, 10);
  g_assert_cmpint (answer->survey->count[SK_SURVEY_TEST], ==, 10);
  fixture_wait (fixture, has_survey, "CIFAR-10", "every picture to be read");
  send_path (fixture, SK_COMMAND_SURVEY, "folder:/nowhere", 8);
  answer = fixture_wait_answer (fixture, 8);
  g_assert_null (answer->survey);
  g_assert_nonnull (strstr (answer->error, "/nowhere"));
  fixture_free (fixture);
}

/* Published weights on real photographs, where they are at hand. */
static void
test_published_weights (void) {
  g_autofree char *weights = shared_path ("weights/resnet20-cifar10.safetensors");
  g_autofree char *photo = shared_path ("imagenet-samples/n01644900_tailed_frog.JPEG");
  const SkAnswer *answer;
  Fixture *fixture;

  if (!g_file_test (weights, G_FILE_TEST_EXISTS) ||
      !g_file_test (photo, G_FILE_TEST_EXISTS)) {
    g_test_skip ("needs shared/data/weights and shared/data/imagenet-samples");
    return;
  }
  fixture = fixture_new (16, 10);
  send_path (fixture, SK_COMMAND_LOAD, weights, 1);
  g_assert_null (fixture_wait_answer (fixture, 1)->error);
  send_path (fixture, SK_COMMAND_CLASSIFY, photo, 2);
  answer = fixture_wait_answer (fixture, 2);
  assert_ranked (answer);
  for (int i = 0; i < answer->n_top; i++)
    g_test_message ("%s %.3f", answer->top[i].name,
                    (double) answer->top[i].probability);
  g_assert_cmpint (answer->top[0].index, ==, 6); /* frog */
  g_test_message ("answered in %.3f s", answer->seconds);
  fixture_free (fixture);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/session/inquiry/changes-nothing", test_asking_changes_nothing);
  g_test_add_func ("/session/inquiry/does-not-wait",
                   test_an_answer_does_not_wait_for_a_step);
  g_test_add_func ("/session/inquiry/priority", test_only_training_stands_back);
  g_test_add_func ("/session/inquiry/answer", test_what_an_answer_says);
  g_test_add_func ("/session/inquiry/loaded", test_loaded_weights_answer);
  g_test_add_func ("/session/inquiry/evaluation",
                   test_evaluation_agrees_with_the_epoch);
  g_test_add_func ("/session/inquiry/survey", test_survey);
  g_test_add_func ("/session/inquiry/published", test_published_weights);
  return g_test_run ();
}
