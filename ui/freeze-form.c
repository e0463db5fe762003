#include "freeze-form.h"

#include <glib/gi18n.h>
#include <string.h>

#include "rows.h"

/* Stem, up to four stages, head. */
#define MOST_PARTS 6

/* A stage, the stem or the head: groups that stand together in the form. */
typedef struct {
  char *name; /* as the command line has it: "stem", "layer2", "fc" */
  GtkWidget *row, *lock, *rate;
} Part;

typedef struct {
  const char *mode; /* NULL: the usual */
  const char *title, *explanation;
} Mode;

static const Mode modes[] = {
  { NULL, N_ ("Frozen with its block"),
    N_ ("The usual: where a block learns its batch norm learns, where it is frozen the "
        "statistics it came with are used and stay.") },
  { "train", N_ ("Training everywhere"),
    N_ ("Every batch’s own mean and spread are used and remembered, in frozen blocks "
        "too: their weights stay, what they compute does not.") },
  { "affine", N_ ("Frozen affine"),
    N_ ("Batch statistics as in training, but scale and shift of every channel stay as "
        "they came.") },
  { "statistics", N_ ("Frozen statistics"),
    N_ ("The mean and spread that came with the weights are used everywhere and stay; "
        "scale and shift learn where the block does.") },
};

struct _SkFreezeForm {
  GtkBox parent;
  AdwPreferencesGroup *group;
  Part parts[MOST_PARTS];
  int n_parts;
  SkPlan *plan; /* (nullable) */
  gboolean *frozen; /* (plan->n_groups) */
  GtkWidget *checks[G_N_ELEMENTS (modes)];
  gboolean showing;
};

G_DEFINE_FINAL_TYPE (SkFreezeForm, sk_freeze_form, GTK_TYPE_BOX)

enum {
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static gboolean
belongs (const SkPlan *plan, int group, const char *part) {
  gsize n = strlen (part);
  const char *name = plan->groups[group].name;

  return strncmp (name, part, n) == 0 && (name[n] == '\0' || name[n] == '.');
}

/* Groups of a part that are frozen; @all: (out): that it has */
static int
count_frozen (SkFreezeForm *self, const char *part, int *all) {
  int n = 0;

  *all = 0;
  for (int i = 0; i < self->plan->n_groups; i++)
    if (belongs (self->plan, i, part)) {
      *all += 1;
      n += self->frozen[i];
    }
  return n;
}

static void
show_part (SkFreezeForm *self, Part *part) {
  int all, n = count_frozen (self, part->name, &all);
  g_autofree char *some = g_strdup_printf (_ ("%d of %d blocks frozen"), n, all);
  const char *words = n == 0 ? _ ("learns") : n == all ? _ ("frozen") : some;

  adw_action_row_set_subtitle (ADW_ACTION_ROW (part->row), words);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (part->lock), n == all);
  gtk_button_set_icon_name (GTK_BUTTON (part->lock), n > 0 ? "changes-prevent-symbolic"
                                                           : "changes-allow-symbolic");
  gtk_widget_set_sensitive (part->rate, n < all);
}

static void
show (SkFreezeForm *self) {
  self->showing = TRUE;
  for (int i = 0; i < self->n_parts; i++)
    show_part (self, &self->parts[i]);
  self->showing = FALSE;
}

