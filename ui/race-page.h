#pragma once

#include <adwaita.h>

#include "engine.h"

/* Networks that learn the same pictures in lock-step, with skips and without. */
#define SK_TYPE_RACE_PAGE (sk_race_page_get_type ())
G_DECLARE_FINAL_TYPE (SkRacePage, sk_race_page, SK, RACE_PAGE, AdwBin)

GtkWidget *
sk_race_page_new (SkEngine *engine);
