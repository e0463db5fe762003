#pragma once

#include "download.h"
#include "errors.h"
#include "http-fixture.h"

/* A folder, a server and a catalogue of one entry: what a test of downloads needs. */

typedef struct {
  HttpFixture *server;
  char *folder;
  SkCatalog *catalog;
  const SkCatalogEntry *entry;
  SkDownloadOptions options;
  SkReceipt receipt;
  GError *error;

  SkDownloadState last; /* progress */
  int told;
  GCancellable *cancellable;
  guint64 cancel_at; /* bytes; 0: never */
} DownloadFixture;

#define DOWNLOAD_EXACT "size=300000\n" /* a line of the catalogue */

/* For g_test_add(); leaving fails where files are left that nobody expects. */
void
download_fixture_set_up (DownloadFixture *f, gconstpointer data);

void
download_fixture_tear_down (DownloadFixture *f, gconstpointer data);

/* (transfer full): path of a file of the folder */
char *
download_fixture_file (DownloadFixture *f, const char *name);

gboolean
download_fixture_has (DownloadFixture *f, const char *name);

/* Makes @path of the server what is to be fetched; @extra: lines of the catalogue. */
void
download_fixture_choose (DownloadFixture *f, const char *path, const char *extra);

/* Into f->receipt or f->error. */
gboolean
download_fixture_fetch (DownloadFixture *f);

/* The right file is here, with its receipt, and nothing besides. */
void
download_fixture_assert_here (DownloadFixture *f);

/* Refused with @code, a message that has @word; the part is @kept or not. */
void
download_fixture_assert_refused (DownloadFixture *f, SkErrorCode code, const char *word,
                                 gboolean kept);
