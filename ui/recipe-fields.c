#include "recipe-fields.h"

#include <glib/gi18n.h>
#include <string.h>

#include "rows.h"

typedef enum {
  KIND_INT,
  KIND_INT64, /* also guint64, as far as a form goes */
  KIND_FLOAT,
  KIND_FLAG,
  KIND_CHOICE, /* an enum: the index in choices */
  KIND_WORD, /* a string out of choices; the first stands for NULL */
  KIND_TEXT, /* a string; empty stands for NULL */
  KIND_COLOR, /* three floats: red, green, blue */
} Kind;

struct _SkField {
  SkFieldGroup group;
  Kind kind;
  gsize offset; /* in SkRecipe */
  const char *title, *subtitle; /* translatable; @subtitle nullable */
  double min, max, step; /* of numbers */
  int digits;
  const char *const *choices; /* translatable, NULL-terminated */
  const char *const *words; /* KIND_WORD: what the recipe says for each choice */
};

#define AT(field) offsetof (SkRecipe, field)

static const char *const optimizers[] = { "SGD", "Adam", "AdamW", NULL };
static const char *const schedules[] = { N_ ("Constant"), N_ ("Cosine"),
                                         N_ ("Step ÷ 10"), N_ ("One cycle"), NULL };
static const char *const bn_modes[] = { N_ ("Automatic"), N_ ("Train"),
                                        N_ ("Frozen affine"), N_ ("Frozen statistics"),
                                        NULL };
static const char *const bn_words[] = { NULL, "train", "affine", "statistics" };

static const SkField fields[] = {
  { SK_FIELDS_NETWORK, KIND_FLAG, AT (skips), N_ ("Skip connections"),
    N_ ("Off: its plain twin") },
  { SK_FIELDS_NETWORK, KIND_FLAG, AT (zero_gamma), N_ ("Branches start silent"),
    N_ ("γ = 0 in each block’s last batch norm") },
  { SK_FIELDS_PICTURES, KIND_FLAG, AT (augment), N_ ("Augment"),
    N_ ("Random crops and mirror images") },
  { SK_FIELDS_LEARNING, KIND_INT, AT (epochs), N_ ("Epochs"),
    N_ ("Times through all pictures"), 1, 1000000, 1, 0 },
  { SK_FIELDS_LEARNING, KIND_INT, AT (batch), N_ ("Batch"), N_ ("Pictures a step"), 1,
    65536, 16, 0 },
  { SK_FIELDS_LEARNING, KIND_CHOICE, AT (optimizer), N_ ("Optimizer"),
    .choices = optimizers },
  { SK_FIELDS_LEARNING, KIND_FLOAT, AT (lr), N_ ("Learning rate"), NULL, 0, 1000, 0.01,
    6 },
  { SK_FIELDS_LEARNING, KIND_CHOICE, AT (schedule), N_ ("Schedule"),
    .choices = schedules },
  { SK_FIELDS_LEARNING, KIND_FLOAT, AT (warmup), N_ ("Warm-up"), N_ ("Epochs"), 0,
    100000, 1, 2 },
  { SK_FIELDS_LEARNING, KIND_FLOAT, AT (momentum), N_ ("Momentum"), NULL, 0, 0.99999,
    0.05, 5 },
  { SK_FIELDS_LEARNING, KIND_FLAG, AT (nesterov), N_ ("Nesterov"), NULL },
  { SK_FIELDS_LEARNING, KIND_FLOAT, AT (weight_decay), N_ ("Weight decay"), NULL, 0,
    100, 0.0001, 6 },
  { SK_FIELDS_LEARNING, KIND_FLOAT, AT (label_smoothing), N_ ("Label smoothing"), NULL,
    0, 0.999, 0.05, 3 },
  { SK_FIELDS_LEARNING, KIND_TEXT, AT (freeze), N_ ("Frozen groups (stem, layer1, …)"),
    NULL },
  { SK_FIELDS_MORE, KIND_WORD, AT (bn_mode), N_ ("Batch norm"), NULL,
    .choices = bn_modes, .words = bn_words },
  { SK_FIELDS_MORE, KIND_TEXT, AT (lr_scale), N_ ("Rates of groups (fc=10, …)"), NULL },
  { SK_FIELDS_MORE, KIND_INT, AT (unfreeze), N_ ("Unfreeze after"),
    N_ ("Epochs; then everything learns, as the next five say; 0: never"), 0, 1000000,
    1, 0 },
  { SK_FIELDS_MORE, KIND_CHOICE, AT (unfreeze_optimizer), N_ ("Then: optimizer"),
    .choices = optimizers },
  { SK_FIELDS_MORE, KIND_FLOAT, AT (unfreeze_lr), N_ ("Then: learning rate"), NULL, 0,
    1000, 0.001, 6 },
  { SK_FIELDS_MORE, KIND_FLOAT, AT (unfreeze_momentum), N_ ("Then: momentum"), NULL, 0,
    0.99999, 0.05, 5 },
  { SK_FIELDS_MORE, KIND_FLOAT, AT (unfreeze_weight_decay), N_ ("Then: weight decay"),
    NULL, 0, 100, 0.0001, 6 },
  { SK_FIELDS_MORE, KIND_FLAG, AT (unfreeze_augment), N_ ("Then: augment"), NULL },
  { SK_FIELDS_MORE, KIND_INT, AT (views), N_ ("Augmented views"),
    N_ ("Of each picture, kept while the trunk is frozen; 0: a new one each epoch"), 0,
    1000, 1, 0 },
  { SK_FIELDS_MORE, KIND_INT64, AT (steps), N_ ("Stop after steps"),
    N_ ("0: as the epochs say"), 0, 1e12, 100, 0 },
  { SK_FIELDS_MORE, KIND_FLAG, AT (shuffle), N_ ("Shuffle"), NULL },
  { SK_FIELDS_MORE, KIND_FLAG, AT (probes), N_ ("Measure gradients"),
    N_ ("Off: faster, and nothing to see") },
  { SK_FIELDS_MORE, KIND_FLAG, AT (has_normalisation), N_ ("Own normalisation"),
    N_ ("Off: what the weights or the data suggest") },
  { SK_FIELDS_MORE, KIND_COLOR, AT (mean), N_ ("Mean of red, green, blue") },
  { SK_FIELDS_MORE, KIND_COLOR, AT (std), N_ ("Deviation of red, green, blue") },
  { SK_FIELDS_MORE, KIND_INT64, AT (seed), N_ ("Seed"),
    N_ ("The same one gives the same run"), 0, 1e15, 1, 0 },
  { SK_FIELDS_MORE, KIND_INT, AT (threads), N_ ("Threads"), N_ ("0: one per core"), 0,
    1024, 1, 0 },
};

