#pragma once

#include <adwaita.h>

#include "engine.h"
#include "recipe-form.h"

/* Where a run is put together: the form, the network it makes, and what it will cost. */
#define SK_TYPE_BUILD_PAGE (sk_build_page_get_type ())
G_DECLARE_FINAL_TYPE (SkBuildPage, sk_build_page, SK, BUILD_PAGE, AdwBin)

GtkWidget *
sk_build_page_new (SkEngine *engine);

SkRecipeForm *
sk_build_page_form (SkBuildPage *self);

/* Whether the engine has said that the form as it stands can be trained. */
gboolean
sk_build_page_is_ready (SkBuildPage *self);

/* Puts @recipe into the form, as if it had been entered. */
void
sk_build_page_prepare (SkBuildPage *self, const SkRecipe *recipe);

/* Trains what the form says. */
void
sk_build_page_start (SkBuildPage *self);

/* The form stands above what it makes rather than beside it. */
void
sk_build_page_set_narrow (SkBuildPage *self, gboolean narrow);

/* Signals "started", "ready-changed" (SkBuildPage *). */
