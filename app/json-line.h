#pragma once

#include <glib.h>

/* A line of JSON, written piece by piece. Numbers are as short as they can be and still
 * read back the same (json-glib's generator writes 0.1 as 0.10000000000000001). */
typedef struct _SkJsonLine SkJsonLine;

SkJsonLine *
sk_json_line_new (void);

void
sk_json_line_free (SkJsonLine *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkJsonLine, sk_json_line_free)

/* @name: of the member; NULL in an array, and for the outermost object */
void
sk_json_begin_object (SkJsonLine *self, const char *name);

void
sk_json_end_object (SkJsonLine *self);

void
sk_json_begin_array (SkJsonLine *self, const char *name);

void
sk_json_end_array (SkJsonLine *self);

/* @value: (nullable): null; bytes that are not UTF-8 become replacement characters */
void
sk_json_string (SkJsonLine *self, const char *name, const char *value);

/* null where @value is not finite, as JSON knows no other */
void
sk_json_number (SkJsonLine *self, const char *name, double value);

/* The same with no more digits than a float has. */
void
sk_json_float (SkJsonLine *self, const char *name, float value);

void
sk_json_integer (SkJsonLine *self, const char *name, gint64 value);

void
sk_json_boolean (SkJsonLine *self, const char *name, gboolean value);

/* To standard output, which is flushed: whoever reads along sees it at once. */
void
sk_json_line_print (SkJsonLine *self);
