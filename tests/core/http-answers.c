/* Bytes by hand over a socket: a proper server would not lie about lengths, or hang up in
 * the middle of a word. */

#include "http-fixture-private.h"

#include <string.h>

static void
G_GNUC_PRINTF (2, 3) head (HttpRequest *request, const char *format, ...) {
  g_autofree char *lines = NULL;
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  lines = g_strdup_vprintf (format, args);
  va_end (args);
  text = g_strconcat ("HTTP/1.1 ", lines, "Connection: close\r\n\r\n", NULL);
  g_output_stream_write_all (request->out, text, strlen (text), NULL, NULL, NULL);
}

/* Serves properly: the rest where that is asked for and still the same. @limit: bytes
 * after which it hangs up; @pause: µs between small pieces. */
static void
serve (HttpRequest *request, const char *etag, gsize limit, gulong pause) {
  gsize length;
  const guint8 *data = g_bytes_get_data (http_fixture_bytes (request->server), &length);
  gsize begin = 0, piece = pause > 0 ? 2000 : length;
  gboolean same = request->if_range == NULL || g_strcmp0 (request->if_range, etag) == 0;

  if (request->begin >= (gint64) length && same) {
    head (request, "416 Range Not Satisfiable\r\nContent-Range: bytes */%zu\r\n",
          length);
    return;
  }
  if (request->begin > 0 && same) {
    begin = (gsize) request->begin;
    head (request,
          "206 Partial Content\r\nContent-Length: %zu\r\n"
          "Content-Range: bytes %zu-%zu/%zu\r\nETag: %s\r\n",
          length - begin, begin, length - 1, length, etag);
  } else {
    head (request, "200 OK\r\nContent-Length: %zu\r\n%s%s%s", length,
          *etag ? "ETag: " : "", etag, *etag ? "\r\n" : "");
  }
  length = MIN (length, begin + limit);
  for (; begin < length; begin += piece) {
    piece = MIN (piece, length - begin);
    if (!http_request_say (request, data + begin, piece))
      return;
    if (pause > 0)
      g_usleep (pause);
  }
}

static void
serve_whole (HttpRequest *request) {
  serve (request, "\"one\"", HTTP_LENGTH, 0);
}

static void
serve_slowly (HttpRequest *request) {
  serve (request, "\"one\"", HTTP_LENGTH, 20 * 1000);
}

static void
serve_thirds (HttpRequest *request) {
  serve (request, "\"one\"", HTTP_LENGTH / 3 + 1, 0);
}

static void
serve_third (HttpRequest *request) {
  serve (request, "\"one\"", request->number == 1 ? HTTP_LENGTH / 3 : 0, 0);
}

static void
serve_nameless_third (HttpRequest *request) {
  serve (request, "", request->number == 1 ? HTTP_LENGTH / 3 : HTTP_LENGTH, 0);
}

static void
serve_weak_third (HttpRequest *request) {
  serve (request, "W/\"one\"", request->number == 1 ? HTTP_LENGTH / 3 : HTTP_LENGTH, 0);
}

/* Another file every time it is asked, as its ETag says. */
static void
serve_changing (HttpRequest *request) {
  g_autofree char *etag = g_strdup_printf ("\"%d\"", request->number);

  serve (request, etag, request->number == 1 ? HTTP_LENGTH / 3 : HTTP_LENGTH, 0);
}

static void
serve_without_range (HttpRequest *request) {
  request->begin = -1;
  serve (request, "\"one\"", request->number == 1 ? HTTP_LENGTH / 3 : HTTP_LENGTH, 0);
}

static void
serve_wrong (HttpRequest *request) {
  head (request, "200 OK\r\nContent-Length: %zu\r\nETag: \"w\"\r\n", HTTP_LENGTH);
  http_request_say (request,
                    g_bytes_get_data (http_fixture_wrong (request->server), NULL),
                    HTTP_LENGTH);
}

static void
serve_short (HttpRequest *request) {
  head (request, "200 OK\r\nContent-Length: %zu\r\n", HTTP_LENGTH - 1000);
  http_request_say (request,
                    g_bytes_get_data (http_fixture_bytes (request->server), NULL),
                    HTTP_LENGTH - 1000);
}

static void
serve_long (HttpRequest *request) {
  head (request, "200 OK\r\nContent-Length: %zu\r\n", HTTP_LENGTH + 1);
  http_request_say (request,
                    g_bytes_get_data (http_fixture_bytes (request->server), NULL),
                    HTTP_LENGTH);
}

