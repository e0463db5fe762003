/* The server: sockets, threads, and the little of HTTP that it has to understand. */

#include "http-fixture-private.h"

#include <string.h>

struct _HttpFixture {
  GSocketListener *listener;
  GCancellable *cancellable; /* cancelled: nobody is let in any more */
  GThread *thread;
  GPtrArray *visits; /* of GThread, one a connection */
  guint16 port;
  GBytes *bytes, *wrong;
  gint requests; /* atomic */
  gint64 sent; /* with the mutex */
  GMutex mutex;
  const char *switched; /* with the mutex */
};

gboolean
http_request_say (HttpRequest *request, const void *data, gsize size) {
  gsize done = 0;
  gboolean ok = g_output_stream_write_all (request->out, data, size, &done, NULL, NULL);

  g_mutex_lock (&request->server->mutex);
  request->server->sent += (gint64) done;
  g_mutex_unlock (&request->server->mutex);
  return ok;
}

static void
take_line (HttpRequest *request, const char *line) {
  if (g_str_has_prefix (line, "GET ")) {
    g_auto (GStrv) words = g_strsplit (line, " ", 3);

    request->path = g_strdup (words[1]);
  } else if (g_ascii_strncasecmp (line, "Range: bytes=", 13) == 0) {
    request->begin = g_ascii_strtoll (line + 13, NULL, 10);
  } else if (g_ascii_strncasecmp (line, "If-Range: ", 10) == 0) {
    request->if_range = g_strdup (line + 10);
  }
}

typedef struct {
  HttpFixture *server;
  GSocketConnection *connection;
} Visit;

static gpointer
visit_main (gpointer data) {
  g_autofree Visit *visit = data;
  HttpFixture *self = visit->server;
  GIOStream *stream = G_IO_STREAM (visit->connection);
  g_autoptr (GDataInputStream) in =
      g_data_input_stream_new (g_io_stream_get_input_stream (stream));
  HttpRequest request = { .server = self,
                          .out = g_io_stream_get_output_stream (stream),
                          .begin = -1 };

  g_data_input_stream_set_newline_type (in, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
  for (;;) {
    g_autofree char *line = g_data_input_stream_read_line (in, NULL, NULL, NULL);

    if (line == NULL || *line == '\0')
      break;
    take_line (&request, line);
  }
  request.number = g_atomic_int_add (&self->requests, 1) + 1;
  g_mutex_lock (&self->mutex);
  if (g_strcmp0 (request.path, "/switched") == 0 && self->switched != NULL) {
    g_free (request.path);
    request.path = g_strdup (self->switched);
  }
  g_mutex_unlock (&self->mutex);
  http_request_answer (&request);
  g_io_stream_close (stream, NULL, NULL);
  g_object_unref (visit->connection);
  g_free (request.path);
  g_free (request.if_range);
  return NULL;
}

static gpointer
listen_main (gpointer data) {
  HttpFixture *self = data;
  GSocketConnection *connection;

  while ((connection = g_socket_listener_accept (self->listener, NULL,
                                                 self->cancellable, NULL))) {
    Visit *visit = g_new (Visit, 1);

    *visit = (Visit){ self, connection };
    g_ptr_array_add (self->visits, g_thread_new ("visit", visit_main, visit));
  }
  return NULL;
}

HttpFixture *
http_fixture_new (void) {
  HttpFixture *self = g_new0 (HttpFixture, 1);
  g_autofree guint8 *data = g_malloc (HTTP_LENGTH);
  g_autoptr (GInetAddress) loopback =
      g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  guint32 state = 1;

  for (gsize i = 0; i < HTTP_LENGTH; i++) {
    state = state * 1664525 + 1013904223;
    data[i] = (guint8) (state >> 24);
  }
  self->bytes = g_bytes_new (data, HTTP_LENGTH);
  data[HTTP_LENGTH / 2] ^= 1;
  self->wrong = g_bytes_new (data, HTTP_LENGTH);
  g_mutex_init (&self->mutex);
  self->cancellable = g_cancellable_new ();
  self->visits = g_ptr_array_new ();
  self->listener = g_socket_listener_new ();
  g_assert_true (
      g_socket_listener_add_address (self->listener, any, G_SOCKET_TYPE_STREAM,
                                     G_SOCKET_PROTOCOL_TCP, NULL, &bound, NULL));
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  self->thread = g_thread_new ("listen", listen_main, self);
  return self;
}

void
http_fixture_free (HttpFixture *self) {
  g_cancellable_cancel (self->cancellable);
  g_thread_join (self->thread);
  g_socket_listener_close (self->listener);
  for (guint i = 0; i < self->visits->len; i++)
    g_thread_join (self->visits->pdata[i]);
  g_ptr_array_unref (self->visits);
  g_object_unref (self->listener);
  g_object_unref (self->cancellable);
  g_bytes_unref (self->bytes);
  g_bytes_unref (self->wrong);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

char *
http_fixture_address (HttpFixture *self, const char *path) {
  return g_strdup_printf ("http://127.0.0.1:%u%s", self->port, path);
}

GBytes *
http_fixture_bytes (HttpFixture *self) {
  return self->bytes;
}

char *
http_fixture_sha256 (HttpFixture *self) {
  return g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, self->bytes);
}

GBytes *
http_fixture_wrong (HttpFixture *self) {
  return self->wrong;
}

int
http_fixture_requests (HttpFixture *self) {
  return g_atomic_int_get (&self->requests);
}

gint64
http_fixture_sent (HttpFixture *self) {
  gint64 sent;

  g_mutex_lock (&self->mutex);
  sent = self->sent;
  g_mutex_unlock (&self->mutex);
  return sent;
}

void
http_fixture_switch (HttpFixture *self, const char *path) {
  g_mutex_lock (&self->mutex);
  self->switched = path;
  g_mutex_unlock (&self->mutex);
}

char *
http_fixture_catalog (HttpFixture *self, const char *path, const char *extra) {
  g_autofree char *address = http_fixture_address (self, path);
  g_autofree char *sha256 = http_fixture_sha256 (self);

  return g_strdup_printf ("[thing]\ntitle=A thing\nkind=weights\nlicence=none\n"
                          "file=thing.bin\naddress=%s\nsha256=%s\n%s",
                          address, sha256, extra);
}