static void
changed (SkFreezeForm *self) {
  if (!self->showing)
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
lock_cb (GtkToggleButton *lock, SkFreezeForm *self) {
  gboolean frozen = gtk_toggle_button_get_active (lock);

  if (self->showing)
    return;
  for (int i = 0; i < self->n_parts; i++)
    for (int j = 0;
         self->parts[i].lock == GTK_WIDGET (lock) && j < self->plan->n_groups; j++)
      if (belongs (self->plan, j, self->parts[i].name))
        self->frozen[j] = frozen;
  show (self);
  changed (self);
}

static char *
part_title (const char *name) {
  if (strcmp (name, "stem") == 0)
    return g_strdup (_ ("Stem"));
  if (strcmp (name, "fc") == 0)
    return g_strdup (_ ("Head"));
  return g_strdup_printf (_ ("Stage %s"), name + strlen ("layer"));
}

static void
add_part (SkFreezeForm *self, const char *name, int length) {
  Part *part = &self->parts[self->n_parts++];
  g_autofree char *title = NULL;
  g_autofree char *lock = NULL, *rate = NULL;

  part->name = g_strndup (name, (gsize) length);
  title = part_title (part->name);
  lock = g_strdup_printf (_ ("Freeze: %s"), title);
  rate = g_strdup_printf (_ ("Learning rate of: %s, times"), title);
  part->row = adw_action_row_new ();
  part->lock = gtk_toggle_button_new ();
  part->rate = gtk_spin_button_new_with_range (0, 100, 0.1);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (part->row), title);
  sk_rows_ignore_wheel (part->rate);
  gtk_spin_button_set_digits (GTK_SPIN_BUTTON (part->rate), 2);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (part->rate), 1);
  gtk_editable_set_width_chars (GTK_EDITABLE (part->rate), 5);
  gtk_widget_set_tooltip_text (part->rate, rate);
  gtk_widget_set_tooltip_text (part->lock, lock);
  gtk_widget_add_css_class (part->lock, "flat");
  gtk_accessible_update_property (GTK_ACCESSIBLE (part->rate),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, rate, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (part->lock),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, lock, -1);
  gtk_widget_set_valign (part->rate, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (part->lock, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (part->row), gtk_label_new ("×"));
  adw_action_row_add_suffix (ADW_ACTION_ROW (part->row), part->rate);
  adw_action_row_add_suffix (ADW_ACTION_ROW (part->row), part->lock);
  adw_preferences_group_add (self->group, part->row);
  g_signal_connect (part->lock, "toggled", G_CALLBACK (lock_cb), self);
  g_signal_connect_swapped (part->rate, "value-changed", G_CALLBACK (changed), self);
}

static void
clear_parts (SkFreezeForm *self) {
  for (int i = 0; i < self->n_parts; i++) {
    adw_preferences_group_remove (self->group, self->parts[i].row);
    g_free (self->parts[i].name);
  }
  self->n_parts = 0;
}

static void
add_parts (SkFreezeForm *self) {
  for (int i = 0; i < self->plan->n_groups && self->n_parts < MOST_PARTS; i++) {
    const char *name = self->plan->groups[i].name;
    const char *dot = strchr (name, '.');
    int length = dot != NULL ? (int) (dot - name) : (int) strlen (name);

    if (self->n_parts > 0 &&
        belongs (self->plan, i, self->parts[self->n_parts - 1].name))
      continue;
    add_part (self, name, length);
  }
}

static gboolean
is_same (const SkPlan *a, const SkPlan *b) {
  if (a == NULL || a->n_groups != b->n_groups)
    return FALSE;
  for (int i = 0; i < a->n_groups; i++)
    if (strcmp (a->groups[i].name, b->groups[i].name) != 0)
      return FALSE;
  return TRUE;
}

void
sk_freeze_form_set_plan (SkFreezeForm *self, SkPlan *plan) {
  gboolean same = is_same (self->plan, plan);

  if (self->plan == plan)
    return;
  g_clear_pointer (&self->plan, sk_plan_unref);
  self->plan = sk_plan_ref (plan);
  if (same)
    return;
  /* Another network: to begin with its head learns, and nothing else. */
  g_free (self->frozen);
  self->frozen = g_new0 (gboolean, plan->n_groups);
  for (int i = 0; i < plan->n_groups; i++)
    self->frozen[i] = strcmp (plan->groups[i].name, "fc") != 0;
  self->showing = TRUE;
  clear_parts (self);
  add_parts (self);
  self->showing = FALSE;
  show (self);
}

void
sk_freeze_form_toggle (SkFreezeForm *self, int group) {
  if (self->plan == NULL || group < 0 || group >= self->plan->n_groups)
    return;
  self->frozen[group] = !self->frozen[group];
  show (self);
  changed (self);
}

