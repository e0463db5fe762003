/* The pickle machine: a stack, a memo, and opcodes that build data. There is no opcode
 * that runs anything: REDUCE, NEWOBJ and BUILD write down what was asked. */

#include "pickle-machine.h"

#include "errors.h"

/* Bytes that an entry of the memo takes, about. */
#define MEMO_ENTRY 32

/* OrderedDict is a dict; older ones are given as a list of pairs. */
static void
make_ordered_dict (SkPickleMachine *m, const SkPickleValue *arguments) {
  SkPickleValue *dict = sk_machine_push_new (m, SK_PICKLE_DICT);
  const SkPickleValue *pairs = sk_pickle_item (arguments, 0);

  for (guint i = 0; m->error == NULL && i < sk_pickle_length (pairs); i++) {
    const SkPickleValue *pair = sk_pickle_item (pairs, i);

    if (sk_pickle_length (pair) != 2) {
      sk_machine_fail (m, "a dict has a key without a value");
      return;
    }
    sk_machine_spend (m, 4 * sizeof (gpointer));
    g_ptr_array_add (dict->items, (gpointer) sk_pickle_item (pair, 0));
    g_ptr_array_add (dict->items, (gpointer) sk_pickle_item (pair, 1));
  }
}

static void
push_call (SkPickleMachine *m) {
  const SkPickleValue *arguments = sk_machine_pop (m), *callable = sk_machine_pop (m);
  SkPickleValue *value;

  if (sk_pickle_is_global (callable, "collections OrderedDict")) {
    make_ordered_dict (m, arguments);
    return;
  }
  value = sk_machine_push_new (m, SK_PICKLE_CALL);
  value->callable = callable;
  value->arguments = arguments;
}

static void
push_persistent (SkPickleMachine *m) {
  const SkPickleValue *id = sk_machine_pop (m);
  SkPickleValue *value = sk_machine_push_new (m, SK_PICKLE_PERSISTENT);

  value->arguments = id;
  g_ptr_array_add (m->pickle->persistent, value);
}

static void
build (SkPickleMachine *m) {
  const SkPickleValue *state = sk_machine_pop (m);
  SkPickleValue *target = sk_machine_top (m);

  if (target->kind == SK_PICKLE_CALL)
    target->state = state;
  /* An OrderedDict's attributes (PyTorch hangs version numbers there) say nothing. */
}

static void
put (SkPickleMachine *m, guint64 index) {
  sk_machine_spend (m, MEMO_ENTRY);
  g_hash_table_insert (m->memo, GUINT_TO_POINTER ((guint) index), sk_machine_top (m));
}

static void
get (SkPickleMachine *m, guint64 index) {
  SkPickleValue *value =
      g_hash_table_lookup (m->memo, GUINT_TO_POINTER ((guint) index));

  if (value == NULL) {
    sk_machine_fail (m, "it refers to what was not said before");
    return;
  }
  /* Two bytes of a file take eight here. */
  sk_machine_spend (m, sizeof (gpointer));
  g_ptr_array_add (m->stack, value);
}

static void
unknown (SkPickleMachine *m, guint8 opcode) {
  if (m->error == NULL)
    g_set_error (&m->error, SK_ERROR, SK_ERROR_UNSUPPORTED,
                 "the pickle has the unknown opcode 0x%02x at byte %" G_GSIZE_FORMAT
                 "; save the weights again with torch.save (model.state_dict (), …)",
                 opcode, m->at - 1);
}

/* Calls, the memo, the stack itself. */
static gboolean
step_machine (SkPickleMachine *m, guint8 opcode) {
  guint height = m->stack->len;

  switch (opcode) {
  case 'R': /* REDUCE */
  case 0x81: /* NEWOBJ */
    push_call (m);
    return TRUE;
  case 'b': /* BUILD */
    build (m);
    return TRUE;
  case 'Q': /* BINPERSID */
    push_persistent (m);
    return TRUE;
  case 'q': /* BINPUT */
    put (m, sk_machine_take_unsigned (m, 1));
    return TRUE;
  case 'r': /* LONG_BINPUT */
    put (m, sk_machine_take_unsigned (m, 4));
    return TRUE;
  case 0x94: /* MEMOIZE */
    put (m, g_hash_table_size (m->memo));
    return TRUE;
  case 'h': /* BINGET */
    get (m, sk_machine_take_unsigned (m, 1));
    return TRUE;
  case 'j': /* LONG_BINGET */
    get (m, sk_machine_take_unsigned (m, 4));
    return TRUE;
  case '(': /* MARK */
    sk_machine_spend (m, sizeof height);
    g_array_append_val (m->marks, height);
    return TRUE;
  case '0': /* POP */
    sk_machine_pop (m);
    return TRUE;
  case 0x80: /* PROTO */
    sk_machine_take_unsigned (m, 1);
    return TRUE;
  case 0x95: /* FRAME */
    sk_machine_take_unsigned (m, 8);
    return TRUE;
  default:
    return FALSE;
  }
}

static const SkPickleValue *
run (SkPickleMachine *m) {
  while (m->error == NULL) {
    guint8 opcode = (guint8) sk_machine_take_unsigned (m, 1);

    if (m->error != NULL)
      break;
    if (opcode == '.')
      return sk_machine_pop (m);
    if (!sk_machine_step_scalar (m, opcode) && !sk_machine_step_container (m, opcode) &&
        !step_machine (m, opcode))
      unknown (m, opcode);
  }
  return NULL;
}

const SkPickleValue *
sk_pickle_read (SkPickle *self, const guint8 *data, gsize size, gsize *used,
                GError **error) {
  SkPickleMachine m = { .pickle = self,
                        .data = data != NULL ? data : (const guint8 *) "",
                        .size = size };
  const SkPickleValue *value;

  m.stack = g_ptr_array_new ();
  m.marks = g_array_new (FALSE, FALSE, sizeof (guint));
  m.memo = g_hash_table_new (NULL, NULL);
  value = run (&m);
  g_ptr_array_unref (m.stack);
  g_array_unref (m.marks);
  g_hash_table_unref (m.memo);
  *used = m.at;
  if (m.error != NULL) {
    g_propagate_error (error, m.error);
    return NULL;
  }
  return value;
}
