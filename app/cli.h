#pragma once

#include <glib.h>

/* What the subcommands share: how they end, how they complain, how they print. */

typedef enum {
  SK_EXIT_OK = 0,
  SK_EXIT_REFUSED = 1, /* one line on standard error says what, where, what to do */
  SK_EXIT_USAGE = 2,
} SkExit;

typedef struct {
  const char *name;
  const char *summary; /* one line, translatable */
  SkExit (*run) (int argc, char **argv); /* argv[0] is the subcommand's name */
} SkSubcommand;

/**
 * sk_cli_parse:
 * @context: (transfer full)
 *
 * Takes the options out of @argv. "--help" prints and ends the program with 0.
 *
 * Returns: FALSE after a line on standard error
 */
gboolean
sk_cli_parse (GOptionContext *context, int *argc, char ***argv);

/* Prints "skipscope: " and @error's message on one line. Returns: SK_EXIT_REFUSED */
SkExit
sk_cli_refuse (const GError *error);

/* Prints a usage line for @command. Returns: SK_EXIT_USAGE */
SkExit
sk_cli_usage (const char *command, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Three numbers with commas, for --mean and --std. */
gboolean
sk_cli_parse_triple (const char *text, float values[3]);

/* Whole number or number, and nothing behind it. */
gboolean
sk_cli_parse_integer (const char *text, gint64 min, gint64 max, gint64 *value);

gboolean
sk_cli_parse_number (const char *text, double *value);

/* Writes @text to @path, which may also be a device (/dev/stdout): so not by renaming. */
gboolean
sk_cli_write_text (const char *path, const char *text, GError **error);

/* @path for people and for JSON: (transfer full), valid UTF-8. */
char *
sk_cli_show_path (const char *path);
