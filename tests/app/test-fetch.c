/* `skipscope fetch` from outside, against a server on this computer: what it prints where,
 * how it is stopped and goes on, and that its name can be used afterwards.
 *
 *   test-fetch PROGRAM */

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "http-fixture.h"

static const char *program; /* as the command line says */

typedef struct {
  HttpFixture *server;
  char *cache, *catalog;
  GSubprocessLauncher *launcher;
  char *out, *err;
  int status;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data) {
  f->server = http_fixture_new ();
  f->cache = g_dir_make_tmp ("skipscope-fetch-XXXXXX", NULL);
  f->catalog = g_build_filename (f->cache, "catalog.ini", NULL);
  f->launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                           G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_subprocess_launcher_setenv (f->launcher, "XDG_CACHE_HOME", f->cache, TRUE);
  g_subprocess_launcher_setenv (f->launcher, "SKIPSCOPE_CATALOG", f->catalog, TRUE);
  g_subprocess_launcher_setenv (f->launcher, "LC_ALL", "C.UTF-8", TRUE);
}

static void
remove_below (const char *folder, const char *const *names) {
  for (guint i = 0; names[i] != NULL; i++) {
    g_autofree char *path = g_build_filename (folder, names[i], NULL);

    g_remove (path);
  }
}

static void
tear_down (Fixture *f, gconstpointer data) {
  g_autofree char *folder = g_build_filename (f->cache, "skipscope", NULL);

  remove_below (folder,
                (const char *const[]){ "thing.bin", "thing.bin.json", "thing.bin.part",
                                       "thing.bin.part.ini", NULL });
  g_rmdir (folder);
  g_remove (f->catalog);
  g_assert_cmpint (g_rmdir (f->cache), ==, 0);
  g_object_unref (f->launcher);
  http_fixture_free (f->server);
  g_free (f->cache);
  g_free (f->catalog);
  g_free (f->out);
  g_free (f->err);
}

static void
choose (Fixture *f, const char *path) {
  g_autofree char *text = http_fixture_catalog (f->server, path, "size=300000\n");

  g_assert_true (g_file_set_contents (f->catalog, text, -1, NULL));
}

static GSubprocess *
start (Fixture *f, const char *const *words) {
  g_autoptr (GError) error = NULL;
  GSubprocess *process = g_subprocess_launcher_spawnv (f->launcher, words, &error);

  g_assert_no_error (error);
  return process;
}

static void
finish (Fixture *f, GSubprocess *process) {
  g_clear_pointer (&f->out, g_free);
  g_clear_pointer (&f->err, g_free);
  g_assert_true (
      g_subprocess_communicate_utf8 (process, NULL, NULL, &f->out, &f->err, NULL));
  g_assert_true (g_subprocess_get_if_exited (process));
  f->status = g_subprocess_get_exit_status (process);
  g_test_message ("%d\n%s\n%s", f->status, f->out, f->err);
}

static void
run (Fixture *f, const char *a, const char *b, const char *c, const char *d) {
  const char *words[] = { program, a, b, c, d, NULL };
  g_autoptr (GSubprocess) process = start (f, words);

  finish (f, process);
}

static void
assert_has (const char *text, const char *part) {
  if (strstr (text, part) == NULL)
    g_error ("“%s” lacks “%s”", text, part);
}

static void
test_fetch (Fixture *f, gconstpointer data) {
  g_autofree char *address = http_fixture_address (f->server, "/whole");
  g_autofree char *sha256 = http_fixture_sha256 (f->server);

  choose (f, "/whole");
  run (f, "fetch", NULL, NULL, NULL);
  g_assert_cmpint (f->status, ==, 0);
  assert_has (f->out, "A thing");
  g_assert_cmpint (http_fixture_requests (f->server), ==, 0);

  run (f, "fetch", "thing", NULL, NULL);
  g_assert_cmpint (f->status, ==, 0);
  assert_has (f->out, sha256);
  assert_has (f->out, "thing.bin");
  /* Address and licence are said before anything is asked. */
  assert_has (f->err, address);
  assert_has (f->err, "licence: none");

  run (f, "fetch", "thing", "--json", NULL);
  g_assert_cmpint (f->status, ==, 0);
  assert_has (f->out, "{\"name\":\"thing\",\"path\":\"");
  assert_has (f->out, "\"size\":300000");
  g_assert_cmpint (http_fixture_requests (f->server), ==, 1);

  run (f, "fetch", "--json", "--catalog", f->catalog);
  g_assert_cmpint (f->status, ==, 0);
  assert_has (f->out, "\"state\":\"here\"");
}

static void
test_refused (Fixture *f, gconstpointer data) {
  choose (f, "/missing");
  run (f, "fetch", "thing", NULL, NULL);
  g_assert_cmpint (f->status, ==, 1);
  g_assert_cmpstr (f->out, ==, "");
  assert_has (f->err, "skipscope: http://127.0.0.1");
  assert_has (f->err, "404");
}

static void
test_interrupt (Fixture *f, gconstpointer data) {
  const char *words[] = { program, "fetch", "thing", NULL };
  g_autoptr (GSubprocess) process = NULL;
  gint64 begun = g_get_monotonic_time ();

  choose (f, "/slow");
  process = start (f, words);
  while (http_fixture_sent (f->server) < 50 * 1000) {
    g_assert_cmpint (g_get_monotonic_time () - begun, <, 30 * G_USEC_PER_SEC);
    g_usleep (1000);
  }
  g_subprocess_send_signal (process, SIGINT);
  finish (f, process);
  g_assert_cmpint (f->status, ==, 1);
  assert_has (f->err, "are kept. To go on: skipscope fetch thing");

  run (f, "fetch", "--json", NULL, NULL);
  assert_has (f->out, "\"state\":\"part\"");
  run (f, "classify", "--weights", "thing", "x.png");
  g_assert_cmpint (f->status, ==, 1);
  assert_has (f->err, "skipscope fetch thing");

  run (f, "fetch", "thing", NULL, NULL);
  g_assert_cmpint (f->status, ==, 0);
  /* It went on: what lay there was not asked for again. */
  g_assert_cmpint (http_fixture_sent (f->server), <, 400 * 1000);
}

static void
test_name (Fixture *f, gconstpointer data) {
  choose (f, "/whole");
  run (f, "fetch", "thing", NULL, NULL);
  run (f, "info", "thing", NULL, NULL);
  g_assert_cmpint (f->status, ==, 1);
  /* The file was opened: what lies in it are no weights. */
  assert_has (f->err, "thing.bin");
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer)) {
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  program = argv[1];
  add ("/fetch/fetch", test_fetch);
  add ("/fetch/refused", test_refused);
  add ("/fetch/interrupt", test_interrupt);
  add ("/fetch/name", test_name);
  return g_test_run ();
}
