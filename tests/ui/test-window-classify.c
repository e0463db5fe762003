/* The page that classifies: folders, their order, tables, and why. */

#include <string.h>

#include <glib/gstdio.h>

#include "answer-row.h"
#include "classify-export.h"
#include "explain-view.h"
#include "heat-area.h"
#include "inside-area.h"
#include "waterfall-area.h"
#include "window-fixture.h"

static GtkWidget *
list_of (Fixture *fixture) {
  GtkWidget *row = fixture_find (fixture->window, SK_TYPE_ANSWER_ROW);

  return row ? gtk_widget_get_parent (row) : NULL;
}

static int
count_answers (Fixture *fixture) {
  GtkWidget *list = list_of (fixture);
  int n = 0;

  for (GtkWidget *row = list ? gtk_widget_get_first_child (list) : NULL; row != NULL;
       row = gtk_widget_get_next_sibling (row))
    n += SK_IS_ANSWER_ROW (row) && sk_answer_row_answer (SK_ANSWER_ROW (row)) != NULL;
  return n;
}

static gboolean
seven_answers (Fixture *fixture) {
  return count_answers (fixture) == 7;
}

static gboolean
one_answer (Fixture *fixture) {
  return count_answers (fixture) == 1;
}

static gboolean
is_explained (Fixture *fixture) {
  GtkWidget *area = fixture_find (fixture->window, SK_TYPE_WATERFALL_AREA);
  g_autofree char *label = area ? fixture_label (area) : NULL;

  return label != NULL && strstr (label, " adds ") != NULL;
}

static gboolean
is_covered (Fixture *fixture) {
  GtkWidget *view = fixture_find (fixture->window, SK_TYPE_EXPLAIN_VIEW);
  GtkWidget *area;
  gboolean found = FALSE;

  /* The second of the two pictures is what the network sees. */
  area = fixture_find (view, SK_TYPE_HEAT_AREA);
  for (GtkWidget *at = gtk_widget_get_parent (gtk_widget_get_parent (area));
       at && !found; at = NULL) {
    GtkWidget *second =
        fixture_find (gtk_widget_get_last_child (at), SK_TYPE_HEAT_AREA);
    g_autofree char *label = second ? fixture_label (second) : NULL;

    found = label && strstr (label, "strongest") != NULL;
  }
  return found;
}

/* Six pictures, one in a folder below, and a file that is none. */
static char *
folder_of_pictures (Fixture *fixture) {
  char *folder = g_build_filename (fixture->folder, "many", NULL);
  g_autofree char *below = g_build_filename (folder, "below", NULL);
  g_autofree char *broken = g_build_filename (folder, "broken.jpg", NULL);
  g_autofree char *picture = fixture_picture (fixture, "one.png");
  g_autofree char *contents = NULL;
  gsize size;

  g_assert_cmpint (g_mkdir_with_parents (below, 0755), ==, 0);
  g_assert_true (g_file_get_contents (picture, &contents, &size, NULL));
  for (int i = 0; i < 6; i++) {
    g_autofree char *name = g_strdup_printf ("%d.png", i);
    g_autofree char *path = g_build_filename (i == 5 ? below : folder, name, NULL);

    g_assert_true (g_file_set_contents (path, contents, (gssize) size, NULL));
  }
  g_assert_true (g_file_set_contents (broken, "no picture at all", -1, NULL));
  return folder;
}

static void
test_folder (Fixture *fixture, gconstpointer data) {
  g_autofree char *folder = folder_of_pictures (fixture);
  g_autofree char *csv = g_build_filename (fixture->folder, "answers.csv", NULL);
  g_autofree char *json = g_build_filename (fixture->folder, "answers.json", NULL);
  g_autofree char *table = NULL, *lines = NULL;
  GtkWidget *list;

  fixture_train (fixture);
  sk_window_show_page (SK_WINDOW (fixture->window), "classify");
  fixture_drop (fixture, folder);
  fixture_wait (fixture, seven_answers, "a row for every file of the folder");
  list = list_of (fixture);
  g_assert_true (sk_classify_export (GTK_LIST_BOX (list), csv, NULL));
  g_assert_true (g_file_get_contents (csv, &table, NULL, NULL));
  g_assert_true (
      g_str_has_prefix (table, "file,rank,class,index,probability,error,network\n"));
  g_assert_nonnull (strstr (table, "below/5.png,1,"));
  g_assert_nonnull (strstr (table, "broken.jpg,,,,,"));
  g_assert_true (sk_classify_export (GTK_LIST_BOX (list), json, NULL));
  g_assert_true (g_file_get_contents (json, &lines, NULL, NULL));
  g_assert_true (g_str_has_prefix (lines, "[{") && g_str_has_suffix (lines, "}]\n"));
  g_assert_nonnull (strstr (lines, "\"top\":[{\"class\":"));
  g_assert_nonnull (strstr (lines, "\"error\":"));
}

