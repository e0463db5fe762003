#include "file-choice.h"

#include <glib/gi18n.h>

typedef struct {
  SkFileFunc chosen;
  GWeakRef data;
} Request;

static void
request_free (gpointer data, GClosure *closure) {
  Request *self = data;

  g_weak_ref_clear (&self->data);
  g_free (self);
}

static void
response_cb (GtkNativeDialog *dialog, int response, gpointer data) {
  Request *self = data;
  g_autoptr (GObject) object = g_weak_ref_get (&self->data);
  g_autoptr (GListModel) files = NULL;

  if (response == GTK_RESPONSE_ACCEPT && object != NULL) {
    files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (dialog));
    for (guint i = 0; i < g_list_model_get_n_items (files); i++) {
      g_autoptr (GFile) file = g_list_model_get_item (files, i);
      g_autofree char *path = g_file_get_path (file);

      if (path != NULL)
        self->chosen (object, path);
    }
  }
  g_object_unref (dialog);
}

static void
add_filter (GtkFileChooser *chooser, const char *name, const char *const *mimes,
            const char *const *endings) {
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, name);
  for (guint i = 0; mimes != NULL && mimes[i] != NULL; i++)
    gtk_file_filter_add_mime_type (filter, mimes[i]);
  for (guint i = 0; endings != NULL && endings[i] != NULL; i++)
    gtk_file_filter_add_suffix (filter, endings[i]);
  gtk_file_chooser_add_filter (chooser, filter);
}

static void
add_all_files (GtkFileChooser *chooser) {
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, _ ("All files"));
  gtk_file_filter_add_pattern (filter, "*");
  gtk_file_chooser_add_filter (chooser, filter);
}

static void
add_filters (GtkFileChooser *chooser, SkFileKind kind) {
  const char *const weights[] = { "safetensors", "pth", "pt", "th", NULL };
  const char *const archives[] = { "tar", "tar.gz", "tgz", "tar.xz", "tar.bz2", NULL };
  const char *const pictures[] = { "image/*", NULL };

  switch (kind) {
  case SK_FILES_WEIGHTS:
    add_filter (chooser, _ ("Weights"), NULL, weights);
    break;
  case SK_FILES_ARCHIVE:
    add_filter (chooser, _ ("Archives"), NULL, archives);
    break;
  case SK_FILES_PICTURES:
    add_filter (chooser, _ ("Pictures and weights"), pictures, weights);
    break;
  case SK_FILES_FOLDER:
    return;
  }
  add_all_files (chooser);
}

static void
show (GtkFileChooserNative *dialog, SkFileFunc chosen, gpointer data) {
  Request *request = g_new0 (Request, 1);

  request->chosen = chosen;
  g_weak_ref_init (&request->data, data);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_data (dialog, "response", G_CALLBACK (response_cb), request,
                         request_free, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

void
sk_file_choice_open (GtkWidget *widget, const char *title, SkFileKind kind,
                     SkFileFunc chosen, gpointer data) {
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (widget));
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      title, window,
      kind == SK_FILES_FOLDER ? GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER
                              : GTK_FILE_CHOOSER_ACTION_OPEN,
      _ ("_Open"), _ ("_Cancel"));

  add_filters (GTK_FILE_CHOOSER (dialog), kind);
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (dialog),
                                        kind == SK_FILES_PICTURES);
  show (dialog, chosen, data);
}

void
sk_file_choice_save (GtkWidget *widget, const char *title, const char *name,
                     SkFileFunc chosen, gpointer data) {
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (widget));
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      title, window, GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));

  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  show (dialog, chosen, data);
}
