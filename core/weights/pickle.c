/* The pickle machine: a stack, a memo, and opcodes that build data. There is no opcode
 * that runs anything: REDUCE, NEWOBJ and BUILD write down what was asked. */

#include "pickle.h"

#include <string.h>

#include "errors.h"

/* The largest network has some 900 tensors of a few dozen small values each. */
#define MAX_MEMORY ((gsize) 256 << 20)

struct _SkPickle {
  GPtrArray *values; /* all of them, to be freed */
  GPtrArray *persistent;
  gsize memory; /* bytes taken, about */
};

/* One pickle being read. */
typedef struct {
  SkPickle *pickle;
  const guint8 *data;
  gsize size, at;
  GPtrArray *stack;
  GArray *marks; /* guint: heights of the stack */
  GHashTable *memo; /* guint → SkPickleValue */
  GError *error;
} Machine;

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

static void
fail (Machine *m, const char *what) {
  if (m->error == NULL)
    g_set_error (&m->error, SK_ERROR, SK_ERROR_FORMAT,
                 "the pickle is broken at byte %" G_GSIZE_FORMAT ": %s", m->at, what);
}

/* A few opcodes copy what stands elsewhere, so a small pickle could grow without end. */
static void
spend (Machine *m, gsize bytes) {
  m->pickle->memory += bytes;
  if (m->pickle->memory > MAX_MEMORY)
    fail (m, "it holds too many values to be weights");
}

static SkPickleValue *
push_new (Machine *m, SkPickleKind kind) {
  SkPickleValue *value = g_new0 (SkPickleValue, 1);

  spend (m, sizeof *value + 2 * sizeof (gpointer));
  value->kind = kind;
  if (kind == SK_PICKLE_SEQUENCE || kind == SK_PICKLE_DICT) {
    spend (m, sizeof (GPtrArray) + 4 * sizeof (gpointer));
    value->items = g_ptr_array_new ();
  }
  g_ptr_array_add (m->pickle->values, value);
  g_ptr_array_add (m->stack, value);
  return value;
}

/* Something to go on with after a mistake; the error is already set. */
static SkPickleValue *
nothing (Machine *m) {
  static SkPickleValue none = { .kind = SK_PICKLE_NONE };

  return &none;
}

/* How far down the stack may be taken from: to the newest mark. */
static guint
bottom (const Machine *m) {
  return m->marks->len > 0 ? g_array_index (m->marks, guint, m->marks->len - 1) : 0;
}

static SkPickleValue *
pop (Machine *m) {
  if (m->stack->len <= bottom (m)) {
    fail (m, "its stack is empty");
    return nothing (m);
  }
  return g_ptr_array_remove_index (m->stack, m->stack->len - 1);
}

static SkPickleValue *
top (Machine *m) {
  if (m->stack->len <= bottom (m)) {
    fail (m, "its stack is empty");
    return nothing (m);
  }
  return m->stack->pdata[m->stack->len - 1];
}

static const guint8 *
take (Machine *m, guint64 n) {
  const guint8 *bytes = m->data + m->at;

  if (n > m->size - m->at) {
    fail (m, "it ends too early");
    return NULL;
  }
  m->at += (gsize) n;
  return bytes;
}

/* A little-endian number of @n bytes; 0 after a mistake. */
static guint64
take_unsigned (Machine *m, guint n) {
  const guint8 *bytes = take (m, n);
  guint64 value = 0;

  for (guint i = n; bytes != NULL && i-- > 0;)
    value = value << 8 | bytes[i];
  return value;
}

static void
push_int (Machine *m, gint64 integer) {
  push_new (m, SK_PICKLE_INT)->integer = integer;
}

static void
push_bool (Machine *m, gboolean integer) {
  push_new (m, SK_PICKLE_BOOL)->integer = integer;
}

/* Two's complement, little-endian. */
static void
push_long (Machine *m, guint64 n) {
  const guint8 *bytes = take (m, n);
  guint64 value = 0;

  if (bytes == NULL)
    return;
  if (n > 8) {
    push_new (m, SK_PICKLE_BIG_INT);
    return;
  }
  for (guint64 i = n; i-- > 0;)
    value = value << 8 | bytes[i];
  if (n > 0 && n < 8 && (bytes[n - 1] & 0x80) != 0)
    value |= G_MAXUINT64 << (8 * n);
  push_int (m, (gint64) value);
}

static void
push_float (Machine *m) {
  const guint8 *bytes = take (m, 8);
  guint64 bits = 0;
  SkPickleValue *value = push_new (m, SK_PICKLE_FLOAT);

  for (int i = 0; bytes != NULL && i < 8; i++)
    bits = bits << 8 | bytes[i]; /* alone among all numbers, big-endian */
  memcpy (&value->real, &bits, sizeof value->real);
}

static void
push_text (Machine *m, SkPickleKind kind, const guint8 *bytes, gsize length) {
  SkPickleValue *value = push_new (m, kind);

  spend (m, length);
  value->text = g_strndup ((const char *) bytes, length);
  value->length = length;
}

