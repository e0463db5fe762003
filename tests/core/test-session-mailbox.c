/* Snapshots, how they merge and how they travel: no point is lost, the newest state wins,
 * and at most one wake is in flight. Also run under ThreadSanitizer. */

#include "board.h"
#include "command-queue.h"

static SkSnapshot *
snapshot_with_points (gint64 first, int n) {
  SkSnapshot *snapshot = sk_snapshot_new ();

  for (int i = 0; i < n; i++) {
    SkTrainPoint point = { .step = first + i, .loss = (float) i };

    g_array_append_val (snapshot->train_points, point);
  }
  snapshot->step = first + n - 1;
  return snapshot;
}

static gint64
point_step (const SkSnapshot *snapshot, guint i) {
  return g_array_index (snapshot->train_points, SkTrainPoint, i).step;
}

static void
add_answer (SkSnapshot *snapshot, guint serial) {
  SkAnswer *answer = sk_answer_new (SK_COMMAND_CLASSIFY, serial);

  answer->file = g_strdup ("picture.png");
  answer->top[0].name = g_strdup ("ship");
  answer->n_top = 1;
  g_ptr_array_add (snapshot->answers, answer);
}

static void
test_merge_appends_points_and_replaces_state (void) {
  g_autoptr (SkSnapshot) older = snapshot_with_points (1, 3);
  SkSnapshot *newer = snapshot_with_points (4, 2);
  SkTestPoint test = { .step = 3, .epoch = 1 };

  older->phase = SK_PHASE_RUNNING;
  older->message = g_strdup ("old");
  older->recipe.net = g_strdup ("resnet20");
  older->class_names = g_strsplit ("a b", " ", -1);
  g_array_append_val (older->test_points, test);
  g_ptr_array_add (older->events, sk_event_new (2, "layer1 frozen"));
  add_answer (older, 1);

  newer->phase = SK_PHASE_PAUSED;
  newer->recipe.net = g_strdup ("resnet56");
  test.epoch = 2;
  g_array_append_val (newer->test_points, test);
  g_ptr_array_add (newer->events, sk_event_new (5, "learning rate × 0.1"));
  add_answer (newer, 2);
  sk_snapshot_merge (older, newer);

  g_assert_cmpuint (older->train_points->len, ==, 5);
  for (guint i = 0; i < 5; i++)
    g_assert_cmpint (point_step (older, i), ==, i + 1);
  g_assert_cmpuint (older->test_points->len, ==, 2);
  g_assert_cmpint (g_array_index (older->test_points, SkTestPoint, 1).epoch, ==, 2);
  g_assert_cmpuint (older->events->len, ==, 2);
  g_assert_cmpstr (((SkEvent *) older->events->pdata[1])->text, ==,
                   "learning rate × 0.1");
  g_assert_cmpuint (older->answers->len, ==, 2);
  g_assert_cmpuint (((SkAnswer *) older->answers->pdata[0])->serial, ==, 1);
  g_assert_cmpstr (((SkAnswer *) older->answers->pdata[1])->top[0].name, ==, "ship");
  g_assert_cmpint (older->phase, ==, SK_PHASE_PAUSED);
  g_assert_cmpint (older->step, ==, 5);
  g_assert_null (older->message);
  g_assert_null (older->class_names);
  g_assert_cmpstr (older->recipe.net, ==, "resnet56");
}

static void
test_another_run_forgets_the_old_curves (void) {
  g_autoptr (SkSnapshot) older = snapshot_with_points (1, 3);
  SkSnapshot *newer = snapshot_with_points (1, 2);

  g_ptr_array_add (older->events, sk_event_new (2, "of the old run"));
  add_answer (older, 7);
  newer->run_serial = 1;
  sk_snapshot_merge (older, newer);

  g_assert_cmpuint (older->train_points->len, ==, 2);
  g_assert_cmpint (point_step (older, 1), ==, 2);
  g_assert_cmpuint (older->events->len, ==, 0);
  /* An answer belongs to who asked, whatever trains. */
  g_assert_cmpuint (older->answers->len, ==, 1);
  g_assert_cmpuint (older->run_serial, ==, 1);
}

