#include "finding-json.h"

#include "json.h"

static void
append_name (GString *text, const char *name, const char *value) {
  g_string_append_printf (text, ",\"%s\":", name);
  sk_json_append_string (text, value);
}

static void
append_number (GString *text, const char *name, double value) {
  g_string_append_printf (text, ",\"%s\":", name);
  sk_json_append_float (text, (float) value);
}

static void
append_finding (GString *text, const SkFinding *finding, const SkPlan *plan) {
  g_string_append (text, "{\"kind\":");
  sk_json_append_string (text, sk_finding_name (finding->kind));
  append_name (text, "severity", sk_severity_name (finding->severity));
  if (finding->kind != SK_FINDING_NON_FINITE) {
    append_name (text, "evidence", sk_evidence_name (finding->evidence));
    append_number (text, "value", finding->value);
    append_number (text, "threshold", finding->threshold);
  }
  g_string_append_printf (text, ",\"since\":%" G_GINT64_FORMAT, finding->since);
  if (finding->first >= 0 && finding->last < plan->n_blocks) {
    g_string_append (text, ",\"blocks\":[");
    sk_json_append_string (text, plan->blocks[finding->first].name);
    g_string_append_c (text, ',');
    sk_json_append_string (text, plan->blocks[finding->last].name);
    g_string_append_c (text, ']');
    append_name (text, "worst", plan->blocks[finding->block].name);
  }
  if (finding->culprit[0] != '\0')
    append_name (text, "culprit", finding->culprit);
  if (finding->remedy != SK_REMEDY_NONE) {
    append_name (text, "remedy", sk_remedy_name (finding->remedy));
    append_number (text, "remedy_value", finding->remedy_value);
  }
  g_string_append_c (text, '}');
}

void
sk_findings_append_json (GString *text, const SkFinding *findings, int n,
                         const SkPlan *plan) {
  g_string_append_c (text, '[');
  for (int i = 0; i < n; i++) {
    if (i > 0)
      g_string_append_c (text, ',');
    append_finding (text, &findings[i], plan);
  }
  g_string_append_c (text, ']');
}