static char *
list_frozen (SkFreezeForm *self) {
  g_autoptr (GString) text = g_string_new (NULL);
  gboolean trunk = TRUE;

  for (int i = 0; i < self->plan->n_groups; i++) {
    gboolean head = strcmp (self->plan->groups[i].name, "fc") == 0;

    trunk = trunk && self->frozen[i] == !head;
    if (self->frozen[i])
      g_string_append_printf (text, "%s%s", text->len > 0 ? "," : "",
                              self->plan->groups[i].name);
  }
  if (trunk)
    return g_strdup ("trunk");
  return text->len > 0 ? g_strdup (text->str) : NULL;
}

static char *
list_rates (SkFreezeForm *self) {
  g_autoptr (GString) text = g_string_new (NULL);

  for (int i = 0; i < self->n_parts; i++) {
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    double rate = gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->parts[i].rate));

    if (rate == 1)
      continue;
    g_ascii_formatd (number, sizeof number, "%.2f", rate);
    g_string_append_printf (text, "%s%s=%s", text->len > 0 ? "," : "",
                            self->parts[i].name, number);
  }
  return text->len > 0 ? g_strdup (text->str) : NULL;
}

void
sk_freeze_form_read (SkFreezeForm *self, SkRecipe *recipe) {
  g_clear_pointer (&recipe->bn_mode, g_free);
  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    if (gtk_check_button_get_active (GTK_CHECK_BUTTON (self->checks[i])))
      recipe->bn_mode = g_strdup (modes[i].mode);
  if (self->plan == NULL)
    return;
  g_free (recipe->freeze);
  g_free (recipe->lr_scale);
  recipe->freeze = list_frozen (self);
  recipe->lr_scale = list_rates (self);
}

static void
add_modes (SkFreezeForm *self) {
  GtkWidget *group = adw_preferences_group_new ();

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), _ ("Batch Norm"));
  for (guint i = 0; i < G_N_ELEMENTS (modes); i++) {
    GtkWidget *row = adw_action_row_new ();
    GtkWidget *check = gtk_check_button_new ();

    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ (modes[i].title));
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), _ (modes[i].explanation));
    if (i > 0)
      gtk_check_button_set_group (GTK_CHECK_BUTTON (check),
                                  GTK_CHECK_BUTTON (self->checks[0]));
    gtk_widget_set_valign (check, GTK_ALIGN_CENTER);
    adw_action_row_add_prefix (ADW_ACTION_ROW (row), check);
    adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), check);
    gtk_accessible_update_property (
        GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, _ (modes[i].title),
        GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, _ (modes[i].explanation), -1);
    adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
    self->checks[i] = check;
  }
  gtk_check_button_set_active (GTK_CHECK_BUTTON (self->checks[0]), TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    g_signal_connect_swapped (self->checks[i], "toggled", G_CALLBACK (changed), self);
  gtk_box_append (GTK_BOX (self), group);
}

static void
sk_freeze_form_finalize (GObject *object) {
  SkFreezeForm *self = SK_FREEZE_FORM (object);

  for (int i = 0; i < self->n_parts; i++)
    g_free (self->parts[i].name);
  g_free (self->frozen);
  g_clear_pointer (&self->plan, sk_plan_unref);
  G_OBJECT_CLASS (sk_freeze_form_parent_class)->finalize (object);
}

static void
sk_freeze_form_class_init (SkFreezeFormClass *class) {
  G_OBJECT_CLASS (class)->finalize = sk_freeze_form_finalize;
  signals[SIGNAL_CHANGED] =
      g_signal_new ("changed", SK_TYPE_FREEZE_FORM, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 0);
}

static void
sk_freeze_form_init (SkFreezeForm *self) {
  GtkWidget *group = adw_preferences_group_new ();

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 24);
  self->group = ADW_PREFERENCES_GROUP (group);
  adw_preferences_group_set_title (self->group, _ ("What Learns"));
  adw_preferences_group_set_description (
      self->group, _ ("Locks freeze until the moment of unfreezing; single blocks by a "
                      "click in the drawing. Rates are relative to the recipe’s."));
  gtk_box_append (GTK_BOX (self), group);
  add_modes (self);
}

GtkWidget *
sk_freeze_form_new (void) {
  return g_object_new (SK_TYPE_FREEZE_FORM, NULL);
}
