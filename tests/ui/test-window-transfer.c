/* The page where a transfer is set up: what is dropped on it, locks, the moment of
 * unfreezing, and a run that has both phases. */

#include <glib/gstdio.h>
#include <string.h>

#include "data-card.h"
#include "downloads-window.h"
#include "graph-area.h"
#include "node-widget.h"
#include "recipe-form.h"
#include "timeline-area.h"
#include "transfer-page.h"
#include "weights-menu.h"
#include "window-fixture.h"

/* A 40×32 BMP of one colour. */
static void
write_picture (Fixture *fixture, const char *name, guint8 colour) {
  const gsize size = 54 + 40 * 32 * 3;
  g_autofree guint8 *bmp = g_malloc0 (size);
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
  g_autofree char *folder = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  memcpy (bmp, "BM", 2);
  bmp[2] = size & 255;
  bmp[3] = (guint8) (size >> 8);
  bmp[10] = 54;
  bmp[14] = 40;
  bmp[18] = 40;
  bmp[22] = 32;
  bmp[26] = 1;
  bmp[28] = 24;
  memset (bmp + 54, colour, size - 54);
  g_assert_true (g_file_set_contents (path, (char *) bmp, (gssize) size, NULL));
}

/* Two classes of eight, one picture twice and one broken. */
static char *
write_folder (Fixture *fixture) {
  g_autofree char *broken =
      g_build_filename (fixture->folder, "mine", "bees", "broken.bmp", NULL);

  for (int i = 0; i < 16; i++) {
    g_autofree char *name =
        g_strdup_printf ("mine/%s/%d.bmp", i % 2 ? "ants" : "bees", i);

    write_picture (fixture, name, (guint8) (40 + 10 * i));
  }
  write_picture (fixture, "mine/ants/copy.bmp", 50);
  g_assert_true (g_file_set_contents (broken, "BM nothing", -1, NULL));
  return g_build_filename (fixture->folder, "mine", NULL);
}

static SkTransferPage *
page_of (Fixture *fixture) {
  return SK_TRANSFER_PAGE (fixture_find (fixture->window, SK_TYPE_TRANSFER_PAGE));
}

static gboolean
knows_classes (Fixture *fixture) {
  GtkWidget *card = fixture_find (fixture->window, SK_TYPE_DATA_CARD);

  return sk_data_card_classes (SK_DATA_CARD (card)) == 2;
}

static gboolean
says_duplicates (Fixture *fixture) {
  return fixture_says (fixture->window, "1 file is there twice");
}

static gboolean
is_ready (Fixture *fixture) {
  return sk_transfer_page_is_ready (page_of (fixture));
}

static void
test_folder (Fixture *fixture, gconstpointer data) {
  g_autofree char *folder = write_folder (fixture);

  sk_window_show_page (SK_WINDOW (fixture->window), "transfer");
  fixture_drop (fixture, folder);
  fixture_wait (fixture, knows_classes, "the classes of the folder");
  fixture_wait (fixture, says_duplicates, "a file that is there twice");
  g_assert_true (fixture_says (fixture->window, "ants"));
  g_assert_true (fixture_says (fixture->window, "1 file left out"));
  g_assert_true (fixture_says (fixture->window, "Split here"));
  g_assert_false (is_ready (fixture)); /* there are no weights yet */
}

static gboolean
says_one_class (Fixture *fixture) {
  return fixture_says (fixture->window, "only one class");
}

static void
test_one_class (Fixture *fixture, gconstpointer data) {
  g_autofree char *folder = g_build_filename (fixture->folder, "one", NULL);

  write_picture (fixture, "one/cats/1.bmp", 9);
  sk_window_show_page (SK_WINDOW (fixture->window), "transfer");
  fixture_drop (fixture, folder);
  fixture_wait (fixture, says_one_class, "why it cannot be learnt from");
}

/* Weights of ten classes, saved by a run of the fixture's. */
static char *
train_weights (Fixture *fixture) {
  fixture_train (fixture);
  gtk_widget_activate_action (fixture->window, "win.stop", NULL);
  fixture_wait_phase (fixture, SK_PHASE_STOPPED);
  return g_build_filename (fixture_state (fixture)->run_dir, "last.safetensors", NULL);
}

