/* The doctor's rules, on courses made up for each: what is said, where, since when, and
 * that nothing flickers. test-doctor-runs.c has recorded and real trainings. */

#include <string.h>

#include "doctor.h"

#define N_HEALTHY 60

typedef struct {
  SkPlan *plan;
  SkDoctor *doctor;
  SkBlockState blocks[32];
  SkVitals vitals;
} Patient;

/* A network that learns as it should: from there each test makes one thing wrong. */
static void
make_patient (Patient *self, const char *net, float weight_decay) {
  g_autoptr (GError) error = NULL;
  SkVariant variant;

  *self = (Patient){ 0 };
  sk_variant_find (net, &variant, &error);
  g_assert_no_error (error);
  self->plan = sk_plan_new (&variant, 8, 0, 0, 10, &error);
  g_assert_no_error (error);
  g_assert_cmpint (self->plan->n_blocks, <=, G_N_ELEMENTS (self->blocks));
  self->doctor = sk_doctor_new (self->plan, weight_decay);
  self->vitals = (SkVitals){ .loss = 2.3f,
                             .lr = 0.1f,
                             .schedule = 1,
                             .update = 4e-3f,
                             .weight = 35,
                             .n_learning = 20,
                             .blocks = self->blocks };
  for (int i = 0; i < self->plan->n_blocks; i++)
    self->blocks[i] = (SkBlockState){ .gradient = 2e-5f,
                                      .gain = 1,
                                      .branch = self->plan->variant.skips ? 0.7f : 0,
                                      .gamma = 0.9f,
                                      .update = 4e-3f,
                                      .dead = 0.4f,
                                      .lambda = 1 };
}

static void
clear_patient (Patient *self) {
  sk_doctor_free (self->doctor);
  sk_plan_unref (self->plan);
}

/* @steps more; the loss changes by @fall each. Returns how often the findings changed. */
static int
live (Patient *self, int steps, float fall) {
  int changes = 0;

  for (int i = 0; i < steps; i++) {
    self->vitals.step++;
    self->vitals.loss -= fall;
    self->vitals.blocks =
        sk_doctor_wants_blocks (self->vitals.step) ? self->blocks : NULL;
    changes += sk_doctor_observe (self->doctor, &self->vitals);
  }
  return changes;
}

static const SkFinding *
only_finding (Patient *self, SkFindingKind kind) {
  int n;
  const SkFinding *findings = sk_doctor_findings (self->doctor, &n);

  g_assert_cmpint (n, ==, 1);
  g_assert_cmpstr (sk_finding_name (findings[0].kind), ==, sk_finding_name (kind));
  g_assert_cmpint (findings[0].since, >, 0);
  g_assert_cmpint (findings[0].since, <=, self->vitals.step);
  return &findings[0];
}

static void
assert_well (Patient *self) {
  int n;
  const SkFinding *findings = sk_doctor_findings (self->doctor, &n);

  if (n > 0)
    g_test_message ("said: %s", sk_finding_name (findings[0].kind));
  g_assert_cmpint (n, ==, 0);
}

static void
test_silence (void) {
  static const char *const nets[] = { "resnet20", "plain20", "resnet56",
                                      "resnet18-cifar" };

  for (gsize i = 0; i < G_N_ELEMENTS (nets); i++) {
    Patient patient;

    make_patient (&patient, nets[i], 5e-4f);
    g_assert_cmpint (live (&patient, 400, 0.002f), ==, 0);
    assert_well (&patient);
    clear_patient (&patient);
  }
}

/* The gradient grows towards the stem, from @block on. */
static void
grow_gradient (Patient *self, int block, float factor) {
  for (int i = 0; i <= block; i++)
    self->blocks[i].gradient *= factor;
}

static void
test_exploding (void) {
  Patient patient;
  const SkFinding *finding;

  make_patient (&patient, "plain20", 5e-4f);
  grow_gradient (&patient, 2, 150);
  patient.blocks[1].gradient *= 2;
  live (&patient, 5, 0);
  finding = only_finding (&patient, SK_FINDING_EXPLODING);
  g_assert_cmpint (finding->first, ==, 0);
  g_assert_cmpint (finding->last, ==, 2);
  g_assert_cmpint (finding->n_blocks, ==, 3);
  g_assert_cmpint (finding->block, ==, 1);
  g_assert_cmpint (finding->since, ==, 1);
  g_assert_cmpfloat_with_epsilon (finding->value, 300, 1);
  g_assert_cmpint (finding->remedy, ==, SK_REMEDY_NEW_RUN_SKIPS);
  g_assert_cmpint (finding->severity, ==, SK_SEVERITY_SERIOUS);
  clear_patient (&patient);
}