static void
push_string (Machine *m, guint64 n) {
  const guint8 *bytes = take (m, n);

  if (bytes != NULL)
    push_text (m, SK_PICKLE_STRING, bytes, (gsize) n);
}

/* "module\nname\n" */
static void
push_global (Machine *m) {
  const guint8 *module = m->data + m->at;
  const guint8 *end = memchr (module, '\n', m->size - m->at);
  const guint8 *stop =
      end != NULL ? memchr (end + 1, '\n', (gsize) (m->data + m->size - end - 1))
                  : NULL;
  g_autofree char *name = NULL;

  if (stop == NULL) {
    fail (m, "a name ends too early");
    return;
  }
  m->at = (gsize) (stop + 1 - m->data);
  name = g_strdup_printf ("%.*s %.*s", (int) MIN (end - module, 1000), module,
                          (int) MIN (stop - end - 1, 1000), end + 1);
  push_text (m, SK_PICKLE_GLOBAL, (const guint8 *) name, strlen (name));
}

static void
push_stack_global (Machine *m) {
  const SkPickleValue *name = pop (m), *module = pop (m);
  g_autofree char *both = NULL;

  if (name->kind != SK_PICKLE_STRING || module->kind != SK_PICKLE_STRING) {
    fail (m, "a name is not text");
    return;
  }
  both = g_strdup_printf ("%.1000s %.1000s", module->text, name->text);
  push_text (m, SK_PICKLE_GLOBAL, (const guint8 *) both, strlen (both));
}

/* The values above the newest mark go into @items; the mark goes. */
static void
take_marked (Machine *m, GPtrArray *items) {
  guint from = bottom (m);

  if (m->marks->len == 0) {
    fail (m, "a mark is missing");
    return;
  }
  for (guint i = from; i < m->stack->len; i++)
    g_ptr_array_add (items, m->stack->pdata[i]);
  g_ptr_array_set_size (m->stack, (int) from);
  g_array_set_size (m->marks, m->marks->len - 1);
}

static void
push_marked (Machine *m, SkPickleKind kind) {
  g_autoptr (GPtrArray) items = g_ptr_array_new ();
  SkPickleValue *value;

  take_marked (m, items);
  if (kind == SK_PICKLE_DICT && items->len % 2 != 0)
    fail (m, "a dict has a key without a value");
  value = push_new (m, kind);
  g_ptr_array_extend (value->items, items, NULL, NULL);
}

static void
push_tuple (Machine *m, guint n) {
  SkPickleValue *items[3];
  SkPickleValue *value;

  for (guint i = n; i-- > 0;)
    items[i] = pop (m);
  value = push_new (m, SK_PICKLE_SEQUENCE);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (value->items, items[i]);
}

/* Adds what lies above the mark, or @n values where not 0, to the list, set or dict below it. A call
 * may be filled too: it stands for a class of the file's own that is one of these. */
static void
fill (Machine *m, guint n, gboolean pairs) {
  g_autoptr (GPtrArray) added = g_ptr_array_new ();
  SkPickleValue *target;

  if (n == 0) {
    take_marked (m, added);
  } else {
    for (guint i = 0; i < n; i++)
      g_ptr_array_insert (added, 0, pop (m));
  }
  target = top (m);
  if (pairs && added->len % 2 != 0)
    fail (m, "a dict has a key without a value");
  if (target->kind == SK_PICKLE_CALL && target->items == NULL)
    target->items = g_ptr_array_new ();
  if (target->kind == SK_PICKLE_CALL ||
      target->kind == (pairs ? SK_PICKLE_DICT : SK_PICKLE_SEQUENCE))
    g_ptr_array_extend (target->items, added, NULL, NULL);
  else
    fail (m, "it fills what cannot be filled");
}

/* OrderedDict is a dict; older ones are given as a list of pairs. */
static void
make_ordered_dict (Machine *m, const SkPickleValue *arguments) {
  SkPickleValue *dict = push_new (m, SK_PICKLE_DICT);
  const SkPickleValue *pairs = sk_pickle_item (arguments, 0);

  for (guint i = 0; m->error == NULL && i < sk_pickle_length (pairs); i++) {
    const SkPickleValue *pair = sk_pickle_item (pairs, i);

    if (sk_pickle_length (pair) != 2) {
      fail (m, "a dict has a key without a value");
      return;
    }
    spend (m, 4 * sizeof (gpointer));
    g_ptr_array_add (dict->items, (gpointer) sk_pickle_item (pair, 0));
    g_ptr_array_add (dict->items, (gpointer) sk_pickle_item (pair, 1));
  }
}

static void
push_call (Machine *m) {
  const SkPickleValue *arguments = pop (m), *callable = pop (m);
  SkPickleValue *value;

  if (sk_pickle_is_global (callable, "collections OrderedDict")) {
    make_ordered_dict (m, arguments);
    return;
  }
  value = push_new (m, SK_PICKLE_CALL);
  value->callable = callable;
  value->arguments = arguments;
}

static void
push_persistent (Machine *m) {
  const SkPickleValue *id = pop (m);
  SkPickleValue *value = push_new (m, SK_PICKLE_PERSISTENT);

  value->arguments = id;
  g_ptr_array_add (m->pickle->persistent, value);
}

