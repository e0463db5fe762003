#include "recipe-form.h"

#include <string.h>

#include <glib/gi18n.h>

#include "rows.h"
#include "variant.h"

struct _SkRecipeForm {
  GtkBox parent;
  SkRecipe recipe;
  gboolean showing; /* the form is being filled in, not edited */

  AdwPreferencesGroup *model, *learning;
  AdwComboRow *net, *data, *preset, *optimizer, *schedule;
  AdwActionRow *data_file, *init_file;
  GtkButton *data_button, *init_button, *init_clear;
  GtkSwitch *skips, *augment, *zero_gamma, *nesterov;
  GtkSpinButton *epochs, *batch, *lr, *momentum, *weight_decay, *warmup, *smoothing;
  GtkSpinButton *seed, *threads;
  AdwEntryRow *freeze;
};

G_DEFINE_FINAL_TYPE (SkRecipeForm, sk_recipe_form, GTK_TYPE_BOX)

enum {
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* The data sets, in the combo's order. */
enum {
  DATA_BUILTIN,
  DATA_CIFAR10,
  DATA_CIFAR100,
  DATA_FOLDER,
};

static const char *const data_prefixes[] = { "builtin",
                                             "cifar10:", "cifar100:", "folder:" };

static void
set_string (char **field, const char *value) {
  g_free (*field);
  *field = value != NULL && *value != '\0' ? g_strdup (value) : NULL;
}

static void
changed (SkRecipeForm *self) {
  if (!self->showing)
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* The path behind "cifar10:" and the like; "" for the built-in set. */
static const char *
data_path (const char *data) {
  const char *colon = strchr (data, ':');

  return colon ? colon + 1 : "";
}

static guint
data_kind (const char *data) {
  for (guint i = DATA_CIFAR10; i < G_N_ELEMENTS (data_prefixes); i++)
    if (g_str_has_prefix (data, data_prefixes[i]))
      return i;
  return DATA_BUILTIN;
}

static void
show_data (SkRecipeForm *self) {
  guint kind = data_kind (self->recipe.data);
  const char *path = data_path (self->recipe.data);

  adw_combo_row_set_selected (self->data, kind);
  gtk_widget_set_visible (GTK_WIDGET (self->data_file), kind != DATA_BUILTIN);
  adw_action_row_set_subtitle (self->data_file,
                               *path ? path : _ ("Choose where the pictures are"));
}

static void
show_init (SkRecipeForm *self) {
  adw_action_row_set_subtitle (
      self->init_file,
      self->recipe.init ? self->recipe.init : _ ("Random, as He et al. draw them"));
  gtk_widget_set_visible (GTK_WIDGET (self->init_clear), self->recipe.init != NULL);
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
  GListModel *model = adw_combo_row_get_model (self->net);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    if (strcmp (gtk_string_list_get_string (GTK_STRING_LIST (model), i), name) == 0)
      adw_combo_row_set_selected (self->net, i);
  gtk_switch_set_active (self->skips,
                         self->recipe.skips && strcmp (name, self->recipe.net) == 0);
}

static void
show_learning (SkRecipeForm *self) {
  const SkRecipe *recipe = &self->recipe;

  adw_combo_row_set_selected (self->optimizer, recipe->optimizer);
  adw_combo_row_set_selected (self->schedule, recipe->schedule);
  gtk_switch_set_active (self->augment, recipe->augment);
  gtk_switch_set_active (self->zero_gamma, recipe->zero_gamma);
  gtk_switch_set_active (self->nesterov, recipe->nesterov);
  gtk_spin_button_set_value (self->epochs, recipe->epochs);
  gtk_spin_button_set_value (self->batch, recipe->batch);
  gtk_spin_button_set_value (self->lr, recipe->lr);
  gtk_spin_button_set_value (self->momentum, recipe->momentum);
  gtk_spin_button_set_value (self->weight_decay, recipe->weight_decay);
  gtk_spin_button_set_value (self->warmup, recipe->warmup);
  gtk_spin_button_set_value (self->smoothing, recipe->label_smoothing);
  gtk_spin_button_set_value (self->seed, (double) recipe->seed);
  gtk_spin_button_set_value (self->threads, recipe->threads);
  gtk_editable_set_text (GTK_EDITABLE (self->freeze),
                         recipe->freeze ? recipe->freeze : "");
}

static void
show_all (SkRecipeForm *self) {
  self->showing = TRUE;
  show_net (self);
  show_data (self);
  show_init (self);
  show_learning (self);
  self->showing = FALSE;
}

/* Every widget that holds a plain value ends here: the form is read as a whole. */
static void
edited_cb (SkRecipeForm *self) {
  SkRecipe *recipe = &self->recipe;
  GtkStringList *nets = GTK_STRING_LIST (adw_combo_row_get_model (self->net));

  if (self->showing)
    return;
  set_string (&recipe->net, gtk_string_list_get_string (
                                nets, adw_combo_row_get_selected (self->net)));
  recipe->skips = gtk_switch_get_active (self->skips);
  recipe->optimizer = adw_combo_row_get_selected (self->optimizer);
  recipe->schedule = adw_combo_row_get_selected (self->schedule);
  recipe->augment = gtk_switch_get_active (self->augment);
  recipe->zero_gamma = gtk_switch_get_active (self->zero_gamma);
  recipe->nesterov = gtk_switch_get_active (self->nesterov);
  recipe->epochs = gtk_spin_button_get_value_as_int (self->epochs);
  recipe->batch = gtk_spin_button_get_value_as_int (self->batch);
  recipe->lr = (float) gtk_spin_button_get_value (self->lr);
  recipe->momentum = (float) gtk_spin_button_get_value (self->momentum);
  recipe->weight_decay = (float) gtk_spin_button_get_value (self->weight_decay);
  recipe->warmup = (float) gtk_spin_button_get_value (self->warmup);
  recipe->label_smoothing = (float) gtk_spin_button_get_value (self->smoothing);
  recipe->seed = (guint64) gtk_spin_button_get_value (self->seed);
  recipe->threads = gtk_spin_button_get_value_as_int (self->threads);
  set_string (&recipe->freeze, gtk_editable_get_text (GTK_EDITABLE (self->freeze)));
  changed (self);
}

static void
preset_cb (SkRecipeForm *self) {
  guint selected = adw_combo_row_get_selected (self->preset);

  if (self->showing || selected == 0)
    return;
  sk_recipe_apply_preset (&self->recipe, sk_presets ()[selected - 1].name, NULL);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->preset),
                               _ (sk_presets ()[selected - 1].description));
  show_all (self);
  changed (self);
}

