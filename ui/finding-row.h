#pragma once

#include <adwaita.h>

#include "finding.h"
#include "plan.h"

/* One thing that the doctor found: how grave it is, what it is, the number behind it, a
 * button that shows that, and one that does something about it.
 *
 * Signals "show-evidence", "remedy" (SkFindingRow *): a button was pressed. */
#define SK_TYPE_FINDING_ROW (sk_finding_row_get_type ())
G_DECLARE_FINAL_TYPE (SkFindingRow, sk_finding_row, SK, FINDING_ROW, GtkBox)

GtkWidget *
sk_finding_row_new (void);

/**
 * sk_finding_row_tell:
 * @remedy: (nullable): label of the button that does something; NULL: there is none
 */
void
sk_finding_row_tell (SkFindingRow *self, const SkFinding *finding, const SkPlan *plan,
                     const char *remedy);

/* (transfer none): as it was told last */
const SkFinding *
sk_finding_row_finding (SkFindingRow *self);

/* Whether the remedy can be pressed. */
void
sk_finding_row_set_ready (SkFindingRow *self, gboolean ready);
