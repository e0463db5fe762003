/* The page that evaluates: a report, the pictures behind a cell, and while it learns. */

#include <string.h>

#include "confusion-area.h"
#include "evaluate-page.h"
#include "staircase-area.h"
#include "window-fixture.h"

static GtkWidget *
page_of (Fixture *fixture) {
  return fixture_find (fixture->window, SK_TYPE_EVALUATE_PAGE);
}

static gboolean
has_pictures (Fixture *fixture) {
  GtkWidget *gallery = fixture_find (page_of (fixture), GTK_TYPE_FLOW_BOX);

  return gtk_widget_get_first_child (gallery) != NULL;
}

static gboolean
is_live (Fixture *fixture) {
  g_autofree char *text = NULL;

  text = g_strdup (gtk_label_get_text (
      GTK_LABEL (fixture_find (page_of (fixture), GTK_TYPE_LABEL))));
  return strstr (text, "always the same ones") != NULL;
}

/* The first button of a kind that carries this label. */
static GtkWidget *
find_button (GtkWidget *root, const char *label) {
  if (GTK_IS_BUTTON (root) &&
      g_strcmp0 (gtk_button_get_label (GTK_BUTTON (root)), label) == 0)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = find_button (child, label);

    if (found != NULL)
      return found;
  }
  return NULL;
}

static gboolean
has_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard) {
  g_autoptr (GtkTooltip) tooltip = g_object_new (GTK_TYPE_TOOLTIP, NULL);
  gboolean shown = FALSE;

  g_signal_emit_by_name (widget, "query-tooltip", x, y, keyboard, tooltip, &shown);
  return shown;
}

static void
test_report (Fixture *fixture, gconstpointer data) {
  GtkWidget *confusion;
  g_autofree char *words = NULL;

  fixture_train (fixture);
  sk_window_show_page (SK_WINDOW (fixture->window), "evaluate");
  g_signal_emit_by_name (find_button (page_of (fixture), "_Evaluate"), "clicked");
  fixture_wait (fixture, has_pictures, "the hardest pictures");
  confusion = fixture_find (page_of (fixture), SK_TYPE_CONFUSION_AREA);
  g_signal_emit_by_name (confusion, "selected", 1, 1);
  fixture_run (300);
  words = fixture_label (confusion);
  g_assert_nonnull (words);
  g_assert_true (has_tooltip (confusion, gtk_widget_get_width (confusion) / 2,
                              gtk_widget_get_height (confusion) / 2, FALSE));
  g_assert_false (has_tooltip (confusion, 0, 0, FALSE));
  g_assert_false (has_tooltip (confusion, 0, 0, TRUE)); /* none is selected */
}

/* The staircase beside the report: it is walked along by the keyboard, and says where. */
static void
test_depth (Fixture *fixture, gconstpointer data) {
  SkPictureArea *area;
  SkPictureAreaClass *class;

  fixture_train (fixture);
  sk_window_show_page (SK_WINDOW (fixture->window), "evaluate");
  g_signal_emit_by_name (find_button (page_of (fixture), "_Evaluate"), "clicked");
  fixture_wait (fixture, has_pictures, "the report");
  area = SK_PICTURE_AREA (fixture_find (page_of (fixture), SK_TYPE_STAIRCASE_AREA));
  class = SK_PICTURE_AREA_GET_CLASS (area);
  g_assert_true (gtk_widget_get_focusable (GTK_WIDGET (area)));
  g_assert_cmpint (sk_picture_area_place (area), ==, -1);
  g_assert_true (class->key_pressed (area, GDK_KEY_Right, 0));
  g_assert_cmpint (sk_picture_area_place (area), ==, 0);
  g_assert_true (class->key_pressed (area, GDK_KEY_End, 0));
  g_assert_cmpint (sk_picture_area_place (area), ==, 8);
  g_assert_false (class->key_pressed (area, GDK_KEY_Return, 0));
  class->clicked (area, 3, 0);
  g_assert_cmpint (sk_picture_area_place (area), ==, 3);
}

static void
test_live (Fixture *fixture, gconstpointer data) {
  GtkWidget *live;

  fixture_train (fixture);
  sk_window_show_page (SK_WINDOW (fixture->window), "evaluate");
  live = fixture_find (page_of (fixture), GTK_TYPE_TOGGLE_BUTTON);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (live), TRUE);
  fixture_wait (fixture, is_live, "a look at the pictures that are always the same");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (live), FALSE);
}

static void
add (const char *name, void (*test) (Fixture *, gconstpointer)) {
  g_test_add (name, Fixture, NULL, fixture_set_up, test, fixture_tear_down);
}

static void
add_tests (void) {
  add ("/window/evaluate/report", test_report);
  add ("/window/evaluate/depth", test_depth);
  add ("/window/evaluate/live", test_live);
}

int
main (int argc, char **argv) {
  return fixture_main (argc, argv, add_tests);
}
