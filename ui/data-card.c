#include "data-card.h"

#include <glib/gi18n.h>

#include "file-choice.h"
#include "rows.h"

/* More classes than that are counted, not shown. */
#define MOST_CLASSES 40
#define MOST_FILES 200
#define THUMBNAILS 4
#define THUMBNAIL_SIDE 36 /* px */

struct _SkDataCard {
  AdwPreferencesGroup parent;
  SkEngine *engine;
  AdwActionRow *place;
  GPtrArray *rows; /* of the report, to be taken away again; not owned */
  char *data; /* (nullable) */
  guint serial; /* of the question under way or answered */
  int classes;
};

G_DEFINE_FINAL_TYPE (SkDataCard, sk_data_card, ADW_TYPE_PREFERENCES_GROUP)

enum {
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
clear (SkDataCard *self) {
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
}

static void
add (SkDataCard *self, GtkWidget *row) {
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
  g_ptr_array_add (self->rows, row);
}

/* The square in the middle: rows of pictures are then alike. */
static GtkWidget *
thumbnail_new (const SkSurveyThumbnail *small) {
  int side = MIN (small->width, small->height);
  gsize stride = (gsize) small->width * 3;
  gsize first = (gsize) ((small->height - side) / 2) * stride +
                (gsize) ((small->width - side) / 2) * 3;
  gsize size = (gsize) (side - 1) * stride + (gsize) side * 3;
  g_autoptr (GBytes) bytes = g_bytes_new (small->pixels + first, size);
  g_autoptr (GdkTexture) texture =
      gdk_memory_texture_new (side, side, GDK_MEMORY_R8G8B8, bytes, stride);
  GtkWidget *picture = gtk_image_new_from_paintable (GDK_PAINTABLE (texture));

  gtk_image_set_pixel_size (GTK_IMAGE (picture), THUMBNAIL_SIDE);
  gtk_widget_set_valign (picture, GTK_ALIGN_CENTER);
  gtk_widget_set_overflow (picture, GTK_OVERFLOW_HIDDEN);
  gtk_widget_add_css_class (picture, "thumbnail");
  return picture;
}

static void
add_thumbnails (GtkWidget *row, const SkSurvey *survey, int label) {
  int n = 0;

  for (guint i = 0; i < survey->thumbnails->len && n < THUMBNAILS; i++) {
    const SkSurveyThumbnail *small = survey->thumbnails->pdata[i];

    if (small->label != label)
      continue;
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), thumbnail_new (small));
    n++;
  }
}

static void
add_classes (SkDataCard *self, const SkSurvey *survey) {
  for (int i = 0; i < MIN (survey->n_classes, MOST_CLASSES); i++) {
    const SkSurveyClass *class = &survey->classes[i];
    g_autofree char *counts =
        g_strdup_printf (_ ("%d to learn from, %d to test"),
                         class->count[SK_SURVEY_TRAIN], class->count[SK_SURVEY_TEST]);
    GtkWidget *row = sk_row_text_new (class->name, counts);

    add_thumbnails (row, survey, i);
    add (self, row);
  }
  if (survey->n_classes > MOST_CLASSES) {
    g_autofree char *more =
        g_strdup_printf (_ ("and %d classes more"), survey->n_classes - MOST_CLASSES);

    add (self, sk_row_text_new (more, NULL));
  }
}

static void
add_split (SkDataCard *self, const SkSurvey *survey) {
  g_autofree char *counts =
      g_strdup_printf (_ ("%d to learn from, %d to test"),
                       survey->count[SK_SURVEY_TRAIN], survey->count[SK_SURVEY_TEST]);
  g_autofree char *text = g_strdup_printf (
      "%s. %s", counts,
      survey->split_here
          ? _ ("Split here: every fifth picture of each class is for testing, the same "
               "ones each time.")
      : survey->count[SK_SURVEY_TEST] > 0
          ? _ ("The folder has test pictures of its own.")
          : _ ("There is nothing to test with: add a folder called test."));

  add (self, sk_row_text_new (_ ("Split"), text));
}

static GtkWidget *
expander_new (const char *title, const char *subtitle, gboolean warning) {
  GtkWidget *row = adw_expander_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (row), subtitle);
  if (warning)
    adw_expander_row_set_icon_name (ADW_EXPANDER_ROW (row), "dialog-warning-symbolic");
  return row;
}

static void
add_file (GtkWidget *expander, const SkDataCard *self, const char *path,
          const char *text) {
  const char *root = self->data + strlen ("folder:");
  const char *below = g_str_has_prefix (path, root) ? path + strlen (root) : path;
  g_autofree char *shown = g_filename_display_name (*below == '/' ? below + 1 : below);
  GtkWidget *row = sk_row_text_new (shown, text);

  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 2);
  adw_expander_row_add_row (ADW_EXPANDER_ROW (expander), row);
}

static void
add_broken (SkDataCard *self, const SkSurvey *survey) {
  guint n = survey->broken->len;
  g_autofree char *title =
      g_strdup_printf (ngettext ("%u file left out", "%u files left out", n), n);
  GtkWidget *row;

  if (n == 0)
    return;
  row = expander_new (title, _ ("Training goes on without them"), FALSE);
  for (guint i = 0; i < MIN (n, MOST_FILES); i++) {
    const SkSurveyFile *file = survey->broken->pdata[i];

    add_file (row, self, file->path, file->reason);
  }
  add (self, row);
}

