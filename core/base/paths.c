#include "paths.h"

/* The folder of the running program; the build tree and an installation differ in what
 * stands around it. */
static char *
program_folder (void) {
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);

  return program != NULL ? g_path_get_dirname (program) : g_strdup (SK_BINDIR);
}

/* Run from the build tree: build/app/skipscope beside build/data. */
static char *
build_folder (void) {
  g_autofree char *folder = program_folder ();
  g_autofree char *build = g_path_get_dirname (folder);
  g_autofree char *mark = g_build_filename (build, "data", "gschemas.compiled", NULL);

  return g_file_test (mark, G_FILE_TEST_EXISTS) ? g_steal_pointer (&build) : NULL;
}

/* PREFIX/share/@a/@b, PREFIX read off where the program lies. */
static char *
share_path (const char *a, const char *b) {
  g_autofree char *folder = program_folder ();
  g_autofree char *prefix = g_path_get_dirname (folder);

  return g_build_filename (prefix, "share", a, b, NULL);
}

static char *
existing (char *path) {
  if (path != NULL && !g_file_test (path, G_FILE_TEST_EXISTS))
    g_clear_pointer (&path, g_free);
  return path;
}

char *
sk_paths_schemas (void) {
  g_autofree char *build = build_folder ();
  g_autofree char *folder = build != NULL ? g_build_filename (build, "data", NULL)
                                          : share_path ("glib-2.0", "schemas");
  g_autofree char *compiled = g_build_filename (folder, "gschemas.compiled", NULL);

  return g_file_test (compiled, G_FILE_TEST_EXISTS) ? g_steal_pointer (&folder) : NULL;
}

char *
sk_paths_data (const char *name) {
  g_autofree char *build = build_folder ();
  const char *other = g_getenv ("SKIPSCOPE_DATA");

  if (other != NULL && *other != '\0')
    return existing (g_build_filename (other, name, NULL));
  if (build != NULL)
    return existing (g_build_filename (build, "data", name, NULL));
  return existing (share_path ("skipscope", name));
}

char *
sk_paths_weights (void) {
  return sk_paths_data ("weights/resnet20-cifar10.safetensors");
}

char *
sk_paths_locale (void) {
  g_autofree char *build = build_folder ();

  return build != NULL ? g_build_filename (build, "data", "po", NULL)
                       : share_path ("locale", NULL);
}
