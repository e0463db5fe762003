#include "json-line.h"

#include <stdio.h>

#include "json.h"

struct _SkJsonLine {
  GString *text;
  gboolean comma; /* something stands before what comes next */
};

SkJsonLine *
sk_json_line_new (void) {
  SkJsonLine *self = g_new0 (SkJsonLine, 1);

  self->text = g_string_new (NULL);
  return self;
}

void
sk_json_line_free (SkJsonLine *self) {
  if (self == NULL)
    return;
  g_string_free (self->text, TRUE);
  g_free (self);
}

static void
begin_value (SkJsonLine *self, const char *name) {
  if (self->comma)
    g_string_append_c (self->text, ',');
  self->comma = TRUE;
  if (name == NULL)
    return;
  sk_json_append_string (self->text, name);
  g_string_append_c (self->text, ':');
}

static void
open_bracket (SkJsonLine *self, const char *name, char bracket) {
  begin_value (self, name);
  g_string_append_c (self->text, bracket);
  self->comma = FALSE;
}

static void
close_bracket (SkJsonLine *self, char bracket) {
  g_string_append_c (self->text, bracket);
  self->comma = TRUE;
}

void
sk_json_begin_object (SkJsonLine *self, const char *name) {
  open_bracket (self, name, '{');
}

void
sk_json_end_object (SkJsonLine *self) {
  close_bracket (self, '}');
}

void
sk_json_begin_array (SkJsonLine *self, const char *name) {
  open_bracket (self, name, '[');
}

void
sk_json_end_array (SkJsonLine *self) {
  close_bracket (self, ']');
}

void
sk_json_string (SkJsonLine *self, const char *name, const char *value) {
  g_autofree char *valid = value != NULL ? g_utf8_make_valid (value, -1) : NULL;

  begin_value (self, name);
  if (valid != NULL)
    sk_json_append_string (self->text, valid);
  else
    g_string_append (self->text, "null");
}

void
sk_json_number (SkJsonLine *self, const char *name, double value) {
  begin_value (self, name);
  sk_json_append_double (self->text, value);
}

void
sk_json_float (SkJsonLine *self, const char *name, float value) {
  begin_value (self, name);
  sk_json_append_float (self->text, value);
}

void
sk_json_boolean (SkJsonLine *self, const char *name, gboolean value) {
  begin_value (self, name);
  g_string_append (self->text, value ? "true" : "false");
}

void
sk_json_integer (SkJsonLine *self, const char *name, gint64 value) {
  begin_value (self, name);
  g_string_append_printf (self->text, "%" G_GINT64_FORMAT, value);
}

void
sk_json_line_print (SkJsonLine *self) {
  /* Not g_print(): that one converts to the locale's character set, and JSON is UTF-8. */
  fputs (self->text->str, stdout);
  fputc ('\n', stdout);
  fflush (stdout);
}
