#pragma once

#include <gio/gio.h>

/* One GET over HTTP, with redirections that stay safe. Blocks: for a thread of its own. */
typedef struct _SkHttp SkHttp;

/**
 * sk_http_new:
 * @timeout: seconds of silence after which a server counts as gone
 *
 * All that it needs of a main loop is its own, so it may live in any thread, and is used
 * in that thread alone.
 */
SkHttp *
sk_http_new (guint timeout);

void
sk_http_free (SkHttp *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkHttp, sk_http_free)

/* How it is answered. */
typedef enum {
  SK_HTTP_WHOLE, /* the bytes from the beginning */
  SK_HTTP_REST, /* the bytes from @begin on */
  SK_HTTP_NOTHING_LEFT, /* @begin is the file's end, or behind it: @total says which */
} SkHttpKind;

typedef struct {
  SkHttpKind kind;
  GInputStream *stream; /* NULL where nothing is left */
  guint64 begin; /* REST: place of the first byte */
  gint64 total; /* bytes of the whole file; −1: not said */
  char *etag, *modified; /* (nullable) */
  char *address; /* where it came from in the end */
} SkHttpAnswer;

void
sk_http_answer_clear (SkHttpAnswer *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SkHttpAnswer, sk_http_answer_clear)

/**
 * sk_http_get:
 * @begin: first byte wanted
 * @validator: (nullable): If-Range; without one @begin is 0
 * @answer: (out): sk_http_answer_clear()
 * @error: SK_ERROR_NETWORK where it may go well later, SK_ERROR_FILE where the server has
 *   no such thing, SK_ERROR_UNSUPPORTED for addresses that are not asked
 */
gboolean
sk_http_get (SkHttp *self, const char *address, guint64 begin, const char *validator,
             GCancellable *cancellable, SkHttpAnswer *answer, GError **error);

/* What @cause means for people, as SK_ERROR_NETWORK or SK_ERROR_CANCELLED. */
void
sk_http_explain (const GError *cause, const char *address, GError **error);
