#pragma once

#include <adwaita.h>

#include "bars.h"
#include "engine.h"
#include "touches.h"

/* The run: the network with its gradients, the curves, the bars, the inspector.
 * Property "inspecting": whether the inspector is shown. */
#define SK_TYPE_TRAIN_PAGE (sk_train_page_get_type ())
G_DECLARE_FINAL_TYPE (SkTrainPage, sk_train_page, SK, TRAIN_PAGE, AdwBin)

typedef enum {
  SK_PICTURE_NETWORK,
  SK_PICTURE_CURVES,
  SK_PICTURE_GRADIENTS,
  SK_PICTURE_TIME,
  SK_PICTURE_BRANCHES,
} SkPicture;

GtkWidget *
sk_train_page_new (SkEngine *engine, SkTouches *touches);

/* The details stand in place of the pictures rather than beside them. */
void
sk_train_page_set_narrow (SkTrainPage *self, gboolean narrow);

/* The widget of the network. */
GtkWidget *
sk_train_page_graph (SkTrainPage *self);

/* Along the depth: −1 towards the stem, +1 to the head. */
void
sk_train_page_move_selection (SkTrainPage *self, int delta);

/* Shows a block's details. */
void
sk_train_page_select_block (SkTrainPage *self, int block);

void
sk_train_page_toggle_frozen (SkTrainPage *self);

/* Of the block selected. */
void
sk_train_page_toggle_skip (SkTrainPage *self);

void
sk_train_page_set_quantity (SkTrainPage *self, SkLayerQuantity quantity);

/* How the curves are looked at. */
void
sk_train_page_set_log_loss (SkTrainPage *self, gboolean log_loss);

void
sk_train_page_set_in_steps (SkTrainPage *self, gboolean in_steps);

void
sk_train_page_set_smooth (SkTrainPage *self, gboolean smooth);

/* Through the time of the run, by so many of its hundredths; 0: back to the newest. */
void
sk_train_page_scrub (SkTrainPage *self, int hundredths);

/* The step that every view shows; 0: the newest. */
gint64
sk_train_page_step (SkTrainPage *self);

/* 0 fits the network in. */
void
sk_train_page_zoom (SkTrainPage *self, double factor);

/* Writes a picture as it is seen; the ending of @path says how. */
gboolean
sk_train_page_save_picture (SkTrainPage *self, SkPicture picture, const char *path,
                            GError **error);
