/* Catalogues: the one that is shipped, and those that nobody should believe. Addresses,
 * and what is known of files that are here. */

#include <glib/gstdio.h>
#include <string.h>

#include "address.h"
#include "catalog.h"
#include "download.h"
#include "errors.h"
#include "shelf.h"

#define GOOD                                                                           \
  "[a]\ntitle=A\nkind=weights\nlicence=L\nfile=a.pth\naddress=https://x.org/a.pth\n"   \
  "size=10\nsha256=01234567\n"

static SkCatalog *
parse (const char *text, GError **error) {
  return sk_catalog_parse (text, strlen (text), error);
}

static void
test_shipped (void) {
  g_autofree char *path =
      g_test_build_filename (G_TEST_DIST, "..", "data", "catalog.ini", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SkCatalog) catalog = sk_catalog_load (path, &error);
  int n_weights = 0;

  g_assert_no_error (error);
  for (guint i = 0; i < sk_catalog_count (catalog); i++) {
    const SkCatalogEntry *entry = sk_catalog_entry (catalog, i);

    if (entry->included)
      continue;
    g_assert_true (g_str_has_prefix (entry->address, "https://"));
    g_assert_true (g_str_has_suffix (entry->address, entry->file));
    if (entry->kind == SK_CATALOG_DATA) {
      g_assert_nonnull (entry->md5);
      continue;
    }
    n_weights++;
    g_assert_true (entry->has_transform);
    g_assert_cmpint (entry->resize, ==,
                     g_str_has_suffix (entry->name, "-v2") ? 232 : 256);
    /* torchvision's file names end in the first digits of the hash. */
    g_assert_true (strncmp (strchr (entry->file, '-') + 1, entry->sha256, 8) == 0);
  }
  g_assert_cmpint (n_weights, ==, 8);
  g_assert_nonnull (sk_catalog_lookup (catalog, "cifar10"));
  g_assert_nonnull (sk_catalog_lookup (catalog, "cifar100"));
}

/* What comes with the program is there, has its hash, and answers to its name. */
static void
test_included (void) {
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, "..", "data", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SkCatalog) catalog = NULL;
  g_auto (SkReceipt) receipt = { 0 };
  g_autofree char *path = NULL, *bytes = NULL, *sha256 = NULL;
  const SkCatalogEntry *entry;
  gsize length;

  g_setenv ("SKIPSCOPE_DATA", folder, TRUE);
  path = sk_shelf_resolve_weights ("resnet20-cifar10", &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  catalog = sk_catalog_load (NULL, NULL);
  entry = sk_catalog_lookup (catalog, "resnet20-cifar10");
  sha256 = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (guint8 *) bytes, length);
  g_assert_true (entry->included);
  g_assert_cmpuint (entry->size, ==, length);
  g_assert_cmpstr (entry->sha256, ==, sha256);
  g_assert_true (
      sk_download_run (entry, &(SkDownloadOptions){ 0 }, NULL, &receipt, &error));
  g_assert_cmpstr (receipt.path, ==, path);
  g_assert_null (receipt.address);

  g_setenv ("SKIPSCOPE_DATA", "/nowhere", TRUE);
  sk_receipt_clear (&receipt);
  g_assert_false (sk_shelf_take (entry, &receipt, &error));
  g_assert_nonnull (strstr (error->message, "install it again"));
  g_unsetenv ("SKIPSCOPE_DATA");
}

static void
test_entry (void) {
  g_autoptr (GError) error = NULL;
  g_autoptr (SkCatalog) catalog =
      parse (GOOD "mean=0.1;0.2;0.3\nstd=1;1;1\nresize=40\ncrop=32\n"
                  "[b.2]\ntitle=B\nkind=data\nreader=cifar100\nlicence=L\nfile=b.tgz\n"
                  "address=http://127.0.0.1:8080/b\nsize-about=99\n"
                  "md5=0123456789ABCDEF0123456789abcdef\n",
             &error);
  const SkCatalogEntry *a, *b;

  g_assert_no_error (error);
  a = sk_catalog_find (catalog, "a", NULL);
  b = sk_catalog_find (catalog, "b.2", NULL);
  g_assert_cmpuint (a->size, ==, 10);
  g_assert_cmpuint (a->size_about, ==, 10);
  g_assert_cmpfloat (a->mean[1], ==, 0.2f);
  g_assert_cmpint (a->crop, ==, 32);
  g_assert_cmpstr (b->reader, ==, "cifar100");
  g_assert_cmpuint (b->size, ==, 0);
  g_assert_cmpuint (b->size_about, ==, 99);
  g_assert_cmpstr (b->md5, ==, "0123456789abcdef0123456789abcdef");
  g_assert_null (sk_catalog_find (catalog, "c", &error));
  g_assert_error (error, SK_ERROR, SK_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "a, b.2"));
}

