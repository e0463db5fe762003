#include "outputs.h"

#include <errno.h>
#include <unistd.h>

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "cli.h"
#include "errors.h"
#include "export.h"

/* What there is must be writable, devices too; else the folder that it is to lie in. */
gboolean
sk_output_check (const char *path, GError **error) {
  g_autofree char *folder = NULL, *shown = NULL, *shown_folder = NULL;

  if (path == NULL)
    return TRUE;
  folder = g_path_get_dirname (path);
  shown = sk_cli_show_path (path);
  shown_folder = sk_cli_show_path (folder);
  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    return sk_refuse (error, SK_ERROR_FILE,
                      _ ("%s is a folder: give the name of a file in it"), shown);
  if (!g_file_test (folder, G_FILE_TEST_IS_DIR))
    return sk_refuse (error, SK_ERROR_FILE,
                      _ ("cannot write %s: there is no folder %s; make it, or choose "
                         "another"),
                      shown, shown_folder);
  if (g_access (g_file_test (path, G_FILE_TEST_EXISTS) ? path : folder, W_OK) == 0)
    return TRUE;
  return sk_refuse (error, SK_ERROR_FILE,
                    _ ("cannot write %s: %s; choose another folder or name"), shown,
                    g_strerror (errno));
}

gboolean
sk_output_check_picture (const char *path, GError **error) {
  return path == NULL ||
         (sk_export_check (path, error) && sk_output_check (path, error));
}