const SkField *
sk_fields (guint *n) {
  *n = G_N_ELEMENTS (fields);
  return fields;
}

const SkField *
sk_field_at (guint index) {
  return &fields[index];
}

SkFieldGroup
sk_field_group (const SkField *field) {
  return field->group;
}

static gpointer
at (const SkField *field, const SkRecipe *recipe) {
  return (char *) recipe + field->offset;
}

static char **
string_at (const SkField *field, const SkRecipe *recipe) {
  return at (field, recipe);
}

static double
number_at (const SkField *field, const SkRecipe *recipe) {
  switch (field->kind) {
  case KIND_INT:
    return *(int *) at (field, recipe);
  case KIND_INT64:
    return (double) *(gint64 *) at (field, recipe);
  default:
    return (double) *(float *) at (field, recipe);
  }
}

static void
set_string (char **string, const char *value) {
  g_free (*string);
  *string = value != NULL && *value != '\0' ? g_strdup (value) : NULL;
}

static char *
color_text (const float *color) {
  return g_strdup_printf ("%g, %g, %g", (double) color[0], (double) color[1],
                          (double) color[2]);
}

/* What is not three numbers is marked, and changes nothing. */
static void
read_color (GtkWidget *entry, float *color) {
  g_auto (GStrv) parts =
      g_strsplit_set (gtk_editable_get_text (GTK_EDITABLE (entry)), ", ;", -1);
  float read[3];
  int n = 0;

  for (char **part = parts; *part != NULL; part++) {
    char *end;
    double value = g_ascii_strtod (*part, &end);

    if (**part == '\0')
      continue;
    if (n < 3)
      read[n] = (float) value;
    n = *end == '\0' ? n + 1 : G_MAXINT16;
  }
  if (n == 3) {
    memcpy (color, read, sizeof read);
    gtk_widget_remove_css_class (entry, "error");
  } else {
    gtk_widget_add_css_class (entry, "error");
  }
}

