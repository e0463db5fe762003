#include "skipped.h"

#include <glib/gi18n.h>

#include "cli.h"

/* Files that are named, each with its reason; the others are counted. */
#define SHOWN 5

guint
sk_report_skipped (SkDataset *dataset, guint known) {
  g_autoptr (GPtrArray) skipped = sk_dataset_skipped (dataset);

  for (guint i = known; i < MIN (skipped->len, known + SHOWN); i++) {
    const SkSkipped *file = g_ptr_array_index (skipped, i);
    g_autofree char *path = sk_cli_show_path (file->path);

    g_printerr (_ ("left out: %s: %s\n"), path, file->reason);
  }
  if (skipped->len > known + SHOWN)
    g_printerr (_ ("left out: %u more\n"), skipped->len - known - SHOWN);
  return skipped->len;
}
