#pragma once

#include <adwaita.h>

#include "engine.h"

/* Networks that learn the same pictures in lock-step, with skips and without. */
#define SK_TYPE_RACE_PAGE (sk_race_page_get_type ())
G_DECLARE_FINAL_TYPE (SkRacePage, sk_race_page, SK, RACE_PAGE, AdwBin)

GtkWidget *
sk_race_page_new (SkEngine *engine);

/* Starts a race of @nets, names with commas, as the page's settings say. */
void
sk_race_page_start (SkRacePage *self, const char *nets);

/* What is seen, with its title and words. @path: ends in .png, .svg or .pdf */
gboolean
sk_race_page_save_picture (SkRacePage *self, const char *path, GError **error);