/* Of many rows the chosen one alone tells everything, and a message counts the reasons. */
static void
test_many (Fixture *fixture, gconstpointer data) {
  g_autofree char *folder = folder_of_pictures (fixture);
  GtkListBox *list;
  GtkListBoxRow *row;
  int before;

  fixture_train (fixture);
  sk_window_show_page (SK_WINDOW (fixture->window), "classify");
  fixture_drop (fixture, folder);
  fixture_wait (fixture, seven_answers, "a row for every file of the folder");
  fixture_run (100);
  g_assert_true (fixture_says (fixture->window, "1 of 7 files could not be read"));
  list = GTK_LIST_BOX (list_of (fixture));
  row = gtk_list_box_get_row_at_index (list, 2);
  if (gtk_list_box_get_selected_row (list) == row)
    row = gtk_list_box_get_row_at_index (list, 3);
  before = gtk_widget_get_height (GTK_WIDGET (row));
  gtk_list_box_select_row (list, row);
  fixture_run (200);
  g_assert_cmpint (gtk_widget_get_height (GTK_WIDGET (row)), >, before + 40);
}

static gboolean
all_answered (Fixture *fixture) {
  GtkWidget *list = list_of (fixture);
  int n = 0;

  for (GtkWidget *row = list ? gtk_widget_get_first_child (list) : NULL; row != NULL;
       row = gtk_widget_get_next_sibling (row), n++)
    if (sk_answer_row_answer (SK_ANSWER_ROW (row)) == NULL)
      return FALSE;
  return n > 1;
}

/* (transfer full) (nullable): what shared/data holds, where it is there */
static char *
shared_path (const char *name) {
  const char *shared = g_getenv ("SKIPSCOPE_SHARED");
  g_autofree char *path = g_build_filename (shared ? shared : "../shared", "data",
                                            "nasty-images", name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS) ? g_steal_pointer (&path) : NULL;
}

/* Name → fields of EXPECT.tsv. */
static GHashTable *
read_expectations (void) {
  GHashTable *table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                             (GDestroyNotify) g_strfreev);
  g_autofree char *path = shared_path ("EXPECT.tsv");
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (int i = 1; lines[i] != NULL && *lines[i] != '\0'; i++) {
    char **fields = g_strsplit (lines[i], "\t", -1);

    g_assert_cmpuint (g_strv_length (fields), >, 6);
    g_hash_table_insert (table, g_strdup (fields[0]), fields);
  }
  return table;
}

/* "decodes 40x30", "error" or "either …", and the size upright */
static void
check_answer (const char *name, const SkAnswer *answer, char **fields) {
  g_autofree char *size = g_strdup_printf ("%dx%d", answer->width, answer->height);
  /* Formats that are not ours are refused by name. */
  gboolean foreign = g_str_has_suffix (name, ".ico") || g_str_has_suffix (name, ".ppm");

  g_test_message ("%s: %s", name, answer->error ? answer->error : size);
  g_assert_false (answer->error != NULL && strchr (answer->error, '\n') != NULL);
  if (g_str_equal (fields[4], "error"))
    g_assert_nonnull (answer->error);
  else if (g_str_has_prefix (fields[4], "decodes ") && !foreign)
    g_assert_cmpstr (size, ==, fields[5]);
}

/* Every file of a nasty folder is a row with its answer, or with its reason. */
static void
test_nasty (Fixture *fixture, gconstpointer data) {
  g_autofree char *folder = shared_path ("");
  g_autoptr (GHashTable) table = NULL;
  GtkWidget *row;

  if (folder == NULL) {
    g_test_skip ("needs shared/data/nasty-images");
    return;
  }
  table = read_expectations ();
  fixture_train (fixture);
  sk_window_show_page (SK_WINDOW (fixture->window), "classify");
  fixture_drop (fixture, folder);
  fixture_wait (fixture, all_answered, "a row for every file of the folder");
  for (row = gtk_widget_get_first_child (list_of (fixture)); row != NULL;
       row = gtk_widget_get_next_sibling (row)) {
    const char *name = sk_answer_row_name (SK_ANSWER_ROW (row));
    char **fields = g_hash_table_lookup (table, name);

    if (fields == NULL)
      continue;
    check_answer (name, sk_answer_row_answer (SK_ANSWER_ROW (row)), fields);
    g_hash_table_remove (table, name);
  }
  g_assert_cmpuint (g_hash_table_size (table), ==, 0);
}

/* Names with spaces, marks, a leading dash, 200 letters, other scripts. */
static void
test_odd_names (Fixture *fixture, gconstpointer data) {
  g_autofree char *archive = shared_path ("odd-names.tar");
  g_autofree char *folder = g_build_filename (fixture->folder, "odd", NULL);
  const char *tar[] = { "tar", "-C", folder, "-xf", archive, NULL };
  int n = 0;

  if (archive == NULL) {
    g_test_skip ("needs shared/data/nasty-images");
    return;
  }
  g_assert_cmpint (g_mkdir (folder, 0755), ==, 0);
  g_assert_true (g_spawn_sync (NULL, (char **) tar, NULL, G_SPAWN_SEARCH_PATH, NULL,
                               NULL, NULL, NULL, NULL, NULL));
  fixture_train (fixture);
  sk_window_show_page (SK_WINDOW (fixture->window), "classify");
  fixture_drop (fixture, folder);
  fixture_wait (fixture, all_answered, "a row for every file of the folder");
  for (GtkWidget *row = gtk_widget_get_first_child (list_of (fixture)); row != NULL;
       row = gtk_widget_get_next_sibling (row), n++)
    g_assert_null (sk_answer_row_answer (SK_ANSWER_ROW (row))->error);
  g_assert_cmpint (n, ==, 6);
}

