#include "race-page.h"

#include "resources.h"

struct _SkRacePage {
  AdwBin parent;
};

G_DEFINE_FINAL_TYPE (SkRacePage, sk_race_page, ADW_TYPE_BIN)

static void
sk_race_page_class_init (SkRacePageClass *class) {
  gtk_widget_class_set_template_from_resource (GTK_WIDGET_CLASS (class),
                                               SK_RESOURCES "ui/race-page.ui");
}

static void
sk_race_page_init (SkRacePage *self) {
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sk_race_page_new (SkEngine *engine) {
  return g_object_new (SK_TYPE_RACE_PAGE, NULL);
}
