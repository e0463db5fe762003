#include "finding-row.h"

#include "finding-words.h"
#include "resources.h"
#include "rows.h"

struct _SkFindingRow {
  GtkBox parent;
  GtkImage *icon;
  GtkLabel *severity, *sentence, *evidence;
  GtkButton *show, *remedy;
  SkFinding finding;
};

G_DEFINE_FINAL_TYPE (SkFindingRow, sk_finding_row, GTK_TYPE_BOX)

enum {
  SIGNAL_SHOW,
  SIGNAL_REMEDY,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
show_cb (SkFindingRow *self) {
  g_signal_emit (self, signals[SIGNAL_SHOW], 0);
}

static void
remedy_cb (SkFindingRow *self) {
  g_signal_emit (self, signals[SIGNAL_REMEDY], 0);
}

/* An icon and a word beside it: colour only repeats what they say. */
static void
show_severity (SkFindingRow *self, SkSeverity severity) {
  static const char *const icons[] = { "dialog-information-symbolic",
                                       "dialog-warning-symbolic",
                                       "dialog-error-symbolic" };
  static const char *const classes[] = { "dim-label", "warning", "error" };

  gtk_image_set_from_icon_name (self->icon, icons[severity]);
  gtk_label_set_text (self->severity, sk_words_severity (severity));
  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    gtk_widget_remove_css_class (gtk_widget_get_parent (GTK_WIDGET (self->icon)),
                                 classes[i]);
  gtk_widget_add_css_class (gtk_widget_get_parent (GTK_WIDGET (self->icon)),
                            classes[severity]);
}

void
sk_finding_row_tell (SkFindingRow *self, const SkFinding *finding, const SkPlan *plan,
                     const char *remedy) {
  g_autofree char *sentence = sk_words_finding (finding, plan);
  g_autofree char *evidence = sk_words_evidence (finding, plan);
  g_autofree char *advice = sk_words_remedy (finding);
  g_autofree char *label =
      g_strdup_printf ("%s: %s", sk_words_severity (finding->severity), sentence);

  self->finding = *finding;
  show_severity (self, finding->severity);
  gtk_label_set_text (self->sentence, sentence);
  gtk_label_set_text (self->evidence, evidence);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, evidence,
                                  -1);
  gtk_widget_set_visible (GTK_WIDGET (self->remedy), remedy != NULL);
  if (remedy != NULL)
    gtk_button_set_label (self->remedy, remedy);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->remedy), advice);
}

const SkFinding *
sk_finding_row_finding (SkFindingRow *self) {
  return &self->finding;
}

void
sk_finding_row_set_ready (SkFindingRow *self, gboolean ready) {
  sk_rows_set_sensitive (GTK_WIDGET (self->remedy), ready);
}

static void
sk_finding_row_class_init (SkFindingRowClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  GType type = G_TYPE_FROM_CLASS (class);

  signals[SIGNAL_SHOW] = g_signal_new ("show-evidence", type, G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_REMEDY] = g_signal_new ("remedy", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               SK_RESOURCES "ui/finding-row.ui");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_bind_template_child (widget_class, SkFindingRow, icon);
  gtk_widget_class_bind_template_child (widget_class, SkFindingRow, severity);
  gtk_widget_class_bind_template_child (widget_class, SkFindingRow, sentence);
  gtk_widget_class_bind_template_child (widget_class, SkFindingRow, evidence);
  gtk_widget_class_bind_template_child (widget_class, SkFindingRow, show);
  gtk_widget_class_bind_template_child (widget_class, SkFindingRow, remedy);
  gtk_widget_class_bind_template_callback (widget_class, show_cb);
  gtk_widget_class_bind_template_callback (widget_class, remedy_cb);
}

static void
sk_finding_row_init (SkFindingRow *self) {
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sk_finding_row_new (void) {
  return g_object_new (SK_TYPE_FINDING_ROW, NULL);
}
