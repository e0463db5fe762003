#include "window-private.h"

#include <glib/gi18n.h>

static GtkFileChooserNative *
chooser_new (SkWindow *self, const char *title, GtkFileChooserAction action,
             const char *accept, GCallback response) {
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      title, GTK_WINDOW (self), action, accept, _ ("_Cancel"));

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect (dialog, "response", response, self);
  return dialog;
}

static void
files_cb (GtkNativeDialog *dialog, int response, SkWindow *self) {
  if (response == GTK_RESPONSE_ACCEPT) {
    g_autoptr (GListModel) files =
        gtk_file_chooser_get_files (GTK_FILE_CHOOSER (dialog));

    for (guint i = 0; i < g_list_model_get_n_items (files); i++) {
      g_autoptr (GFile) file = g_list_model_get_item (files, i);

      sk_window_take_file (self, file);
    }
  }
  g_object_unref (dialog);
}

void
sk_window_choose_files (SkWindow *self) {
  GtkFileChooserNative *dialog =
      chooser_new (self, _ ("Open pictures or weights"), GTK_FILE_CHOOSER_ACTION_OPEN,
                   _ ("_Open"), G_CALLBACK (files_cb));

  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (dialog), TRUE);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
run_cb (GtkNativeDialog *dialog, int response, SkWindow *self) {
  if (response == GTK_RESPONSE_ACCEPT) {
    g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
    g_autofree char *path = g_file_get_path (file);
    SkCommand command = { .kind = SK_COMMAND_RESUME_RUN, .path = path };

    sk_engine_send (self->engine, &command);
    sk_window_show_page (self, "train");
  }
  g_object_unref (dialog);
}

void
sk_window_choose_run (SkWindow *self) {
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser_new (
      self, _ ("Run folder to go on with"), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER,
      _ ("_Resume"), G_CALLBACK (run_cb))));
}

static void
picture_cb (GtkNativeDialog *dialog, int response, SkWindow *self) {
  SkPicture picture =
      GPOINTER_TO_INT (g_object_get_data (G_OBJECT (dialog), "picture"));
  g_autoptr (GError) error = NULL;

  if (response == GTK_RESPONSE_ACCEPT) {
    g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
    g_autofree char *path = g_file_get_path (file);

    if (sk_train_page_save_picture (self->train, picture, path, &error))
      sk_window_toast (self, _ ("Picture saved"));
    else
      sk_window_toast (self, error->message);
  }
  g_object_unref (dialog);
}

void
sk_window_choose_picture (SkWindow *self, SkPicture picture) {
  static const char *const names[] = { "network.svg", "curves.svg", "gradients.svg" };
  GtkFileChooserNative *dialog =
      chooser_new (self, _ ("Save the picture as PNG, SVG or PDF"),
                   GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), G_CALLBACK (picture_cb));

  g_object_set_data (G_OBJECT (dialog), "picture", GINT_TO_POINTER (picture));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), names[picture]);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}
