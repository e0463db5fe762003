/* The machine's stack, marks, memo and place in the bytes. Whatever a mistake leaves open,
 * it goes on with harmless values; the first error stands. */

#include "pickle-machine.h"

#include "errors.h"

/* The largest network has some 900 tensors of a few dozen small values each. */
#define MAX_MEMORY ((gsize) 256 << 20)

void
sk_machine_fail (SkPickleMachine *m, const char *what) {
  if (m->error == NULL)
    g_set_error (&m->error, SK_ERROR, SK_ERROR_FORMAT,
                 "the pickle is broken at byte %" G_GSIZE_FORMAT ": %s", m->at, what);
}

/* A few opcodes copy what stands elsewhere, so a small pickle could grow without end. */
void
sk_machine_spend (SkPickleMachine *m, gsize bytes) {
  m->pickle->memory += bytes;
  if (m->pickle->memory > MAX_MEMORY)
    sk_machine_fail (m, "it holds too many values to be weights");
}

SkPickleValue *
sk_machine_push_new (SkPickleMachine *m, SkPickleKind kind) {
  SkPickleValue *value = g_new0 (SkPickleValue, 1);

  sk_machine_spend (m, sizeof *value + 2 * sizeof (gpointer));
  value->kind = kind;
  if (kind == SK_PICKLE_SEQUENCE || kind == SK_PICKLE_DICT) {
    sk_machine_spend (m, sizeof (GPtrArray) + 4 * sizeof (gpointer));
    value->items = g_ptr_array_new ();
  }
  g_ptr_array_add (m->pickle->values, value);
  g_ptr_array_add (m->stack, value);
  return value;
}

/* Something to go on with after a mistake; the error is already set. */
static SkPickleValue *
nothing (SkPickleMachine *m) {
  static SkPickleValue none = { .kind = SK_PICKLE_NONE };

  return &none;
}

/* How far down the stack may be taken from: to the newest mark. */
static guint
bottom (const SkPickleMachine *m) {
  return m->marks->len > 0 ? g_array_index (m->marks, guint, m->marks->len - 1) : 0;
}

SkPickleValue *
sk_machine_pop (SkPickleMachine *m) {
  if (m->stack->len <= bottom (m)) {
    sk_machine_fail (m, "its stack is empty");
    return nothing (m);
  }
  return g_ptr_array_remove_index (m->stack, m->stack->len - 1);
}

SkPickleValue *
sk_machine_top (SkPickleMachine *m) {
  if (m->stack->len <= bottom (m)) {
    sk_machine_fail (m, "its stack is empty");
    return nothing (m);
  }
  return m->stack->pdata[m->stack->len - 1];
}

const guint8 *
sk_machine_take (SkPickleMachine *m, guint64 n) {
  const guint8 *bytes = m->data + m->at;

  if (n > m->size - m->at) {
    sk_machine_fail (m, "it ends too early");
    return NULL;
  }
  m->at += (gsize) n;
  return bytes;
}

guint64
sk_machine_take_unsigned (SkPickleMachine *m, guint n) {
  const guint8 *bytes = sk_machine_take (m, n);
  guint64 value = 0;

  for (guint i = n; bytes != NULL && i-- > 0;)
    value = value << 8 | bytes[i];
  return value;
}

void
sk_machine_take_marked (SkPickleMachine *m, GPtrArray *items) {
  guint from = bottom (m);

  if (m->marks->len == 0) {
    sk_machine_fail (m, "a mark is missing");
    return;
  }
  for (guint i = from; i < m->stack->len; i++)
    g_ptr_array_add (items, m->stack->pdata[i]);
  g_ptr_array_set_size (m->stack, (int) from);
  g_array_set_size (m->marks, m->marks->len - 1);
}