static void
set_data (SkRecipeForm *self, guint kind, const char *path) {
  g_free (self->recipe.data);
  self->recipe.data = g_strconcat (data_prefixes[kind], path, NULL);
  show_all (self);
  changed (self);
}

static void
data_kind_cb (SkRecipeForm *self) {
  guint kind = adw_combo_row_get_selected (self->data);

  if (self->showing || kind == data_kind (self->recipe.data))
    return;
  set_data (self, kind, "");
}

static void
data_chosen_cb (GtkNativeDialog *dialog, int response, SkRecipeForm *self) {
  if (response == GTK_RESPONSE_ACCEPT) {
    g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
    g_autofree char *path = g_file_get_path (file);

    if (path != NULL)
      set_data (self, adw_combo_row_get_selected (self->data), path);
  }
  g_object_unref (dialog);
}

static void
init_chosen_cb (GtkNativeDialog *dialog, int response, SkRecipeForm *self) {
  if (response == GTK_RESPONSE_ACCEPT) {
    g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
    g_autofree char *path = g_file_get_path (file);

    if (path != NULL)
      sk_recipe_form_take_weights (self, path);
  }
  g_object_unref (dialog);
}

static void
choose (SkRecipeForm *self, const char *title, GtkFileChooserAction action,
        GCallback chosen) {
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      title, GTK_WINDOW (root), action, _ ("_Choose"), _ ("_Cancel"));

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect (dialog, "response", chosen, self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
choose_data_cb (SkRecipeForm *self) {
  choose (self, _ ("Folder of pictures"), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER,
          G_CALLBACK (data_chosen_cb));
}

static void
choose_init_cb (SkRecipeForm *self) {
  choose (self, _ ("Weights to start from"), GTK_FILE_CHOOSER_ACTION_OPEN,
          G_CALLBACK (init_chosen_cb));
}

static void
clear_init_cb (SkRecipeForm *self) {
  sk_recipe_form_take_weights (self, NULL);
}

static void
watch (SkRecipeForm *self, gpointer widget, const char *signal) {
  g_signal_connect_object (widget, signal, G_CALLBACK (edited_cb), self,
                           G_CONNECT_SWAPPED);
}

static AdwPreferencesGroup *
add_group (SkRecipeForm *self, const char *title) {
  GtkWidget *group = adw_preferences_group_new ();

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  gtk_box_append (GTK_BOX (self), group);
  return ADW_PREFERENCES_GROUP (group);
}

/* The residual networks; their plain twins are the switch's. */
static char **
residual_names (void) {
  GStrvBuilder *names = g_strv_builder_new ();
  char **result;

  for (const char *const *name = sk_variant_names (); *name != NULL; name++)
    if (g_str_has_prefix (*name, "resnet"))
      g_strv_builder_add (names, *name);
  result = g_strv_builder_end (names);
  g_strv_builder_unref (names);
  return result;
}

static void
build_network (SkRecipeForm *self) {
  AdwPreferencesGroup *group = add_group (self, _ ("Network"));
  g_auto (GStrv) names = residual_names ();
  GtkWidget *clear = gtk_button_new_from_icon_name ("edit-clear-symbolic");

  self->net =
      sk_row_add_combo (group, _ ("Variant"), NULL, (const char *const *) names);
  self->skips = sk_row_add_switch (group, _ ("Skip connections"),
                                   _ ("Off: the plain twin, from the same weights"));
  self->zero_gamma = sk_row_add_switch (
      group, _ ("Branches start silent"),
      _ ("γ = 0 in the last batch norm of every block: F(x) wakes up later"));
  self->init_button =
      sk_row_add_file (group, _ ("Start from"), "document-open-symbolic",
                       _ ("Choose a weight file"), &self->init_file);
  gtk_widget_add_css_class (clear, "flat");
  gtk_widget_set_valign (clear, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (clear, _ ("Start from random weights"));
  adw_action_row_add_suffix (self->init_file, clear);
  self->init_clear = GTK_BUTTON (clear);
  self->freeze = ADW_ENTRY_ROW (adw_entry_row_new ());
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->freeze),
                                 _ ("Frozen: stem, layer1, layer2.0, trunk, …"));
  adw_preferences_group_add (group, GTK_WIDGET (self->freeze));
  watch (self, self->net, "notify::selected");
  watch (self, self->skips, "notify::active");
  watch (self, self->zero_gamma, "notify::active");
  watch (self, self->freeze, "changed");
  g_signal_connect_swapped (self->init_button, "clicked", G_CALLBACK (choose_init_cb),
                            self);
  g_signal_connect_swapped (clear, "clicked", G_CALLBACK (clear_init_cb), self);
}