static void
show_text (GtkWidget *entry, const char *text) {
  if (g_strcmp0 (text, gtk_editable_get_text (GTK_EDITABLE (entry))) != 0)
    gtk_editable_set_text (GTK_EDITABLE (entry), text);
}

static guint
word_index (const SkField *field, const char *word) {
  for (guint i = 1; field->choices[i] != NULL; i++)
    if (g_strcmp0 (field->words[i], word) == 0)
      return i;
  return 0;
}

GtkWidget *
sk_field_row_new (const SkField *field, GtkWidget **value) {
  const char *title = _ (field->title);
  const char *subtitle = field->subtitle ? _ (field->subtitle) : NULL;

  switch (field->kind) {
  case KIND_FLAG:
    return sk_row_switch_new (title, subtitle, value);
  case KIND_CHOICE:
  case KIND_WORD:
    *value = sk_row_combo_new (title, subtitle, field->choices);
    return *value;
  case KIND_TEXT:
  case KIND_COLOR:
    *value = adw_entry_row_new ();
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (*value), title);
    return *value;
  default:
    return sk_row_spin_new (title, subtitle, field->min, field->max, field->step,
                            field->digits, value);
  }
}

void
sk_field_watch (const SkField *field, GtkWidget *value, GCallback edited,
                gpointer data) {
  const char *signal;

  switch (field->kind) {
  case KIND_FLAG:
    signal = "notify::active";
    break;
  case KIND_CHOICE:
  case KIND_WORD:
    signal = "notify::selected";
    break;
  case KIND_TEXT:
  case KIND_COLOR:
    signal = "changed";
    break;
  default:
    signal = "value-changed";
  }
  g_signal_connect_object (value, signal, edited, data, G_CONNECT_SWAPPED);
}

void
sk_field_show (const SkField *field, GtkWidget *value, const SkRecipe *recipe) {
  g_autofree char *color = NULL;

  switch (field->kind) {
  case KIND_FLAG:
    gtk_switch_set_active (GTK_SWITCH (value), *(gboolean *) at (field, recipe));
    break;
  case KIND_CHOICE:
    adw_combo_row_set_selected (ADW_COMBO_ROW (value), *(guint *) at (field, recipe));
    break;
  case KIND_WORD:
    adw_combo_row_set_selected (ADW_COMBO_ROW (value),
                                word_index (field, *string_at (field, recipe)));
    break;
  case KIND_TEXT:
    show_text (value, *string_at (field, recipe) ? *string_at (field, recipe) : "");
    break;
  case KIND_COLOR:
    color = color_text (at (field, recipe));
    show_text (value, color);
    break;
  default:
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (value), number_at (field, recipe));
  }
}

void
sk_field_read (const SkField *field, GtkWidget *value, SkRecipe *recipe) {
  gpointer to = at (field, recipe);

  switch (field->kind) {
  case KIND_FLAG:
    *(gboolean *) to = gtk_switch_get_active (GTK_SWITCH (value));
    break;
  case KIND_CHOICE:
    *(guint *) to = adw_combo_row_get_selected (ADW_COMBO_ROW (value));
    break;
  case KIND_WORD:
    set_string (to, field->words[adw_combo_row_get_selected (ADW_COMBO_ROW (value))]);
    break;
  case KIND_TEXT:
    set_string (to, gtk_editable_get_text (GTK_EDITABLE (value)));
    break;
  case KIND_COLOR:
    read_color (value, to);
    break;
  case KIND_INT:
    *(int *) to = gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (value));
    break;
  case KIND_INT64:
    *(gint64 *) to = (gint64) gtk_spin_button_get_value (GTK_SPIN_BUTTON (value));
    break;
  case KIND_FLOAT:
    *(float *) to = (float) gtk_spin_button_get_value (GTK_SPIN_BUTTON (value));
    break;
  }
}

gboolean
sk_field_equal (const SkField *field, const SkRecipe *a, const SkRecipe *b) {
  switch (field->kind) {
  case KIND_FLAG:
  case KIND_CHOICE:
    return *(int *) at (field, a) == *(int *) at (field, b);
  case KIND_WORD:
  case KIND_TEXT:
    return g_strcmp0 (*string_at (field, a), *string_at (field, b)) == 0;
  case KIND_COLOR:
    return memcmp (at (field, a), at (field, b), 3 * sizeof (float)) == 0;
  default:
    /* As close as the form can write it. */
    return ABS (number_at (field, a) - number_at (field, b)) < 1e-6;
  }
}
