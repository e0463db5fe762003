#include "downloads-window.h"

#include <glib/gi18n.h>

#include "download-row.h"

struct _SkDownloadsWindow {
  AdwWindow parent;
  SkEngine *engine;
  GtkStack *stack; /* "offers" or "problem" */
  AdwStatusPage *problem;
  AdwPreferencesGroup *data, *weights;
  GHashTable *rows; /* name → SkDownloadRow (not owned: its group's) */
};

G_DEFINE_FINAL_TYPE (SkDownloadsWindow, sk_downloads_window, ADW_TYPE_WINDOW)

enum {
  SIGNAL_USE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static const char name_key[] = "name";

static void
send (SkDownloadsWindow *self, SkCommandKind kind, GObject *row) {
  SkCommand command = {
    .kind = kind,
    .path = row != NULL ? g_object_get_data (row, name_key) : NULL,
  };

  sk_engine_send (self->engine, &command);
}

static void
fetch_cb (SkDownloadsWindow *self, GObject *row) {
  send (self, SK_COMMAND_FETCH, row);
}

static void
cancel_cb (SkDownloadsWindow *self, GObject *row) {
  send (self, SK_COMMAND_FETCH_CANCEL, row);
}

static const SkOffer *
find_offer (SkDownloadsWindow *self, const char *name) {
  const GPtrArray *offers = sk_engine_state (self->engine)->offers;

  for (guint i = 0; offers != NULL && i < offers->len; i++) {
    const SkOffer *offer = offers->pdata[i];

    if (g_strcmp0 (offer->name, name) == 0)
      return offer;
  }
  return NULL;
}

static void
use_cb (SkDownloadsWindow *self, GObject *row) {
  const SkOffer *offer = find_offer (self, g_object_get_data (row, name_key));

  if (offer == NULL || offer->path == NULL)
    return;
  g_signal_emit (self, signals[SIGNAL_USE], 0, offer->path);
  gtk_window_close (GTK_WINDOW (self));
}

static SkDownloadRow *
ensure_row (SkDownloadsWindow *self, const SkOffer *offer) {
  GtkWidget *row = g_hash_table_lookup (self->rows, offer->name);

  if (row != NULL)
    return SK_DOWNLOAD_ROW (row);
  row = sk_download_row_new ();
  g_object_set_data_full (G_OBJECT (row), name_key, g_strdup (offer->name), g_free);
  g_signal_connect_object (row, "fetch", G_CALLBACK (fetch_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "cancel", G_CALLBACK (cancel_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "use", G_CALLBACK (use_cb), self, G_CONNECT_SWAPPED);
  adw_preferences_group_add (offer->is_data ? self->data : self->weights, row);
  g_hash_table_insert (self->rows, g_strdup (offer->name), row);
  return SK_DOWNLOAD_ROW (row);
}

static void
snapshot_cb (SkDownloadsWindow *self, const SkSnapshot *snapshot) {
  const GPtrArray *offers = snapshot->offers;

  gtk_stack_set_visible_child_name (self->stack,
                                    snapshot->offers_problem ? "problem" : "offers");
  if (snapshot->offers_problem != NULL)
    adw_status_page_set_description (self->problem, snapshot->offers_problem);
  for (guint i = 0; offers != NULL && i < offers->len; i++) {
    const SkOffer *offer = offers->pdata[i];

    sk_download_row_show (ensure_row (self, offer), offer);
  }
}

static void
sk_downloads_window_finalize (GObject *object) {
  SkDownloadsWindow *self = SK_DOWNLOADS_WINDOW (object);

  g_hash_table_unref (self->rows);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (sk_downloads_window_parent_class)->finalize (object);
}

static void
sk_downloads_window_class_init (SkDownloadsWindowClass *class) {
  G_OBJECT_CLASS (class)->finalize = sk_downloads_window_finalize;
  signals[SIGNAL_USE] =
      g_signal_new ("use", SK_TYPE_DOWNLOADS_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (class), GDK_KEY_Escape, 0,
                                       "window.close", NULL);
}

static AdwPreferencesGroup *
add_group (AdwPreferencesPage *page, const char *title) {
  GtkWidget *group = adw_preferences_group_new ();

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  adw_preferences_page_add (page, ADW_PREFERENCES_GROUP (group));
  return ADW_PREFERENCES_GROUP (group);
}

static void
sk_downloads_window_init (SkDownloadsWindow *self) {
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *page = adw_preferences_page_new ();
  GtkWidget *stack = gtk_stack_new ();
  GtkWidget *problem = adw_status_page_new ();

  self->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->stack = GTK_STACK (stack);
  self->problem = ADW_STATUS_PAGE (problem);
  self->data = add_group (ADW_PREFERENCES_PAGE (page), _ ("Data Sets"));
  self->weights = add_group (ADW_PREFERENCES_PAGE (page), _ ("Weights"));
  adw_preferences_group_set_description (
      self->data, _ ("No address is asked before you press a button. What comes is "
                     "checked by its hash before it is used, and kept in your cache."));
  adw_status_page_set_title (self->problem, _ ("No Catalogue"));
  adw_status_page_set_icon_name (self->problem, "dialog-warning-symbolic");
  gtk_stack_add_named (self->stack, page, "offers");
  gtk_stack_add_named (self->stack, problem, "problem");
  gtk_widget_set_vexpand (stack, TRUE);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), stack);
  adw_window_set_content (ADW_WINDOW (self), box);
  gtk_window_set_title (GTK_WINDOW (self), _ ("Downloads"));
  gtk_window_set_default_size (GTK_WINDOW (self), 720, 640);
}

GtkWidget *
sk_downloads_window_new (GtkWindow *parent, SkEngine *engine) {
  SkDownloadsWindow *self = g_object_new (SK_TYPE_DOWNLOADS_WINDOW, "transient-for",
                                          parent, "destroy-with-parent", TRUE, NULL);

  self->engine = g_object_ref (engine);
  g_signal_connect_object (engine, "snapshot", G_CALLBACK (snapshot_cb), self,
                           G_CONNECT_SWAPPED);
  snapshot_cb (self, sk_engine_state (engine));
  send (self, SK_COMMAND_OFFERS, NULL);
  return GTK_WIDGET (self);
}