static char *
describe_duplicate (const SkSurveyFile *file) {
  g_autofree char *original = g_path_get_basename (file->original);
  g_autofree char *folder = g_path_get_dirname (file->original);
  g_autofree char *class = g_path_get_basename (folder);

  return g_strdup_printf (
      file->leaks ? _ ("the same bytes as %s in %s: learnt from and tested with")
      : file->contradicts
          ? _ ("the same bytes as %s in %s: two classes for one picture")
          : _ ("the same bytes as %s in %s"),
      original, class);
}

static void
add_duplicates (SkDataCard *self, const SkSurvey *survey) {
  guint n = survey->duplicates->len;
  g_autofree char *title = g_strdup_printf (
      ngettext ("%u file is there twice", "%u files are there twice", n), n);
  g_autofree char *leaks = g_strdup_printf (
      ngettext ("%d test picture is also learnt from: the test would say too much",
                "%d test pictures are also learnt from: the test would say too much",
                (gulong) survey->n_leaks),
      survey->n_leaks);
  GtkWidget *row;

  if (n == 0)
    return;
  row = expander_new (title, survey->n_leaks > 0 ? leaks : _ ("All in the same part"),
                      survey->n_leaks + survey->n_contradictions > 0);
  for (guint i = 0; i < MIN (n, MOST_FILES); i++) {
    const SkSurveyFile *file = survey->duplicates->pdata[i];
    g_autofree char *text = describe_duplicate (file);

    add_file (row, self, file->path, text);
  }
  add (self, row);
}

static void
show (SkDataCard *self, const SkAnswer *answer) {
  const SkSurvey *survey = answer->survey;

  clear (self);
  self->classes = 0;
  if (survey == NULL) {
    GtkWidget *row =
        sk_row_text_new (_ ("This folder cannot be learnt from"), answer->error);

    adw_action_row_set_icon_name (ADW_ACTION_ROW (row), "dialog-warning-symbolic");
    add (self, row);
    return;
  }
  self->classes = survey->n_classes;
  add_split (self, survey);
  add_classes (self, survey);
  add_broken (self, survey);
  add_duplicates (self, survey);
  if (!survey->checked)
    add (self,
         sk_row_text_new (_ ("Reading every picture…"),
                          _ ("for broken files, and files that are there twice")));
}

static void
snapshot_cb (SkDataCard *self, SkSnapshot *snapshot) {
  for (guint i = 0; i < snapshot->answers->len; i++) {
    const SkAnswer *answer = snapshot->answers->pdata[i];

    if (answer->kind != SK_COMMAND_SURVEY || answer->serial != self->serial)
      continue;
    show (self, answer);
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  }
}

static void
show_place (SkDataCard *self) {
  g_autofree char *name = NULL;
  g_autofree char *plain = NULL;

  if (self->data != NULL)
    name = g_filename_display_name (self->data + strlen ("folder:"));
  plain = g_markup_escape_text (
      name != NULL
          ? name
          : _ ("Drop a folder here that holds a folder of pictures for each class"),
      -1);
  adw_action_row_set_subtitle (self->place, plain);
}

void
sk_data_card_take (SkDataCard *self, const char *path) {
  SkCommand cancel = { .kind = SK_COMMAND_CANCEL, .serial = self->serial };
  SkCommand command = { .kind = SK_COMMAND_SURVEY };

  if (self->serial > 0)
    sk_engine_send (self->engine, &cancel);
  g_free (self->data);
  self->data = g_strconcat ("folder:", path, NULL);
  self->classes = 0;
  show_place (self);
  clear (self);
  add (self, sk_row_text_new (_ ("Looking into the folder…"), NULL));
  command.path = self->data;
  command.serial = self->serial = sk_engine_next_serial (self->engine);
  sk_engine_send (self->engine, &command);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

const char *
sk_data_card_data (SkDataCard *self) {
  return self->data;
}

int
sk_data_card_classes (SkDataCard *self) {
  return self->classes;
}

static void
chosen_cb (gpointer data, const char *path) {
  sk_data_card_take (data, path);
}

static void
choose_cb (SkDataCard *self) {
  sk_file_choice_open (GTK_WIDGET (self), _ ("Folder of Pictures"), SK_FILES_FOLDER,
                       chosen_cb, self);
}

static void
sk_data_card_dispose (GObject *object) {
  SkDataCard *self = SK_DATA_CARD (object);

  g_clear_object (&self->engine);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->data, g_free);
  G_OBJECT_CLASS (sk_data_card_parent_class)->dispose (object);
}

static void
sk_data_card_class_init (SkDataCardClass *class) {
  G_OBJECT_CLASS (class)->dispose = sk_data_card_dispose;
  signals[SIGNAL_CHANGED] =
      g_signal_new ("changed", SK_TYPE_DATA_CARD, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 0);
}

static void
sk_data_card_init (SkDataCard *self) {
  GtkWidget *row = sk_row_file_new (_ ("Folder")), *button;

  self->rows = g_ptr_array_new ();
  self->place = ADW_ACTION_ROW (row);
  button = sk_row_add_button (row, "folder-open-symbolic", _ ("Choose a Folder"));
  adw_action_row_set_activatable_widget (self->place, button);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (choose_cb), self);
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self), _ ("Pictures"));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
  show_place (self);
}

GtkWidget *
sk_data_card_new (SkEngine *engine) {
  SkDataCard *self = g_object_new (SK_TYPE_DATA_CARD, NULL);

  self->engine = g_object_ref (engine);
  g_signal_connect_object (engine, "snapshot", G_CALLBACK (snapshot_cb), self,
                           G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
