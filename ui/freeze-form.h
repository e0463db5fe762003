#pragma once

#include <adwaita.h>

#include "plan.h"
#include "recipe.h"

/* What learns, and how fast: a lock and a rate for each stage, single blocks by the drawn
 * network; and what batch norm does. */
#define SK_TYPE_FREEZE_FORM (sk_freeze_form_get_type ())
G_DECLARE_FINAL_TYPE (SkFreezeForm, sk_freeze_form, SK, FREEZE_FORM, GtkBox)

GtkWidget *
sk_freeze_form_new (void);

/* The network in question: rows for its stages; what is frozen stays where it can. */
void
sk_freeze_form_set_plan (SkFreezeForm *self, SkPlan *plan);

/* Freezes a group of the plan, or lets it learn. */
void
sk_freeze_form_toggle (SkFreezeForm *self, int group);

/* Writes freeze, bn_mode and lr_scale. */
void
sk_freeze_form_read (SkFreezeForm *self, SkRecipe *recipe);

/* Signal "changed" (SkFreezeForm *) */
