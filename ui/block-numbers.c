#include "block-numbers.h"

#include <glib/gi18n.h>
#include <math.h>

#include "range.h"

typedef enum {
  NUMBER_GRADIENT,
  NUMBER_SKIP,
  NUMBER_RESIDUAL,
  NUMBER_SHARE,
  NUMBER_AGREEMENT,
  NUMBER_GAIN,
  NUMBER_BRANCH,
  NUMBER_GAMMA,
  NUMBER_DEAD,
  NUMBER_UPDATE,
  N_NUMBERS,
} Number;

typedef struct {
  const char *name, *formula, *sentence;
  gboolean part; /* of the number above it */
  gboolean of_skip; /* means nothing where there is no skip */
} Meaning;

static const Meaning meanings[N_NUMBERS] = {
  [NUMBER_GRADIENT] = { N_ ("Reaching the block"), "RMS(g),  g = ∂L/∂x",
                        N_ ("How strong the gradient is that the block hands back to "
                            "those before it.") },
  [NUMBER_SKIP] = { N_ ("through the skip"), "RMS(g_skip),  g_skip = λ·Pᵀδ",
                    N_ ("The part of it that came straight back through the skip."),
                    .part = TRUE, .of_skip = TRUE },
  [NUMBER_RESIDUAL] = { N_ ("through F"), "RMS(g_F),  g_F = (∂F/∂x)ᵀδ",
                        N_ ("The part of it that came back through the branch’s "
                            "convolutions."),
                        .part = TRUE },
  [NUMBER_SHARE] = { N_ ("Share of the skip"), "⟨g_skip, g⟩ / ‖g‖²",
                     N_ ("How much of the gradient the skip accounts for, the rest is "
                         "the branch’s; above 100 % the two cancel in part."),
                     .of_skip = TRUE },
  [NUMBER_AGREEMENT] = { N_ ("Agreement"), "cos(g_skip, g_F)",
                         N_ ("Whether the two parts pull the same way: +1 together, 0 "
                             "independent, −1 against each other."),
                         .of_skip = TRUE },
  [NUMBER_GAIN] = { N_ ("Gain"), "RMS(∂L/∂x) / RMS(∂L/∂out)",
                    N_ ("What the block makes of the gradient’s strength on its way "
                        "back: below 1 in many blocks it vanishes, above 1 it "
                        "explodes.") },
  [NUMBER_BRANCH] = { N_ ("F(x) against x"), "RMS(F(x)) / RMS(P(x))",
                      N_ ("How much the branch changes what the skip carries forwards; "
                          "near 0 the block does next to nothing."),
                      .of_skip = TRUE },
  [NUMBER_GAMMA] = { N_ ("|γ| of the branch"), "mean |γ|",
                     N_ ("The scale of the branch’s last batch norm: near 0 the branch "
                         "sleeps.") },
  [NUMBER_DEAD] = { N_ ("Silent outputs"), "mean [s ≤ 0]",
                    N_ ("Share of the outputs that the last ReLU cuts to 0; no "
                        "gradient "
                        "comes back through them.") },
  [NUMBER_UPDATE] = { N_ ("Update"), "‖ΔW‖ / ‖W‖",
                      N_ ("How far one step moves the block’s convolutions, relative "
                          "to "
                          "their size.") },
};

struct _SkBlockNumbers {
  AdwBin parent;
  GtkToggleButton *explain;
  GtkLabel *names[N_NUMBERS], *values[N_NUMBERS], *words[N_NUMBERS];
};

G_DEFINE_FINAL_TYPE (SkBlockNumbers, sk_block_numbers, ADW_TYPE_BIN)

static void
explain_cb (SkBlockNumbers *self) {
  gboolean active = gtk_toggle_button_get_active (self->explain);

  for (int i = 0; i < N_NUMBERS; i++)
    gtk_widget_set_visible (GTK_WIDGET (self->words[i]),
                            active &&
                                gtk_widget_get_visible (GTK_WIDGET (self->names[i])));
}

static GtkLabel *
add_label (GtkGrid *grid, int column, int row, int width, float xalign,
           const char *class) {
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), xalign);
  if (class != NULL)
    gtk_widget_add_css_class (label, class);
  gtk_grid_attach (grid, label, column, row, width, 1);
  return GTK_LABEL (label);
}

