#pragma once

#include <adwaita.h>

#include "engine.h"

/* What the doctor says of the run: a row for each finding, a quiet line when all is well.
 *
 * Signal "show-evidence" (SkDoctorPane *, int kind, int block): what says so is to be
 * shown; kind: SkEvidence, block −1: none in particular. */
#define SK_TYPE_DOCTOR_PANE (sk_doctor_pane_get_type ())
G_DECLARE_FINAL_TYPE (SkDoctorPane, sk_doctor_pane, SK, DOCTOR_PANE, GtkBox)

GtkWidget *
sk_doctor_pane_new (SkEngine *engine);

void
sk_doctor_pane_take (SkDoctorPane *self, const SkSnapshot *snapshot);
