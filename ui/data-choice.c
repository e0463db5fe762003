#include "data-choice.h"

#include <glib/gi18n.h>
#include <string.h>

#include "file-choice.h"
#include "rows.h"

struct _SkDataChoice {
  GObject parent;
  AdwComboRow *kind;
  GtkWidget *place, *folder, *archive, *fetch; /* rows and buttons: the group's */
  char *data;
  gboolean showing;
};

G_DEFINE_FINAL_TYPE (SkDataChoice, sk_data_choice, G_TYPE_OBJECT)

enum {
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* The data sets, in the combo's order. */
enum {
  KIND_BUILTIN,
  KIND_CIFAR10,
  KIND_CIFAR100,
  KIND_FOLDER,
};

static const char *const prefixes[] = { "builtin", "cifar10:", "cifar100:", "folder:" };
static const char *const titles[] = { N_ ("Shapes, built in"), N_ ("CIFAR-10"),
                                      N_ ("CIFAR-100"), N_ ("Your own folder"), NULL };
/* What is missing while no place was chosen. */
static const char *const hints[] = {
  "",
  N_ ("Choose the binary version: its folder or its archive"),
  N_ ("Choose the binary version: its folder or its archive"),
  N_ ("Choose a folder with a folder of pictures for each class"),
};

static guint
kind_of (const char *data) {
  for (guint i = KIND_CIFAR10; i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_has_prefix (data, prefixes[i]))
      return i;
  return KIND_BUILTIN;
}

static void
show (SkDataChoice *self) {
  guint kind = kind_of (self->data);
  const char *path = self->data + strlen (prefixes[kind]);
  g_autofree char *name = g_filename_display_name (path);
  g_autofree char *plain = g_markup_escape_text (name, -1);

  self->showing = TRUE;
  adw_combo_row_set_selected (self->kind, kind);
  gtk_widget_set_visible (self->place, kind != KIND_BUILTIN);
  gtk_widget_set_visible (self->archive, kind != KIND_FOLDER);
  gtk_widget_set_visible (self->fetch, kind != KIND_FOLDER);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->place),
                               *path != '\0' ? plain : _ (hints[kind]));
  self->showing = FALSE;
}

static void
set (SkDataChoice *self, guint kind, const char *path) {
  g_free (self->data);
  self->data = g_strconcat (prefixes[kind], path, NULL);
  show (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
kind_cb (SkDataChoice *self) {
  guint kind = adw_combo_row_get_selected (self->kind);

  if (!self->showing && kind != kind_of (self->data))
    set (self, kind, "");
}

static void
chosen_cb (gpointer data, const char *path) {
  SkDataChoice *self = data;

  set (self, kind_of (self->data), path);
}

static void
folder_cb (SkDataChoice *self) {
  sk_file_choice_open (self->place, _ ("Folder of Pictures"), SK_FILES_FOLDER,
                       chosen_cb, self);
}

static void
archive_cb (SkDataChoice *self) {
  sk_file_choice_open (self->place, _ ("Archive of Pictures"), SK_FILES_ARCHIVE,
                       chosen_cb, self);
}

static void
sk_data_choice_finalize (GObject *object) {
  g_free (SK_DATA_CHOICE (object)->data);
  G_OBJECT_CLASS (sk_data_choice_parent_class)->finalize (object);
}

static void
sk_data_choice_class_init (SkDataChoiceClass *class) {
  G_OBJECT_CLASS (class)->finalize = sk_data_choice_finalize;
  signals[SIGNAL_CHANGED] =
      g_signal_new ("changed", SK_TYPE_DATA_CHOICE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 0);
}

static void
sk_data_choice_init (SkDataChoice *self) {
  self->data = g_strdup (prefixes[KIND_BUILTIN]);
}

static void
watch (SkDataChoice *self, gpointer widget, const char *signal, GCallback callback) {
  g_signal_connect_object (widget, signal, callback, self, G_CONNECT_SWAPPED);
}

SkDataChoice *
sk_data_choice_new (AdwPreferencesGroup *group) {
  SkDataChoice *self = g_object_new (SK_TYPE_DATA_CHOICE, NULL);
  GtkWidget *row = sk_row_combo_new (_ ("Data set"), NULL, titles);

  self->kind = ADW_COMBO_ROW (row);
  self->place = sk_row_file_new (_ ("Where"));
  self->fetch =
      sk_row_add_button (self->place, "folder-download-symbolic", _ ("Download It"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->fetch), "win.downloads");
  self->archive = sk_row_add_button (self->place, "package-x-generic-symbolic",
                                     _ ("Choose an Archive"));
  self->folder =
      sk_row_add_button (self->place, "folder-open-symbolic", _ ("Choose a Folder"));
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (self->place), self->folder);
  adw_preferences_group_add (group, row);
  adw_preferences_group_add (group, self->place);
  watch (self, row, "notify::selected", G_CALLBACK (kind_cb));
  watch (self, self->folder, "clicked", G_CALLBACK (folder_cb));
  watch (self, self->archive, "clicked", G_CALLBACK (archive_cb));
  show (self);
  return self;
}

const char *
sk_data_choice_data (SkDataChoice *self) {
  return self->data;
}

void
sk_data_choice_show (SkDataChoice *self, const char *data) {
  g_free (self->data);
  self->data = g_strdup (data);
  show (self);
}

static gboolean
has_file (const char *folder, const char *name) {
  g_autofree char *path = g_build_filename (folder, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static gboolean
name_has (const char *path, const char *part) {
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *lower = g_ascii_strdown (name, -1);

  return strstr (lower, part) != NULL;
}

void
sk_data_choice_take (SkDataChoice *self, const char *path) {
  guint kind = KIND_FOLDER;

  if (g_file_test (path, G_FILE_TEST_IS_DIR)) {
    if (has_file (path, "test_batch.bin") ||
        has_file (path, "cifar-10-batches-bin/test_batch.bin"))
      kind = KIND_CIFAR10;
    else if (has_file (path, "fine_label_names.txt") ||
             has_file (path, "cifar-100-binary/fine_label_names.txt"))
      kind = KIND_CIFAR100;
  } else {
    kind = name_has (path, "100") ? KIND_CIFAR100 : KIND_CIFAR10;
  }
  set (self, kind, path);
}
