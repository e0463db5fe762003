#pragma once

#include <adwaita.h>

/* What a new user sees first: one thing to do, and two others. */
#define SK_TYPE_WELCOME_PAGE (sk_welcome_page_get_type ())
G_DECLARE_FINAL_TYPE (SkWelcomePage, sk_welcome_page, SK, WELCOME_PAGE, AdwBin)

GtkWidget *
sk_welcome_page_new (void);
