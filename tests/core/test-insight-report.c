/* An evaluation taken apart, against numbers worked out by hand. */

#include "report.h"

#include <math.h>

static const SkVerdict verdicts[] = {
  { .index = 0,
    .label = 0,
    .predicted = 0,
    .rank = 0,
    .confidence = 0.9f,
    .loss = 0.1 },
  { .index = 1,
    .label = 0,
    .predicted = 1,
    .rank = 1,
    .confidence = 0.9f,
    .loss = 3.0 },
  { .index = 2,
    .label = 1,
    .predicted = 1,
    .rank = 0,
    .confidence = 0.5f,
    .loss = 0.7 },
  { .index = 3,
    .label = 1,
    .predicted = 1,
    .rank = 0,
    .confidence = 1.0f,
    .loss = 0.0 },
  { .index = 4, .label = 1, .predicted = 0, .rank = 7, .confidence = 0, .loss = NAN },
};

static void
test_scores (void) {
  const char *names[] = { "ants", "bees", "wasps", NULL };
  g_autoptr (SkReport) report = sk_report_new (verdicts, 5, 3, (char *const *) names);
  g_autofree char *name = sk_report_class_name (report, 1);

  g_assert_cmpstr (name, ==, "bees");
  g_assert_cmpint (report->mean.images, ==, 5);
  g_assert_cmpfloat_with_epsilon (report->mean.top1, 0.6, 1e-12);
  g_assert_cmpfloat_with_epsilon (report->mean.top5, 0.8, 1e-12);
  g_assert_cmpint (sk_report_confused (report, 0, 1), ==, 1);
  g_assert_cmpint (sk_report_confused (report, 1, 0), ==, 1);
  g_assert_cmpint (sk_report_confused (report, 1, 1), ==, 2);
  g_assert_cmpfloat_with_epsilon (report->scores[1].precision, 2.0 / 3, 1e-12);
  g_assert_cmpfloat_with_epsilon (report->scores[1].recall, 2.0 / 3, 1e-12);
  g_assert_cmpfloat_with_epsilon (report->scores[0].f1, 0.5, 1e-12);
  g_assert_true (isnan (report->scores[2].precision));
  g_assert_true (isnan (report->scores[2].recall));
}

static void
test_hardest_first (void) {
  const int order[] = { 4, 1, 2, 0, 3 };
  g_autoptr (SkReport) report = sk_report_new (verdicts, 5, 3, NULL);

  for (int i = 0; i < 5; i++)
    g_assert_cmpint (report->verdicts[i].index, ==, order[i]);
}

static void
test_calibration (void) {
  g_autoptr (SkReport) report = sk_report_new (verdicts, 5, 3, NULL);
  int pictures = 0;

  for (int i = 0; i < SK_CALIBRATION_BINS; i++)
    pictures += report->bins[i].pictures;
  g_assert_cmpint (pictures, ==, 5);
  /* 0.9 · 15 = 13.5: two pictures, one of them right; 1.0 belongs to the last bin. */
  g_assert_cmpint (report->bins[13].pictures, ==, 2);
  g_assert_cmpfloat_with_epsilon (report->bins[13].accuracy, 0.5, 1e-6);
  g_assert_cmpint (report->bins[14].pictures, ==, 1);
  /* 2/5·0.4 + 1/5·0.5 + 1/5·0 + 1/5·0 */
  g_assert_cmpfloat_with_epsilon (report->ece, 0.26, 1e-6);
}

static void
test_nothing (void) {
  g_autoptr (SkReport) report = sk_report_new (NULL, 0, 2, NULL);

  g_assert_cmpint (report->mean.images, ==, 0);
  g_assert_cmpfloat (report->ece, ==, 0);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/scores", test_scores);
  g_test_add_func ("/report/hardest-first", test_hardest_first);
  g_test_add_func ("/report/calibration", test_calibration);
  g_test_add_func ("/report/nothing", test_nothing);
  return g_test_run ();
}
