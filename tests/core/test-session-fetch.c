/* Downloads through the session: told in snapshots, one at a time, called off at once, and
 * nobody waits for them. */

#include <glib/gstdio.h>
#include <string.h>

#include "http-fixture.h"
#include "session-fixture.h"

#define PATIENCE (10 * G_USEC_PER_SEC)

typedef struct {
  HttpFixture *server;
  Fixture *session;
} World;

static char *cache,
    *catalog; /* of the whole program: GLib reads the environment once */

static void
send (World *world, SkCommandKind kind, const char *name) {
  SkCommand command = { .kind = kind, .path = name };

  sk_session_send (world->session->session, &command);
}

/* @a and @b are what the server does for the two entries. */
static World *
world_new (const char *a, const char *b) {
  World *world = g_new0 (World, 1);
  g_autofree char *sha256 = NULL, *first = NULL, *second = NULL, *text = NULL;

  world->server = http_fixture_new ();
  sha256 = http_fixture_sha256 (world->server);
  first = http_fixture_address (world->server, a);
  second = http_fixture_address (world->server, b);
  text = g_strdup_printf ("[a]\ntitle=A\nkind=weights\nlicence=L\nfile=a.bin\n"
                          "address=%s\nsha256=%s\nsize=300000\n"
                          "[b]\ntitle=B\nkind=data\nreader=cifar10\nlicence=L\n"
                          "file=b.bin\naddress=%s\nsha256=%s\nsize=300000\n",
                          first, sha256, second, sha256);
  g_assert_true (g_file_set_contents (catalog, text, -1, NULL));
  world->session = fixture_new (8, 4);
  return world;
}

static void
world_free (World *world) {
  static const char *const names[] = { "a.bin", "b.bin" };
  static const char *const ends[] = { "", ".json", ".part", ".part.ini" };

  fixture_free (world->session);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    for (guint k = 0; k < G_N_ELEMENTS (ends); k++) {
      g_autofree char *name = g_strconcat (names[i], ends[k], NULL);
      g_autofree char *path = g_build_filename (cache, "skipscope", name, NULL);

      g_remove (path);
    }
  http_fixture_free (world->server);
  g_free (world);
}

static const SkOffer *
offer (const SkSnapshot *seen, const char *name) {
  for (guint i = 0; seen->offers != NULL && i < seen->offers->len; i++) {
    const SkOffer *found = seen->offers->pdata[i];

    if (g_strcmp0 (found->name, name) == 0)
      return found;
  }
  return NULL;
}

typedef struct {
  const char *name;
  SkOfferPhase phase;
  gboolean failed;
  guint64 received; /* at least */
} Wanted;

static gboolean
is_so (const SkSnapshot *seen, gconstpointer data) {
  const Wanted *wanted = data;
  const SkOffer *found = offer (seen, wanted->name);

  return found != NULL && found->phase == wanted->phase &&
         (found->error != NULL) == wanted->failed &&
         found->received >= wanted->received;
}

static const SkOffer *
wait_for (World *world, Wanted wanted) {
  fixture_wait (world->session, is_so, &wanted, wanted.name);
  return offer (world->session->seen, wanted.name);
}

static void
test_fetch (void) {
  World *world = world_new ("/whole", "/thirds");
  const SkOffer *found;
  g_autofree char *sha256 = http_fixture_sha256 (world->server);

  send (world, SK_COMMAND_OFFERS, NULL);
  found = wait_for (world, (Wanted){ "a", SK_OFFER_ABSENT });
  g_assert_cmpstr (found->title, ==, "A");
  g_assert_cmpuint (found->total, ==, 300000);
  g_assert_cmpint (http_fixture_requests (world->server), ==, 0);

  send (world, SK_COMMAND_FETCH, "a");
  found = wait_for (world, (Wanted){ "a", SK_OFFER_HERE });
  g_assert_cmpstr (found->sha256, ==, sha256);
  g_assert_true (g_file_test (found->path, G_FILE_TEST_EXISTS));
  send (world, SK_COMMAND_FETCH, "b");
  found = wait_for (world, (Wanted){ "b", SK_OFFER_HERE });
  g_assert_true (g_str_has_prefix (found->data, "cifar10:/"));
  send (world, SK_COMMAND_FETCH, "nothing of that name");
  send (world, SK_COMMAND_FETCH_CANCEL, "nor this");
  world_free (world);
}

static void
test_failure (void) {
  World *world = world_new ("/missing", "/wrong");
  const SkOffer *found;

  send (world, SK_COMMAND_FETCH, "a");
  send (world, SK_COMMAND_FETCH, "b");
  found = wait_for (world, (Wanted){ "a", SK_OFFER_ABSENT, TRUE });
  g_assert_nonnull (strstr (found->error, "404"));
  found = wait_for (world, (Wanted){ "b", SK_OFFER_ABSENT, TRUE });
  g_assert_nonnull (strstr (found->error, "SHA-256"));
  world_free (world);
}

