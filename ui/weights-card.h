#pragma once

#include <adwaita.h>

#include "engine.h"

/* The weights to begin with, before they are loaded: which network's they are, what
 * becomes of each part, the new head, and how pictures have to be prepared for them. */
#define SK_TYPE_WEIGHTS_CARD (sk_weights_card_get_type ())
G_DECLARE_FINAL_TYPE (SkWeightsCard, sk_weights_card, SK, WEIGHTS_CARD,
                      AdwPreferencesGroup)

GtkWidget *
sk_weights_card_new (SkEngine *engine);

/* @path: of a weight file, or of a run's folder, whose best weights are taken */
void
sk_weights_card_take (SkWeightsCard *self, const char *path);

/* @classes: that the new network is to tell apart; 0: not known */
void
sk_weights_card_set_classes (SkWeightsCard *self, int classes);

/* (nullable): of the file; NULL: none was chosen */
const char *
sk_weights_card_path (SkWeightsCard *self);

/* (nullable): the network that the file fills; NULL: none, or not known yet */
const char *
sk_weights_card_net (SkWeightsCard *self);

/* Signal "changed" (SkWeightsCard *): another file, or more is known of it. */