static void
test_copied_state_is_its_own (void) {
  SkVariant variant;
  g_autoptr (GError) error = NULL;
  SkSnapshot *state = snapshot_with_points (1, 3);
  g_autoptr (SkSnapshot) copy = NULL;
  const SkPlan *plan;

  g_assert_true (sk_variant_find ("resnet20", &variant, &error));
  state->plan = sk_plan_new (&variant, 2, 0, 0, 10, &error);
  g_assert_no_error (error);
  plan = state->plan;
  state->layers = g_new0 (SkLayerState, plan->n_parameters);
  state->layers[plan->n_parameters - 1].non_finite = 3;
  state->blocks = g_new0 (SkBlockState, plan->n_blocks);
  state->blocks[plan->n_blocks - 1].gain = 0.5f;
  state->frozen = g_new0 (gboolean, plan->n_groups);
  state->frozen[plan->n_groups - 1] = TRUE;
  state->run_dir = g_strdup ("runs/1");
  state->model = g_strdup ("ResNet-20");
  state->summary.data_title = g_strdup ("Shapes-10");
  state->recipe.data = g_strdup ("builtin");
  copy = sk_snapshot_copy_state (state);
  sk_snapshot_free (state);

  g_assert_cmpuint (copy->train_points->len, ==, 0);
  g_assert_true (copy->plan == plan);
  g_assert_cmpint (copy->layers[plan->n_parameters - 1].non_finite, ==, 3);
  g_assert_cmpfloat (copy->blocks[plan->n_blocks - 1].gain, ==, 0.5f);
  g_assert_true (copy->frozen[plan->n_groups - 1]);
  g_assert_cmpstr (copy->run_dir, ==, "runs/1");
  g_assert_cmpstr (copy->model, ==, "ResNet-20");
  g_assert_cmpstr (copy->summary.data_title, ==, "Shapes-10");
  g_assert_cmpstr (copy->recipe.data, ==, "builtin");
}

static void
test_one_wake_until_taken (void) {
  SkMailbox mailbox;
  SkSnapshot *taken;

  sk_mailbox_init (&mailbox);
  g_assert_null (sk_mailbox_take (&mailbox));
  g_assert_true (sk_mailbox_post (&mailbox, snapshot_with_points (1, 1)));
  g_assert_false (sk_mailbox_post (&mailbox, snapshot_with_points (2, 1)));
  taken = sk_mailbox_take (&mailbox);
  g_assert_cmpuint (taken->train_points->len, ==, 2);
  sk_snapshot_free (taken);
  g_assert_null (sk_mailbox_take (&mailbox));
  g_assert_true (sk_mailbox_post (&mailbox, snapshot_with_points (3, 1)));
  /* What nobody took is freed with the mailbox. */
  sk_mailbox_clear (&mailbox);
}

/* Two lanes write, a third thread asks for pauses, the main thread takes. */
#define N_STEPS 3000
#define N_ANSWERS 1000
#define N_PAUSES 200

typedef struct {
  SkBoard board;
  atomic_int wakes;
} Traffic;

static void
wake_cb (gpointer data) {
  atomic_fetch_add (&((Traffic *) data)->wakes, 1);
}

static void *
train_main (void *data) {
  Traffic *self = data;

  for (int i = 1; i <= N_STEPS; i++) {
    SkSnapshot *state = sk_board_lock (&self->board);
    SkTrainPoint point = { .step = i };

    g_array_append_val (state->train_points, point);
    state->step = i;
    sk_board_unlock (&self->board, i % 3 == 0 || i == N_STEPS);
    if (i % (N_STEPS / N_PAUSES) == 0)
      sk_board_pause_obeyed (&self->board);
  }
  return NULL;
}

