#include <glib/gi18n.h>

#include "file-choice.h"
#include "window-private.h"

static void
file_cb (gpointer data, const char *path) {
  g_autoptr (GFile) file = g_file_new_for_path (path);

  sk_window_take_files (SK_WINDOW (data), &file, 1);
}

void
sk_window_choose_files (SkWindow *self) {
  sk_file_choice_open (GTK_WIDGET (self), _ ("Open Pictures or Weights"),
                       SK_FILES_PICTURES, file_cb, self);
}

static void
run_cb (gpointer data, const char *path) {
  sk_window_continue_run (SK_WINDOW (data), path);
}

void
sk_window_choose_run (SkWindow *self) {
  sk_file_choice_open (GTK_WIDGET (self), _ ("Run Folder to Continue"), SK_FILES_FOLDER,
                       run_cb, self);
}

static void
view_cb (gpointer data, const char *path) {
  sk_window_view_run (SK_WINDOW (data), path);
}

void
sk_window_choose_view (SkWindow *self) {
  sk_file_choice_open (GTK_WIDGET (self), _ ("Run Folder to Look at"), SK_FILES_FOLDER,
                       view_cb, self);
}

static void
save (SkWindow *self, SkPicture picture, const char *path) {
  g_autoptr (GError) error = NULL;

  if (sk_train_page_save_picture (self->train, picture, path, &error))
    sk_window_toast (self, _ ("Picture saved"));
  else
    sk_window_toast (self, error->message);
}

static void
network_cb (gpointer data, const char *path) {
  save (SK_WINDOW (data), SK_PICTURE_NETWORK, path);
}

static void
curves_cb (gpointer data, const char *path) {
  save (SK_WINDOW (data), SK_PICTURE_CURVES, path);
}

static void
gradients_cb (gpointer data, const char *path) {
  save (SK_WINDOW (data), SK_PICTURE_GRADIENTS, path);
}

static void
time_cb (gpointer data, const char *path) {
  save (SK_WINDOW (data), SK_PICTURE_TIME, path);
}

static void
branches_cb (gpointer data, const char *path) {
  save (SK_WINDOW (data), SK_PICTURE_BRANCHES, path);
}

void
sk_window_choose_picture (SkWindow *self, SkPicture picture) {
  static const char *const names[] = { "network.png", "curves.png", "gradients.png",
                                       "depth-time.png", "branches.png" };
  static const SkFileFunc chosen[] = { network_cb, curves_cb, gradients_cb, time_cb,
                                       branches_cb };

  sk_file_choice_save (GTK_WIDGET (self), _ ("Save as PNG, SVG or PDF"), names[picture],
                       chosen[picture], self);
}

void
sk_window_show_run_folder (SkWindow *self) {
  const char *folder = sk_engine_state (self->engine)->run_dir;
  g_autofree char *uri = folder ? g_filename_to_uri (folder, NULL, NULL) : NULL;

  if (uri != NULL)
    gtk_show_uri (GTK_WINDOW (self), uri, GDK_CURRENT_TIME);
}