static const SkGraphNode *
node_of (Fixture *fixture, GtkWidget *graph, const char *label, int *index) {
  const SkGraph *drawn = sk_graph_area_graph (SK_GRAPH_AREA (graph));

  for (int i = 0; drawn != NULL && i < drawn->n_nodes; i++)
    if (g_strcmp0 (drawn->nodes[i].label, label) == 0) {
      *index = i;
      return &drawn->nodes[i];
    }
  return NULL;
}

static void
press_node (Fixture *fixture, const char *label) {
  GtkWidget *graph = fixture_find (GTK_WIDGET (page_of (fixture)), SK_TYPE_GRAPH_AREA);
  int index = -1;

  g_assert_nonnull (node_of (fixture, graph, label, &index));
  g_signal_emit_by_name (graph, "activated", index);
}

static gboolean
has_unfrozen (Fixture *fixture) {
  const SkSnapshot *state = fixture_state (fixture);

  for (int i = 0; state->frozen != NULL && i < state->plan->n_groups; i++)
    if (g_str_has_prefix (state->plan->groups[i].name, "layer3.2"))
      return !state->frozen[i];
  return FALSE;
}

/* Another run is put together from what the last one was. */
static void
check_new_run (Fixture *fixture) {
  GtkWidget *form = fixture_find (fixture->window, sk_recipe_form_get_type ());
  const SkRecipe *next;
  SkRecipe last;

  sk_recipe_copy (&last, &fixture_state (fixture)->recipe);
  gtk_widget_activate_action (fixture->window, "win.new-run", NULL);
  fixture_run (300);
  next = sk_recipe_form_recipe (SK_RECIPE_FORM (form));
  g_assert_cmpstr (next->init, ==, last.init);
  g_assert_cmpstr (next->data, ==, last.data);
  g_assert_cmpstr (next->freeze, ==, last.freeze);
  g_assert_cmpint (next->unfreeze, ==, last.unfreeze);
  sk_recipe_clear (&last);
}

static void
test_whole (Fixture *fixture, gconstpointer data) {
  g_autofree char *folder = write_folder (fixture);
  g_autofree char *weights = train_weights (fixture);
  SkTransferPage *page = page_of (fixture);
  GtkWidget *line = fixture_find (GTK_WIDGET (page), SK_TYPE_TIMELINE_AREA);
  const SkRecipe *recipe = sk_transfer_page_recipe (page);

  sk_window_show_page (SK_WINDOW (fixture->window), "transfer");
  fixture_drop (fixture, folder);
  fixture_drop (fixture, weights);
  fixture_wait (fixture, is_ready, "a transfer that can start");
  g_assert_cmpstr (recipe->net, ==, "resnet20");
  g_assert_cmpstr (recipe->freeze, ==, "trunk");
  g_assert_true (fixture_says (GTK_WIDGET (page), "10 classes → 2"));

  /* A click lets one block learn, another freezes it again. */
  press_node (fixture, "3.2");
  g_assert_null (strstr (recipe->freeze, "layer3.2"));
  g_assert_nonnull (strstr (recipe->freeze, "layer3.1"));
  fixture_wait (fixture, has_unfrozen, "the drawing to follow");
  press_node (fixture, "3.2");
  g_assert_cmpstr (recipe->freeze, ==, "trunk");

  sk_timeline_area_show (SK_TIMELINE_AREA (line), 4, 2, "", "");
  g_signal_emit_by_name (line, "changed");
  g_assert_cmpint (recipe->unfreeze, ==, 2);
  fixture_wait (fixture, is_ready, "a transfer that can start");
  gtk_widget_activate_action (fixture->window, "win.start", NULL);
  fixture_wait_phase (fixture, SK_PHASE_FINISHED);
  g_assert_cmpint (fixture_state (fixture)->recipe.unfreeze, ==, 2);
  g_assert_false (fixture_state (fixture)->frozen[0]);
  fixture_run (300);
  g_assert_true (fixture_says (fixture->window, "SGD 0.001"));
  check_new_run (fixture);
}

