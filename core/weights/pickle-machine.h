#pragma once

#include "pickle.h"

/* One pickle being read: for the files that share its opcodes. */

struct _SkPickle {
  GPtrArray *values; /* all of them, to be freed */
  GPtrArray *persistent;
  gsize memory; /* bytes taken, about */
};

typedef struct {
  SkPickle *pickle;
  const guint8 *data;
  gsize size, at;
  GPtrArray *stack;
  GArray *marks; /* guint: heights of the stack */
  GHashTable *memo; /* guint → SkPickleValue */
  GError *error; /* (nullable): the first mistake; what follows is not believed */
} SkPickleMachine;

/* Sets the error, with the byte it was found at. */
void
sk_machine_fail (SkPickleMachine *m, const char *what);

/* Counts @bytes of memory against the limit over all pickles of a file. */
void
sk_machine_spend (SkPickleMachine *m, gsize bytes);

/* A new value of @kind on the stack; sequences and dicts have their items. */
SkPickleValue *
sk_machine_push_new (SkPickleMachine *m, SkPickleKind kind);

/* Never NULL: a value that is nothing, after a mistake. */
SkPickleValue *
sk_machine_pop (SkPickleMachine *m);

SkPickleValue *
sk_machine_top (SkPickleMachine *m);

/* The next @n bytes (nullable). */
const guint8 *
sk_machine_take (SkPickleMachine *m, guint64 n);

/* A little-endian number of @n bytes; 0 after a mistake. */
guint64
sk_machine_take_unsigned (SkPickleMachine *m, guint n);

/* The values above the newest mark go into @items; the mark goes. */
void
sk_machine_take_marked (SkPickleMachine *m, GPtrArray *items);

/* Numbers, text and names; tuples, lists, sets and dicts.
 * Returns: FALSE: @opcode is not one of these */
gboolean
sk_machine_step_scalar (SkPickleMachine *m, guint8 opcode);

gboolean
sk_machine_step_container (SkPickleMachine *m, guint8 opcode);
