#pragma once

#include <adwaita.h>

#include "engine.h"

/* How good the network is on the test pictures: means, classes, confusion with the pictures
 * behind each cell, the hardest ones, calibration. */
#define SK_TYPE_EVALUATE_PAGE (sk_evaluate_page_get_type ())
G_DECLARE_FINAL_TYPE (SkEvaluatePage, sk_evaluate_page, SK, EVALUATE_PAGE, AdwBin)

GtkWidget *
sk_evaluate_page_new (SkEngine *engine);

/* Where there is no room for both, confusion and pictures stand one above the other. */
void
sk_evaluate_page_set_narrow (SkEvaluatePage *self, gboolean narrow);
