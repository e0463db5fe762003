/* The window's downloads, from a server on this computer: licence and address first, then
 * one button that does what its row says. */

#include <glib/gstdio.h>
#include <string.h>

#include "download-row.h"
#include "downloads-window.h"
#include "http-fixture.h"
#include "window-fixture.h"

static char *catalog; /* path; of the whole program */

typedef struct {
  Fixture window;
  HttpFixture *server;
} World;

static void
set_up (World *world, gconstpointer data) {
  g_autofree char *text = NULL;

  world->server = http_fixture_new ();
  text = http_fixture_catalog (world->server, data, "size=300000\n");
  g_assert_true (g_file_set_contents (catalog, text, -1, NULL));
  fixture_set_up (&world->window, NULL);
}

static void
tear_down (World *world, gconstpointer data) {
  static const char *const names[] = { "thing.bin", "thing.bin.json", "thing.bin.part",
                                       "thing.bin.part.ini" };

  fixture_tear_down (&world->window, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path =
        g_build_filename (g_get_user_cache_dir (), "skipscope", names[i], NULL);

    g_remove (path);
  }
  http_fixture_free (world->server);
}

/* (nullable): it is a window of its own */
static GtkWidget *
downloads_window (void) {
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++) {
    g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

    if (SK_IS_DOWNLOADS_WINDOW (window))
      return window;
  }
  return NULL;
}

static gboolean
has_row (Fixture *fixture) {
  return downloads_window () != NULL &&
         fixture_find (downloads_window (), SK_TYPE_DOWNLOAD_ROW) != NULL;
}

static GtkWidget *
open_downloads (World *world) {
  gtk_widget_activate_action (world->window.window, "win.downloads", NULL);
  fixture_wait (&world->window, has_row, "a row");
  return fixture_find (downloads_window (), SK_TYPE_DOWNLOAD_ROW);
}

static GtkButton *
button_of (GtkWidget *row) {
  return GTK_BUTTON (fixture_find (row, GTK_TYPE_BUTTON));
}

static const SkOffer *
offer (Fixture *fixture) {
  const GPtrArray *offers = fixture_state (fixture)->offers;

  return offers != NULL && offers->len > 0 ? offers->pdata[0] : NULL;
}

static gboolean
is_here (Fixture *fixture) {
  return offer (fixture)->phase == SK_OFFER_HERE;
}

static gboolean
is_under_way (Fixture *fixture) {
  return offer (fixture)->phase == SK_OFFER_RUNNING &&
         offer (fixture)->received > 20000;
}

static gboolean
is_part (Fixture *fixture) {
  return offer (fixture)->phase == SK_OFFER_PART;
}

static gboolean
has_failed (Fixture *fixture) {
  return offer (fixture)->error != NULL;
}

static void
assert_row (GtkWidget *row, const char *verb, const char *words) {
  const char *subtitle = adw_action_row_get_subtitle (ADW_ACTION_ROW (row));

  g_assert_cmpstr (gtk_button_get_label (button_of (row)), ==, verb);
  g_assert_true (gtk_widget_get_sensitive (GTK_WIDGET (button_of (row))));
  if (strstr (subtitle, words) == NULL)
    g_error ("“%s” lacks “%s”", subtitle, words);
}

static void
press (GtkWidget *row) {
  g_signal_emit_by_name (button_of (row), "clicked");
}

static void
test_download (World *world, gconstpointer data) {
  GtkWidget *row = open_downloads (world);
  g_autofree char *label = fixture_label (GTK_WIDGET (button_of (row)));

  assert_row (row, "Download", "Licence: none");
  assert_row (row, "Download", "From http://127.0.0.1");
  g_assert_cmpint (http_fixture_requests (world->server), ==, 0);
  g_assert_nonnull (strstr (label, "A thing"));

  press (row);
  g_assert_false (gtk_widget_get_sensitive (GTK_WIDGET (button_of (row))));
  fixture_wait (&world->window, is_here, "the file");
  fixture_run (50);
  assert_row (row, "Use", "SHA-256");

  /* It is opened as any file of weights: these are none, and Classify says so. */
  press (row);
  fixture_run (300);
  g_assert_null (downloads_window ());
}

static void
test_cancel_and_continue (World *world, gconstpointer data) {
  GtkWidget *row = open_downloads (world);

  press (row);
  fixture_wait (&world->window, is_under_way, "some bytes");
  fixture_run (50);
  assert_row (row, "Cancel", " of 300");
  press (row);
  fixture_wait (&world->window, is_part, "the part");
  fixture_run (50);
  assert_row (row, "Continue", "are here");

  /* It goes on while the window of it is closed. */
  press (row);
  fixture_wait (&world->window, is_under_way, "more bytes");
  gtk_window_close (GTK_WINDOW (downloads_window ()));
  fixture_wait (&world->window, is_here, "the file");
  assert_row (open_downloads (world), "Use", "checked");
  gtk_window_close (GTK_WINDOW (downloads_window ()));
}

static void
test_failure (World *world, gconstpointer data) {
  GtkWidget *row = open_downloads (world);

  press (row);
  fixture_wait (&world->window, has_failed, "a failure");
  fixture_run (50);
  assert_row (row, "Download", "404");
  g_assert_true (gtk_widget_has_css_class (row, "error"));
  /* Opened twice it is the same window. */
  g_assert_true (open_downloads (world) == row);
}

static void
test_problem (World *world, gconstpointer data) {
  g_assert_true (g_file_set_contents (catalog, "nothing", -1, NULL));
  gtk_widget_activate_action (world->window.window, "win.downloads", NULL);
  for (int i = 0; i < 200 && fixture_state (&world->window)->offers_problem == NULL;
       i++)
    fixture_run (20);
  fixture_run (50);
  g_assert_nonnull (fixture_find (downloads_window (), ADW_TYPE_STATUS_PAGE));
  g_assert_null (fixture_find (downloads_window (), SK_TYPE_DOWNLOAD_ROW));
}

static void
add_tests (void) {
  g_test_add ("/downloads/download", World, "/whole", set_up, test_download, tear_down);
  g_test_add ("/downloads/cancel-and-continue", World, "/slow", set_up,
              test_cancel_and_continue, tear_down);
  g_test_add ("/downloads/failure", World, "/missing", set_up, test_failure, tear_down);
  g_test_add ("/downloads/problem", World, "/whole", set_up, test_problem, tear_down);
}

int
main (int argc, char **argv) {
  g_autofree char *folder = g_dir_make_tmp ("skipscope-catalog-XXXXXX", NULL);
  int status;

  catalog = g_build_filename (folder, "catalog.ini", NULL);
  g_setenv ("SKIPSCOPE_CATALOG", catalog, TRUE);
  status = fixture_main (argc, argv, add_tests);
  g_remove (catalog);
  g_rmdir (folder);
  g_free (catalog);
  return status;
}
