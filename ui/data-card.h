#pragma once

#include <adwaita.h>

#include "engine.h"

/* A folder of pictures, looked at: its classes with small pictures, the split, what was
 * left out, what is there twice. */
#define SK_TYPE_DATA_CARD (sk_data_card_get_type ())
G_DECLARE_FINAL_TYPE (SkDataCard, sk_data_card, SK, DATA_CARD, AdwPreferencesGroup)

GtkWidget *
sk_data_card_new (SkEngine *engine);

/* The folder at @path is looked at from now on. */
void
sk_data_card_take (SkDataCard *self, const char *path);

/* (nullable): "folder:DIR"; NULL: none was chosen */
const char *
sk_data_card_data (SkDataCard *self);

/* 0: not known yet */
int
sk_data_card_classes (SkDataCard *self);

/* Signal "changed" (SkDataCard *): another folder, or more is known of it. */