static void
build_data (SkRecipeForm *self) {
  AdwPreferencesGroup *group = add_group (self, _ ("Pictures"));
  const char *const names[] = { _ ("Shapes-10, built in"), _ ("CIFAR-10"),
                                _ ("CIFAR-100"), _ ("My own folder"), NULL };

  self->data = sk_row_add_combo (group, _ ("Data set"), NULL, names);
  self->data_button = sk_row_add_file (group, _ ("Where"), "folder-open-symbolic",
                                       _ ("Choose a folder"), &self->data_file);
  self->augment =
      sk_row_add_switch (group, _ ("Augment"), _ ("Random crops and mirror images"));
  watch (self, self->augment, "notify::active");
  g_signal_connect_swapped (self->data, "notify::selected", G_CALLBACK (data_kind_cb),
                            self);
  g_signal_connect_swapped (self->data_button, "clicked", G_CALLBACK (choose_data_cb),
                            self);
}

static void
build_learning (SkRecipeForm *self) {
  AdwPreferencesGroup *group = add_group (self, _ ("How it learns"));
  const char *const optimizers[] = { _ ("SGD"), _ ("Adam"), _ ("AdamW"), NULL };
  const char *const schedules[] = { _ ("Constant"), _ ("Cosine"), _ ("Step ÷ 10"),
                                    _ ("One cycle"), NULL };
  g_autoptr (GPtrArray) presets = g_ptr_array_new ();

  g_ptr_array_add (presets, (gpointer) _ ("My own values"));
  for (const SkPreset *preset = sk_presets (); preset->name != NULL; preset++)
    g_ptr_array_add (presets, (gpointer) _ (preset->title));
  g_ptr_array_add (presets, NULL);
  self->preset = sk_row_add_combo (group, _ ("Recipe"), NULL,
                                   (const char *const *) presets->pdata);
  self->epochs = sk_row_add_spin (group, _ ("Epochs"), NULL, 1, 10000, 1, 0);
  self->batch = sk_row_add_spin (group, _ ("Batch"), NULL, 1, 4096, 16, 0);
  self->optimizer = sk_row_add_combo (group, _ ("Optimiser"), NULL, optimizers);
  self->lr = sk_row_add_spin (group, _ ("Learning rate"), NULL, 0, 10, 0.01, 5);
  self->schedule = sk_row_add_combo (group, _ ("Schedule"), NULL, schedules);
  self->warmup = sk_row_add_spin (group, _ ("Warm-up"), _ ("Epochs"), 0, 100, 0.5, 1);
  self->momentum = sk_row_add_spin (group, _ ("Momentum"), NULL, 0, 0.999, 0.05, 3);
  self->nesterov = sk_row_add_switch (group, _ ("Nesterov"), NULL);
  self->weight_decay =
      sk_row_add_spin (group, _ ("Weight decay"), NULL, 0, 1, 0.0001, 5);
  self->smoothing =
      sk_row_add_spin (group, _ ("Label smoothing"), NULL, 0, 0.9, 0.05, 2);
  self->seed = sk_row_add_spin (group, _ ("Seed"), NULL, 0, 1e9, 1, 0);
  self->threads =
      sk_row_add_spin (group, _ ("Threads"), _ ("0: one per core"), 0, 256, 1, 0);
  g_signal_connect_swapped (self->preset, "notify::selected", G_CALLBACK (preset_cb),
                            self);
  for (GtkSpinButton **spin =
           (GtkSpinButton *[]){ self->epochs, self->batch, self->lr, self->momentum,
                                self->weight_decay, self->warmup, self->smoothing,
                                self->seed, self->threads, NULL };
       *spin != NULL; spin++)
    watch (self, *spin, "value-changed");
  watch (self, self->optimizer, "notify::selected");
  watch (self, self->schedule, "notify::selected");
  watch (self, self->nesterov, "notify::active");
}