static void
add_number (SkBlockNumbers *self, GtkGrid *grid, int number) {
  const Meaning *meaning = &meanings[number];
  g_autofree char *all =
      g_strdup_printf ("%s\n%s", _ (meaning->sentence), meaning->formula);
  GtkLabel *name = add_label (grid, 0, 2 * number, 1, 0, NULL);
  GtkLabel *value = add_label (grid, 1, 2 * number, 1, 1, "numeric");
  GtkLabel *words = add_label (grid, 0, 2 * number + 1, 2, 0, "caption");

  gtk_label_set_text (name, _ (meaning->name));
  gtk_label_set_ellipsize (name, PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (GTK_WIDGET (name), TRUE);
  gtk_widget_set_margin_start (GTK_WIDGET (name), meaning->part ? 12 : 0);
  gtk_widget_set_tooltip_text (GTK_WIDGET (name), all);
  gtk_label_set_selectable (value, TRUE);
  gtk_label_set_text (words, all);
  gtk_label_set_wrap (words, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (words), "dim-label");
  gtk_widget_set_margin_start (GTK_WIDGET (words), meaning->part ? 12 : 0);
  gtk_widget_set_margin_bottom (GTK_WIDGET (words), 6);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (value),
                                  GTK_ACCESSIBLE_RELATION_LABELLED_BY, name, NULL, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (value),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, all, -1);
  self->names[number] = name;
  self->values[number] = value;
  self->words[number] = words;
}

static void
sk_block_numbers_class_init (SkBlockNumbersClass *class) {
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "blocknumbers");
}

static void
sk_block_numbers_init (SkBlockNumbers *self) {
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  GtkWidget *grid = gtk_grid_new (), *explain = gtk_toggle_button_new ();

  gtk_button_set_icon_name (GTK_BUTTON (explain), "help-about-symbolic");
  gtk_widget_set_tooltip_text (explain, _ ("Explain the Numbers"));
  gtk_widget_add_css_class (explain, "flat");
  gtk_widget_set_valign (explain, GTK_ALIGN_CENTER);
  g_signal_connect_swapped (explain, "toggled", G_CALLBACK (explain_cb), self);
  self->explain = GTK_TOGGLE_BUTTON (explain);

  gtk_grid_set_row_spacing (GTK_GRID (grid), 3);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 12);
  gtk_widget_add_css_class (grid, "card");
  gtk_widget_add_css_class (grid, "facts");
  for (int i = 0; i < N_NUMBERS; i++)
    add_number (self, GTK_GRID (grid), i);

  adw_preferences_group_set_title (group, _ ("Gradient"));
  adw_preferences_group_set_header_suffix (group, explain);
  adw_preferences_group_add (group, grid);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (group));
  sk_block_numbers_show (self, NULL, FALSE);
}

GtkWidget *
sk_block_numbers_new (void) {
  return g_object_new (SK_TYPE_BLOCK_NUMBERS, NULL);
}

static void
set_visible (SkBlockNumbers *self, gboolean plain) {
  for (int i = 0; i < N_NUMBERS; i++) {
    gboolean visible = !(plain && meanings[i].of_skip);

    gtk_widget_set_visible (GTK_WIDGET (self->names[i]), visible);
    gtk_widget_set_visible (GTK_WIDGET (self->values[i]), visible);
  }
  explain_cb (self);
}

static char *
percent (double share) {
  return g_strdup_printf ("%.0f %%", 100 * share);
}

/* (transfer full) */
static char *
value_of (const SkBlockState *state, Number number) {
  gboolean dry = !(state->gradient > 0); /* the walk back ended before it */

  switch (number) {
  case NUMBER_GRADIENT:
    return dry ? NULL : sk_format_number ((double) state->gradient);
  case NUMBER_SKIP:
    return dry ? NULL : sk_format_number ((double) state->skip);
  case NUMBER_RESIDUAL:
    return dry ? NULL : sk_format_number ((double) state->residual);
  case NUMBER_SHARE:
    return dry ? NULL : percent ((double) state->share);
  case NUMBER_AGREEMENT:
    return dry ? NULL : sk_format_signed ((double) state->agreement);
  case NUMBER_GAIN:
    return dry ? NULL : g_strdup_printf ("× %.2f", (double) state->gain);
  case NUMBER_BRANCH:
    return g_strdup_printf ("%.2f", (double) state->branch);
  case NUMBER_GAMMA:
    return sk_format_number ((double) state->gamma);
  case NUMBER_DEAD:
    return percent ((double) state->dead);
  case NUMBER_UPDATE:
    return sk_format_number ((double) state->update);
  case N_NUMBERS:
  default:
    return NULL;
  }
}

void
sk_block_numbers_show (SkBlockNumbers *self, const SkBlockState *state,
                       gboolean plain) {
  set_visible (self, plain);
  for (int i = 0; i < N_NUMBERS; i++) {
    g_autofree char *value = state != NULL ? value_of (state, (Number) i) : NULL;

    gtk_label_set_text (self->values[i], value != NULL ? value : "–");
  }
}

void
sk_block_numbers_set_explained (SkBlockNumbers *self, gboolean explained) {
  gtk_toggle_button_set_active (self->explain, explained);
}
