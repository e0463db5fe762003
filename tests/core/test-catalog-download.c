/* Downloads that reach their end, perhaps on the second way: whole, cut, resumed, begun anew,
 * cancelled; from a server on this computer. */

#include "download-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

/* On a machine that is busy with other things; a server that is left at once is not waited
 * for, or the error would be another one. */
#define PATIENCE (15 * G_USEC_PER_SEC)

static void
test_whole (DownloadFixture *f, gconstpointer data) {
  download_fixture_choose (f, "/whole", DOWNLOAD_EXACT);
  g_assert_true (download_fixture_fetch (f));
  download_fixture_assert_here (f);
  g_assert_cmpint (http_fixture_requests (f->server), ==, 1);
  g_assert_cmpint (f->told, >, 0);
  g_assert_cmpstr (f->receipt.address, ==, f->entry->address);

  /* Once more: what is here is checked, and nobody is asked. */
  g_assert_true (download_fixture_fetch (f));
  download_fixture_assert_here (f);
  g_assert_cmpint (http_fixture_requests (f->server), ==, 1);
}

/* Lengths and hashes that are known in part only, and answers without a length. */
static void
test_roughly_known (DownloadFixture *f, gconstpointer data) {
  static const char *const paths[] = { "/whole", "/chunks", "/encoded", "/redirect" };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_autofree char *path = download_fixture_file (f, "thing.bin");

    download_fixture_choose (f, paths[i], "size-about=301000\n");
    g_assert_true (download_fixture_fetch (f));
    download_fixture_assert_here (f);
    g_remove (path);
  }
  g_assert_true (g_str_has_suffix (f->receipt.address, "/whole"));
}

/* A file that was spoilt here, or laid here by hand. */
static void
test_present (DownloadFixture *f, gconstpointer data) {
  g_autofree char *path = download_fixture_file (f, "thing.bin");
  g_autofree char *beside = download_fixture_file (f, "thing.bin.json");
  gsize length;
  const char *bytes = g_bytes_get_data (http_fixture_bytes (f->server), &length);

  download_fixture_choose (f, "/whole", DOWNLOAD_EXACT);
  g_assert_true (g_file_set_contents (path, bytes, (gssize) length, NULL));
  g_assert_true (download_fixture_fetch (f));
  download_fixture_assert_here (f);
  g_assert_cmpint (http_fixture_requests (f->server), ==, 0);
  g_assert_cmpstr (f->receipt.address, ==, "unknown");

  g_assert_true (g_file_set_contents (path, "spoilt", -1, NULL));
  g_assert_true (download_fixture_fetch (f));
  download_fixture_assert_here (f);
  g_assert_cmpint (http_fixture_requests (f->server), ==, 1);
  g_assert_true (g_file_test (beside, G_FILE_TEST_EXISTS));
}

static void
test_cut_connections (DownloadFixture *f, gconstpointer data) {
  download_fixture_choose (f, "/thirds", DOWNLOAD_EXACT);
  g_assert_true (download_fixture_fetch (f));
  download_fixture_assert_here (f);
  g_assert_cmpint (http_fixture_requests (f->server), ==, 3);
  /* No byte came twice. */
  g_assert_cmpint (http_fixture_sent (f->server), ==, 300 * 1000);
}

static void
test_resume (DownloadFixture *f, gconstpointer data) {
  download_fixture_choose (f, "/switched", DOWNLOAD_EXACT);
  http_fixture_switch (f->server, "/third");
  g_assert_false (download_fixture_fetch (f));
  download_fixture_assert_refused (f, SK_ERROR_NETWORK, "goes on", TRUE);
  g_assert_cmpint (http_fixture_sent (f->server), ==, 100 * 1000);

  http_fixture_switch (f->server, "/whole");
  g_assert_true (download_fixture_fetch (f));
  download_fixture_assert_here (f);
  g_assert_cmpint (http_fixture_sent (f->server), ==, 300 * 1000);
  g_assert_cmpuint (f->last.resumed, ==, 100 * 1000);
}

/* What was begun at one address is no part of what lies at another. */
static void
test_other_address (DownloadFixture *f, gconstpointer data) {
  download_fixture_choose (f, "/third", DOWNLOAD_EXACT);
  g_assert_false (download_fixture_fetch (f));
  download_fixture_choose (f, "/whole", DOWNLOAD_EXACT);
  g_assert_true (download_fixture_fetch (f));
  download_fixture_assert_here (f);
  g_assert_cmpint (http_fixture_sent (f->server), ==, 400 * 1000);
}

