#include "run-folder.h"

#include <errno.h>
#include <glib/gstdio.h>

#include "errors.h"

/* More runs of one network on one day than anybody will make. */
#define MAX_RUNS 100000

static char *
runs_folder (GError **error) {
  g_autofree char *runs =
      g_build_filename (g_get_user_data_dir (), "skipscope", "runs", NULL);

  if (g_mkdir_with_parents (runs, 0755) != 0) {
    g_set_error (
        error, SK_ERROR, SK_ERROR_FILE,
        "The folder for runs %s cannot be made: %s. Choose another run folder.", runs,
        g_strerror (errno));
    return NULL;
  }
  return g_steal_pointer (&runs);
}

char *
sk_run_folder_create (const char *net, GError **error) {
  g_autofree char *runs = runs_folder (error);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *date = g_date_time_format (now, "%Y-%m-%d");

  if (runs == NULL)
    return NULL;
  for (int n = 1; n < MAX_RUNS; n++) {
    g_autofree char *name = g_strdup_printf ("%s-%s-%d", date, net, n);
    g_autofree char *path = g_build_filename (runs, name, NULL);

    /* Making it, not looking for it, is what reserves the name. */
    if (g_mkdir (path, 0755) == 0)
      return g_steal_pointer (&path);
    if (errno != EEXIST)
      break;
  }
  g_set_error (
      error, SK_ERROR, SK_ERROR_FILE,
      "No run folder can be made in %s: %s. Free some space, or choose another "
      "run folder.",
      runs, g_strerror (errno));
  return NULL;
}
