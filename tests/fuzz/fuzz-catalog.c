/* Catalogues from anywhere: any bytes are a catalogue or are refused, and what is accepted
 * names no folder, no address that is not asked, and something to check by. */

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "address.h"
#include "catalog.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size) {
  g_autoptr (GError) error = NULL;
  g_autoptr (SkCatalog) catalog = sk_catalog_parse ((const char *) data, size, &error);

  g_assert_true ((catalog == NULL) == (error != NULL));
  for (guint i = 0; catalog != NULL && i < sk_catalog_count (catalog); i++) {
    const SkCatalogEntry *entry = sk_catalog_entry (catalog, i);
    g_autoptr (GUri) uri = sk_address_parse (entry->address, NULL);
    g_autoptr (GUri) next = NULL;

    g_assert_nonnull (uri);
    g_assert_null (strpbrk (entry->file, "/\\ \n"));
    g_assert_true (entry->file[0] != '.');
    g_assert_true (entry->size_about > 0 && entry->size_about <= SK_CATALOG_MOST);
    g_assert_true (entry->md5 != NULL || strlen (entry->sha256) >= 8);
    /* Any text may also come as a server's Location. */
    next = sk_address_follow (uri, entry->title, NULL);
    g_assert_true (next == NULL || g_uri_get_host (next) != NULL);
  }
  return 0;
}
