/* Downloads that must not succeed: wrong bytes, lengths and addresses, servers that refuse or
 * are not there, disks without room. */

#include "download-fixture.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

static void
test_wrong_hash (DownloadFixture *f, gconstpointer data) {
  download_fixture_choose (f, "/wrong", DOWNLOAD_EXACT);
  g_assert_false (download_fixture_fetch (f));
  download_fixture_assert_refused (f, SK_ERROR_FORMAT, "SHA-256", FALSE);

  download_fixture_choose (f, "/whole",
                           DOWNLOAD_EXACT "md5=0123456789abcdef0123456789abcdef\n");
  g_assert_false (download_fixture_fetch (f));
  download_fixture_assert_refused (f, SK_ERROR_FORMAT, "MD5", FALSE);
}

/* A part that was spoilt on the disk: the whole is refused, and the next one is right. */
static void
test_spoilt_part (DownloadFixture *f, gconstpointer data) {
  g_autofree char *part = download_fixture_file (f, "thing.bin.part");
  g_autofree char *zeros = g_malloc0 (100 * 1000);

  download_fixture_choose (f, "/switched", DOWNLOAD_EXACT);
  http_fixture_switch (f->server, "/third");
  g_assert_false (download_fixture_fetch (f));
  g_assert_true (g_file_set_contents (part, zeros, 100 * 1000, NULL));
  http_fixture_switch (f->server, "/whole");
  g_assert_false (download_fixture_fetch (f));
  download_fixture_assert_refused (f, SK_ERROR_FORMAT, "deleted", FALSE);
  g_assert_true (download_fixture_fetch (f));
  download_fixture_assert_here (f);
}

typedef struct {
  const char *path, *extra;
  SkErrorCode code;
  const char *word;
  gboolean kept;
} Refusal;

static const Refusal refusals[] = {
  { "/short", DOWNLOAD_EXACT, SK_ERROR_FORMAT, "is 299000 bytes", FALSE },
  { "/short", "size-about=400000\n", SK_ERROR_FORMAT, "about 400000", FALSE },
  { "/short-chunks", DOWNLOAD_EXACT, SK_ERROR_NETWORK, "150000 of 300000", TRUE },
  { "/long", DOWNLOAD_EXACT, SK_ERROR_FORMAT, "is 300001 bytes", FALSE },
  { "/long-chunks", DOWNLOAD_EXACT, SK_ERROR_FORMAT, "longer than 300000", FALSE },
  { "/long-chunks", "size-about=300000\n", SK_ERROR_FORMAT, "longer than 306000",
    FALSE },
  { "/circle", DOWNLOAD_EXACT, SK_ERROR_UNSUPPORTED, "circle", FALSE },
  { "/away", DOWNLOAD_EXACT, SK_ERROR_UNSUPPORTED, "not as safe", FALSE },
  { "/to-file", DOWNLOAD_EXACT, SK_ERROR_UNSUPPORTED, "not as safe", FALSE },
  { "/missing", DOWNLOAD_EXACT, SK_ERROR_FILE, "404", FALSE },
  { "/stranger", DOWNLOAD_EXACT, SK_ERROR_FILE, "403", FALSE },
  { "/busy", DOWNLOAD_EXACT, SK_ERROR_NETWORK, "503", FALSE },
  { "/silent", DOWNLOAD_EXACT, SK_ERROR_NETWORK, "silent", FALSE },
  { "/nonsense", DOWNLOAD_EXACT, SK_ERROR_NETWORK, "127.0.0.1", FALSE },
  { "/other-range", DOWNLOAD_EXACT, SK_ERROR_FILE, "206", TRUE },
};

static void
test_refusal (DownloadFixture *f, gconstpointer data) {
  const Refusal *refusal = data;

  download_fixture_choose (f, refusal->path, refusal->extra);
  g_assert_false (download_fixture_fetch (f));
  download_fixture_assert_refused (f, refusal->code, refusal->word, refusal->kept);
}

/* Nobody listens there any more. */
static void
test_unreachable (DownloadFixture *f, gconstpointer data) {
  download_fixture_choose (f, "/whole", DOWNLOAD_EXACT);
  http_fixture_free (f->server);
  g_assert_false (download_fixture_fetch (f));
  download_fixture_assert_refused (f, SK_ERROR_NETWORK, "online", FALSE);
  f->server = http_fixture_new ();
}

/* No file may grow beyond 120,000 bytes: as a full disk does, writing fails in the middle. */
static void
test_full_disk (DownloadFixture *f, gconstpointer data) {
  struct rlimit before, small;
  gboolean done;

  download_fixture_choose (f, "/whole", DOWNLOAD_EXACT);
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  small = (struct rlimit){ 120 * 1000, before.rlim_max };
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  done = download_fixture_fetch (f);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_assert_false (done);
  download_fixture_assert_refused (f, SK_ERROR_FILE, "free some space", TRUE);

  /* With room again it goes on; not one byte is read twice beyond what was under way. */
  g_assert_true (download_fixture_fetch (f));
  download_fixture_assert_here (f);
  g_assert_cmpuint (f->last.resumed, ==, 120 * 1000);
}

static void
test_no_room (DownloadFixture *f, gconstpointer data) {
  /* No disk has that much: said before a byte is read. */
  f->options.spare = G_MAXUINT64 / 2;
  download_fixture_choose (f, "/whole", DOWNLOAD_EXACT);
  g_assert_false (download_fixture_fetch (f));
  g_assert_cmpint (http_fixture_sent (f->server), <=, 300 * 1000);
  download_fixture_assert_refused (f, SK_ERROR_FILE, "are free", FALSE);
}

static void
test_unwritable (DownloadFixture *f, gconstpointer data) {
  g_autofree char *blocker = download_fixture_file (f, "thing.bin.part");

  download_fixture_choose (f, "/whole", DOWNLOAD_EXACT);
  g_assert_cmpint (g_mkdir (blocker, 0700), ==, 0);
  g_assert_false (download_fixture_fetch (f));
  g_assert_error (f->error, SK_ERROR, SK_ERROR_FILE);
  g_assert_cmpint (http_fixture_requests (f->server), ==, 0);
  g_rmdir (blocker);
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
  add ("/download/wrong-hash", test_wrong_hash, NULL);
  add ("/download/spoilt-part", test_spoilt_part, NULL);
  add ("/download/unreachable", test_unreachable, NULL);
  add ("/download/full-disk", test_full_disk, NULL);
  add ("/download/no-room", test_no_room, NULL);
  add ("/download/unwritable", test_unwritable, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++) {
    g_autofree char *path =
        g_strdup_printf ("/download/refused/%u%s", i, refusals[i].path);

    add (path, test_refusal, &refusals[i]);
  }
  return g_test_run ();
}
