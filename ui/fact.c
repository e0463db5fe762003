#include "fact.h"

struct _SkFact {
  GtkBox parent;
  GtkLabel *value, *caption, *note;
};

G_DEFINE_FINAL_TYPE (SkFact, sk_fact, GTK_TYPE_BOX)

static GtkLabel *
add_label (SkFact *self, const char *const *classes) {
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_css_classes (label, (const char **) classes);
  gtk_box_append (GTK_BOX (self), label);
  return GTK_LABEL (label);
}

static void
sk_fact_class_init (SkFactClass *class) {
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (class),
                                        GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
sk_fact_init (SkFact *self) {
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_widget_add_css_class (GTK_WIDGET (self), "card");
  gtk_widget_add_css_class (GTK_WIDGET (self), "fact");
  self->value = add_label (self, (const char *const[]){ "title-4", "numeric", NULL });
  self->caption = add_label (self, (const char *const[]){ "caption", NULL });
  self->note = add_label (self, (const char *const[]){ "caption", "dim-label", NULL });
  gtk_label_set_selectable (self->value, TRUE);
}

GtkWidget *
sk_fact_new (const char *caption) {
  SkFact *self = g_object_new (SK_TYPE_FACT, NULL);

  gtk_label_set_text (self->caption, caption);
  sk_fact_set (self, "–", NULL);
  return GTK_WIDGET (self);
}

void
sk_fact_set (SkFact *self, const char *value, const char *note) {
  g_autofree char *words =
      g_strjoin (" ", value, gtk_label_get_text (self->caption), note, NULL);

  gtk_label_set_text (self->value, value);
  gtk_label_set_text (self->note, note ? note : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  words, -1);
}
