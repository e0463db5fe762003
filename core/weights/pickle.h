#pragma once

#include <glib.h>

/* A pickle machine that only builds data. Names of classes and functions stay names: what
 * a file wants to be called becomes an inert value that remembers the call. */

typedef enum {
  SK_PICKLE_NONE,
  SK_PICKLE_BOOL, /* integer */
  SK_PICKLE_INT, /* integer */
  SK_PICKLE_BIG_INT, /* more than 64 bits: no value is kept */
  SK_PICKLE_FLOAT, /* real */
  SK_PICKLE_STRING, /* text, length: str or bytes; a zero byte follows */
  SK_PICKLE_SEQUENCE, /* items: tuple, list or set */
  SK_PICKLE_DICT, /* items: key, value, key, value, … */
  SK_PICKLE_GLOBAL, /* text: "torch._utils _rebuild_tensor_v2" */
  SK_PICKLE_CALL, /* callable, arguments; state and items where they were set */
  SK_PICKLE_PERSISTENT, /* arguments: the id */
} SkPickleKind;

typedef struct _SkPickleValue SkPickleValue;

struct _SkPickleValue {
  SkPickleKind kind;
  gint64 integer;
  double real;
  const char *text;
  gsize length;
  GPtrArray *items; /* (element-type SkPickleValue) (nullable) */
  const SkPickleValue *callable, *arguments, *state; /* (nullable) */
};

/* Owns every value that it read. */
typedef struct _SkPickle SkPickle;

SkPickle *
sk_pickle_new (void);

void
sk_pickle_free (SkPickle *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkPickle, sk_pickle_free)

/**
 * sk_pickle_read:
 * @data: (size) begins with a pickle
 * @used: (out): its bytes
 * @error: SK_ERROR_FORMAT with the offset; SK_ERROR_UNSUPPORTED for an unknown opcode
 *
 * Protocols 2 to 5. Values, stack and memo are bounded by the bytes there are, and by a
 * fixed number of values over all pickles read.
 *
 * Returns: (transfer none): lives as long as @self. May contain itself: whoever walks it
 *   bounds the depth
 */
const SkPickleValue *
sk_pickle_read (SkPickle *self, const guint8 *data, gsize size, gsize *used,
                GError **error);

/* Every persistent id met so far, in order (element-type SkPickleValue). */
const GPtrArray *
sk_pickle_persistent (const SkPickle *self);

/* (nullable): value of the member called @key of a dict */
const SkPickleValue *
sk_pickle_member (const SkPickleValue *dict, const char *key);

/* (nullable): item @index of a sequence */
const SkPickleValue *
sk_pickle_item (const SkPickleValue *sequence, guint index);

guint
sk_pickle_length (const SkPickleValue *sequence);

gboolean
sk_pickle_is_global (const SkPickleValue *value, const char *name);
