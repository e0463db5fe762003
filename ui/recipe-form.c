#include "recipe-form.h"

#include <glib/gi18n.h>
#include <string.h>

#include "data-choice.h"
#include "file-choice.h"
#include "recipe-fields.h"
#include "rows.h"
#include "variant.h"

struct _SkRecipeForm {
  GtkBox parent;
  SkRecipe recipe;
  gboolean showing; /* the form is being filled in, not edited */

  AdwComboRow *net, *preset;
  GtkStringList *nets; /* names, in the combo's order; owned by it */
  SkDataChoice *data;
  AdwActionRow *init;
  GtkWidget *init_clear;
  GtkWidget **values; /* of the fields */
};

G_DEFINE_FINAL_TYPE (SkRecipeForm, sk_recipe_form, GTK_TYPE_BOX)

enum {
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
show_init (SkRecipeForm *self) {
  const char *init = self->recipe.init;
  g_autofree char *name = init ? g_filename_display_name (init) : NULL;
  g_autofree char *plain = g_markup_escape_text (name ? name : "", -1);

  adw_action_row_set_subtitle (
      self->init, init ? plain : _ ("Random weights, as He et al. draw them"));
  gtk_widget_set_visible (self->init_clear, init != NULL);
}

/* The variant's name without the twin's: "plain20" is resnet20 without skips. */
static char *
residual_name (const char *net) {
  return g_str_has_prefix (net, "plain") ? g_strconcat ("resnet", net + 5, NULL)
                                         : g_strdup (net);
}

static void
show_net (SkRecipeForm *self) {
  g_autofree char *name = residual_name (self->recipe.net);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->nets)); i++)
    if (strcmp (gtk_string_list_get_string (self->nets, i), name) == 0)
      adw_combo_row_set_selected (self->net, i);
}

/* The preset that says what the form says; 0: none of them. */
static guint
matching_preset (SkRecipeForm *self) {
  const SkPreset *presets = sk_presets ();
  guint found = 0, n;

  sk_fields (&n);
  for (guint i = 0; presets[i].name != NULL && found == 0; i++) {
    SkRecipe other = { 0 };
    gboolean equal = TRUE;

    sk_recipe_copy (&other, &self->recipe);
    sk_recipe_apply_preset (&other, presets[i].name, NULL);
    for (guint j = 0; j < n; j++)
      equal = equal && sk_field_equal (sk_field_at (j), &self->recipe, &other);
    if (equal)
      found = i + 1;
    sk_recipe_clear (&other);
  }
  return found;
}

static void
show_preset (SkRecipeForm *self) {
  guint preset = matching_preset (self);

  adw_combo_row_set_selected (self->preset, preset);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->preset),
                               preset > 0 ? _ (sk_presets ()[preset - 1].description)
                                          : _ ("Every value below can be changed"));
}

static void
show_all (SkRecipeForm *self) {
  guint n;

  self->showing = TRUE;
  sk_fields (&n);
  for (guint i = 0; i < n; i++)
    sk_field_show (sk_field_at (i), self->values[i], &self->recipe);
  show_net (self);
  sk_data_choice_show (self->data, self->recipe.data);
  show_init (self);
  show_preset (self);
  self->showing = FALSE;
}

