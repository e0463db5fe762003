#pragma once

#include "download.h"
#include "part.h"

/* A download under way: download.c begins and ends it, transfer.c reads. */
typedef struct {
  const SkCatalogEntry *entry;
  const SkDownloadOptions *options;
  GCancellable *cancellable; /* (nullable) */
  char *folder, *path;
  SkPart *part; /* (nullable) */
  SkDownloadState state;
  char *address; /* (nullable): where it came from in the end */
  gint64 told_at, measured_at; /* µs */
  guint64 measured; /* bytes at that time */
} SkDownload;

/* Tells how far it is; @in_any_case: even where that was told just now. */
void
sk_download_tell (SkDownload *self, gboolean in_any_case);

/* All bytes into the part, over as many connections as it takes while each brings some. */
gboolean
sk_transfer_run (SkDownload *self, GError **error);
