#include "window-private.h"

#include <glib/gi18n.h>

static void
response_cb (AdwMessageDialog *dialog, const char *response, SkWindow *self) {
  if (g_strcmp0 (response, "stop") != 0)
    return;
  /* The window goes when a snapshot says that the run was saved. */
  self->closing = TRUE;
  sk_engine_send_verb (self->engine, SK_COMMAND_STOP);
}

gboolean
sk_window_ask_to_close (SkWindow *self) {
  GtkWidget *dialog;

  if (self->closing || !sk_engine_is_busy (self->engine))
    return FALSE;
  dialog = adw_message_dialog_new (GTK_WINDOW (self), _ ("Stop training?"), NULL);
  adw_message_dialog_set_body (
      ADW_MESSAGE_DIALOG (dialog),
      _ ("The network is still learning. Its state is saved, so that the run can go on "
         "later from where it stopped."));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "keep",
                                    _ ("_Keep training"), "stop", _ ("_Save and stop"),
                                    NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "stop",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "stop");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  g_signal_connect (dialog, "response", G_CALLBACK (response_cb), self);
  gtk_window_present (GTK_WINDOW (dialog));
  return TRUE;
}
