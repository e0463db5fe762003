#include "download-row.h"

#include <glib/gi18n.h>

#include "words.h"

struct _SkDownloadRow {
  AdwActionRow parent;
  GtkWidget *progress, *button;
  SkOfferPhase phase;
};

G_DEFINE_FINAL_TYPE (SkDownloadRow, sk_download_row, ADW_TYPE_ACTION_ROW)

enum {
  SIGNAL_FETCH,
  SIGNAL_CANCEL,
  SIGNAL_USE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static guint
signal_of (SkOfferPhase phase) {
  switch (phase) {
  case SK_OFFER_WAITING:
  case SK_OFFER_RUNNING:
  case SK_OFFER_CHECKING:
    return SIGNAL_CANCEL;
  case SK_OFFER_HERE:
    return SIGNAL_USE;
  default:
    return SIGNAL_FETCH;
  }
}

static const char *
verb_of (SkOfferPhase phase) {
  switch (signal_of (phase)) {
  case SIGNAL_CANCEL:
    return _ ("Cancel");
  case SIGNAL_USE:
    return _ ("Use");
  default:
    return phase == SK_OFFER_PART        ? _ ("Continue")
           : phase == SK_OFFER_UNCHECKED ? _ ("Check")
                                         : _ ("Download");
  }
}

static void
clicked_cb (SkDownloadRow *self) {
  guint signal = signal_of (self->phase);

  if (signal != SIGNAL_USE) {
    gtk_widget_set_sensitive (self->button, FALSE);
  }
  g_signal_emit (self, signals[signal], 0);
}

static char *
describe_running (const SkOffer *offer) {
  g_autofree char *received = g_format_size (offer->received);
  g_autofree char *total = g_format_size (offer->total);
  g_autofree char *speed = g_format_size ((guint64) offer->speed);
  g_autofree char *left =
      offer->speed > 0 && offer->total >= offer->received
          ? sk_words_time_left ((double) (offer->total - offer->received) /
                                offer->speed)
          : NULL;

  if (left == NULL)
    return g_strdup_printf (_ ("%s of %s"), received, total);
  return g_strdup_printf (_ ("%s of %s · %s/s · %s"), received, total, speed, left);
}

/* (transfer full): where it stands */
static char *
describe_phase (const SkOffer *offer) {
  g_autofree char *received = g_format_size (offer->received);
  g_autofree char *total = g_format_size (offer->total);

  switch (offer->phase) {
  case SK_OFFER_PART:
    return g_strdup_printf (_ ("%s of %s are here"), received, total);
  case SK_OFFER_UNCHECKED:
    return g_strdup (_ ("A file of that name is here, and was not checked"));
  case SK_OFFER_WAITING:
    return g_strdup (_ ("Waits for the other download"));
  case SK_OFFER_RUNNING:
    return describe_running (offer);
  case SK_OFFER_CHECKING:
    return g_strdup (_ ("Checking the file that is here…"));
  case SK_OFFER_HERE:
    if (offer->included)
      return g_strdup_printf (_ ("Comes with the program, %s"), received);
    return g_strdup_printf (_ ("%s, here and checked: SHA-256 %.16s…"), received,
                            offer->sha256 ? offer->sha256 : "");
  default:
    return g_strdup (total);
  }
}

static void
show_progress (SkDownloadRow *self, const SkOffer *offer) {
  gboolean running =
      offer->phase == SK_OFFER_RUNNING || offer->phase == SK_OFFER_CHECKING;
  double done = offer->total > 0 ? (double) offer->received / (double) offer->total : 0;

  gtk_widget_set_visible (self->progress, running || offer->phase == SK_OFFER_PART);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->progress), MIN (done, 1));
}

static void
show_button (SkDownloadRow *self, const SkOffer *offer) {
  const char *verb = verb_of (offer->phase);
  g_autofree char *label = g_strdup_printf ("%s: %s", verb, offer->title);

  gtk_widget_set_sensitive (self->button, TRUE);
  if (g_strcmp0 (gtk_button_get_label (GTK_BUTTON (self->button)), verb) == 0)
    return;
  gtk_button_set_label (GTK_BUTTON (self->button), verb);
  /* Ten buttons of one name tell nobody apart who cannot see the rows. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  if (offer->phase == SK_OFFER_HERE)
    gtk_widget_add_css_class (self->button, "suggested-action");
  else
    gtk_widget_remove_css_class (self->button, "suggested-action");
}

/* (transfer full): three lines at most, the last of them long */
static char *
describe (const SkOffer *offer, const char *phase) {
  if (offer->error != NULL)
    return g_strdup_printf ("%s\n%s", phase, offer->error);
  if (offer->included)
    return g_strdup_printf (_ ("%s\nLicence: %s"), phase, offer->licence);
  return g_strdup_printf (_ ("%s\nFrom %s\nLicence: %s"), phase, offer->address,
                          offer->licence);
}

void
sk_download_row_show (SkDownloadRow *self, const SkOffer *offer) {
  g_autofree char *phase = describe_phase (offer);
  g_autofree char *text = describe (offer, phase);

  self->phase = offer->phase;
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), offer->title);
  if (g_strcmp0 (adw_action_row_get_subtitle (ADW_ACTION_ROW (self)), text) != 0)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (self), text);
  if (offer->error != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "error");
  show_progress (self, offer);
  show_button (self, offer);
}

static void
sk_download_row_class_init (SkDownloadRowClass *class) {
  static const char *const names[N_SIGNALS] = {
    [SIGNAL_FETCH] = "fetch",
    [SIGNAL_CANCEL] = "cancel",
    [SIGNAL_USE] = "use",
  };

  for (guint i = 0; i < N_SIGNALS; i++)
    signals[i] = g_signal_new (names[i], SK_TYPE_DOWNLOAD_ROW, G_SIGNAL_RUN_LAST, 0,
                               NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sk_download_row_init (SkDownloadRow *self) {
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);

  self->progress = gtk_progress_bar_new ();
  self->button = gtk_button_new ();
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (self), 0);
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  gtk_widget_set_size_request (self->button, 112, -1);
  /* As wide as the button: the words beside it stay where they are when it appears. */
  gtk_widget_set_size_request (self->progress, 1, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->progress),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Progress of the download"), -1);
  gtk_widget_add_css_class (self->progress, "download");
  gtk_box_append (GTK_BOX (box), self->button);
  gtk_box_append (GTK_BOX (box), self->progress);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), box);
  g_signal_connect_swapped (self->button, "clicked", G_CALLBACK (clicked_cb), self);
}

GtkWidget *
sk_download_row_new (void) {
  return g_object_new (SK_TYPE_DOWNLOAD_ROW, NULL);
}
