#include <locale.h>
#include <string.h>

#include <glib/gi18n.h>

#include <gtk/gtk.h>

#include "application.h"
#include "commands.h"
#include "paths.h"

static const SkSubcommand subcommands[] = {
  { "train", N_ ("trains a network"), sk_train_command },
  { "eval", N_ ("measures weights on a set of pictures"), sk_eval_command },
  { "classify", N_ ("says what is in pictures"), sk_classify_command },
  { "convert", N_ ("writes weights in another container"), sk_convert_command },
  { "info", N_ ("describes a network or a weight file"), sk_info_command },
  { "race", N_ ("lets networks learn the same pictures in lock-step"),
    sk_race_command },
  { "lesion", N_ ("measures a network without each of its blocks"), sk_lesion_command },
  { "fetch", N_ ("downloads data sets and weights, or lists them"), sk_fetch_command },
  { "bench", N_ ("measures how fast steps are here"), sk_bench_command },
  { NULL, NULL, NULL },
};

static void
print_help (void) {
  g_print (
      _ ("Usage:\n"
         "  skipscope                     the window\n"
         "  skipscope IMAGE…              the window, with these images classified\n"
         "  skipscope COMMAND [OPTION…]   the same engine without a window\n"
         "\n"
         "Commands:\n"));
  for (const SkSubcommand *command = subcommands; command->name != NULL; command++)
    g_print ("  %-10s %s\n", command->name, _ (command->summary));
  g_print (_ ("\n"
              "skipscope COMMAND --help tells more about one of them.\n"));
}

/* Messages come in the user's language, numbers as JSON and scripts expect them. */
static void
set_language (void) {
  g_autofree char *locale = sk_paths_locale ();

  setlocale (LC_ALL, "");
  setlocale (LC_NUMERIC, "C");
  bindtextdomain (GETTEXT_PACKAGE, locale);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

/* NULL: @name is none of them */
static const SkSubcommand *
find_command (const char *name) {
  for (const SkSubcommand *command = subcommands; command->name != NULL; command++)
    if (strcmp (command->name, name) == 0)
      return command;
  return NULL;
}

static gboolean
asks_for_help (int argc, char **argv) {
  const char *const *words = (const char *const *) argv;

  return g_strv_contains (words, "--help") || g_strv_contains (words, "-h") ||
         (argc > 1 && strcmp (argv[1], "help") == 0);
}

/* (nullable): the first option that neither we nor GTK's application know; without a display
 * nobody else would say so. */
static const char *
find_unknown_option (char *const *arguments) {
  for (; *arguments && strcmp (*arguments, "--") != 0; arguments++)
    if (**arguments == '-' && !g_str_has_prefix (*arguments, "--gapplication-"))
      return *arguments;
  return NULL;
}

/* A mistyped command is no picture: nothing of that name is there. */
static gboolean
looks_like_a_command (const char *word) {
  return strpbrk (word, "/.:") == NULL && word[0] != '-' &&
         !g_file_test (word, G_FILE_TEST_EXISTS);
}

static SkExit
open_window (int argc, char **argv) {
  if (!gtk_init_check ()) {
    g_printerr (
        _ ("skipscope: there is no display for the window. Without one: skipscope "
           "train; in a browser: gtk4-broadwayd :5 & GDK_BACKEND=broadway "
           "BROADWAY_DISPLAY=:5 skipscope, then http://localhost:8085\n"));
    return SK_EXIT_REFUSED;
  }
  return (SkExit) sk_application_run (argc, argv);
}

int
main (int argc, char **argv) {
  const SkSubcommand *command = argc > 1 ? find_command (argv[1]) : NULL;
  const char *unknown;

  set_language ();
  if (command != NULL)
    return (int) command->run (argc - 1, argv + 1);
  if (asks_for_help (argc, argv)) {
    print_help ();
    return SK_EXIT_OK;
  }
  if (argc > 1 && strcmp (argv[1], "--version") == 0) {
    g_print ("skipscope %s\n", SK_VERSION);
    return SK_EXIT_OK;
  }
  unknown = find_unknown_option (argv + 1);
  if (unknown != NULL) {
    g_printerr (_ ("skipscope: “%s” is not an option (skipscope --help lists the "
                   "commands)\n"),
                unknown);
    return SK_EXIT_USAGE;
  }
  if (argc > 1 && looks_like_a_command (argv[1])) {
    g_printerr (_ ("skipscope: “%s” is neither a command nor a file (skipscope --help "
                   "lists the commands)\n"),
                argv[1]);
    return SK_EXIT_USAGE;
  }
  return (int) open_window (argc, argv);
}
