#pragma once

#include <gio/gio.h>

/* A server of our own on this computer, which answers well, badly or not at all, by the
 * path it is asked for (http-fixture.c has the table). No other address is ever asked. */
typedef struct _HttpFixture HttpFixture;

HttpFixture *
http_fixture_new (void);

void
http_fixture_free (HttpFixture *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HttpFixture, http_fixture_free)

/* (transfer full): "http://127.0.0.1:PORT" and @path */
char *
http_fixture_address (HttpFixture *self, const char *path);

/* (transfer none): what /whole and its like serve. */
GBytes *
http_fixture_bytes (HttpFixture *self);

/* (transfer full): its SHA-256 */
char *
http_fixture_sha256 (HttpFixture *self);

/* Requests so far, and bytes of bodies that were sent. */
int
http_fixture_requests (HttpFixture *self);

gint64
http_fixture_sent (HttpFixture *self);

/* What /switched does from now on, as another path would. */
void
http_fixture_switch (HttpFixture *self, const char *path);

/**
 * http_fixture_catalog:
 * @path: that is asked for
 * @extra: further lines of the group
 *
 * Returns: (transfer full): a catalogue of one entry, "thing", whose file is "thing.bin"
 */
char *
http_fixture_catalog (HttpFixture *self, const char *path, const char *extra);
