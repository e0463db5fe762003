#pragma once

#include <adwaita.h>

#include "recipe.h"

/* How a run of two phases learns: the head, then everything. */
#define SK_TYPE_PHASE_FORM (sk_phase_form_get_type ())
G_DECLARE_FINAL_TYPE (SkPhaseForm, sk_phase_form, SK, PHASE_FORM, GtkBox)

GtkWidget *
sk_phase_form_new (void);

void
sk_phase_form_show (SkPhaseForm *self, const SkRecipe *recipe);

/* Writes what it shows; the rest of @recipe stays. */
void
sk_phase_form_read (SkPhaseForm *self, SkRecipe *recipe);

/* Signal "changed" (SkPhaseForm *) */