static void
test_waiting_and_cancel (void) {
  World *world = world_new ("/slow", "/slow");
  const SkAnswer *answer;
  SkCommand question = { .kind = SK_COMMAND_CLASSIFY, .path = "none.png", .serial = 7 };
  gint64 begin;

  send (world, SK_COMMAND_FETCH, "a");
  send (world, SK_COMMAND_FETCH, "b");
  wait_for (world, (Wanted){ "a", SK_OFFER_RUNNING, FALSE, 20000 });
  wait_for (world, (Wanted){ "b", SK_OFFER_WAITING });

  /* An answer does not wait for a download. */
  sk_session_send (world->session->session, &question);
  answer = fixture_wait_answer (world->session, 7);
  g_assert_nonnull (answer->error);
  g_assert_cmpint (offer (world->session->seen, "a")->phase, ==, SK_OFFER_RUNNING);

  send (world, SK_COMMAND_FETCH_CANCEL, "b");
  wait_for (world, (Wanted){ "b", SK_OFFER_ABSENT });
  begin = g_get_monotonic_time ();
  send (world, SK_COMMAND_FETCH_CANCEL, "a");
  wait_for (world, (Wanted){ "a", SK_OFFER_PART, FALSE, 20000 });
  g_assert_cmpint (g_get_monotonic_time () - begin, <, PATIENCE);
  g_assert_cmpint (http_fixture_requests (world->server), ==, 1);

  send (world, SK_COMMAND_FETCH, "a");
  wait_for (world, (Wanted){ "a", SK_OFFER_HERE });
  g_assert_cmpint (http_fixture_sent (world->server), <, 400 * 1000);
  world_free (world);
}

/* Leaving does not wait for a server, and the part stays. */
static void
test_close (void) {
  World *world = world_new ("/slow", "/silent");
  gint64 begin;

  send (world, SK_COMMAND_FETCH, "a");
  wait_for (world, (Wanted){ "a", SK_OFFER_RUNNING, FALSE, 20000 });
  begin = g_get_monotonic_time ();
  fixture_restart (world->session);
  g_assert_cmpint (g_get_monotonic_time () - begin, <, PATIENCE);
  send (world, SK_COMMAND_FETCH, "b");
  wait_for (world, (Wanted){ "b", SK_OFFER_RUNNING });
  fixture_restart (world->session);
  send (world, SK_COMMAND_OFFERS, NULL);
  wait_for (world, (Wanted){ "a", SK_OFFER_PART, FALSE, 20000 });
  world_free (world);
}

static gboolean
has_problem (const SkSnapshot *seen, gconstpointer data) {
  return seen->offers_problem != NULL;
}

/* A catalogue that cannot be read is said, and read once it was mended. */
static void
test_broken_catalogue (void) {
  World *world = world_new ("/whole", "/whole");
  g_autofree char *good = NULL;

  g_assert_true (g_file_get_contents (catalog, &good, NULL, NULL));
  g_assert_true (g_file_set_contents (catalog, "[a]\n", -1, NULL));
  send (world, SK_COMMAND_OFFERS, NULL);
  fixture_wait (world->session, has_problem, NULL, "the problem");
  g_assert_cmpuint (world->session->seen->offers->len, ==, 0);
  g_assert_true (g_file_set_contents (catalog, good, -1, NULL));
  send (world, SK_COMMAND_OFFERS, NULL);
  wait_for (world, (Wanted){ "a", SK_OFFER_ABSENT });
  g_assert_null (world->session->seen->offers_problem);
  world_free (world);
}

int
main (int argc, char **argv) {
  g_autofree char *folder = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  cache = g_dir_make_tmp ("skipscope-session-XXXXXX", NULL);
  catalog = g_build_filename (cache, "catalog.ini", NULL);
  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  g_setenv ("SKIPSCOPE_CATALOG", catalog, TRUE);
  g_test_add_func ("/session/fetch/fetch", test_fetch);
  g_test_add_func ("/session/fetch/failure", test_failure);
  g_test_add_func ("/session/fetch/waiting-and-cancel", test_waiting_and_cancel);
  g_test_add_func ("/session/fetch/close", test_close);
  g_test_add_func ("/session/fetch/broken-catalogue", test_broken_catalogue);
  status = g_test_run ();
  folder = g_build_filename (cache, "skipscope", NULL);
  g_rmdir (folder);
  g_remove (catalog);
  g_assert_cmpint (g_rmdir (cache), ==, 0);
  g_free (cache);
  g_free (catalog);
  return status;
}