static const char *
name_at (Fixture *fixture, int index) {
  GtkListBox *list = GTK_LIST_BOX (list_of (fixture));
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (list, index);

  return sk_answer_row_name (SK_ANSWER_ROW (row));
}

/* By name, then by what it is taken for: what has none is last. */
static void
test_order (Fixture *fixture, gconstpointer data) {
  g_autofree char *folder = folder_of_pictures (fixture);
  GtkWidget *drop_down;

  fixture_train (fixture);
  sk_window_show_page (SK_WINDOW (fixture->window), "classify");
  fixture_drop (fixture, folder);
  fixture_wait (fixture, seven_answers, "a row for every file of the folder");
  drop_down = fixture_find (gtk_widget_get_ancestor (list_of (fixture), GTK_TYPE_STACK),
                            GTK_TYPE_DROP_DOWN);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (drop_down), 1);
  g_assert_cmpstr (name_at (fixture, 0), ==, "0.png");
  for (guint order = 2; order <= 4; order++) {
    gtk_drop_down_set_selected (GTK_DROP_DOWN (drop_down), order);
    g_assert_cmpstr (name_at (fixture, 6), ==, "broken.jpg");
  }
}

static gboolean
is_answered_by_file (Fixture *fixture) {
  GtkWidget *row = fixture_find (fixture->window, SK_TYPE_ANSWER_ROW);
  const SkAnswer *answer = sk_answer_row_answer (SK_ANSWER_ROW (row));

  return answer != NULL && strstr (answer->model, "last.safetensors") != NULL;
}

/* Where other weights were opened meanwhile, answer and explanation are both theirs. */
static void
test_other_weights (Fixture *fixture, gconstpointer data) {
  g_autofree char *picture = fixture_picture (fixture, "kitten.png");
  g_autofree char *weights = NULL;
  GtkListBox *list;

  fixture_train (fixture);
  gtk_widget_activate_action (fixture->window, "win.stop", NULL);
  fixture_wait_phase (fixture, SK_PHASE_STOPPED);
  fixture_drop (fixture, picture);
  fixture_wait (fixture, one_answer, "an answer");
  g_assert_false (is_answered_by_file (fixture));
  weights =
      g_build_filename (fixture_state (fixture)->run_dir, "last.safetensors", NULL);
  fixture_drop (fixture, weights);
  fixture_run (500);
  list = GTK_LIST_BOX (list_of (fixture));
  gtk_list_box_unselect_all (list);
  gtk_list_box_select_row (list, gtk_list_box_get_row_at_index (list, 0));
  fixture_wait (fixture, is_answered_by_file, "an answer of the weights opened last");
}

static void
test_why (Fixture *fixture, gconstpointer data) {
  g_autofree char *picture = fixture_picture (fixture, "kitten.png");
  GtkWidget *view, *inside;
  g_autofree char *words = NULL;

  fixture_train (fixture);
  sk_window_show_page (SK_WINDOW (fixture->window), "classify");
  fixture_drop (fixture, picture);
  fixture_wait (fixture, one_answer, "an answer");
  fixture_wait (fixture, is_explained, "an explanation");
  view = fixture_find (fixture->window, SK_TYPE_EXPLAIN_VIEW);
  inside = fixture_find (view, SK_TYPE_INSIDE_AREA);
  words = fixture_label (inside);
  g_assert_nonnull (strstr (words, "16 filters"));
  g_assert_true (is_covered (fixture)); /* by Grad-CAM */
  /* Every kind of heat, then covering, which is asked for. */
  for (guint heat = 0; heat < 4; heat++) {
    gtk_drop_down_set_selected (GTK_DROP_DOWN (fixture_find (view, GTK_TYPE_DROP_DOWN)),
                                heat);
    fixture_run (50);
  }
  fixture_wait (fixture, is_covered, "what covering costs");
}

static void
add (const char *name, void (*test) (Fixture *, gconstpointer)) {
  g_test_add (name, Fixture, NULL, fixture_set_up, test, fixture_tear_down);
}

static void
add_tests (void) {
  add ("/window/classify/folder", test_folder);
  add ("/window/classify/many", test_many);
  add ("/window/classify/nasty", test_nasty);
  add ("/window/classify/odd-names", test_odd_names);
  add ("/window/classify/order", test_order);
  add ("/window/classify/other-weights", test_other_weights);
  add ("/window/classify/why", test_why);
}

int
main (int argc, char **argv) {
  return fixture_main (argc, argv, add_tests);
}
