/* Parameters: how they begin, and how they lie in files and in memory. */

#include <math.h>
#include <string.h>

#include "parameters.h"
#include "plan.h"

static SkPlan *
plan_for (const char *name) {
  SkVariant variant;
  g_autoptr (GError) error = NULL;
  SkPlan *plan;

  g_assert_true (sk_variant_find (name, &variant, &error));
  plan = sk_plan_new (&variant, 1, 0, 0, 0, &error);
  g_assert_no_error (error);
  return plan;
}

static SkParameters *
parameters_for (const SkPlan *plan, guint64 seed, gboolean zero_gamma) {
  g_autoptr (GError) error = NULL;
  SkParameters *parameters = sk_parameters_new (plan, &error);

  g_assert_no_error (error);
  sk_parameters_initialise (parameters, plan, seed, zero_gamma);
  return parameters;
}

static void
test_initial_moments (void) {
  g_autoptr (SkPlan) plan = plan_for ("resnet18");
  g_autoptr (SkParameters) parameters = parameters_for (plan, 1, FALSE);

  for (int i = 0; i < plan->n_parameters; i++) {
    const SkParameter *parameter = &plan->parameters[i];
    const float *values = sk_parameters_at (parameters, plan, i);
    const int *shape = parameter->shape;
    double sum = 0, square = 0, n = parameter->count;

    for (gsize j = 0; j < parameter->count; j++) {
      sum += values[j];
      square += (double) values[j] * values[j];
    }
    switch (parameter->kind) {
    case SK_PARAMETER_CONV: {
      double variance = 2.0 / (shape[0] * shape[2] * shape[3]);

      g_assert_cmpfloat (fabs (sum / n), <, 5 * sqrt (variance / n));
      g_assert_cmpfloat (fabs (square / n / variance - 1), <, 5 * sqrt (2 / n));
      break;
    }
    case SK_PARAMETER_LINEAR:
      g_assert_cmpfloat (fabs (square / n * 3 * shape[1] - 1), <, 0.01);
      break;
    case SK_PARAMETER_BIAS:
      g_assert_cmpfloat (fabs (square / n * 3 * 512 - 1), <, 0.2);
      break;
    case SK_PARAMETER_BN_SCALE:
    case SK_PARAMETER_BN_VAR:
      g_assert_cmpfloat (sum, ==, n);
      g_assert_cmpfloat (square, ==, n);
      break;
    default:
      g_assert_cmpfloat (square, ==, 0);
    }
  }
}

static void
test_twins_begin_alike (void) {
  g_autoptr (SkPlan) residual = plan_for ("resnet18-cifar");
  g_autoptr (SkPlan) plain = plan_for ("plain18-cifar");
  g_autoptr (SkParameters) a = parameters_for (residual, 5, FALSE);
  g_autoptr (SkParameters) b = parameters_for (plain, 5, FALSE);
  g_autoptr (SkParameters) other = parameters_for (plain, 6, FALSE);

  g_assert_cmpint (plain->n_parameters, <, residual->n_parameters);
  for (int i = 0; i < plain->n_parameters; i++) {
    const SkParameter *parameter = &plain->parameters[i];
    gsize size = parameter->count * sizeof (float);
    int twin = sk_plan_find_parameter (residual, parameter->name);

    g_assert_cmpint (twin, >=, 0);
    g_assert_cmpmem (sk_parameters_at (a, residual, twin), size,
                     sk_parameters_at (b, plain, i), size);
    if (parameter->kind == SK_PARAMETER_CONV)
      g_assert_cmpint (memcmp (sk_parameters_at (b, plain, i),
                               sk_parameters_at (other, plain, i), size),
                       !=, 0);
  }
}

static void
test_zero_gamma (void) {
  g_autoptr (SkPlan) plan = plan_for ("resnet50-cifar");
  g_autoptr (SkParameters) parameters = parameters_for (plan, 5, TRUE);
  int zeros = 0;

  for (int i = 0; i < plan->n_parameters; i++)
    if (plan->parameters[i].kind == SK_PARAMETER_BN_SCALE &&
        sk_parameters_at (parameters, plan, i)[0] == 0) {
      g_assert_true (g_str_has_suffix (plan->parameters[i].name, ".bn3.weight"));
      zeros++;
    }
  g_assert_cmpint (zeros, ==, plan->n_blocks);
}

static void
test_export_is_the_order_of_files (void) {
  g_autoptr (SkPlan) plan = plan_for ("resnet20");
  g_autoptr (SkParameters) parameters = parameters_for (plan, 5, FALSE);
  int index = sk_plan_find_parameter (plan, "layer2.0.conv1.weight");
  const SkParameter *parameter = &plan->parameters[index];
  const float *memory = sk_parameters_at (parameters, plan, index);
  g_autofree float *file = g_new (float, parameter->count);
  g_autofree float *again = g_new (float, parameter->count);

  /* (32,16,3,3) in files; k = 7, c = 3, r = 2, s = 1. */
  sk_parameters_export (parameters, plan, index, file);
  g_assert_cmpfloat (file[((7 * 16 + 3) * 3 + 2) * 3 + 1], ==,
                     memory[((2 * 3 + 1) * 16 + 3) * 32 + 7]);
  sk_parameters_initialise (parameters, plan, 6, FALSE);
  sk_parameters_import (parameters, plan, index, file);
  sk_parameters_export (parameters, plan, index, again);
  g_assert_cmpmem (file, parameter->count * sizeof (float), again,
                   parameter->count * sizeof (float));
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/parameters/moments", test_initial_moments);
  g_test_add_func ("/parameters/twins", test_twins_begin_alike);
  g_test_add_func ("/parameters/zero-gamma", test_zero_gamma);
  g_test_add_func ("/parameters/files", test_export_is_the_order_of_files);
  return g_test_run ();
}
