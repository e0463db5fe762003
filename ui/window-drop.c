#include <glib/gi18n.h>

#include "window-private.h"

static gboolean
drop_cb (GtkDropTarget *target, const GValue *value, double x, double y,
         SkWindow *self) {
  if (G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST)) {
    g_autoptr (GSList) files = gdk_file_list_get_files (g_value_get_boxed (value));
    g_autoptr (GPtrArray) array = g_ptr_array_new ();

    for (GSList *file = files; file != NULL; file = file->next)
      g_ptr_array_add (array, file->data);
    sk_window_take_files (self, (GFile **) array->pdata, array->len);
    return array->len > 0;
  }
  if (G_VALUE_HOLDS (value, GDK_TYPE_TEXTURE)) {
    g_autoptr (GBytes) bytes =
        gdk_texture_save_to_png_bytes (g_value_get_object (value));

    sk_classify_page_ask_bytes (self->classify, bytes);
    sk_window_show_page (self, "classify");
    return TRUE;
  }
  return FALSE;
}

void
sk_window_accept_drops (SkWindow *self) {
  GtkDropTarget *drop = gtk_drop_target_new (G_TYPE_INVALID, GDK_ACTION_COPY);

  gtk_drop_target_set_gtypes (drop, (GType[]){ GDK_TYPE_FILE_LIST, GDK_TYPE_TEXTURE },
                              2);
  g_signal_connect (drop, "drop", G_CALLBACK (drop_cb), self);
  gtk_widget_add_controller (self->content, GTK_EVENT_CONTROLLER (drop));
}

static void
pasted_cb (GObject *source, GAsyncResult *result, gpointer data) {
  g_autoptr (SkWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture =
      gdk_clipboard_read_texture_finish (GDK_CLIPBOARD (source), result, &error);
  g_autoptr (GBytes) bytes = NULL;

  if (texture == NULL) {
    sk_window_toast (self, _ ("There is no picture on the clipboard"));
    return;
  }
  bytes = gdk_texture_save_to_png_bytes (texture);
  sk_classify_page_ask_bytes (self->classify, bytes);
  sk_window_show_page (self, "classify");
}

void
sk_window_paste (SkWindow *self) {
  gdk_clipboard_read_texture_async (gtk_widget_get_clipboard (GTK_WIDGET (self)), NULL,
                                    pasted_cb, g_object_ref (self));
}
