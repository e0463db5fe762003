#include "finding.h"

const char *
sk_finding_name (SkFindingKind kind) {
  static const char *const names[] = { "non-finite", "exploding", "vanishing",
                                       "rate-high",  "rate-low",  "wasting",
                                       "dead",       "asleep",    "cut",
                                       "stuck" };

  G_STATIC_ASSERT (G_N_ELEMENTS (names) == SK_N_FINDINGS);
  return names[kind];
}

const char *
sk_severity_name (SkSeverity severity) {
  static const char *const names[] = { "note", "warning", "serious" };

  return names[severity];
}

const char *
sk_evidence_name (SkEvidence evidence) {
  static const char *const names[] = { "loss", "depth-ratio", "update", "weight",
                                       "dead", "branch",      "lambda" };

  return names[evidence];
}

const char *
sk_remedy_name (SkRemedy remedy) {
  static const char *const names[] = { "none",          "lr",
                                       "roll-back",     "restore-skips",
                                       "new-run-skips", "new-run-decay" };

  return names[remedy];
}
