#include "cli.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

#include <glib/gi18n.h>

#include "errors.h"

gboolean
sk_cli_parse (GOptionContext *context, int *argc, char ***argv) {
  g_autoptr (GOptionContext) owned = context;
  g_autoptr (GError) error = NULL;
  g_autofree char *command = g_strdup ((*argv)[0]);
  g_autofree char *shown = g_strconcat ("skipscope ", command, NULL);

  /* GOption takes the program's name for its usage line from argv[0]. */
  g_set_prgname (shown);
  g_option_context_set_translation_domain (owned, GETTEXT_PACKAGE);
  if (g_option_context_parse (owned, argc, argv, &error))
    return TRUE;
  sk_cli_usage (command, "%s", error->message);
  return FALSE;
}

SkExit
sk_cli_refuse (const GError *error) {
  g_autofree char *line = g_utf8_make_valid (error->message, -1);

  g_strdelimit (line, "\n\r", ' ');
  g_printerr ("skipscope: %s\n", line);
  return SK_EXIT_REFUSED;
}

SkExit
sk_cli_usage (const char *command, const char *format, ...) {
  g_autofree char *message = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_printerr (_ ("skipscope %s: %s (skipscope %s --help lists the options)\n"), command,
              message, command);
  return SK_EXIT_USAGE;
}

gboolean
sk_cli_parse_triple (const char *text, float values[3]) {
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);

  if (g_strv_length (parts) != 3)
    return FALSE;
  for (int i = 0; i < 3; i++) {
    double value;

    if (!sk_cli_parse_number (g_strstrip (parts[i]), &value))
      return FALSE;
    values[i] = (float) value;
  }
  return TRUE;
}

gboolean
sk_cli_parse_integer (const char *text, gint64 min, gint64 max, gint64 *value) {
  return g_ascii_string_to_signed (text, 10, min, max, value, NULL);
}

gboolean
sk_cli_parse_number (const char *text, double *value) {
  char *end;

  errno = 0;
  *value = g_ascii_strtod (text, &end);
  return end != text && *end == '\0' && isfinite (*value);
}

gboolean
sk_cli_write_text (const char *path, const char *text, GError **error) {
  g_autofree char *shown = sk_cli_show_path (path);
  FILE *file = fopen (path, "w");
  gboolean written = file != NULL && fputs (text, file) >= 0;

  /* A full disk may show only when the last bytes are flushed. */
  if (file != NULL && fclose (file) != 0)
    written = FALSE;
  if (!written)
    g_set_error (error, SK_ERROR, SK_ERROR_FILE, _ ("cannot write %s: %s"), shown,
                 g_strerror (errno));
  return written;
}

char *
sk_cli_show_path (const char *path) {
  return g_utf8_make_valid (path, -1);
}
