/* What a pickle becomes: values, and questions to them. */

#include <string.h>

#include "pickle-machine.h"

static void
value_free (gpointer data) {
  SkPickleValue *value = data;

  if (value->items != NULL)
    g_ptr_array_unref (value->items);
  if (value->kind == SK_PICKLE_STRING || value->kind == SK_PICKLE_GLOBAL)
    g_free ((char *) value->text);
  g_free (value);
}

SkPickle *
sk_pickle_new (void) {
  SkPickle *self = g_new0 (SkPickle, 1);

  self->values = g_ptr_array_new_with_free_func (value_free);
  self->persistent = g_ptr_array_new ();
  return self;
}

void
sk_pickle_free (SkPickle *self) {
  if (self == NULL)
    return;
  g_ptr_array_unref (self->persistent);
  g_ptr_array_unref (self->values);
  g_free (self);
}

const GPtrArray *
sk_pickle_persistent (const SkPickle *self) {
  return self->persistent;
}

const SkPickleValue *
sk_pickle_member (const SkPickleValue *dict, const char *key) {
  if (dict == NULL || dict->kind != SK_PICKLE_DICT)
    return NULL;
  for (guint i = 0; i + 1 < dict->items->len; i += 2) {
    const SkPickleValue *name = dict->items->pdata[i];

    if (name->kind == SK_PICKLE_STRING && strcmp (name->text, key) == 0)
      return dict->items->pdata[i + 1];
  }
  return NULL;
}

guint
sk_pickle_length (const SkPickleValue *sequence) {
  return sequence != NULL && sequence->kind == SK_PICKLE_SEQUENCE ? sequence->items->len
                                                                  : 0;
}

const SkPickleValue *
sk_pickle_item (const SkPickleValue *sequence, guint index) {
  return index < sk_pickle_length (sequence) ? sequence->items->pdata[index] : NULL;
}

gboolean
sk_pickle_is_global (const SkPickleValue *value, const char *name) {
  return value != NULL && value->kind == SK_PICKLE_GLOBAL &&
         strcmp (value->text, name) == 0;
}