static void
build (Machine *m) {
  const SkPickleValue *state = pop (m);
  SkPickleValue *target = top (m);

  if (target->kind == SK_PICKLE_CALL)
    target->state = state;
  /* An OrderedDict's attributes (PyTorch hangs version numbers there) say nothing. */
}

static void
put (Machine *m, guint64 index) {
  g_hash_table_insert (m->memo, GUINT_TO_POINTER ((guint) index), top (m));
}

static void
get (Machine *m, guint64 index) {
  SkPickleValue *value =
      g_hash_table_lookup (m->memo, GUINT_TO_POINTER ((guint) index));

  if (value == NULL)
    fail (m, "it refers to what was not said before");
  else
    g_ptr_array_add (m->stack, value);
}

static void
unknown (Machine *m, guint8 opcode) {
  if (m->error == NULL)
    g_set_error (&m->error, SK_ERROR, SK_ERROR_UNSUPPORTED,
                 "the pickle has the unknown opcode 0x%02x at byte %" G_GSIZE_FORMAT
                 "; save the weights again with torch.save (model.state_dict (), …)",
                 opcode, m->at - 1);
}

/* Numbers, text and names. FALSE: not one of these. */
static gboolean
step_scalar (Machine *m, guint8 opcode) {
  switch (opcode) {
  case 'N':
    push_new (m, SK_PICKLE_NONE);
    return TRUE;
  case 0x88: /* NEWTRUE */
  case 0x89: /* NEWFALSE */
    push_bool (m, opcode == 0x88);
    return TRUE;
  case 'J': /* BININT */
    push_int (m, (gint32) take_unsigned (m, 4));
    return TRUE;
  case 'K': /* BININT1 */
    push_int (m, (gint64) take_unsigned (m, 1));
    return TRUE;
  case 'M': /* BININT2 */
    push_int (m, (gint64) take_unsigned (m, 2));
    return TRUE;
  case 0x8a: /* LONG1 */
    push_long (m, take_unsigned (m, 1));
    return TRUE;
  case 0x8b: /* LONG4 */
    push_long (m, take_unsigned (m, 4));
    return TRUE;
  case 'G': /* BINFLOAT */
    push_float (m);
    return TRUE;
  case 'X': /* BINUNICODE */
  case 'T': /* BINSTRING */
  case 'B': /* BINBYTES */
    push_string (m, take_unsigned (m, 4));
    return TRUE;
  case 0x8c: /* SHORT_BINUNICODE */
  case 'U': /* SHORT_BINSTRING */
  case 'C': /* SHORT_BINBYTES */
    push_string (m, take_unsigned (m, 1));
    return TRUE;
  case 0x8d: /* BINUNICODE8 */
  case 0x8e: /* BINBYTES8 */
    push_string (m, take_unsigned (m, 8));
    return TRUE;
  case 'c': /* GLOBAL */
    push_global (m);
    return TRUE;
  case 0x93: /* STACK_GLOBAL */
    push_stack_global (m);
    return TRUE;
  default:
    return FALSE;
  }
}

/* Tuples, lists, sets, dicts. */
static gboolean
step_container (Machine *m, guint8 opcode) {
  switch (opcode) {
  case ')': /* EMPTY_TUPLE */
  case ']': /* EMPTY_LIST */
  case 0x8f: /* EMPTY_SET */
    push_new (m, SK_PICKLE_SEQUENCE);
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
    push_new (m, SK_PICKLE_DICT);
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

/* Calls, the memo, the stack itself. */
static gboolean
step_machine (Machine *m, guint8 opcode) {
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
    put (m, take_unsigned (m, 1));
    return TRUE;
  case 'r': /* LONG_BINPUT */
    put (m, take_unsigned (m, 4));
    return TRUE;
  case 0x94: /* MEMOIZE */
    put (m, g_hash_table_size (m->memo));
    return TRUE;
  case 'h': /* BINGET */
    get (m, take_unsigned (m, 1));
    return TRUE;
  case 'j': /* LONG_BINGET */
    get (m, take_unsigned (m, 4));
    return TRUE;
  case '(': /* MARK */
    g_array_append_val (m->marks, height);
    return TRUE;
  case '0': /* POP */
    pop (m);
    return TRUE;
  case 0x80: /* PROTO */
    take_unsigned (m, 1);
    return TRUE;
  case 0x95: /* FRAME */
    take_unsigned (m, 8);
    return TRUE;
  default:
    return FALSE;
  }
}

static const SkPickleValue *
run (Machine *m) {
  while (m->error == NULL) {
    guint8 opcode = (guint8) take_unsigned (m, 1);

    if (m->error != NULL)
      break;
    if (opcode == '.')
      return pop (m);
    if (!step_scalar (m, opcode) && !step_container (m, opcode) &&
        !step_machine (m, opcode))
      unknown (m, opcode);
  }
  return NULL;
}

const SkPickleValue *
sk_pickle_read (SkPickle *self, const guint8 *data, gsize size, gsize *used,
                GError **error) {
  Machine m = { .pickle = self,
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