/* Every widget that holds a plain value ends here: the form is read as a whole. */
static void
edited_cb (SkRecipeForm *self) {
  guint n, net = adw_combo_row_get_selected (self->net);

  if (self->showing)
    return;
  sk_fields (&n);
  for (guint i = 0; i < n; i++)
    sk_field_read (sk_field_at (i), self->values[i], &self->recipe);
  g_free (self->recipe.net);
  self->recipe.net = g_strdup (gtk_string_list_get_string (self->nets, net));
  g_free (self->recipe.data);
  self->recipe.data = g_strdup (sk_data_choice_data (self->data));
  self->showing = TRUE;
  show_preset (self);
  self->showing = FALSE;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
preset_cb (SkRecipeForm *self) {
  guint selected = adw_combo_row_get_selected (self->preset);

  if (self->showing || selected == 0)
    return;
  sk_recipe_apply_preset (&self->recipe, sk_presets ()[selected - 1].name, NULL);
  show_all (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
init_chosen_cb (gpointer self, const char *path) {
  sk_recipe_form_take_weights (self, path);
}

static void
choose_init_cb (SkRecipeForm *self) {
  sk_file_choice_open (GTK_WIDGET (self), _ ("Weights to Start From"), SK_FILES_WEIGHTS,
                       init_chosen_cb, self);
}

static void
clear_init_cb (SkRecipeForm *self) {
  sk_recipe_form_take_weights (self, NULL);
}

static AdwPreferencesGroup *
add_group (SkRecipeForm *self, const char *title) {
  GtkWidget *group = adw_preferences_group_new ();

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  gtk_box_append (GTK_BOX (self), group);
  return ADW_PREFERENCES_GROUP (group);
}

/* The residual networks, by title; their plain twins are the switch's. */
static void
add_networks (SkRecipeForm *self, AdwPreferencesGroup *group) {
  const char *const none[] = { NULL };
  GtkWidget *row = sk_row_combo_new (_ ("Network"), NULL, none);
  GtkStringList *titles;

  self->net = ADW_COMBO_ROW (row);
  titles = GTK_STRING_LIST (adw_combo_row_get_model (self->net));
  self->nets = gtk_string_list_new (NULL);
  for (const char *const *name = sk_variant_names (); *name != NULL; name++) {
    SkVariant variant;

    if (!g_str_has_prefix (*name, "resnet") || !sk_variant_find (*name, &variant, NULL))
      continue;
    gtk_string_list_append (self->nets, *name);
    gtk_string_list_append (titles, variant.title);
  }
  adw_preferences_group_add (group, row);
  g_signal_connect_swapped (row, "notify::selected", G_CALLBACK (edited_cb), self);
}

static void
add_init (SkRecipeForm *self, AdwPreferencesGroup *group) {
  GtkWidget *row = sk_row_file_new (_ ("Start from"));
  GtkWidget *open, *fetch;

  self->init = ADW_ACTION_ROW (row);
  self->init_clear =
      sk_row_add_button (row, "edit-clear-symbolic", _ ("Start From Random Weights"));
  fetch = sk_row_add_button (row, "folder-download-symbolic", _ ("Download Weights"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (fetch), "win.downloads");
  open = sk_row_add_button (row, "document-open-symbolic", _ ("Choose a Weight File"));
  adw_action_row_set_activatable_widget (self->init, open);
  g_signal_connect_swapped (self->init_clear, "clicked", G_CALLBACK (clear_init_cb),
                            self);
  g_signal_connect_swapped (open, "clicked", G_CALLBACK (choose_init_cb), self);
  adw_preferences_group_add (group, row);
}

static void
add_presets (SkRecipeForm *self, AdwPreferencesGroup *group) {
  g_autoptr (GPtrArray) titles = g_ptr_array_new ();
  GtkWidget *row;

  g_ptr_array_add (titles, (gpointer) N_ ("Your own values"));
  for (const SkPreset *preset = sk_presets (); preset->name != NULL; preset++)
    g_ptr_array_add (titles, (gpointer) preset->title);
  g_ptr_array_add (titles, NULL);
  row = sk_row_combo_new (_ ("Recipe"), NULL, (const char *const *) titles->pdata);
  self->preset = ADW_COMBO_ROW (row);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 3);
  adw_preferences_group_add (group, row);
  g_signal_connect_swapped (row, "notify::selected", G_CALLBACK (preset_cb), self);
}

static void
add_fields (SkRecipeForm *self, SkFieldGroup which, AdwPreferencesGroup *group) {
  guint n;

  sk_fields (&n);
  for (guint i = 0; i < n; i++) {
    const SkField *field = sk_field_at (i);

    if (sk_field_group (field) != which)
      continue;
    adw_preferences_group_add (group, sk_field_row_new (field, &self->values[i]));
    sk_field_watch (field, self->values[i], G_CALLBACK (edited_cb), self);
  }
}

static void
build (SkRecipeForm *self) {
  AdwPreferencesGroup *network = add_group (self, _ ("Network"));
  AdwPreferencesGroup *pictures = add_group (self, _ ("Pictures"));
  AdwPreferencesGroup *learning = add_group (self, _ ("How It Learns"));
  AdwPreferencesGroup *more = add_group (self, _ ("More"));

  add_networks (self, network);
  add_fields (self, SK_FIELDS_NETWORK, network);
  add_init (self, network);
  self->data = sk_data_choice_new (pictures);
  g_signal_connect_object (self->data, "changed", G_CALLBACK (edited_cb), self,
                           G_CONNECT_SWAPPED);
  add_fields (self, SK_FIELDS_PICTURES, pictures);
  add_presets (self, learning);
  add_fields (self, SK_FIELDS_LEARNING, learning);
  add_fields (self, SK_FIELDS_MORE, more);
}

static void
sk_recipe_form_finalize (GObject *object) {
  SkRecipeForm *self = SK_RECIPE_FORM (object);

  sk_recipe_clear (&self->recipe);
  g_clear_object (&self->data);
  g_clear_object (&self->nets);
  g_free (self->values);
  G_OBJECT_CLASS (sk_recipe_form_parent_class)->finalize (object);
}

static void
sk_recipe_form_class_init (SkRecipeFormClass *class) {
  G_OBJECT_CLASS (class)->finalize = sk_recipe_form_finalize;
  signals[SIGNAL_CHANGED] =
      g_signal_new ("changed", SK_TYPE_RECIPE_FORM, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 0);
}

static void
sk_recipe_form_init (SkRecipeForm *self) {
  guint n;

  sk_fields (&n);
  self->values = g_new0 (GtkWidget *, n);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 24);
  sk_recipe_init (&self->recipe);
  self->showing = TRUE;
  build (self);
  show_all (self);
}

const SkRecipe *
sk_recipe_form_recipe (SkRecipeForm *self) {
  return &self->recipe;
}

void
sk_recipe_form_show (SkRecipeForm *self, const SkRecipe *recipe) {
  sk_recipe_clear (&self->recipe);
  sk_recipe_copy (&self->recipe, recipe);
  show_all (self);
}

void
sk_recipe_form_take_data (SkRecipeForm *self, const char *path) {
  sk_data_choice_take (self->data, path);
}

void
sk_recipe_form_take_weights (SkRecipeForm *self, const char *path) {
  g_free (self->recipe.init);
  self->recipe.init = g_strdup (path);
  show_init (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}