static void *
answer_main (void *data) {
  Traffic *self = data;

  for (guint i = 1; i <= N_ANSWERS; i++) {
    add_answer (sk_board_lock (&self->board), i);
    sk_board_unlock (&self->board, TRUE);
  }
  return NULL;
}

static void *
pause_main (void *data) {
  Traffic *self = data;

  for (int i = 0; i < N_PAUSES; i++)
    sk_board_pause_sent (&self->board);
  return NULL;
}

typedef struct {
  gint64 step;
  guint answer;
  int takes;
} Received;

static void
receive (Traffic *self, Received *received) {
  g_autoptr (SkSnapshot) snapshot = sk_mailbox_take (&self->board.mailbox);

  received->takes++;
  if (snapshot == NULL)
    return;
  for (guint i = 0; i < snapshot->train_points->len; i++)
    g_assert_cmpint (point_step (snapshot, i), ==, ++received->step);
  for (guint i = 0; i < snapshot->answers->len; i++)
    g_assert_cmpuint (((SkAnswer *) snapshot->answers->pdata[i])->serial, ==,
                      ++received->answer);
  /* The state is never older than the points that came with it. */
  g_assert_cmpint (snapshot->step, >=, received->step);
}

static void
test_traffic_loses_nothing (void) {
  Traffic traffic = { 0 };
  Received received = { 0 };
  pthread_t threads[3];

  sk_board_init (&traffic.board, wake_cb, &traffic);
  pthread_create (&threads[0], NULL, train_main, &traffic);
  pthread_create (&threads[1], NULL, answer_main, &traffic);
  pthread_create (&threads[2], NULL, pause_main, &traffic);
  while (received.step < N_STEPS || received.answer < N_ANSWERS) {
    receive (&traffic, &received);
    g_usleep (50);
  }
  for (int i = 0; i < 3; i++)
    pthread_join (threads[i], NULL);
  receive (&traffic, &received);

  g_assert_cmpint (received.step, ==, N_STEPS);
  g_assert_cmpuint (received.answer, ==, N_ANSWERS);
  g_assert_cmpint (atomic_load (&traffic.wakes), >, 0);
  g_assert_cmpint (atomic_load (&traffic.wakes), <=, received.takes + 1);
  sk_board_clear (&traffic.board);
}

static void
test_pause_is_pending_until_obeyed (void) {
  Traffic traffic = { 0 };
  SkSnapshot *snapshot;

  sk_board_init (&traffic.board, wake_cb, &traffic);
  sk_board_pause_sent (&traffic.board);
  g_assert_cmpint (atomic_load (&traffic.wakes), ==, 1);
  snapshot = sk_mailbox_take (&traffic.board.mailbox);
  g_assert_true (snapshot->pause_pending);
  sk_snapshot_free (snapshot);

  /* Sent while a lane holds the board: that lane says it when it lets go. */
  sk_board_lock (&traffic.board);
  sk_board_pause_sent (&traffic.board);
  g_assert_null (sk_mailbox_take (&traffic.board.mailbox));
  sk_board_unlock (&traffic.board, FALSE);
  snapshot = sk_mailbox_take (&traffic.board.mailbox);
  g_assert_true (snapshot->pause_pending);
  sk_snapshot_free (snapshot);

  sk_board_pause_obeyed (&traffic.board);
  sk_board_pause_obeyed (&traffic.board);
  sk_board_lock (&traffic.board);
  sk_board_unlock (&traffic.board, TRUE);
  snapshot = sk_mailbox_take (&traffic.board.mailbox);
  g_assert_false (snapshot->pause_pending);
  sk_snapshot_free (snapshot);
  sk_board_clear (&traffic.board);
}

