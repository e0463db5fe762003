#include "window-private.h"

#include "downloads-window.h"

/* As if the file had been opened from a folder: data are set up, weights are asked. */
static void
use_cb (SkWindow *self, const char *path) {
  g_autoptr (GFile) file = g_file_new_for_path (path);
  GFile *files[] = { file };

  sk_window_take_files (self, files, 1);
}

void
sk_window_show_downloads (SkWindow *self) {
  GtkWidget *downloads;

  if (self->downloads != NULL) {
    gtk_window_present (self->downloads);
    return;
  }
  downloads = sk_downloads_window_new (GTK_WINDOW (self), self->engine);
  g_signal_connect_object (downloads, "use", G_CALLBACK (use_cb), self,
                           G_CONNECT_SWAPPED);
  g_set_weak_pointer (&self->downloads, GTK_WINDOW (downloads));
  gtk_window_present (GTK_WINDOW (downloads));
}
