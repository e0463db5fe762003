#include "http.h"

#include <libsoup/soup.h>
#include <string.h>

#include "address.h"
#include "errors.h"

#define MOST_REDIRECTIONS 5
#define TOO_MANY_REQUESTS 429 /* libsoup has no name for it */

struct _SkHttp {
  GMainContext *context;
  SoupSession *session;
};

SkHttp *
sk_http_new (guint timeout) {
  SkHttp *self = g_new0 (SkHttp, 1);

  /* The session hangs timers onto the loop of its thread: never onto the window's. */
  self->context = g_main_context_new ();
  g_main_context_push_thread_default (self->context);
  self->session =
      soup_session_new_with_options ("timeout", timeout, "idle-timeout", timeout,
                                     "user-agent", "Skipscope/" SK_VERSION, NULL);
  /* Hashes, lengths and ranges are those of the bytes as they lie on the server. */
  soup_session_remove_feature_by_type (self->session, SOUP_TYPE_CONTENT_DECODER);
  return self;
}

void
sk_http_free (SkHttp *self) {
  if (self == NULL)
    return;
  soup_session_abort (self->session);
  g_object_unref (self->session);
  g_main_context_pop_thread_default (self->context);
  g_main_context_unref (self->context);
  g_free (self);
}

void
sk_http_answer_clear (SkHttpAnswer *self) {
  g_clear_object (&self->stream);
  g_free (self->etag);
  g_free (self->modified);
  g_free (self->address);
  *self = (SkHttpAnswer){ 0 };
}

void
sk_http_explain (const GError *cause, const char *address, GError **error) {
  g_autoptr (GUri) uri = sk_address_parse (address, NULL);
  const char *host = uri != NULL ? g_uri_get_host (uri) : address;

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_set_error_literal (error, SK_ERROR, SK_ERROR_CANCELLED, "cancelled");
  else if (cause->domain == G_TLS_ERROR)
    g_set_error (
        error, SK_ERROR, SK_ERROR_NETWORK,
        "nobody vouches that %s is who it says (%s): nothing was read from it; "
        "is the clock right, and does the network ask for a login?",
        host, cause->message);
  else if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    g_set_error (
        error, SK_ERROR, SK_ERROR_NETWORK,
        "%s has gone silent: try again later, it goes on from where it stopped", host);
  else if (cause->domain == G_RESOLVER_ERROR ||
           g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE) ||
           g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE) ||
           g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    g_set_error (error, SK_ERROR, SK_ERROR_NETWORK,
                 "%s cannot be reached (%s): is this computer online?", host,
                 cause->message);
  else
    g_set_error (error, SK_ERROR, SK_ERROR_NETWORK,
                 "the connection to %s broke (%s): try again, it goes on from where it "
                 "stopped",
                 host, cause->message);
}

static void
refuse_status (guint status, const char *phrase, const char *address, GError **error) {
  gboolean later = status == TOO_MANY_REQUESTS || status >= 500;
  const char *advice =
      status == SOUP_STATUS_NOT_FOUND || status == SOUP_STATUS_GONE
          ? "it was moved or taken away; look for its new place, and name that in a "
            "catalogue of your own (--catalog)"
      : status == SOUP_STATUS_UNAUTHORIZED || status == SOUP_STATUS_FORBIDDEN
          ? "the server does not give it to everybody"
      : later ? "the server is busy or broken: try again later; what was read is kept"
              : "that is no answer to a download";

  g_set_error (error, SK_ERROR, later ? SK_ERROR_NETWORK : SK_ERROR_FILE,
               "%s: %u %s: %s", address, status,
               phrase != NULL && g_str_is_ascii (phrase) ? phrase : "", advice);
}

static SoupMessage *
message_new (GUri *uri, guint64 begin, const char *validator) {
  SoupMessage *message = soup_message_new_from_uri (SOUP_METHOD_GET, uri);
  SoupMessageHeaders *headers;

  if (message == NULL)
    return NULL;
  headers = soup_message_get_request_headers (message);
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  soup_message_headers_replace (headers, "Accept-Encoding", "identity");
  if (begin > 0 && validator != NULL) {
    soup_message_headers_set_range (headers, (gint64) begin, -1);
    soup_message_headers_replace (headers, "If-Range", validator);
  }
  return message;
}

