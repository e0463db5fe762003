#include "welcome-page.h"

#include "resources.h"

struct _SkWelcomePage {
  AdwBin parent;
};

G_DEFINE_FINAL_TYPE (SkWelcomePage, sk_welcome_page, ADW_TYPE_BIN)

static void
sk_welcome_page_class_init (SkWelcomePageClass *class) {
  gtk_widget_class_set_template_from_resource (GTK_WIDGET_CLASS (class),
                                               SK_RESOURCES "ui/welcome-page.ui");
}

static void
sk_welcome_page_init (SkWelcomePage *self) {
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sk_welcome_page_new (void) {
  return g_object_new (SK_TYPE_WELCOME_PAGE, NULL);
}
