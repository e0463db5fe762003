#include "welcome-page.h"

#include <glib/gi18n.h>

static GtkWidget *
button_new (const char *label, const char *action, const char *css_class) {
  GtkWidget *button = gtk_button_new_with_mnemonic (label);

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_widget_add_css_class (button, "pill");
  if (css_class != NULL)
    gtk_widget_add_css_class (button, css_class);
  gtk_widget_set_halign (button, GTK_ALIGN_CENTER);
  return button;
}

GtkWidget *
sk_welcome_page_new (void) {
  GtkWidget *page = adw_status_page_new ();
  GtkWidget *buttons = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *footer = gtk_label_new (_ ("Everything stays on this computer."));

  adw_status_page_set_icon_name (ADW_STATUS_PAGE (page), "org.skipscope.Skipscope");
  adw_status_page_set_title (ADW_STATUS_PAGE (page),
                             _ ("See why skip connections matter"));
  adw_status_page_set_description (
      ADW_STATUS_PAGE (page),
      _ ("Train a residual network on your own processor, and watch the gradient flow "
         "back through it, block by block."));
  gtk_box_append (GTK_BOX (buttons),
                  button_new (_ ("_Train a ResNet-20 on the built-in pictures"),
                              "win.demo", "suggested-action"));
  gtk_box_append (GTK_BOX (buttons),
                  button_new (_ ("_Set up a run of my own"), "win.build", NULL));
  gtk_box_append (GTK_BOX (buttons),
                  button_new (_ ("_Open pictures or weights…"), "win.open", NULL));
  gtk_widget_add_css_class (footer, "dim-label");
  gtk_widget_set_margin_top (footer, 18);
  gtk_box_append (GTK_BOX (buttons), footer);
  adw_status_page_set_child (ADW_STATUS_PAGE (page), buttons);
  return page;
}
