#include "commands.h"

#include <inttypes.h>

#include <glib/gi18n.h>

#include "download.h"
#include "errors.h"
#include "interrupt.h"
#include "json-line.h"
#include "progress.h"

typedef struct {
  char *catalog; /* (nullable): another than the program's own */
  gboolean as_json;
} Job;

static const char *
state_name (SkShelfState state) {
  static const char *const names[] = {
    [SK_SHELF_ABSENT] = "absent",
    [SK_SHELF_PART] = "part",
    [SK_SHELF_UNCHECKED] = "unchecked",
    [SK_SHELF_HERE] = "here",
  };

  return names[state];
}

/* (transfer full): in a word or two */
static char *
describe_state (SkShelfState state, guint64 bytes, const SkCatalogEntry *entry) {
  switch (state) {
  case SK_SHELF_HERE:
    return g_strdup (entry->included ? _ ("in the box") : _ ("here"));
  case SK_SHELF_UNCHECKED:
    return g_strdup (_ ("unchecked"));
  case SK_SHELF_PART:
    return g_strdup_printf ("%.0f %%",
                            100.0 * (double) bytes / (double) entry->size_about);
  default:
    return g_strdup ("–");
  }
}

static void
list_entry_json (const SkCatalogEntry *entry, SkShelfState state, guint64 bytes,
                 const SkReceipt *receipt) {
  g_autoptr (SkJsonLine) json = sk_json_line_new ();

  sk_json_begin_object (json, NULL);
  sk_json_string (json, "name", entry->name);
  sk_json_string (json, "title", entry->title);
  sk_json_string (json, "kind", entry->kind == SK_CATALOG_DATA ? "data" : "weights");
  sk_json_string (json, "address", entry->address);
  sk_json_string (json, "licence", entry->licence);
  sk_json_integer (json, "size", (gint64) entry->size_about);
  sk_json_string (json, "sha256", entry->sha256);
  sk_json_string (json, "md5", entry->md5);
  sk_json_string (json, "state", state_name (state));
  sk_json_integer (json, "bytes", (gint64) bytes);
  sk_json_string (json, "path", receipt->path);
  sk_json_end_object (json);
  sk_json_line_print (json);
}

static void
list_entry (const SkCatalogEntry *entry, SkShelfState state, guint64 bytes,
            const char *licence_before) {
  g_autofree char *size = g_format_size (entry->size_about);
  g_autofree char *words = describe_state (state, bytes, entry);

  g_print ("%-17s %9s  %-10s %s\n", entry->name, size, words, entry->title);
  /* Said once where it stands for several. */
  if (g_strcmp0 (entry->licence, licence_before) != 0)
    g_print (_ ("%-17s licence: %s\n"), "", entry->licence);
}

static SkExit
list (SkCatalog *catalog, const Job *job) {
  const char *licence = NULL;

  for (guint i = 0; i < sk_catalog_count (catalog); i++) {
    const SkCatalogEntry *entry = sk_catalog_entry (catalog, i);
    g_auto (SkReceipt) receipt = { 0 };
    guint64 bytes;
    SkShelfState state = sk_shelf_look (NULL, entry, &bytes, &receipt);

    if (job->as_json)
      list_entry_json (entry, state, bytes, &receipt);
    else
      list_entry (entry, state, bytes, licence);
    licence = entry->licence;
  }
  if (!job->as_json)
    g_print (
        _ ("\nskipscope fetch NAME downloads one of them; then its name can be used "
           "in place of a path.\n"));
  return SK_EXIT_OK;
}

static void
show_bytes (SkProgress *progress, const SkDownloadState *state) {
  guint64 left = state->total > state->received ? state->total - state->received : 0;
  g_autofree char *here = g_format_size (state->received);
  g_autofree char *whole = g_format_size (state->total);
  g_autofree char *speed = g_format_size ((guint64) state->speed);
  g_autofree char *time =
      left > 0 && state->speed > 0
          ? sk_progress_format_seconds ((double) left / state->speed)
          : g_strdup ("…");
  g_autofree char *line =
      state->total == 0
          ? g_strdup_printf (_ ("%s, %s/s"), here, speed)
          /* Translators: percent, bytes here, of all bytes, bytes a second, time left */
          : g_strdup_printf (_ ("%3.0f %%  %s of %s, %s/s, %s left"),
                             100.0 * (double) state->received / (double) state->total,
                             here, whole, speed, time);

  sk_progress_line (progress, line);
}

static void
progress_cb (const SkDownloadState *state, gpointer data) {
  if (state->checking)
    sk_progress_note (data, _ ("checking the file that is here …"));
  else if (sk_progress_is_due (data))
    show_bytes (data, state);
}

