#include "application.h"

#include <adwaita.h>
#include <glib-unix.h>
#include <glib/gi18n.h>

#include "paths.h"
#include "window.h"

#define APPLICATION_ID "org.skipscope.Skipscope"
#define RESOURCES "/org/skipscope/Skipscope"

/* (transfer full) (nullable): a program without its compiled schema forgets, but runs. */
static GSettings *
open_settings (void) {
  g_autofree char *folder = sk_paths_schemas ();
  GSettingsSchemaSource *known = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchemaSource) source = NULL;
  g_autoptr (GSettingsSchema) schema = NULL;

  if (folder != NULL)
    source = g_settings_schema_source_new_from_directory (folder, known, FALSE, NULL);
  if (source != NULL || known != NULL)
    schema =
        g_settings_schema_source_lookup (source ? source : known, APPLICATION_ID, TRUE);
  return schema ? g_settings_new_full (schema, NULL, NULL) : NULL;
}

static GtkWidget *
window_new (GApplication *application) {
  g_autoptr (GSettings) settings = open_settings ();
  GtkWidget *window = sk_window_new (ADW_APPLICATION (application));

  if (settings != NULL) {
    g_settings_bind (settings, "window-width", window, "default-width",
                     G_SETTINGS_BIND_DEFAULT);
    g_settings_bind (settings, "window-height", window, "default-height",
                     G_SETTINGS_BIND_DEFAULT);
    g_settings_bind (settings, "window-maximized", window, "maximized",
                     G_SETTINGS_BIND_DEFAULT);
  }
  return window;
}

/* The one there is, be it hidden while it trains. */
static SkWindow *
the_window (GApplication *application) {
  GList *windows = gtk_application_get_windows (GTK_APPLICATION (application));

  for (GList *link = windows; link != NULL; link = link->next)
    if (SK_IS_WINDOW (link->data))
      return link->data;
  return SK_WINDOW (window_new (application));
}

static void
activate_cb (GApplication *application) {
  gtk_window_present (GTK_WINDOW (the_window (application)));
}

static void
open_cb (GApplication *application, GFile **files, int n_files) {
  SkWindow *window = the_window (application);

  gtk_window_present (GTK_WINDOW (window));
  sk_window_take_files (window, files, (gsize) n_files);
}

static void
about_cb (GSimpleAction *action, GVariant *parameter, gpointer application) {
  adw_show_about_window (
      GTK_WINDOW (the_window (application)), "application-name", "Skipscope",
      "application-icon", APPLICATION_ID, "version", SK_VERSION, "developer-name",
      _ ("The Skipscope authors"), "license-type", GTK_LICENSE_MIT_X11, "comments",
      _ ("Trains residual networks on your own processor, and shows why skip "
         "connections work while they are working."),
      NULL);
}

/* Asks as closing the window does, when something would be lost. */
static void
quit_cb (GSimpleAction *action, GVariant *parameter, gpointer application) {
  gtk_window_close (GTK_WINDOW (the_window (application)));
}

/* Whoever ends the program from outside loses nothing either. */
static gboolean
signal_cb (gpointer application) {
  sk_window_close_saving (the_window (application));
  return G_SOURCE_CONTINUE;
}

static void
startup_cb (GApplication *application) {
  const GActionEntry actions[] = {
    { .name = "about", .activate = about_cb },
    { .name = "quit", .activate = quit_cb },
  };
  const struct {
    const char *action;
    const char *keys[3];
  } accels[] = {
    { "app.quit", { "<Control>q" } },
    { "window.close", { "<Control>w" } },
    { "win.open", { "<Control>o" } },
    { "win.downloads", { "<Control>d" } },
    { "win.paste", { "<Control>v" } },
    { "win.new-run", { "<Control>n" } },
    { "win.start", { "<Control>Return", "<Control>KP_Enter" } },
    { "win.save-picture::curves", { "<Control>e" } },
    { "win.inspector", { "F9" } },
    { "win.build", { "<Alt>1" } },
    { "win.transfer", { "<Alt>2" } },
    { "win.train", { "<Alt>3" } },
    { "win.lab", { "<Alt>4" } },
    { "win.classify", { "<Alt>5" } },
    { "win.evaluate", { "<Alt>6" } },
    { "win.show-help-overlay", { "F1", "<Control>question" } },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (application), actions,
                                   G_N_ELEMENTS (actions), application);
  for (guint i = 0; i < G_N_ELEMENTS (accels); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (application),
                                           accels[i].action, accels[i].keys);
  gtk_window_set_default_icon_name (APPLICATION_ID);
  g_unix_signal_add (SIGINT, signal_cb, application);
  g_unix_signal_add (SIGTERM, signal_cb, application);
  g_unix_signal_add (SIGHUP, signal_cb, application);
}

int
sk_application_run (int argc, char **argv) {
  g_autoptr (AdwApplication) application =
      adw_application_new (APPLICATION_ID, G_APPLICATION_HANDLES_OPEN);

  g_application_set_resource_base_path (G_APPLICATION (application), RESOURCES);
  g_signal_connect_after (application, "startup", G_CALLBACK (startup_cb), NULL);
  g_signal_connect (application, "activate", G_CALLBACK (activate_cb), NULL);
  g_signal_connect (application, "open", G_CALLBACK (open_cb), NULL);
  return g_application_run (G_APPLICATION (application), argc, argv);
}
