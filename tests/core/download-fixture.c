#include "download-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

static void
progress_cb (const SkDownloadState *state, gpointer data) {
  DownloadFixture *f = data;

  g_assert_cmpuint (state->received, <=, state->total > 0 ? state->total : 400 * 1000);
  f->last = *state;
  f->told++;
  if (f->cancel_at > 0 && state->received >= f->cancel_at)
    g_cancellable_cancel (f->cancellable);
}

void
download_fixture_set_up (DownloadFixture *f, gconstpointer data) {
  f->server = http_fixture_new ();
  f->folder = g_dir_make_tmp ("skipscope-fetch-XXXXXX", NULL);
  f->cancellable = g_cancellable_new ();
  f->options = (SkDownloadOptions){
    .folder = f->folder,
    .timeout = 1,
    .patience = 1,
    .progress = progress_cb,
    .data = f,
  };
}

char *
download_fixture_file (DownloadFixture *f, const char *name) {
  return g_build_filename (f->folder, name, NULL);
}

gboolean
download_fixture_has (DownloadFixture *f, const char *name) {
  g_autofree char *path = download_fixture_file (f, name);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

void
download_fixture_tear_down (DownloadFixture *f, gconstpointer data) {
  static const char *const names[] = { "thing.bin", "thing.bin.json", "thing.bin.part",
                                       "thing.bin.part.ini" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = download_fixture_file (f, names[i]);

    g_remove (path);
  }
  /* Nothing else was left behind. */
  g_assert_cmpint (g_rmdir (f->folder), ==, 0);
  g_free (f->folder);
  g_clear_error (&f->error);
  sk_receipt_clear (&f->receipt);
  g_clear_pointer (&f->catalog, sk_catalog_unref);
  g_object_unref (f->cancellable);
  http_fixture_free (f->server);
}

void
download_fixture_choose (DownloadFixture *f, const char *path, const char *extra) {
  g_autofree char *text = http_fixture_catalog (f->server, path, extra);
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&f->catalog, sk_catalog_unref);
  f->catalog = sk_catalog_parse (text, strlen (text), &error);
  g_assert_no_error (error);
  f->entry = sk_catalog_entry (f->catalog, 0);
}

gboolean
download_fixture_fetch (DownloadFixture *f) {
  g_clear_error (&f->error);
  sk_receipt_clear (&f->receipt);
  return sk_download_run (f->entry, &f->options, f->cancellable, &f->receipt,
                          &f->error);
}

void
download_fixture_assert_here (DownloadFixture *f) {
  g_autofree char *path = download_fixture_file (f, "thing.bin");
  g_autofree char *sha256 = http_fixture_sha256 (f->server);
  g_autofree char *data = NULL;
  gsize length, expected;
  const void *bytes = g_bytes_get_data (http_fixture_bytes (f->server), &expected);

  g_assert_no_error (f->error);
  g_assert_true (g_file_get_contents (path, &data, &length, NULL));
  g_assert_cmpmem (data, length, bytes, expected);
  g_assert_cmpstr (f->receipt.path, ==, path);
  g_assert_cmpstr (f->receipt.sha256, ==, sha256);
  g_assert_cmpuint (f->receipt.size, ==, expected);
  g_assert_false (download_fixture_has (f, "thing.bin.part"));
  g_assert_false (download_fixture_has (f, "thing.bin.part.ini"));
  g_assert_cmpint (sk_shelf_look (f->folder, f->entry, NULL, NULL), ==, SK_SHELF_HERE);
}

void
download_fixture_assert_refused (DownloadFixture *f, SkErrorCode code, const char *word,
                                 gboolean kept) {
  g_assert_error (f->error, SK_ERROR, (int) code);
  g_test_message ("%s", f->error->message);
  if (strstr (f->error->message, word) == NULL)
    g_error ("“%s” lacks “%s”", f->error->message, word);
  g_assert_false (download_fixture_has (f, "thing.bin"));
  g_assert_false (download_fixture_has (f, "thing.bin.json"));
  g_assert_cmpint (sk_shelf_look (f->folder, f->entry, NULL, NULL), ==,
                   kept ? SK_SHELF_PART : SK_SHELF_ABSENT);
}
