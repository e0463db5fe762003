#include "weights-menu.h"

#include <glib/gi18n.h>

/* px: a title on one line. */
#define MENU_WIDTH 440
#define MENU_HEIGHT 420

struct _SkWeightsMenu {
  AdwBin parent;
  SkEngine *engine;
  GtkWidget *button, *popover;
  GtkListBox *list;
  GPtrArray *names; /* of offers, one a row */
};

G_DEFINE_FINAL_TYPE (SkWeightsMenu, sk_weights_menu, ADW_TYPE_BIN)

enum {
  SIGNAL_CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static char *
describe (const SkOffer *offer) {
  g_autofree char *size = g_format_size (offer->total);

  if (offer->included)
    return g_strdup_printf (_ ("Comes with the program, %s"), size);
  if (offer->phase == SK_OFFER_HERE)
    return g_strdup_printf (_ ("Downloaded, %s"), size);
  return g_strdup_printf (_ ("To be downloaded, %s"), size);
}

static const SkOffer *
find_offer (SkWeightsMenu *self, const char *name) {
  const GPtrArray *offers = sk_engine_state (self->engine)->offers;

  for (guint i = 0; offers != NULL && i < offers->len; i++)
    if (g_strcmp0 (((const SkOffer *) offers->pdata[i])->name, name) == 0)
      return offers->pdata[i];
  return NULL;
}

static void
row_cb (SkWeightsMenu *self, GtkListBoxRow *row) {
  const SkOffer *offer =
      find_offer (self, self->names->pdata[gtk_list_box_row_get_index (row)]);

  gtk_popover_popdown (GTK_POPOVER (self->popover));
  if (offer == NULL)
    return;
  if (offer->path != NULL)
    g_signal_emit (self, signals[SIGNAL_CHOSEN], 0, offer);
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "win.downloads", NULL);
}

static void
show_row (SkWeightsMenu *self, guint index, const SkOffer *offer) {
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list, (int) index);
  g_autofree char *subtitle = describe (offer);
  g_autofree char *plain = g_markup_escape_text (subtitle, -1);

  if (row == NULL) {
    row = GTK_LIST_BOX_ROW (adw_action_row_new ());
    adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
    gtk_list_box_row_set_activatable (row, TRUE);
    gtk_list_box_append (self->list, GTK_WIDGET (row));
    g_ptr_array_add (self->names, NULL);
  }
  g_free (self->names->pdata[index]);
  self->names->pdata[index] = g_strdup (offer->name);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), offer->title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), plain);
}

static void
snapshot_cb (SkWeightsMenu *self, const SkSnapshot *snapshot) {
  guint n = 0;

  for (guint i = 0; snapshot->offers != NULL && i < snapshot->offers->len; i++) {
    const SkOffer *offer = snapshot->offers->pdata[i];

    if (!offer->is_data)
      show_row (self, n++, offer);
  }
  gtk_widget_set_visible (self->button, self->names->len > 0);
}

/* What was downloaded meanwhile is looked for each time. */
static void
sk_weights_menu_map (GtkWidget *widget) {
  SkCommand command = { .kind = SK_COMMAND_OFFERS };

  GTK_WIDGET_CLASS (sk_weights_menu_parent_class)->map (widget);
  sk_engine_send (SK_WEIGHTS_MENU (widget)->engine, &command);
}

static void
sk_weights_menu_dispose (GObject *object) {
  SkWeightsMenu *self = SK_WEIGHTS_MENU (object);

  g_clear_object (&self->engine);
  g_clear_pointer (&self->names, g_ptr_array_unref);
  G_OBJECT_CLASS (sk_weights_menu_parent_class)->dispose (object);
}

static void
sk_weights_menu_class_init (SkWeightsMenuClass *class) {
  G_OBJECT_CLASS (class)->dispose = sk_weights_menu_dispose;
  GTK_WIDGET_CLASS (class)->map = sk_weights_menu_map;
  signals[SIGNAL_CHOSEN] =
      g_signal_new ("chosen", SK_TYPE_WEIGHTS_MENU, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
sk_weights_menu_init (SkWeightsMenu *self) {
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkWidget *list = gtk_list_box_new ();

  self->names = g_ptr_array_new_with_free_func (g_free);
  self->list = GTK_LIST_BOX (list);
  self->popover = gtk_popover_new ();
  self->button = gtk_menu_button_new ();
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), list);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller),
                                                    TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroller),
                                              MENU_HEIGHT);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_widget_set_size_request (scroller, MENU_WIDTH, -1);
  gtk_popover_set_child (GTK_POPOVER (self->popover), scroller);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->button), self->popover);
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (self->button), "view-list-symbolic");
  gtk_widget_set_tooltip_text (self->button, _ ("Choose from the Catalogue"));
  gtk_widget_set_valign (self->button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (self->button, "flat");
  adw_bin_set_child (ADW_BIN (self), self->button);
  g_signal_connect_swapped (list, "row-activated", G_CALLBACK (row_cb), self);
}

GtkWidget *
sk_weights_menu_new (SkEngine *engine) {
  SkWeightsMenu *self = g_object_new (SK_TYPE_WEIGHTS_MENU, NULL);

  self->engine = g_object_ref (engine);
  snapshot_cb (self, sk_engine_state (engine));
  g_signal_connect_object (engine, "snapshot", G_CALLBACK (snapshot_cb), self,
                           G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
