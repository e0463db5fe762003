/* The pickle machine alone: any bytes become values, or are refused with a reason, and
 * every value can be asked. The containers reach it through checksums and headers, which
 * keep most changes away from it. */

#include <stddef.h>
#include <stdint.h>

#include "pickle.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* A value may contain itself. */
static guint
walk (const SkPickleValue *value, int depth, guint *budget) {
  guint n = 0;

  if (value == NULL || depth == 0 || *budget == 0)
    return 0;
  (*budget)--;
  if (value->kind == SK_PICKLE_STRING)
    n += value->text[value->length] == '\0';
  for (guint i = 0; value->items != NULL && i < value->items->len; i++)
    n += walk (value->items->pdata[i], depth - 1, budget);
  n += walk (value->callable, depth - 1, budget);
  n += walk (value->arguments, depth - 1, budget);
  n += walk (value->state, depth - 1, budget);
  n += sk_pickle_member (value, "state_dict") != NULL;
  n += sk_pickle_is_global (value, "collections OrderedDict");
  return n;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size) {
  g_autoptr (SkPickle) pickle = sk_pickle_new ();
  gsize at = 0;

  /* Several in a row, as the oldest containers have them. */
  for (int i = 0; i < 8 && at < size; i++) {
    g_autoptr (GError) error = NULL;
    guint budget = 10000;
    gsize used = 0;
    const SkPickleValue *value =
        sk_pickle_read (pickle, data + at, size - at, &used, &error);

    g_assert ((value == NULL) == (error != NULL));
    g_assert (used <= size - at);
    if (value == NULL)
      break;
    walk (value, 16, &budget);
    at += used;
  }
  return 0;
}