static void
take_validators (SoupMessageHeaders *headers, SkHttpAnswer *answer) {
  answer->etag = g_strdup (soup_message_headers_get_one (headers, "ETag"));
  answer->modified = g_strdup (soup_message_headers_get_one (headers, "Last-Modified"));
}

/* What came, and of what it is a piece. */
static gboolean
take_answer (SoupMessage *message, guint64 begin, SkHttpAnswer *answer,
             GError **error) {
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  guint status = soup_message_get_status (message);
  goffset first = -1, last = -1, total = -1;
  gboolean ranged =
      soup_message_headers_get_content_range (headers, &first, &last, &total);

  take_validators (headers, answer);
  if (status == SOUP_STATUS_OK) {
    answer->kind = SK_HTTP_WHOLE;
    answer->total = -1;
    if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH)
      answer->total = soup_message_headers_get_content_length (headers);
    return TRUE;
  }
  if (status == SOUP_STATUS_PARTIAL_CONTENT && begin > 0 && ranged &&
      first == (goffset) begin && last >= first && (total < 0 || last == total - 1)) {
    answer->kind = SK_HTTP_REST;
    answer->begin = begin;
    answer->total = total < 0 ? last + 1 : total;
    return TRUE;
  }
  if (status == SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE && begin > 0) {
    const char *range = soup_message_headers_get_one (headers, "Content-Range");
    guint64 whole;

    answer->kind = SK_HTTP_NOTHING_LEFT;
    answer->total = -1;
    if (range != NULL && g_str_has_prefix (range, "bytes */") &&
        g_ascii_string_to_unsigned (range + strlen ("bytes */"), 10, 0, G_MAXINT64,
                                    &whole, NULL))
      answer->total = (gint64) whole;
    return TRUE;
  }
  refuse_status (status, soup_message_get_reason_phrase (message), answer->address,
                 error);
  return FALSE;
}

/* A proxy would be asked for what runs on this computer. */
static void
choose_proxy (SkHttp *self, GUri *uri) {
  soup_session_set_proxy_resolver (
      self->session,
      sk_address_is_local (uri) ? NULL : g_proxy_resolver_get_default ());
}

/* Asks once. FALSE without @error: @next is where the server sends us. */
static gboolean
ask (SkHttp *self, GUri *uri, guint64 begin, const char *validator,
     GCancellable *cancellable, SkHttpAnswer *answer, GUri **next, GError **error) {
  g_autoptr (SoupMessage) message = message_new (uri, begin, validator);
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GError) cause = NULL;

  g_free (answer->address);
  answer->address = g_uri_to_string (uri);
  if (message == NULL) {
    g_set_error (error, SK_ERROR, SK_ERROR_FORMAT, "%s cannot be asked for",
                 answer->address);
    return FALSE;
  }
  choose_proxy (self, uri);
  stream = soup_session_send (self->session, message, cancellable, &cause);
  if (stream == NULL) {
    sk_http_explain (cause, answer->address, error);
    return FALSE;
  }
  if (SOUP_STATUS_IS_REDIRECTION (soup_message_get_status (message))) {
    const char *location = soup_message_headers_get_one (
        soup_message_get_response_headers (message), "Location");

    if (location != NULL) {
      *next = sk_address_follow (uri, location, error);
      return FALSE;
    }
  }
  if (!take_answer (message, begin, answer, error))
    return FALSE;
  if (answer->kind != SK_HTTP_NOTHING_LEFT)
    answer->stream = g_steal_pointer (&stream);
  return TRUE;
}

gboolean
sk_http_get (SkHttp *self, const char *address, guint64 begin, const char *validator,
             GCancellable *cancellable, SkHttpAnswer *answer, GError **error) {
  g_autoptr (GUri) uri = sk_address_parse (address, error);

  *answer = (SkHttpAnswer){ 0 };
  if (uri == NULL)
    return FALSE;
  for (int i = 0; i <= MOST_REDIRECTIONS; i++) {
    g_autoptr (GUri) next = NULL;

    if (ask (self, uri, begin, validator, cancellable, answer, &next, error))
      return TRUE;
    if (next == NULL) {
      sk_http_answer_clear (answer);
      return FALSE;
    }
    g_uri_unref (uri);
    uri = g_steal_pointer (&next);
  }
  g_set_error (
      error, SK_ERROR, SK_ERROR_UNSUPPORTED,
      "%s sends us on more than %d times, perhaps in a circle: nothing was read",
      address, MOST_REDIRECTIONS);
  sk_http_answer_clear (answer);
  return FALSE;
}