/* Servers that do not go on, or whose file is another one meanwhile: from the beginning. */
static void
test_restart (DownloadFixture *f, gconstpointer data) {
  download_fixture_choose (f, data, DOWNLOAD_EXACT);
  g_assert_true (download_fixture_fetch (f));
  download_fixture_assert_here (f);
  g_assert_cmpint (http_fixture_requests (f->server), ==, 2);
  g_assert_cmpint (http_fixture_sent (f->server), ==, 400 * 1000);
}

static void
test_cancel (DownloadFixture *f, gconstpointer data) {
  gint64 begin = g_get_monotonic_time ();

  download_fixture_choose (f, "/slow", DOWNLOAD_EXACT);
  f->cancel_at = 1;
  g_assert_false (download_fixture_fetch (f));
  download_fixture_assert_refused (f, SK_ERROR_CANCELLED, "cancelled", TRUE);
  g_assert_cmpint (g_get_monotonic_time () - begin, <, PATIENCE);

  /* Already cancelled: not even asked. */
  g_assert_false (download_fixture_fetch (f));
  download_fixture_assert_refused (f, SK_ERROR_CANCELLED, "cancelled", TRUE);
  g_assert_cmpint (http_fixture_requests (f->server), ==, 1);

  f->cancel_at = 0;
  g_cancellable_reset (f->cancellable);
  g_assert_true (download_fixture_fetch (f));
  download_fixture_assert_here (f);
  g_assert_cmpuint (f->last.resumed, >, 0);
}

/* A server that says nothing is left at once too. */
static gpointer
cancel_soon (gpointer data) {
  g_usleep (100 * 1000);
  g_cancellable_cancel (data);
  return NULL;
}

static void
test_cancel_silence (DownloadFixture *f, gconstpointer data) {
  GThread *thread = g_thread_new ("cancel", cancel_soon, f->cancellable);
  gint64 begin = g_get_monotonic_time ();

  f->options.timeout = 20;
  download_fixture_choose (f, "/silent", DOWNLOAD_EXACT);
  g_assert_false (download_fixture_fetch (f));
  download_fixture_assert_refused (f, SK_ERROR_CANCELLED, "cancelled", FALSE);
  g_assert_cmpint (g_get_monotonic_time () - begin, <, PATIENCE);
  g_thread_join (thread);
}

static gpointer
fetch_slowly (gpointer data) {
  DownloadFixture *f = data;

  return GINT_TO_POINTER (download_fixture_fetch (f));
}

/* Two at once would write over each other: the second is told so. */
static void
test_two_at_once (DownloadFixture *f, gconstpointer data) {
  g_auto (SkReceipt) receipt = { 0 };
  g_autoptr (GError) error = NULL;
  GThread *thread;

  download_fixture_choose (f, "/slow", DOWNLOAD_EXACT);
  thread = g_thread_new ("first", fetch_slowly, f);
  while (!download_fixture_has (f, "thing.bin.part.ini"))
    g_usleep (1000);
  g_assert_false (sk_download_run (
      f->entry, &(SkDownloadOptions){ .folder = f->folder }, NULL, &receipt, &error));
  g_assert_error (error, SK_ERROR, SK_ERROR_FILE);
  g_assert_nonnull (strstr (error->message, "under way"));
  g_assert_true (GPOINTER_TO_INT (g_thread_join (thread)));
  download_fixture_assert_here (f);
}

static void
add (const char *path, void (*test) (DownloadFixture *, gconstpointer),
     gconstpointer data) {
  g_test_add (path, DownloadFixture, data, download_fixture_set_up, test,
              download_fixture_tear_down);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  add ("/download/whole", test_whole, NULL);
  add ("/download/roughly-known", test_roughly_known, NULL);
  add ("/download/present", test_present, NULL);
  add ("/download/cut-connections", test_cut_connections, NULL);
  add ("/download/resume", test_resume, NULL);
  add ("/download/other-address", test_other_address, NULL);
  add ("/download/restart/without-range", test_restart, "/without-range");
  add ("/download/restart/changed", test_restart, "/changing");
  add ("/download/restart/nameless", test_restart, "/nameless-third");
  add ("/download/restart/weak-name", test_restart, "/weak-third");
  add ("/download/cancel", test_cancel, NULL);
  add ("/download/cancel-silence", test_cancel_silence, NULL);
  add ("/download/two-at-once", test_two_at_once, NULL);
  return g_test_run ();
}