static void
print_receipt (const SkCatalogEntry *entry, const SkReceipt *receipt, const Job *job) {
  g_autofree char *shown = sk_cli_show_path (receipt->path);
  g_autoptr (SkJsonLine) json = NULL;

  if (!job->as_json) {
    g_print ("%s\n", shown);
    g_print ("  SHA-256 %s\n", receipt->sha256);
    if (receipt->address != NULL)
      g_print (_ ("  %" PRIu64 " bytes from %s, %s\n"), receipt->size, receipt->address,
               receipt->date);
    return;
  }
  json = sk_json_line_new ();
  sk_json_begin_object (json, NULL);
  sk_json_string (json, "name", entry->name);
  sk_json_string (json, "path", receipt->path);
  sk_json_string (json, "sha256", receipt->sha256);
  sk_json_integer (json, "size", (gint64) receipt->size);
  sk_json_string (json, "address", receipt->address);
  sk_json_string (json, "date", receipt->date);
  sk_json_end_object (json);
  sk_json_line_print (json);
}

/* Called off: what is here stays. */
static SkExit
say_how_to_go_on (const SkCatalogEntry *entry) {
  g_autofree char *size = NULL;
  guint64 bytes;

  if (sk_shelf_look (NULL, entry, &bytes, NULL) != SK_SHELF_PART) {
    g_printerr (_ ("Stopped before anything was read.\n"));
    return SK_EXIT_REFUSED;
  }
  size = g_format_size (bytes);
  g_printerr (_ ("Stopped; %s are kept. To go on: skipscope fetch %s\n"), size,
              entry->name);
  return SK_EXIT_REFUSED;
}

static SkExit
fetch (const SkCatalogEntry *entry, const Job *job) {
  g_autoptr (SkInterrupt) interrupt = sk_interrupt_new (NULL);
  g_autoptr (SkProgress) progress = sk_progress_new ();
  g_autoptr (GError) error = NULL;
  g_auto (SkReceipt) receipt = { 0 };
  g_autofree char *size = g_format_size (entry->size_about);
  SkDownloadOptions options = { .progress = progress_cb, .data = progress };
  gboolean done;

  g_printerr (_ ("%s, %s\n  from %s\n  licence: %s\n"), entry->title, size,
              entry->included ? _ ("the program itself") : entry->address,
              entry->licence);
  done = sk_download_run (entry, &options, sk_interrupt_cancellable (interrupt),
                          &receipt, &error);
  sk_progress_clear (progress);
  if (g_error_matches (error, SK_ERROR, SK_ERROR_CANCELLED))
    return say_how_to_go_on (entry);
  if (!done)
    return sk_cli_refuse (error);
  print_receipt (entry, &receipt, job);
  return SK_EXIT_OK;
}

static SkExit
run (const Job *job, const char *name) {
  g_autoptr (GError) error = NULL;
  g_autoptr (SkCatalog) catalog = sk_catalog_load (job->catalog, &error);
  const SkCatalogEntry *entry;

  if (catalog == NULL)
    return sk_cli_refuse (error);
  if (name == NULL)
    return list (catalog, job);
  entry = sk_catalog_find (catalog, name, &error);
  return entry != NULL ? fetch (entry, job) : sk_cli_refuse (error);
}

SkExit
sk_fetch_command (int argc, char **argv) {
  Job job = { 0 };
  SkExit status;
  const GOptionEntry entries[] = {
    { "catalog", 0, 0, G_OPTION_ARG_FILENAME, &job.catalog,
      N_ ("another catalogue than the program's own"), N_ ("FILE") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &job.as_json, N_ ("one JSON object a line"),
      NULL },
    G_OPTION_ENTRY_NULL,
  };
  GOptionContext *context = g_option_context_new (_ ("[NAME]"));

  g_option_context_set_summary (
      context,
      _ ("Lists data sets and weights that can be downloaded, or downloads one.\n"
         "Goes on where an earlier download was stopped, and checks the hash before "
         "the "
         "file\ngets its name. No address is asked without a NAME. The catalogue is "
         "the "
         "program's\nown, or the file that SKIPSCOPE_CATALOG names."));
  g_option_context_add_main_entries (context, entries, NULL);
  if (!sk_cli_parse (context, &argc, &argv))
    return SK_EXIT_USAGE;
  if (argc > 2)
    status = sk_cli_usage ("fetch", _ ("one NAME at a time"));
  else
    status = run (&job, argc == 2 ? argv[1] : NULL);
  g_free (job.catalog);
  return status;
}