static void
test_vanishing (void) {
  Patient patient;
  const SkFinding *finding;

  make_patient (&patient, "resnet20", 5e-4f);
  live (&patient, N_HEALTHY, 0.005f);
  grow_gradient (&patient, 3, 1e-3f);
  live (&patient, 40, 0);
  finding = only_finding (&patient, SK_FINDING_VANISHING);
  g_assert_cmpint (finding->first, ==, 0);
  g_assert_cmpint (finding->last, ==, 3);
  g_assert_cmpint (finding->since, >, N_HEALTHY);
  g_assert_cmpint (finding->remedy, ==, SK_REMEDY_ROLL_BACK);
  /* It learns, so it is not the worst that can be. */
  g_assert_cmpint (finding->severity, ==, SK_SEVERITY_WARNING);
  g_assert_true (finding->learning);

  /* With skips that were cut the first thing to try is to give them back. */
  for (int i = 0; i < patient.plan->n_blocks; i++)
    patient.blocks[i].lambda = 0;
  live (&patient, 10, 0);
  finding = only_finding (&patient, SK_FINDING_VANISHING);
  g_assert_cmpint (finding->remedy, ==, SK_REMEDY_RESTORE_SKIPS);
  clear_patient (&patient);
}

/* What the user froze is as it was wanted, and has no gradient. */
static void
test_frozen (void) {
  Patient patient;

  make_patient (&patient, "resnet20", 5e-4f);
  for (int i = 0; i < 6; i++) {
    patient.blocks[i] = (SkBlockState){ .lambda = 1, .frozen = TRUE, .dead = 1 };
    patient.blocks[i].branch = 0.001f;
  }
  /* The first that learns gets no gradient by its input either: nobody would read it. */
  patient.blocks[6].gradient = patient.blocks[6].gain = 0;
  patient.vitals.n_learning = 7;
  g_assert_cmpint (live (&patient, 300, 0.001f), ==, 0);
  assert_well (&patient);
  clear_patient (&patient);
}

static void
test_rate_high (void) {
  Patient patient;
  const SkFinding *finding;

  /* Long steps, and the loss does not fall. */
  make_patient (&patient, "resnet20", 5e-4f);
  patient.vitals.update = 0.03f;
  live (&patient, 30, 0);
  finding = only_finding (&patient, SK_FINDING_RATE_HIGH);
  g_assert_cmpint (finding->evidence, ==, SK_EVIDENCE_UPDATE);
  g_assert_cmpint (finding->remedy, ==, SK_REMEDY_ROLL_BACK);
  g_assert_cmpfloat (finding->remedy_value, ==, 0.1);
  clear_patient (&patient);

  /* Long steps while it falls are quick learning. */
  make_patient (&patient, "resnet20", 5e-4f);
  patient.vitals.update = 0.03f;
  live (&patient, 60, 0.02f);
  assert_well (&patient);
  clear_patient (&patient);

  /* A loss that jumps up long after. */
  make_patient (&patient, "resnet20", 5e-4f);
  patient.vitals.update = 8e-3f;
  live (&patient, 200, 0.008f);
  assert_well (&patient);
  patient.vitals.loss = 2.2f;
  live (&patient, 40, 0);
  finding = only_finding (&patient, SK_FINDING_RATE_HIGH);
  g_assert_cmpint (finding->evidence, ==, SK_EVIDENCE_LOSS);
  g_assert_cmpint (finding->since, >, 200);
  clear_patient (&patient);
}

