#include "folder-walk.h"

#include <string.h>

#define DEEPEST 32

typedef struct {
  char *folder;
  guint most;
  gboolean more;
  SkFolderFunc func;
  gpointer data;
} Walk;

static void
walk_free (Walk *self) {
  g_free (self->folder);
  g_free (self);
}

static int
by_name (gconstpointer a, gconstpointer b) {
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
collect (Walk *walk, const char *folder, int depth, GPtrArray *paths,
         GCancellable *cancellable) {
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    if (name[0] != '.')
      g_ptr_array_add (names, g_build_filename (folder, name, NULL));
  g_ptr_array_sort (names, by_name);
  for (guint i = 0; i < names->len && !g_cancellable_is_cancelled (cancellable); i++) {
    const char *path = g_ptr_array_index (names, i);

    if (paths->len >= walk->most) {
      walk->more = TRUE;
      return;
    }
    if (!g_file_test (path, G_FILE_TEST_IS_DIR))
      g_ptr_array_add (paths, g_strdup (path));
    else if (depth < DEEPEST && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
      collect (walk, path, depth + 1, paths, cancellable);
  }
}

static void
thread_cb (GTask *task, gpointer source, gpointer data, GCancellable *cancellable) {
  Walk *walk = data;
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);

  collect (walk, walk->folder, 0, paths, cancellable);
  g_task_return_pointer (task, paths, (GDestroyNotify) g_ptr_array_unref);
}

static void
ready_cb (GObject *source, GAsyncResult *result, gpointer data) {
  Walk *walk = g_task_get_task_data (G_TASK (result));
  g_autoptr (GPtrArray) paths = g_task_propagate_pointer (G_TASK (result), NULL);

  /* Whoever called it off does not wait any more. */
  if (paths)
    walk->func (paths, walk->more, walk->data);
}

void
sk_folder_walk (const char *folder, guint most, GCancellable *cancellable,
                SkFolderFunc func, gpointer data) {
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, ready_cb, NULL);
  Walk *walk = g_new0 (Walk, 1);

  walk->folder = g_strdup (folder);
  walk->most = most;
  walk->func = func;
  walk->data = data;
  g_task_set_task_data (task, walk, (GDestroyNotify) walk_free);
  g_task_run_in_thread (task, thread_cb);
}