static gboolean
say_chunk (HttpRequest *request, const guint8 *data, gsize size) {
  g_autofree char *line = g_strdup_printf ("%zx\r\n", size);

  return g_output_stream_write_all (request->out, line, strlen (line), NULL, NULL,
                                    NULL) &&
         http_request_say (request, data, size) &&
         g_output_stream_write_all (request->out, "\r\n", 2, NULL, NULL, NULL);
}

static void
serve_chunks (HttpRequest *request) {
  head (request, "200 OK\r\nTransfer-Encoding: chunked\r\n");
  say_chunk (request, g_bytes_get_data (http_fixture_bytes (request->server), NULL),
             HTTP_LENGTH);
  say_chunk (request, NULL, 0);
}

static void
serve_short_chunks (HttpRequest *request) {
  head (request, "200 OK\r\nTransfer-Encoding: chunked\r\n");
  say_chunk (request, g_bytes_get_data (http_fixture_bytes (request->server), NULL),
             HTTP_LENGTH / 2);
  say_chunk (request, NULL, 0);
}

/* Never ends of itself. */
static void
serve_long_chunks (HttpRequest *request) {
  head (request, "200 OK\r\nTransfer-Encoding: chunked\r\n");
  while (say_chunk (request,
                    g_bytes_get_data (http_fixture_bytes (request->server), NULL),
                    HTTP_LENGTH))
    continue;
}

/* The bytes as they lie there, though they look packed. */
static void
serve_encoded (HttpRequest *request) {
  head (request, "200 OK\r\nContent-Length: %zu\r\nContent-Encoding: gzip\r\n",
        HTTP_LENGTH);
  http_request_say (request,
                    g_bytes_get_data (http_fixture_bytes (request->server), NULL),
                    HTTP_LENGTH);
}

/* A piece from elsewhere than was asked for. */
static void
serve_other_range (HttpRequest *request) {
  if (request->number == 1) {
    serve (request, "\"one\"", HTTP_LENGTH / 3, 0);
    return;
  }
  head (request,
        "206 Partial Content\r\nContent-Length: 10\r\n"
        "Content-Range: bytes 0-9/%zu\r\nETag: \"one\"\r\n",
        HTTP_LENGTH);
  http_request_say (request, "0123456789", 10);
}

static void
redirect (HttpRequest *request) {
  head (request, "302 Found\r\nLocation: /whole\r\nContent-Length: 0\r\n");
}

static void
redirect_to_itself (HttpRequest *request) {
  head (request, "301 Moved\r\nLocation: /circle\r\nContent-Length: 0\r\n");
}

static void
redirect_away (HttpRequest *request) {
  head (request, "302 Found\r\nLocation: http://example.invalid/\r\n"
                 "Content-Length: 0\r\n");
}

static void
redirect_to_file (HttpRequest *request) {
  head (request, "302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n");
}

static void
refuse_missing (HttpRequest *request) {
  head (request, "404 Not Found\r\nContent-Length: 5\r\n");
  http_request_say (request, "sorry", 5);
}

static void
refuse_busy (HttpRequest *request) {
  head (request, "503 Service Unavailable\r\nContent-Length: 0\r\n");
}

static void
refuse_stranger (HttpRequest *request) {
  head (request, "403 Forbidden\r\nContent-Length: 0\r\n");
}

static void
say_nothing (HttpRequest *request) {
  g_usleep (3 * G_USEC_PER_SEC);
}

static void
talk_nonsense (HttpRequest *request) {
  static const char text[] = "I am no server\r\n\r\n";

  http_request_say (request, text, strlen (text));
}

static const struct {
  const char *path;
  void (*answer) (HttpRequest *request);
} answers[] = {
  { "/whole", serve_whole },
  { "/slow", serve_slowly },
  { "/thirds", serve_thirds },
  { "/third", serve_third },
  { "/nameless-third", serve_nameless_third },
  { "/weak-third", serve_weak_third },
  { "/changing", serve_changing },
  { "/without-range", serve_without_range },
  { "/other-range", serve_other_range },
  { "/wrong", serve_wrong },
  { "/short", serve_short },
  { "/long", serve_long },
  { "/chunks", serve_chunks },
  { "/short-chunks", serve_short_chunks },
  { "/long-chunks", serve_long_chunks },
  { "/encoded", serve_encoded },
  { "/redirect", redirect },
  { "/circle", redirect_to_itself },
  { "/away", redirect_away },
  { "/to-file", redirect_to_file },
  { "/missing", refuse_missing },
  { "/busy", refuse_busy },
  { "/stranger", refuse_stranger },
  { "/silent", say_nothing },
  { "/nonsense", talk_nonsense },
};

void
http_request_answer (HttpRequest *request) {
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    if (g_strcmp0 (answers[i].path, request->path) == 0) {
      answers[i].answer (request);
      return;
    }
  refuse_missing (request);
}