static void
sk_recipe_form_finalize (GObject *object) {
  sk_recipe_clear (&SK_RECIPE_FORM (object)->recipe);
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
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 24);
  sk_recipe_init (&self->recipe);
  self->showing = TRUE;
  build_network (self);
  build_data (self);
  build_learning (self);
  show_all (self);
}

GtkWidget *
sk_recipe_form_new (void) {
  return g_object_new (SK_TYPE_RECIPE_FORM, NULL);
}

const SkRecipe *
sk_recipe_form_recipe (SkRecipeForm *self) {
  return &self->recipe;
}

void
sk_recipe_form_show (SkRecipeForm *self, const SkRecipe *recipe) {
  sk_recipe_copy (&self->recipe, recipe);
  show_all (self);
}

void
sk_recipe_form_take_data (SkRecipeForm *self, const char *folder) {
  g_autofree char *cifar10 = g_build_filename (folder, "test_batch.bin", NULL);
  g_autofree char *cifar100 = g_build_filename (folder, "fine_label_names.txt", NULL);
  guint kind = g_file_test (cifar10, G_FILE_TEST_EXISTS)    ? DATA_CIFAR10
               : g_file_test (cifar100, G_FILE_TEST_EXISTS) ? DATA_CIFAR100
                                                            : DATA_FOLDER;

  set_data (self, kind, folder);
}

void
sk_recipe_form_take_weights (SkRecipeForm *self, const char *path) {
  set_string (&self->recipe.init, path);
  show_init (self);
  changed (self);
}
