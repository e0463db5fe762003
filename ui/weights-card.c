#include "weights-card.h"

#include <glib/gi18n.h>

#include "file-choice.h"
#include "rows.h"
#include "weights-menu.h"

struct _SkWeightsCard {
  AdwPreferencesGroup parent;
  SkEngine *engine;
  AdwActionRow *place;
  GPtrArray *rows; /* of the report, to be taken away again; not owned */
  char *path; /* (nullable) */
  char *title; /* (nullable): that the catalogue has for @path */
  char *net; /* (nullable) */
  int classes;
  guint serial;
};

G_DEFINE_FINAL_TYPE (SkWeightsCard, sk_weights_card, ADW_TYPE_PREFERENCES_GROUP)

enum {
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
clear (SkWeightsCard *self) {
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
}

static void
add (SkWeightsCard *self, GtkWidget *row) {
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
  g_ptr_array_add (self->rows, row);
}

static const char *
fate_words (SkFate fate) {
  static const char *const words[SK_N_FATES] = {
    [SK_FATE_MATCHED] = N_ ("matched"),   [SK_FATE_RENAMED] = N_ ("renamed"),
    [SK_FATE_RESHAPED] = N_ ("reshaped"), [SK_FATE_NEW] = N_ ("new"),
    [SK_FATE_IGNORED] = N_ ("ignored"),   [SK_FATE_MISSING] = N_ ("missing"),
    [SK_FATE_MISFIT] = N_ ("misfit"),
  };

  return _ (words[fate]);
}

/* "matched 120 · new 2" */
static char *
describe_counts (const SkInspection *inspection) {
  GString *text = g_string_new (NULL);

  for (int fate = 0; fate < SK_N_FATES; fate++)
    if (inspection->counts[fate] > 0)
      g_string_append_printf (text, "%s%s %d", text->len > 0 ? " · " : "",
                              fate_words (fate), inspection->counts[fate]);
  return g_string_free (text, FALSE);
}

static GtkWidget *
part_new (const SkInspectionRow *part) {
  g_autoptr (GString) text = g_string_new (fate_words (part->fate));
  const char *name = part->ours ? part->ours : part->theirs;

  if (part->theirs != NULL && part->ours != NULL &&
      g_strcmp0 (part->theirs, part->ours) != 0)
    g_string_append_printf (text, " (%s)", part->theirs);
  if (part->shape != NULL)
    g_string_append_printf (text, " · %s", part->shape);
  if (part->dtype != NULL)
    g_string_append_printf (text, " · %s", part->dtype);
  if (part->why != NULL)
    g_string_append_printf (text, " · %s", part->why);
  return sk_row_text_new (name ? name : "", text->str);
}

static void
add_mapping (SkWeightsCard *self, const SkInspection *inspection) {
  GtkWidget *row = adw_expander_row_new ();
  g_autofree char *title = g_strdup_printf (_ ("%d of %d parts are taken"),
                                            inspection->n_taken, inspection->n_parts);
  g_autofree char *counts = describe_counts (inspection);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (row), counts);
  if (!inspection->fits)
    adw_expander_row_set_icon_name (ADW_EXPANDER_ROW (row), "dialog-warning-symbolic");
  for (guint i = 0; i < inspection->rows->len; i++)
    adw_expander_row_add_row (ADW_EXPANDER_ROW (row),
                              part_new (inspection->rows->pdata[i]));
  add (self, row);
}

static void
add_head (SkWeightsCard *self, const SkInspection *inspection) {
  g_autofree char *text = NULL;

  if (self->classes == 0)
    text = g_strdup_printf (
        _ ("%d classes in the file; the folder will say how many there are to be"),
        inspection->file_classes);
  else if (self->classes == inspection->file_classes)
    text = g_strdup_printf (_ ("%d classes, as in the file: it is taken along"),
                            self->classes);
  else
    text = g_strdup_printf (_ ("%d classes → %d: a new head, which begins at random"),
                            inspection->file_classes, self->classes);
  add (self, sk_row_text_new (_ ("Head"), text));
}

static void
add_transform (SkWeightsCard *self, const SkInspection *inspection) {
  g_autofree char *text = g_strdup_printf (
      _ ("The short side becomes %d (%s), the middle %d × %d is cut out; mean %.3g "
         "%.3g "
         "%.3g, std %.3g %.3g %.3g"),
      inspection->resize > 0 ? inspection->resize : inspection->side,
      inspection->bicubic ? _ ("bicubic") : _ ("bilinear"), inspection->side,
      inspection->side, (double) inspection->mean[0], (double) inspection->mean[1],
      (double) inspection->mean[2], (double) inspection->std[0],
      (double) inspection->std[1], (double) inspection->std[2]);
  g_autofree char *whole =
      inspection->transform_why != NULL
          ? g_strdup_printf ("%s (%s)", text, inspection->transform_why)
          : g_strdup (text);

  add (self, sk_row_text_new (_ ("How pictures are prepared"), whole));
}

static void
add_problem (SkWeightsCard *self, const char *problem) {
  GtkWidget *row = sk_row_text_new (_ ("These weights cannot be taken"), problem);

  adw_action_row_set_icon_name (ADW_ACTION_ROW (row), "dialog-warning-symbolic");
  add (self, row);
}

