#pragma once

#include "catalog.h"

/* Reads group @name of @file. Returns: (transfer full): sk_catalog_entry_free() */
SkCatalogEntry *
sk_catalog_entry_read (GKeyFile *file, const char *name, GError **error);

void
sk_catalog_entry_free (SkCatalogEntry *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkCatalogEntry, sk_catalog_entry_free)