/* A line of the good group replaced by another: refused, and the key is named. */
static void
test_hostile (void) {
  static const struct {
    const char *line, *instead, *named;
  } cases[] = {
    { "title=A\n", "", "title" },
    { "title=A\n", "title=a\\nb\n", "title" },
    { "title=A\n", "title=\xe2\x80\xae evil\n", "title" },
    { "licence=L\n", "", "licence" },
    { "kind=weights\n", "kind=program\n", "kind" },
    { "kind=weights\n", "kind=data\n", "reader" },
    { "kind=weights\n", "kind=data\nreader=exec\n", "reader" },
    { "file=a.pth\n", "file=../a.pth\n", "file" },
    { "file=a.pth\n", "file=/etc/passwd\n", "file" },
    { "file=a.pth\n", "file=.bashrc\n", "file" },
    { "file=a.pth\n", "file=a.part\n", "file" },
    { "file=a.pth\n", "file=a.json\n", "file" },
    { "file=a.pth\n", "file=a b\n", "file" },
    { "file=a.pth\n", "file=\n", "file" },
    { "address=https://x.org/a.pth\n", "", "address" },
    { "address=https://x.org/a.pth\n", "address=http://x.org/a\n", "address" },
    { "address=https://x.org/a.pth\n", "address=file:///etc/passwd\n", "address" },
    { "address=https://x.org/a.pth\n", "address=ftp://x.org/a\n", "address" },
    { "address=https://x.org/a.pth\n", "address=https://u:p@x.org/a\n", "address" },
    { "address=https://x.org/a.pth\n", "address=https:///a\n", "address" },
    { "address=https://x.org/a.pth\n", "address=x.org\n", "address" },
    { "address=https://x.org/a.pth\n", "address=http://127.0.0.1@x.org/a\n",
      "address" },
    { "address=https://x.org/a.pth\n", "address=http://localhost.x.org/a\n",
      "address" },
    { "kind=weights\n", "kind=data\nreader=cifar10\nincluded=true\n", "included" },
    { "size=10\n", "", "size" },
    { "size=10\n", "size=0\n", "size" },
    { "size=10\n", "size=-1\n", "size" },
    { "size=10\n", "size=1e3\n", "size" },
    { "size=10\n", "size=99999999999999999999\n", "size" },
    { "sha256=01234567\n", "", "sha256" },
    { "sha256=01234567\n", "sha256=0123456\n", "sha256" },
    { "sha256=01234567\n", "sha256=0123456z\n", "sha256" },
    { "sha256=01234567\n", "sha256=01234567\nmd5=0\n", "md5" },
    { "size=10\n", "size=10\nmean=0.1;0.2;0.3\n", "std" },
    { "size=10\n", "size=10\nmean=nan;0;0\nstd=1;1;1\nresize=9\ncrop=9\n", "mean" },
    { "size=10\n", "size=10\nmean=0;0;0\nstd=0;1;1\nresize=9\ncrop=9\n", "std" },
    { "size=10\n", "size=10\nmean=0;0;0\nstd=1;1;1\nresize=9\ncrop=10\n", "crop" },
    { "size=10\n", "size=10\nmean=0;0;0\nstd=1;1;1\nresize=0\ncrop=0\n", "resize" },
    { "[a]\n", "[../a]\n", "name" },
    { "[a]\n", "[a/b]\n", "name" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (GStrv) pieces = g_strsplit (GOOD, cases[i].line, 2);
    g_autofree char *text = g_strconcat (pieces[0], cases[i].instead, pieces[1], NULL);
    g_autoptr (GError) error = NULL;

    g_assert_null (parse (text, &error));
    g_assert_error (error, SK_ERROR, SK_ERROR_FORMAT);
    g_test_message ("%s", error->message);
    g_assert_nonnull (strstr (error->message, cases[i].named));
  }
}

static void
test_hostile_whole (void) {
  g_autofree char *large = g_strnfill ((2 << 20), '#');
  g_autoptr (GString) many = g_string_new (NULL);
  const char *texts[] = { "",         "[a",       "a=1\n",
                          "[a]\nx\n", "\xff\xfe", GOOD GOOD "[b]\n",
                          large,      NULL };

  for (guint i = 0; texts[i] != NULL; i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (parse (texts[i], &error));
    g_assert_error (error, SK_ERROR, SK_ERROR_FORMAT);
  }
  g_assert_null (sk_catalog_parse (GOOD "\0", sizeof GOOD, NULL));
  for (int i = 0; i < 300; i++)
    g_string_append_printf (many,
                            "[g%d]\ntitle=A\nkind=weights\nlicence=L\nfile=f%d\n"
                            "address=https://x.org/\nsize=1\nsha256=01234567\n",
                            i, i);
  g_assert_null (parse (many->str, NULL));
  /* Two entries would write the same file. */
  g_assert_null (parse (GOOD "[b]\ntitle=A\nkind=weights\nlicence=L\nfile=a.pth\n"
                             "address=https://x.org/\nsize=1\nsha256=01234567\n",
                        NULL));
}

static void
test_addresses (void) {
  static const struct {
    const char *from, *location, *to; /* NULL: not followed */
  } cases[] = {
    { "https://a.org/x/y", "z", "https://a.org/x/z" },
    { "https://a.org/x", "https://b.org/y?q=1", "https://b.org/y?q=1" },
    { "https://a.org/x", "//b.org/y", "https://b.org/y" },
    { "https://a.org/x", "http://a.org/x", NULL },
    { "https://a.org/x", "http://127.0.0.1/x", NULL },
    { "https://a.org/x", "https://localhost/x", NULL },
    { "https://a.org/x", "file:///etc/passwd", NULL },
    { "https://a.org/x", "https://u@b.org/", NULL },
    { "https://a.org/x", "data:text/plain,x", NULL },
    { "https://a.org/x", "https://[", NULL },
    { "http://localhost:80/x", "http://localhost/y", "http://localhost/y" },
    { "http://localhost/x", "http://b.org/y", NULL },
    { "http://localhost/x", "https://b.org/y", "https://b.org/y" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GUri) from = sk_address_parse (cases[i].from, NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (GUri) to = sk_address_follow (from, cases[i].location, &error);
    g_autofree char *text = to != NULL ? g_uri_to_string (to) : NULL;

    g_assert_cmpstr (text, ==, cases[i].to);
    g_assert_true ((to == NULL) == (error != NULL));
  }
}

static void
test_names (void) {
  g_autofree char *folder = g_dir_make_tmp ("skipscope-XXXXXX", NULL);
  g_autofree char *catalog = g_build_filename (folder, "catalog.ini", NULL);
  g_autofree char *path = NULL, *spec = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (catalog, GOOD, -1, NULL));
  g_setenv ("SKIPSCOPE_CATALOG", catalog, TRUE);
  path = sk_shelf_resolve_weights ("some/file.pth", &error);
  g_assert_cmpstr (path, ==, "some/file.pth");
  spec = sk_shelf_resolve_data ("builtin", &error);
  g_assert_cmpstr (spec, ==, "builtin");
  g_assert_null (sk_shelf_resolve_weights (NULL, &error));
  g_assert_no_error (error);
  g_assert_null (sk_shelf_resolve_weights ("a", &error));
  g_assert_error (error, SK_ERROR, SK_ERROR_FILE);
  g_assert_nonnull (strstr (error->message, "skipscope fetch a"));
  g_unsetenv ("SKIPSCOPE_CATALOG");
  g_remove (catalog);
  g_rmdir (folder);
}

/* What is beside a file decides whether it counts as checked. */
static void
test_receipts (void) {
  g_autofree char *folder = g_dir_make_tmp ("skipscope-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "a.pth", NULL);
  g_autofree char *beside = g_strconcat (path, ".json", NULL);
  g_autoptr (SkCatalog) catalog = parse (GOOD, NULL);
  const SkCatalogEntry *entry = sk_catalog_entry (catalog, 0);
  g_auto (SkReceipt) receipt = { 0 }, again = { 0 };
  static const char *const texts[] = { "", "{", "[]", "{\"sha256\":1,\"size\":10}",
                                       "{\"sha256\":\"0123\",\"size\":10}" };
  guint64 bytes;

  g_assert_cmpint (sk_shelf_look (folder, entry, &bytes, NULL), ==, SK_SHELF_ABSENT);
  g_assert_true (g_file_set_contents (path, "0123456789", 10, NULL));
  g_assert_cmpint (sk_shelf_look (folder, entry, &bytes, NULL), ==, SK_SHELF_UNCHECKED);
  g_assert_cmpuint (bytes, ==, 10);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_assert_true (g_file_set_contents (beside, texts[i], -1, NULL));
    g_assert_cmpint (sk_shelf_look (folder, entry, NULL, NULL), ==, SK_SHELF_UNCHECKED);
  }
  receipt = (SkReceipt){
    .path = g_strdup (path),
    .sha256 = g_strdup_printf ("01234567%056d", 0),
    .address = g_strdup ("https://x.org/\"quoted\""),
    .date = g_strdup ("2026-01-01T00:00:00Z"),
    .size = 10,
  };
  g_assert_true (sk_shelf_write_receipt (entry, &receipt, NULL));
  g_assert_cmpint (sk_shelf_look (folder, entry, NULL, &again), ==, SK_SHELF_HERE);
  g_assert_cmpstr (again.sha256, ==, receipt.sha256);
  g_assert_cmpstr (again.address, ==, receipt.address);
  /* It shrank: the receipt is another file's. */
  g_assert_true (g_file_set_contents (path, "012345678", 9, NULL));
  g_assert_cmpint (sk_shelf_look (folder, entry, NULL, NULL), ==, SK_SHELF_UNCHECKED);
  g_remove (path);
  g_remove (beside);
  g_rmdir (folder);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/catalog/shipped", test_shipped);
  g_test_add_func ("/catalog/included", test_included);
  g_test_add_func ("/catalog/entry", test_entry);
  g_test_add_func ("/catalog/hostile/keys", test_hostile);
  g_test_add_func ("/catalog/hostile/whole", test_hostile_whole);
  g_test_add_func ("/catalog/addresses", test_addresses);
  g_test_add_func ("/catalog/names", test_names);
  g_test_add_func ("/catalog/receipts", test_receipts);
  return g_test_run ();
}