static void
test_rate_low (void) {
  Patient patient;
  const SkFinding *finding;

  make_patient (&patient, "resnet20", 0);
  patient.vitals.update = 2e-7f;
  live (&patient, 100, 1e-4f);
  finding = only_finding (&patient, SK_FINDING_RATE_LOW);
  g_assert_cmpint (finding->remedy, ==, SK_REMEDY_LR);
  g_assert_cmpfloat (finding->remedy_value, >, 1);
  clear_patient (&patient);

  /* Weights that are good already may be polished gently. */
  make_patient (&patient, "resnet20", 0);
  patient.vitals.update = 2e-7f;
  patient.vitals.loss = 0.02f;
  live (&patient, 100, 0);
  assert_well (&patient);
  clear_patient (&patient);

  /* A schedule that has nearly ended is meant to be slow. */
  make_patient (&patient, "resnet20", 0);
  patient.vitals.update = 2e-7f;
  patient.vitals.schedule = 0.001f;
  live (&patient, 100, 0);
  assert_well (&patient);
  clear_patient (&patient);
}

static void
test_wasting (void) {
  Patient patient;
  const SkFinding *finding;

  make_patient (&patient, "resnet20", 1);
  for (int i = 0; i < 40; i++) {
    patient.vitals.weight *= 0.9f;
    patient.vitals.update = 0.1f;
    live (&patient, 1, 0);
  }
  finding = only_finding (&patient, SK_FINDING_WASTING);
  g_assert_cmpint (finding->remedy, ==, SK_REMEDY_NEW_RUN_DECAY);
  clear_patient (&patient);

  /* Weights shrink in a healthy run too, slowly. */
  make_patient (&patient, "resnet20", 5e-4f);
  for (int i = 0; i < 100; i++) {
    patient.vitals.weight *= 0.98f;
    live (&patient, 1, 0.001f);
  }
  assert_well (&patient);
  clear_patient (&patient);
}

static void
test_dead (void) {
  Patient patient;
  const SkFinding *finding;

  make_patient (&patient, "resnet20", 5e-4f);
  patient.blocks[8].dead = 1;
  patient.blocks[4].dead = 0.96f;
  live (&patient, 60, 0);
  finding = only_finding (&patient, SK_FINDING_DEAD);
  g_assert_cmpint (finding->block, ==, 8);
  g_assert_cmpint (finding->n_blocks, ==, 1);
  g_assert_cmpint (finding->severity, ==, SK_SEVERITY_SERIOUS);
  clear_patient (&patient);
}

static void
test_asleep (void) {
  Patient patient;
  const SkFinding *finding;

  /* A zero-γ start is asleep, and shall wake. */
  make_patient (&patient, "resnet20", 5e-4f);
  for (int i = 0; i < patient.plan->n_blocks; i++)
    patient.blocks[i].branch = 0;
  live (&patient, 50, 0.001f);
  assert_well (&patient);
  for (int i = 0; i < patient.plan->n_blocks; i++)
    patient.blocks[i].branch = i == 5 ? 0.001f : 0.3f;
  live (&patient, 100, 0.001f);
  finding = only_finding (&patient, SK_FINDING_ASLEEP);
  g_assert_cmpint (finding->block, ==, 5);
  g_assert_cmpint (finding->n_blocks, ==, 1);
  g_assert_cmpint (finding->severity, ==, SK_SEVERITY_NOTE);
  for (int i = 0; i < patient.plan->n_blocks; i++)
    patient.blocks[i].branch = 0.001f;
  live (&patient, 40, 0);
  g_assert_cmpint (only_finding (&patient, SK_FINDING_ASLEEP)->severity, ==,
                   SK_SEVERITY_WARNING);
  clear_patient (&patient);

  /* A plain block has no branch beside a skip. */
  make_patient (&patient, "plain20", 5e-4f);
  live (&patient, 200, 0.001f);
  assert_well (&patient);
  clear_patient (&patient);
}

static void
test_cut (void) {
  Patient patient;
  const SkFinding *finding;

  /* Who cuts skips and still learns needs no doctor. */
  make_patient (&patient, "resnet20", 5e-4f);
  patient.blocks[2].lambda = 0;
  live (&patient, 100, 0.005f);
  assert_well (&patient);
  clear_patient (&patient);

  make_patient (&patient, "resnet20", 5e-4f);
  patient.blocks[2].lambda = 0.5f;
  patient.blocks[7].lambda = 0;
  live (&patient, 100, 0);
  finding = only_finding (&patient, SK_FINDING_CUT);
  g_assert_cmpint (finding->n_blocks, ==, 2);
  g_assert_cmpint (finding->block, ==, 7);
  g_assert_cmpint (finding->remedy, ==, SK_REMEDY_RESTORE_SKIPS);
  clear_patient (&patient);
}

