#include "layer-table.h"

#include <glib/gi18n.h>
#include <string.h>

#include "range.h"

/* The columns. */
enum {
  COLUMN_NAME,
  COLUMN_GRADIENT,
  COLUMN_UPDATE,
};

static gboolean
is_layer (const SkParameter *parameter, int group) {
  return parameter->group == group && (parameter->kind == SK_PARAMETER_CONV ||
                                       parameter->kind == SK_PARAMETER_LINEAR);
}

/* "conv1" of "layer1.0.conv1.weight". */
static char *
short_name (const SkPlan *plan, const SkParameter *parameter) {
  const char *group = plan->groups[parameter->group].name;
  const char *name = parameter->name;
  gsize n = strlen (group);

  if (strncmp (name, group, n) == 0 && name[n] == '.' && strchr (name + n + 1, '.'))
    name += n + 1;
  return g_strndup (name, (gsize) (strrchr (name, '.') - name));
}

static void
attach (GtkGrid *grid, const char *text, int column, int row, gboolean head) {
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), column == COLUMN_NAME ? 0 : 1);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (label, column == COLUMN_NAME);
  gtk_widget_add_css_class (label, head ? "caption-heading" : "numeric");
  gtk_label_set_selectable (GTK_LABEL (label), !head);
  gtk_grid_attach (grid, label, column, row, 1, 1);
}

void
sk_layer_table_fill (GtkGrid *grid, const SkPlan *plan, int group) {
  GtkWidget *child;
  int row = 1;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (grid))) != NULL)
    gtk_grid_remove (grid, child);
  attach (grid, _ ("Layer"), COLUMN_NAME, 0, TRUE);
  attach (grid, _ ("‖∂L/∂W‖"), COLUMN_GRADIENT, 0, TRUE);
  attach (grid, _ ("‖ΔW‖ / ‖W‖"), COLUMN_UPDATE, 0, TRUE);
  for (int i = 0; i < plan->n_parameters; i++)
    if (is_layer (&plan->parameters[i], group)) {
      g_autofree char *name = short_name (plan, &plan->parameters[i]);

      attach (grid, name, COLUMN_NAME, row, FALSE);
      attach (grid, "–", COLUMN_GRADIENT, row, FALSE);
      attach (grid, "–", COLUMN_UPDATE, row, FALSE);
      row++;
    }
}

static void
set (GtkGrid *grid, int column, int row, double value) {
  g_autofree char *text = sk_format_short (value);

  gtk_label_set_text (GTK_LABEL (gtk_grid_get_child_at (grid, column, row)), text);
}

void
sk_layer_table_update (GtkGrid *grid, const SkPlan *plan, int group,
                       const SkLayerState *layers) {
  int row = 1;

  if (layers == NULL)
    return;
  for (int i = 0; i < plan->n_parameters; i++)
    if (is_layer (&plan->parameters[i], group)) {
      set (grid, COLUMN_GRADIENT, row, (double) layers[i].gradient_norm);
      set (grid, COLUMN_UPDATE, row, (double) layers[i].update_ratio);
      row++;
    }
}