static void
show (SkWeightsCard *self, const SkAnswer *answer) {
  const SkInspection *inspection = answer->inspection;

  clear (self);
  g_clear_pointer (&self->net, g_free);
  if (inspection == NULL || inspection->problem != NULL) {
    add_problem (self, inspection ? inspection->problem : answer->error);
    return;
  }
  self->net = g_strdup (inspection->net);
  add (self,
       sk_row_text_new (inspection->title, inspection->origin ? inspection->origin
                                                              : inspection->container));
  add_head (self, inspection);
  add_mapping (self, inspection);
  add_transform (self, inspection);
}

static void
inspect (SkWeightsCard *self) {
  SkCommand command = { .kind = SK_COMMAND_INSPECT,
                        .path = self->path,
                        .classes = self->classes,
                        .serial = sk_engine_next_serial (self->engine) };

  self->serial = command.serial;
  sk_engine_send (self->engine, &command);
}

static void
show_place (SkWeightsCard *self) {
  g_autofree char *name = self->title  ? g_strdup (self->title)
                          : self->path ? g_filename_display_name (self->path)
                                       : NULL;
  g_autofree char *plain = g_markup_escape_text (
      name ? name : _ ("Drop a .pth or .safetensors file here, or the folder of a run"),
      -1);

  adw_action_row_set_subtitle (self->place, plain);
}

static void
take (SkWeightsCard *self, const char *path, const char *title) {
  g_free (self->path);
  g_free (self->title);
  self->path = g_file_test (path, G_FILE_TEST_IS_DIR)
                   ? g_build_filename (path, "best.safetensors", NULL)
                   : g_strdup (path);
  self->title = g_strdup (title);
  g_clear_pointer (&self->net, g_free);
  show_place (self);
  inspect (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

void
sk_weights_card_take (SkWeightsCard *self, const char *path) {
  take (self, path, NULL);
}

static void
offer_cb (SkWeightsCard *self, const SkOffer *offer) {
  take (self, offer->path, offer->title);
}

/* A first transfer needs no weights to be looked for. */
static void
take_included (SkWeightsCard *self, const GPtrArray *offers) {
  for (guint i = 0; offers != NULL && i < offers->len; i++) {
    const SkOffer *offer = offers->pdata[i];

    if (offer->included && offer->path != NULL) {
      offer_cb (self, offer);
      return;
    }
  }
}

static void
snapshot_cb (SkWeightsCard *self, SkSnapshot *snapshot) {
  if (self->path == NULL)
    take_included (self, snapshot->offers);
  for (guint i = 0; i < snapshot->answers->len; i++) {
    const SkAnswer *answer = snapshot->answers->pdata[i];

    if (answer->kind != SK_COMMAND_INSPECT || answer->serial != self->serial)
      continue;
    show (self, answer);
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  }
}

void
sk_weights_card_set_classes (SkWeightsCard *self, int classes) {
  if (classes == self->classes)
    return;
  self->classes = classes;
  if (self->path != NULL)
    inspect (self);
}

const char *
sk_weights_card_path (SkWeightsCard *self) {
  return self->path;
}

const char *
sk_weights_card_net (SkWeightsCard *self) {
  return self->net;
}

static void
chosen_cb (gpointer data, const char *path) {
  sk_weights_card_take (data, path);
}

static void
file_cb (SkWeightsCard *self) {
  sk_file_choice_open (GTK_WIDGET (self), _ ("Weights to Start From"), SK_FILES_WEIGHTS,
                       chosen_cb, self);
}

static void
run_cb (SkWeightsCard *self) {
  sk_file_choice_open (GTK_WIDGET (self), _ ("Run to Start From"), SK_FILES_FOLDER,
                       chosen_cb, self);
}

static void
sk_weights_card_dispose (GObject *object) {
  SkWeightsCard *self = SK_WEIGHTS_CARD (object);

  g_clear_object (&self->engine);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->title, g_free);
  g_clear_pointer (&self->net, g_free);
  G_OBJECT_CLASS (sk_weights_card_parent_class)->dispose (object);
}

static void
sk_weights_card_class_init (SkWeightsCardClass *class) {
  G_OBJECT_CLASS (class)->dispose = sk_weights_card_dispose;
  signals[SIGNAL_CHANGED] =
      g_signal_new ("changed", SK_TYPE_WEIGHTS_CARD, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 0);
}

static void
sk_weights_card_init (SkWeightsCard *self) {
  GtkWidget *row = sk_row_file_new (_ ("Start from")), *file, *run;

  self->rows = g_ptr_array_new ();
  self->place = ADW_ACTION_ROW (row);
  run = sk_row_add_button (row, "document-open-recent-symbolic",
                           _ ("Choose a Run’s Folder"));
  file = sk_row_add_button (row, "document-open-symbolic", _ ("Choose a Weight File"));
  adw_action_row_set_activatable_widget (self->place, file);
  g_signal_connect_swapped (run, "clicked", G_CALLBACK (run_cb), self);
  g_signal_connect_swapped (file, "clicked", G_CALLBACK (file_cb), self);
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self), _ ("Weights"));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
  show_place (self);
}

GtkWidget *
sk_weights_card_new (SkEngine *engine) {
  SkWeightsCard *self = g_object_new (SK_TYPE_WEIGHTS_CARD, NULL);
  GtkWidget *menu = sk_weights_menu_new (engine);

  self->engine = g_object_ref (engine);
  adw_action_row_add_suffix (self->place, menu);
  g_signal_connect_swapped (menu, "chosen", G_CALLBACK (offer_cb), self);
  g_signal_connect_object (engine, "snapshot", G_CALLBACK (snapshot_cb), self,
                           G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