/* Weights that are dropped elsewhere answer pictures, and a toast leads here. */
static void
test_weights_elsewhere (Fixture *fixture, gconstpointer data) {
  g_autofree char *weights = train_weights (fixture);
  SkTransferPage *page = page_of (fixture);

  sk_window_show_page (SK_WINDOW (fixture->window), "train");
  fixture_drop (fixture, weights);
  gtk_widget_activate_action_variant (fixture->window, "win.transfer-from",
                                      g_variant_new_bytestring (weights));
  fixture_run (500);
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (page)));
}

/* With the program's own files around: catalogue and weights. */
static void
set_up_boxed (Fixture *fixture, gconstpointer data) {
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, "..", "data", NULL);

  g_setenv ("SKIPSCOPE_DATA", folder, TRUE);
  fixture_set_up (fixture, data);
}

static void
tear_down_boxed (Fixture *fixture, gconstpointer data) {
  fixture_tear_down (fixture, data);
  g_unsetenv ("SKIPSCOPE_DATA");
}

static gboolean
has_saved (Fixture *fixture) {
  return fixture_state (fixture)->phase == SK_PHASE_FINISHED;
}

/* A folder is all that a first transfer needs. */
static void
test_included (Fixture *fixture, gconstpointer data) {
  g_autofree char *folder = write_folder (fixture);
  SkTransferPage *page = page_of (fixture);
  const SkRecipe *recipe = sk_transfer_page_recipe (page);

  sk_window_show_page (SK_WINDOW (fixture->window), "transfer");
  fixture_drop (fixture, folder);
  fixture_wait (fixture, is_ready, "a transfer that can start");
  g_assert_true (
      g_str_has_suffix (recipe->init, "weights/resnet20-cifar10.safetensors"));
  g_assert_cmpstr (recipe->net, ==, "resnet20");
  g_assert_true (fixture_says (GTK_WIDGET (page), "of this program"));
  g_assert_true (fixture_says (GTK_WIDGET (page), "10 classes → 2"));
  gtk_widget_activate_action (fixture->window, "win.start", NULL);
  fixture_wait (fixture, has_saved, "the end of the transfer");
}

/* What is not here leads to the downloads; what is here is taken, also in place of other
 * weights. */
static void
test_catalogue (Fixture *fixture, gconstpointer data) {
  g_autofree char *weights = train_weights (fixture);
  SkTransferPage *page = page_of (fixture);
  GtkWidget *menu = fixture_find (GTK_WIDGET (page), SK_TYPE_WEIGHTS_MENU);
  GtkWidget *list, *dialog = NULL;

  sk_window_show_page (SK_WINDOW (fixture->window), "transfer");
  sk_transfer_page_take_weights (page, weights);
  fixture_run (500);
  g_assert_false (fixture_says (GTK_WIDGET (page), "of this program"));
  gtk_menu_button_popup (GTK_MENU_BUTTON (fixture_find (menu, GTK_TYPE_MENU_BUTTON)));
  fixture_run (200);
  list = fixture_find (menu, GTK_TYPE_LIST_BOX);
  g_assert_true (fixture_says (list, "To be downloaded"));
  g_signal_emit_by_name (list, "row-activated",
                         gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), 0));
  fixture_run (200);
  g_assert_true (fixture_says (GTK_WIDGET (page), "of this program"));

  g_signal_emit_by_name (list, "row-activated",
                         gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), 1));
  fixture_run (200);
  for (guint i = 0; i < g_list_model_get_n_items (gtk_window_get_toplevels ()); i++) {
    g_autoptr (GtkWidget) window =
        g_list_model_get_item (gtk_window_get_toplevels (), i);

    if (SK_IS_DOWNLOADS_WINDOW (window))
      dialog = window;
  }
  g_assert_nonnull (dialog);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
add_tests (void) {
#define ADD(path, func)                                                                \
  g_test_add ("/window-transfer/" path, Fixture, NULL, fixture_set_up, func,           \
              fixture_tear_down)
  ADD ("folder", test_folder);
  ADD ("one-class", test_one_class);
  ADD ("whole", test_whole);
  ADD ("weights-elsewhere", test_weights_elsewhere);
#undef ADD
#define ADD(path, func)                                                                \
  g_test_add ("/window-transfer/" path, Fixture, NULL, set_up_boxed, func,             \
              tear_down_boxed)
  ADD ("included", test_included);
  ADD ("catalogue", test_catalogue);
}

int
main (int argc, char **argv) {
  return fixture_main (argc, argv, add_tests);
}