static void
test_a_command_is_copied (void) {
  SkRecipe recipe = { 0 };
  char path[] = "picture.png";
  GBytes *bytes = g_bytes_new_static ("abc", 3);
  SkCommand command = { .kind = SK_COMMAND_CLASSIFY,
                        .path = path,
                        .recipe = &recipe,
                        .bytes = bytes,
                        .serial = 9 };
  g_autoptr (SkCommand) copy = NULL;

  sk_recipe_init (&recipe);
  copy = sk_command_copy (&command);
  path[0] = 'x';
  sk_recipe_clear (&recipe);
  g_bytes_unref (bytes);

  g_assert_cmpstr (copy->path, ==, "picture.png");
  g_assert_cmpstr (copy->recipe->net, ==, "resnet20");
  g_assert_cmpuint (g_bytes_get_size (copy->bytes), ==, 3);
  g_assert_cmpuint (copy->serial, ==, 9);
}

static void
push (SkCommandQueue *queue, SkCommandKind kind, int block, float value) {
  SkCommand command = { .kind = kind, .block = block, .value = value };

  sk_command_queue_push (queue, sk_command_copy (&command));
}

static void
expect (SkCommandQueue *queue, SkCommandKind kind, int block, float value) {
  g_autoptr (SkCommand) command = sk_command_queue_pop (queue, FALSE);

  g_assert_nonnull (command);
  g_assert_cmpint (command->kind, ==, kind);
  g_assert_cmpint (command->block, ==, block);
  g_assert_cmpfloat (command->value, ==, value);
}

static void
test_queue_keeps_order_and_drops_the_pointless (void) {
  SkCommandQueue queue;
  SkCommand *command;

  sk_command_queue_init (&queue);
  push (&queue, SK_COMMAND_LR, 0, 1);
  push (&queue, SK_COMMAND_LR, 0, 2);
  push (&queue, SK_COMMAND_STEP, 0, 0);
  push (&queue, SK_COMMAND_STEP, 0, 0);
  push (&queue, SK_COMMAND_LR, 0, 3);
  push (&queue, SK_COMMAND_LAMBDA, 1, 0.5f);
  push (&queue, SK_COMMAND_LAMBDA, 2, 0.5f);
  push (&queue, SK_COMMAND_LAMBDA, 2, 0.25f);
  push (&queue, SK_COMMAND_CLASSIFY, 0, 0);
  push (&queue, SK_COMMAND_PAUSE, 0, 0);

  command = sk_command_queue_pop_kind (&queue, SK_COMMAND_CLASSIFY);
  g_assert_nonnull (command);
  sk_command_free (command);
  g_assert_null (sk_command_queue_pop_kind (&queue, SK_COMMAND_CLASSIFY));
  expect (&queue, SK_COMMAND_LR, 0, 2);
  expect (&queue, SK_COMMAND_STEP, 0, 0);
  expect (&queue, SK_COMMAND_STEP, 0, 0);
  expect (&queue, SK_COMMAND_LR, 0, 3);
  expect (&queue, SK_COMMAND_LAMBDA, 1, 0.5f);
  expect (&queue, SK_COMMAND_LAMBDA, 2, 0.25f);
  sk_command_queue_close (&queue);
  /* What was sent before the end is still there, and nothing waits after it. */
  expect (&queue, SK_COMMAND_PAUSE, 0, 0);
  g_assert_null (sk_command_queue_pop (&queue, TRUE));
  sk_command_queue_clear (&queue);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/snapshot/merge",
                   test_merge_appends_points_and_replaces_state);
  g_test_add_func ("/session/snapshot/another-run",
                   test_another_run_forgets_the_old_curves);
  g_test_add_func ("/session/snapshot/copy", test_copied_state_is_its_own);
  g_test_add_func ("/session/mailbox/one-wake", test_one_wake_until_taken);
  g_test_add_func ("/session/board/traffic", test_traffic_loses_nothing);
  g_test_add_func ("/session/board/pause", test_pause_is_pending_until_obeyed);
  g_test_add_func ("/session/command/copy", test_a_command_is_copied);
  g_test_add_func ("/session/command/queue",
                   test_queue_keeps_order_and_drops_the_pointless);
  return g_test_run ();
}
