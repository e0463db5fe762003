#pragma once

#include <adwaita.h>

#include "engine.h"

/* From somebody's weights to a network for one's own pictures: a folder, weights, what is
 * frozen, two phases. */
#define SK_TYPE_TRANSFER_PAGE (sk_transfer_page_get_type ())
G_DECLARE_FINAL_TYPE (SkTransferPage, sk_transfer_page, SK, TRANSFER_PAGE, AdwBin)

GtkWidget *
sk_transfer_page_new (SkEngine *engine);

/* A folder of pictures, or the weights to begin with: a file, or a run's folder. */
void
sk_transfer_page_take_data (SkTransferPage *self, const char *path);

void
sk_transfer_page_take_weights (SkTransferPage *self, const char *path);

/* Whether everything is there to start with. */
gboolean
sk_transfer_page_is_ready (SkTransferPage *self);

void
sk_transfer_page_start (SkTransferPage *self);

/* (transfer none): what it would start with. */
const SkRecipe *
sk_transfer_page_recipe (SkTransferPage *self);

void
sk_transfer_page_set_narrow (SkTransferPage *self, gboolean narrow);

/* Signals "started" (SkTransferPage *), "ready-changed" (SkTransferPage *). */
