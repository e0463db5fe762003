/* Opcodes of numbers, text, and names of classes, which stay names. */

#include <string.h>

#include "pickle-machine.h"

static void
push_int (SkPickleMachine *m, gint64 integer) {
  sk_machine_push_new (m, SK_PICKLE_INT)->integer = integer;
}

static void
push_bool (SkPickleMachine *m, gboolean integer) {
  sk_machine_push_new (m, SK_PICKLE_BOOL)->integer = integer;
}

/* Two's complement, little-endian. */
static void
push_long (SkPickleMachine *m, guint64 n) {
  const guint8 *bytes = sk_machine_take (m, n);
  guint64 value = 0;

  if (bytes == NULL)
    return;
  if (n > 8) {
    sk_machine_push_new (m, SK_PICKLE_BIG_INT);
    return;
  }
  for (guint64 i = n; i-- > 0;)
    value = value << 8 | bytes[i];
  if (n > 0 && n < 8 && (bytes[n - 1] & 0x80) != 0)
    value |= G_MAXUINT64 << (8 * n);
  push_int (m, (gint64) value);
}

static void
push_float (SkPickleMachine *m) {
  const guint8 *bytes = sk_machine_take (m, 8);
  guint64 bits = 0;
  SkPickleValue *value = sk_machine_push_new (m, SK_PICKLE_FLOAT);

  for (int i = 0; bytes != NULL && i < 8; i++)
    bits = bits << 8 | bytes[i]; /* alone among all numbers, big-endian */
  memcpy (&value->real, &bits, sizeof value->real);
}

static void
push_text (SkPickleMachine *m, SkPickleKind kind, const guint8 *bytes, gsize length) {
  SkPickleValue *value = sk_machine_push_new (m, kind);

  sk_machine_spend (m, length);
  value->text = g_strndup ((const char *) bytes, length);
  value->length = length;
}

static void
push_string (SkPickleMachine *m, guint64 n) {
  const guint8 *bytes = sk_machine_take (m, n);

  if (bytes != NULL)
    push_text (m, SK_PICKLE_STRING, bytes, (gsize) n);
}

/* "module\nname\n" */
static void
push_global (SkPickleMachine *m) {
  const guint8 *module = m->data + m->at;
  const guint8 *end = memchr (module, '\n', m->size - m->at);
  const guint8 *stop =
      end != NULL ? memchr (end + 1, '\n', (gsize) (m->data + m->size - end - 1))
                  : NULL;
  g_autofree char *name = NULL;

  if (stop == NULL) {
    sk_machine_fail (m, "a name ends too early");
    return;
  }
  m->at = (gsize) (stop + 1 - m->data);
  name = g_strdup_printf ("%.*s %.*s", (int) MIN (end - module, 1000), module,
                          (int) MIN (stop - end - 1, 1000), end + 1);
  push_text (m, SK_PICKLE_GLOBAL, (const guint8 *) name, strlen (name));
}

static void
push_stack_global (SkPickleMachine *m) {
  const SkPickleValue *name = sk_machine_pop (m), *module = sk_machine_pop (m);
  g_autofree char *both = NULL;

  if (name->kind != SK_PICKLE_STRING || module->kind != SK_PICKLE_STRING) {
    sk_machine_fail (m, "a name is not text");
    return;
  }
  both = g_strdup_printf ("%.1000s %.1000s", module->text, name->text);
  push_text (m, SK_PICKLE_GLOBAL, (const guint8 *) both, strlen (both));
}

gboolean
sk_machine_step_scalar (SkPickleMachine *m, guint8 opcode) {
  switch (opcode) {
  case 'N':
    sk_machine_push_new (m, SK_PICKLE_NONE);
    return TRUE;
  case 0x88: /* NEWTRUE */
  case 0x89: /* NEWFALSE */
    push_bool (m, opcode == 0x88);
    return TRUE;
  case 'J': /* BININT */
    push_int (m, (gint32) sk_machine_take_unsigned (m, 4));
    return TRUE;
  case 'K': /* BININT1 */
    push_int (m, (gint64) sk_machine_take_unsigned (m, 1));
    return TRUE;
  case 'M': /* BININT2 */
    push_int (m, (gint64) sk_machine_take_unsigned (m, 2));
    return TRUE;
  case 0x8a: /* LONG1 */
    push_long (m, sk_machine_take_unsigned (m, 1));
    return TRUE;
  case 0x8b: /* LONG4 */
    push_long (m, sk_machine_take_unsigned (m, 4));
    return TRUE;
  case 'G': /* BINFLOAT */
    push_float (m);
    return TRUE;
  case 'X': /* BINUNICODE */
  case 'T': /* BINSTRING */
  case 'B': /* BINBYTES */
    push_string (m, sk_machine_take_unsigned (m, 4));
    return TRUE;
  case 0x8c: /* SHORT_BINUNICODE */
  case 'U': /* SHORT_BINSTRING */
  case 'C': /* SHORT_BINBYTES */
    push_string (m, sk_machine_take_unsigned (m, 1));
    return TRUE;
  case 0x8d: /* BINUNICODE8 */
  case 0x8e: /* BINBYTES8 */
    push_string (m, sk_machine_take_unsigned (m, 8));
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
