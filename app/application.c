#include "application.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "window.h"

#define APPLICATION_ID "org.skipscope.Skipscope"

static SkWindow *
the_window (GApplication *application) {
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (application));

  if (!SK_IS_WINDOW (window))
    window = GTK_WINDOW (sk_window_new (ADW_APPLICATION (application)));
  return SK_WINDOW (window);
}

static void
activate_cb (GApplication *application) {
  gtk_window_present (GTK_WINDOW (the_window (application)));
}

static void
open_cb (GApplication *application, GFile **files, int n_files) {
  SkWindow *window = the_window (application);

  gtk_window_present (GTK_WINDOW (window));
  for (int i = 0; i < n_files; i++)
    sk_window_take_file (window, files[i]);
}

static void
about_cb (GSimpleAction *action, GVariant *parameter, gpointer application) {
  GtkWindow *parent = gtk_application_get_active_window (application);

  adw_show_about_window (
      parent, "application-name", "Skipscope", "application-icon", APPLICATION_ID,
      "version", SK_VERSION, "license-type", GTK_LICENSE_MIT_X11, "comments",
      _ ("Trains residual networks on your own processor, and shows why skip "
         "connections work while they are working."),
      NULL);
}

static void
quit_cb (GSimpleAction *action, GVariant *parameter, gpointer application) {
  GtkWindow *window = gtk_application_get_active_window (application);

  if (window != NULL)
    gtk_window_close (window);
}

static void
startup_cb (GApplication *application) {
  const GActionEntry actions[] = {
    { .name = "about", .activate = about_cb },
    { .name = "quit", .activate = quit_cb },
  };
  const struct {
    const char *action;
    const char *keys[2];
  } keys[] = {
    { "app.quit", { "<Control>q" } },
    { "window.close", { "<Control>w" } },
    { "win.open", { "<Control>o" } },
    { "win.paste", { "<Control>v" } },
    { "win.start", { "<Control>Return" } },
    { "win.pause", { "<Control>space" } },
    { "win.step", { "<Control>period" } },
    { "win.freeze", { "<Control>f" } },
    { "win.build", { "<Alt>1" } },
    { "win.train", { "<Alt>2" } },
    { "win.classify", { "<Alt>3" } },
    { "win.show-help-overlay", { "<Control>question" } },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (application), actions,
                                   G_N_ELEMENTS (actions), application);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_application_set_accels_for_action (
        GTK_APPLICATION (application), keys[i].action,
        (const char *const[]){ keys[i].keys[0], NULL });
  gtk_window_set_default_icon_name (APPLICATION_ID);
}

int
sk_application_run (int argc, char **argv) {
  g_autoptr (AdwApplication) application =
      adw_application_new (APPLICATION_ID, G_APPLICATION_HANDLES_OPEN);

  g_application_set_resource_base_path (G_APPLICATION (application),
                                        "/org/skipscope/Skipscope");
  g_signal_connect_after (application, "startup", G_CALLBACK (startup_cb), NULL);
  g_signal_connect (application, "activate", G_CALLBACK (activate_cb), NULL);
  g_signal_connect (application, "open", G_CALLBACK (open_cb), NULL);
  return g_application_run (G_APPLICATION (application), argc, argv);
}