static void
test_stuck (void) {
  Patient patient;

  make_patient (&patient, "resnet20", 5e-4f);
  live (&patient, 290, 0);
  assert_well (&patient);
  live (&patient, 120, 0);
  only_finding (&patient, SK_FINDING_STUCK);
  clear_patient (&patient);

  /* A new head begins far above chance, and passes it on its way down. */
  make_patient (&patient, "resnet20", 5e-4f);
  patient.vitals.loss = 7.5f;
  live (&patient, 1000, 0.006f);
  assert_well (&patient);
  clear_patient (&patient);
}

static void
test_non_finite (void) {
  Patient patient;
  const SkFinding *finding;

  make_patient (&patient, "resnet20", 5e-4f);
  live (&patient, 20, 0.01f);
  sk_doctor_diverged (patient.doctor, 20, "layer1.2.bn2");
  finding = only_finding (&patient, SK_FINDING_NON_FINITE);
  g_assert_cmpstr (finding->culprit, ==, "layer1.2.bn2");
  g_assert_cmpint (finding->block, ==, 2);
  g_assert_cmpint (finding->remedy, ==, SK_REMEDY_ROLL_BACK);
  /* It goes on: then it was mended. */
  g_assert_cmpint (live (&patient, 1, 0), ==, 1);
  assert_well (&patient);

  sk_doctor_diverged (patient.doctor, 21, "conv1");
  g_assert_cmpint (only_finding (&patient, SK_FINDING_NON_FINITE)->block, ==, -1);
  sk_doctor_diverged (patient.doctor, 21, NULL);
  g_assert_cmpstr (only_finding (&patient, SK_FINDING_NON_FINITE)->culprit, ==, "");
  clear_patient (&patient);
}

/* A number that wavers about its threshold makes one sentence, not many. */
static void
test_steadiness (void) {
  Patient patient;
  int changes = 0;

  make_patient (&patient, "plain20", 5e-4f);
  for (int i = 0; i < 200; i++) {
    patient.blocks[0].gradient = 2e-5f * (i % 2 == 0 ? 130 : 80);
    changes += live (&patient, 1, 0.001f);
  }
  g_assert_cmpint (changes, <=, 1);
  clear_patient (&patient);

  /* One odd batch says nothing. */
  make_patient (&patient, "plain20", 5e-4f);
  live (&patient, 100, 0.005f);
  patient.blocks[0].gradient *= 200;
  live (&patient, 5, 0.005f);
  patient.blocks[0].gradient /= 200;
  g_assert_cmpint (live (&patient, 100, 0.005f), ==, 0);
  assert_well (&patient);
  clear_patient (&patient);
}

/* What was done about it is given time to help, and what helped is believed. */
static void
test_recovery (void) {
  Patient patient;
  int n;

  make_patient (&patient, "resnet20", 5e-4f);
  patient.vitals.update = 0.03f;
  live (&patient, 40, 0);
  only_finding (&patient, SK_FINDING_RATE_HIGH);
  sk_doctor_begin_again (patient.doctor);
  sk_doctor_findings (patient.doctor, &n);
  g_assert_cmpint (n, ==, 1);
  patient.vitals.update = 2e-3f;
  live (&patient, 40, 0.005f);
  assert_well (&patient);
  clear_patient (&patient);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/doctor/silence", test_silence);
  g_test_add_func ("/doctor/exploding", test_exploding);
  g_test_add_func ("/doctor/vanishing", test_vanishing);
  g_test_add_func ("/doctor/frozen", test_frozen);
  g_test_add_func ("/doctor/rate-high", test_rate_high);
  g_test_add_func ("/doctor/rate-low", test_rate_low);
  g_test_add_func ("/doctor/wasting", test_wasting);
  g_test_add_func ("/doctor/dead", test_dead);
  g_test_add_func ("/doctor/asleep", test_asleep);
  g_test_add_func ("/doctor/cut", test_cut);
  g_test_add_func ("/doctor/stuck", test_stuck);
  g_test_add_func ("/doctor/non-finite", test_non_finite);
  g_test_add_func ("/doctor/steadiness", test_steadiness);
  g_test_add_func ("/doctor/recovery", test_recovery);
  return g_test_run ();
}
