#pragma once

#include "finding.h"
#include "plan.h"

/* What the doctor found, in words. All (transfer full). */

/* What is wrong: one sentence, "The gradient fades on its way to the stem: …". */
char *
sk_words_finding (const SkFinding *finding, const SkPlan *plan);

/* What says so: the number, its limit, where and since when. */
char *
sk_words_evidence (const SkFinding *finding, const SkPlan *plan);

/* What would help: a sentence; NULL: nothing in particular. */
char *
sk_words_remedy (const SkFinding *finding);

/* (transfer none): "Serious", "Warning", "Note". */
const char *
sk_words_severity (SkSeverity severity);
