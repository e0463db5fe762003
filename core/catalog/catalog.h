#pragma once

#include <glib.h>

/* What can be named in place of a path: data sets and weights with address, licence and
 * hash, and the weights that come with the program. A catalogue comes from a file, so it is
 * checked before it is believed. */

/* Files above this are refused: the largest network's weights take a tenth of it. */
#define SK_CATALOG_MOST ((guint64) 4 << 30)

typedef enum {
  SK_CATALOG_DATA,
  SK_CATALOG_WEIGHTS,
} SkCatalogKind;

typedef struct {
  SkCatalogKind kind;
  char *name; /* "resnet50-v2": may be used in place of a path */
  char *title, *licence; /* for people */
  gboolean included; /* comes with the program: nothing to download */
  char *address; /* (nullable): https; http on this computer alone; NULL: @included */
  char *file; /* its name here, without a folder */
  char *reader; /* DATA: "cifar10" or "cifar100"; else NULL */
  guint64 size; /* bytes; 0: not known exactly */
  guint64 size_about; /* bytes, within a hundredth; @size where that is known */
  char *sha256; /* (nullable): 8 … 64 lower-case digits, the first ones */
  char *md5; /* (nullable): 32 lower-case digits */
  gboolean has_transform; /* the four below were said */
  float mean[3], std[3];
  int resize, crop;
} SkCatalogEntry;

typedef struct _SkCatalog SkCatalog;

/**
 * sk_catalog_parse:
 * @text: (length): of a catalogue, as data/catalog.ini describes it; from anywhere
 * @error: SK_ERROR_FORMAT naming group and key
 *
 * Any group that is not whole spoils the catalogue: half a hash protects nobody.
 */
SkCatalog *
sk_catalog_parse (const char *text, gsize length, GError **error);

/**
 * sk_catalog_load:
 * @path: (nullable): NULL: the file that SKIPSCOPE_CATALOG names, else the program's own
 */
SkCatalog *
sk_catalog_load (const char *path, GError **error);

SkCatalog *
sk_catalog_ref (SkCatalog *self);

void
sk_catalog_unref (SkCatalog *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkCatalog, sk_catalog_unref)

guint
sk_catalog_count (const SkCatalog *self);

/* (transfer none): in the file's order */
const SkCatalogEntry *
sk_catalog_entry (const SkCatalog *self, guint index);

/* (transfer none) (nullable) */
const SkCatalogEntry *
sk_catalog_lookup (const SkCatalog *self, const char *name);

/* The same, with an error that names what there is. */
const SkCatalogEntry *
sk_catalog_find (const SkCatalog *self, const char *name, GError **error);
