#include <glib/gi18n.h>

#include "window-private.h"

static void
close_now (SkWindow *self) {
  gtk_window_destroy (GTK_WINDOW (self));
}

/* The program stays; starting it again brings the window back, as the end of the run
 * does. */
static void
hide (SkWindow *self) {
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));
  g_autoptr (GNotification) notification =
      g_notification_new (_ ("Training goes on in the background"));

  self->background = TRUE;
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  g_notification_set_body (
      notification,
      _ ("Start Skipscope again to see it. The window comes back when the "
         "run has ended."));
  g_application_send_notification (G_APPLICATION (application), "run", notification);
}

/* The window goes when a snapshot says that the run has ended, saved. */
void
sk_window_close_saving (SkWindow *self) {
  if (!sk_engine_has_run (self->engine)) {
    close_now (self);
    return;
  }
  self->closing = TRUE;
  sk_engine_send_verb (self->engine, SK_COMMAND_STOP);
}

static void
response_cb (SkWindow *self, const char *response) {
  if (g_strcmp0 (response, "stop") == 0)
    sk_window_close_saving (self);
  else if (g_strcmp0 (response, "keep") == 0)
    hide (self);
}

/* Where no second start can find the first, a hidden window would be lost. */
static gboolean
can_be_found_again (SkWindow *self) {
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));

  return application != NULL &&
         g_application_get_dbus_connection (G_APPLICATION (application)) != NULL;
}

gboolean
sk_window_ask_to_close (SkWindow *self) {
  GtkWidget *dialog;
  AdwMessageDialog *question;

  if (self->closing || !sk_engine_has_run (self->engine))
    return FALSE;
  dialog = adw_message_dialog_new (GTK_WINDOW (self), _ ("Stop Training?"), NULL);
  question = ADW_MESSAGE_DIALOG (dialog);
  adw_message_dialog_set_body (
      question, _ ("The network is still learning. When it is stopped its state is "
                   "saved, and the run can go on later from there."));
  adw_message_dialog_add_response (question, "cancel", _ ("_Cancel"));
  if (can_be_found_again (self))
    adw_message_dialog_add_response (question, "keep",
                                     _ ("_Keep Training in the Background"));
  adw_message_dialog_add_response (question, "stop", _ ("_Stop and Save"));
  adw_message_dialog_set_response_appearance (question, "stop", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (question, "stop");
  adw_message_dialog_set_close_response (question, "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (response_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
  return TRUE;
}

/* The machine stays awake while there is something to compute. */
static void
update_inhibit (SkWindow *self, GtkApplication *application, SkPhase phase) {
  gboolean computing = phase == SK_PHASE_RUNNING || phase == SK_PHASE_EVALUATING;

  if (computing && self->inhibit == 0) {
    self->inhibit = gtk_application_inhibit (application, GTK_WINDOW (self),
                                             GTK_APPLICATION_INHIBIT_SUSPEND |
                                                 GTK_APPLICATION_INHIBIT_LOGOUT,
                                             _ ("A network is being trained"));
  } else if (!computing && self->inhibit != 0) {
    gtk_application_uninhibit (application, self->inhibit);
    self->inhibit = 0;
  }
}

static const char *
end_of_run (SkPhase phase) {
  switch (phase) {
  case SK_PHASE_FINISHED:
    return _ ("Training finished");
  case SK_PHASE_DIVERGED:
    return _ ("Training diverged and is paused");
  case SK_PHASE_FAILED:
    return _ ("Training failed");
  default:
    return NULL;
  }
}

static void
tell_end (SkWindow *self, GtkApplication *application, const SkSnapshot *snapshot) {
  const char *words = end_of_run (snapshot->phase);
  g_autoptr (GNotification) notification = NULL;

  /* A run that was looked at ended long ago. */
  if (snapshot->phase == self->phase || words == NULL || !self->ran)
    return;
  if (self->background)
    gtk_window_present (GTK_WINDOW (self));
  if (snapshot->phase == SK_PHASE_FINISHED)
    sk_window_toast (self, words);
  if (application == NULL || gtk_window_is_active (GTK_WINDOW (self)))
    return;
  notification = g_notification_new (words);
  if (snapshot->plan != NULL)
    g_notification_set_body (notification, snapshot->plan->variant.title);
  g_application_send_notification (G_APPLICATION (application), "run", notification);
}

void
sk_window_follow_run (SkWindow *self, const SkSnapshot *snapshot) {
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));
  gboolean has_run = sk_engine_has_run (self->engine);

  if (gtk_widget_get_visible (GTK_WIDGET (self)))
    self->background = FALSE;
  if (application != NULL)
    update_inhibit (self, application, snapshot->phase);
  tell_end (self, application, snapshot);
  self->phase = snapshot->phase;
  self->ran = has_run;
  /* Where saving failed the message says why, and the window stays to show it. */
  if (self->closing && !has_run) {
    if (snapshot->message == NULL)
      close_now (self);
    else
      self->closing = FALSE;
  }
}
