#pragma once

#include <adwaita.h>

#include "engine.h"

/* A button with the weights of the catalogue: those that are here can be chosen, the others
 * lead to the downloads. */
#define SK_TYPE_WEIGHTS_MENU (sk_weights_menu_get_type ())
G_DECLARE_FINAL_TYPE (SkWeightsMenu, sk_weights_menu, SK, WEIGHTS_MENU, AdwBin)

GtkWidget *
sk_weights_menu_new (SkEngine *engine);

/* Signal "chosen" (SkWeightsMenu *, const SkOffer *offer): one that is here. */
