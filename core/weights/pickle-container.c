/* Opcodes of tuples, lists, sets and dicts. */

#include "pickle-machine.h"

static void
push_marked (SkPickleMachine *m, SkPickleKind kind) {
  g_autoptr (GPtrArray) items = g_ptr_array_new ();
  SkPickleValue *value;

  sk_machine_take_marked (m, items);
  if (kind == SK_PICKLE_DICT && items->len % 2 != 0)
    sk_machine_fail (m, "a dict has a key without a value");
  value = sk_machine_push_new (m, kind);
  g_ptr_array_extend (value->items, items, NULL, NULL);
}

static void
push_tuple (SkPickleMachine *m, guint n) {
  SkPickleValue *items[3];
  SkPickleValue *value;

  for (guint i = n; i-- > 0;)
    items[i] = sk_machine_pop (m);
  value = sk_machine_push_new (m, SK_PICKLE_SEQUENCE);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (value->items, items[i]);
}

/* Adds what lies above the mark, or @n values where not 0, to the list, set or dict below it. A call
 * may be filled too: it stands for a class of the file's own that is one of these. */
static void
fill (SkPickleMachine *m, guint n, gboolean pairs) {
  g_autoptr (GPtrArray) added = g_ptr_array_new ();
  SkPickleValue *target;

  if (n == 0) {
    sk_machine_take_marked (m, added);
  } else {
    for (guint i = 0; i < n; i++)
      g_ptr_array_insert (added, 0, sk_machine_pop (m));
  }
  target = sk_machine_top (m);
  if (pairs && added->len % 2 != 0)
    sk_machine_fail (m, "a dict has a key without a value");
  if (target->kind == SK_PICKLE_CALL && target->items == NULL)
    target->items = g_ptr_array_new ();
  if (target->kind == SK_PICKLE_CALL ||
      target->kind == (pairs ? SK_PICKLE_DICT : SK_PICKLE_SEQUENCE))
    g_ptr_array_extend (target->items, added, NULL, NULL);
  else
    sk_machine_fail (m, "it fills what cannot be filled");
}

gboolean
sk_machine_step_container (SkPickleMachine *m, guint8 opcode) {
  switch (opcode) {
  case ')': /* EMPTY_TUPLE */
  case ']': /* EMPTY_LIST */
  case 0x8f: /* EMPTY_SET */
    sk_machine_push_new (m, SK_PICKLE_SEQUENCE);
    return TRUE;
  case 't': /* TUPLE */
  case 'l': /* LIST */
  case 0x91: /* FROZENSET */
    push_marked (m, SK_PICKLE_SEQUENCE);
    return TRUE;
  case 0x85: /* TUPLE1 */
  case 0x86: /* TUPLE2 */
  case 0x87: /* TUPLE3 */
    push_tuple (m, opcode - 0x84u);
    return TRUE;
  case '}': /* EMPTY_DICT */
    sk_machine_push_new (m, SK_PICKLE_DICT);
    return TRUE;
  case 'd': /* DICT */
    push_marked (m, SK_PICKLE_DICT);
    return TRUE;
  case 'a': /* APPEND */
    fill (m, 1, FALSE);
    return TRUE;
  case 'e': /* APPENDS */
  case 0x90: /* ADDITEMS */
    fill (m, 0, FALSE);
    return TRUE;
  case 's': /* SETITEM */
    fill (m, 2, TRUE);
    return TRUE;
  case 'u': /* SETITEMS */
    fill (m, 0, TRUE);
    return TRUE;
  default:
    return FALSE;
  }
}
