#include "lab-page.h"

#include <glib/gi18n.h>

#include "lesion-page.h"
#include "race-page.h"
#include "resources.h"

struct _SkLabPage {
  AdwBin parent;
  GtkWidget *bar; /* holds the switcher */
  GtkStack *experiments;
  SkRacePage *race;
};

G_DEFINE_FINAL_TYPE (SkLabPage, sk_lab_page, ADW_TYPE_BIN)

enum {
  SIGNAL_SELECTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

void
sk_lab_page_add (SkLabPage *self, GtkWidget *experiment, const char *name,
                 const char *title) {
  g_autoptr (GtkSelectionModel) pages = gtk_stack_get_pages (self->experiments);

  gtk_stack_add_titled (self->experiments, experiment, name, title);
  /* A single choice is none. */
  gtk_widget_set_visible (self->bar,
                          g_list_model_get_n_items (G_LIST_MODEL (pages)) > 1);
}

void
sk_lab_page_show (SkLabPage *self, const char *name) {
  gtk_stack_set_visible_child_name (self->experiments, name);
}

void
sk_lab_page_race (SkLabPage *self, const char *nets) {
  sk_lab_page_show (self, "race");
  sk_race_page_start (self->race, nets);
}

const char *
sk_lab_page_shown (SkLabPage *self) {
  return gtk_stack_get_visible_child_name (self->experiments);
}

static void
selected_cb (SkLabPage *self, int block) {
  g_signal_emit (self, signals[SIGNAL_SELECTED], 0, block);
}

static void
sk_lab_page_class_init (SkLabPageClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  signals[SIGNAL_SELECTED] =
      g_signal_new ("selected", SK_TYPE_LAB_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               SK_RESOURCES "ui/lab-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SkLabPage, bar);
  gtk_widget_class_bind_template_child (widget_class, SkLabPage, experiments);
}

static void
sk_lab_page_init (SkLabPage *self) {
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sk_lab_page_new (SkEngine *engine) {
  SkLabPage *self = g_object_new (SK_TYPE_LAB_PAGE, NULL);
  GtkWidget *lesion;

  self->race = SK_RACE_PAGE (sk_race_page_new (engine));
  sk_lab_page_add (self, GTK_WIDGET (self->race), "race", _ ("Race"));
  lesion = sk_lesion_page_new (engine);
  g_signal_connect_swapped (lesion, "selected", G_CALLBACK (selected_cb), self);
  sk_lab_page_add (self, lesion, "lesion", _ ("Lesion"));
  return GTK_WIDGET (self);
}
