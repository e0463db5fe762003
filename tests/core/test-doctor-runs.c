/* The doctor on recorded trainings (tests/bench/doctor-runs.sh made them on CIFAR-10): what
 * was provoked is found, and what was well is left in peace. */

#include <string.h>

#include "doctor.h"
#include "vitals-trace.h"

typedef struct {
  const char *name;
  const char *said; /* kinds, in the order they came; each time one comes */
  const char *last; /* what is said at the end */
  gint64 first_by; /* the step by which the first is said */
} Case;

static const Case cases[] = {
  /* Nothing is wrong. */
  { "well-resnet20", "", "", 0 },
  { "well-resnet20-zero", "", "", 0 },
  { "well-resnet56-zero", "", "", 0 },
  { "well-plain20", "", "", 0 },
  { "well-tail", "", "", 0 }, /* trained weights, a rate of 1e-5 */
  { "well-thawed", "", "", 0 }, /* stem and layer1 frozen, a new head */
  { "well-transfer", "", "", 0 }, /* all frozen but a new head */
  /* Something is. */
  { "ill-plain56", "exploding rate-high vanishing", "rate-high vanishing", 2 },
  { "ill-plain56-slow", "exploding", "exploding", 2 },
  { "ill-resnet56", "rate-high vanishing dead", "vanishing dead", 15 },
  { "ill-rate3", "rate-high vanishing", "rate-high vanishing", 15 },
  { "ill-rise", "rate-high vanishing", "rate-high vanishing", 115 },
  { "ill-tuned", "rate-high", "rate-high", 5 },
  { "ill-rate-low", "rate-low", "rate-low", 60 },
  { "ill-decay1", "wasting", "wasting", 15 },
  { "ill-asleep", "asleep", "asleep", 110 },
};

static void
append (GString *text, const char *word) {
  if (text->len > 0)
    g_string_append_c (text, ' ');
  g_string_append (text, word);
}

/* Adds to @said what was not in @before, and returns what is said now. */
static guint
listen (const SkDoctor *doctor, guint before, GString *said, GString *now) {
  int n;
  const SkFinding *findings = sk_doctor_findings (doctor, &n);
  guint after = 0;

  g_string_truncate (now, 0);
  for (int i = 0; i < n; i++) {
    const char *name = sk_finding_name (findings[i].kind);

    after |= 1u << findings[i].kind;
    append (now, name);
    if ((before & 1u << findings[i].kind) == 0)
      append (said, name);
  }
  return after;
}

static void
test_trace (gconstpointer data) {
  const Case *expected = data;
  g_autofree char *file = g_strconcat (expected->name, ".trace", NULL);
  g_autofree char *path =
      g_test_build_filename (G_TEST_DIST, "core", "traces", file, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autoptr (SkPlan) plan = NULL;
  g_autoptr (SkDoctor) doctor = NULL;
  g_autofree SkBlockState *blocks = NULL;
  g_autoptr (GString) said = g_string_new (NULL);
  g_autoptr (GString) now = g_string_new (NULL);
  const char *at;
  gint64 first = 0;
  guint before = 0;
  SkVitals vitals;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  plan = vitals_trace_plan (text, &error);
  g_assert_no_error (error);
  doctor = sk_doctor_new (plan, vitals_trace_decay (text));
  blocks = g_new0 (SkBlockState, plan->n_blocks);
  at = text;
  while (vitals_trace_read (&at, &vitals, blocks, plan->n_blocks)) {
    sk_doctor_observe (doctor, &vitals);
    before = listen (doctor, before, said, now);
    if (before != 0 && first == 0)
      first = vitals.step;
  }
  g_assert_cmpint (*at, ==, '\0');
  g_assert_cmpstr (said->str, ==, expected->said);
  g_assert_cmpstr (now->str, ==, expected->last);
  g_assert_cmpint (first, <=, expected->first_by);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/doctor-runs/", cases[i].name, NULL);

    g_test_add_data_func (path, &cases[i], test_trace);
  }
  return g_test_run ();
}
