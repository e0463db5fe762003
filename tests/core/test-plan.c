/* Every network of the table, expanded: counts, shapes, names, ranges. */

#include <string.h>

#include "arena.h"
#include "errors.h"
#include "plan.h"

static SkPlan *
plan_for (const char *name, int n, int side, int classes) {
  SkVariant variant;
  g_autoptr (GError) error = NULL;
  SkPlan *plan;

  g_assert_true (sk_variant_find (name, &variant, &error));
  plan = sk_plan_new (&variant, n, side, side, classes, &error);
  g_assert_no_error (error);
  return plan;
}

static void
test_parameter_counts (void) {
  const struct {
    const char *name;
    gint64 count;
  } cases[] = {
    { "resnet18", 11689512 },  { "resnet34", 21797672 },  { "resnet50", 25557032 },
    { "resnet101", 44549160 }, { "resnet152", 60192808 }, { "resnet20", 269722 },
    { "resnet32", 464154 },    { "resnet44", 658586 },    { "resnet56", 853018 },
    { "resnet110", 1727962 },  { "resnet20-b", 272474 },  { "resnet32-b", 466906 },
    { "resnet44-b", 661338 },  { "resnet56-b", 855770 },  { "resnet110-b", 1730714 },
    { "plain20", 269722 },     { "plain20-b", 269722 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (SkPlan) plan = plan_for (cases[i].name, 1, 0, 0);

    g_assert_cmpint (plan->n_trainable, ==, cases[i].count);
  }
}

static void
test_multiply_adds (void) {
  const struct {
    const char *name;
    double macs; /* 1e9 */
  } cases[] = { { "resnet18", 1.814 },
                { "resnet34", 3.664 },
                { "resnet50", 4.089 },
                { "resnet101", 7.801 },
                { "resnet152", 11.514 } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (SkPlan) plan = plan_for (cases[i].name, 1, 0, 0);

    g_assert_cmpfloat_with_epsilon (plan->macs / 1e9, cases[i].macs, 0.0005);
  }
}

static void
check_ops (const SkPlan *plan) {
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

  g_assert_cmpint (plan->ops[0].kind, ==, SK_OP_INPUT);
  g_assert_cmpint (plan->ops[plan->n_ops - 1].kind, ==, SK_OP_LINEAR);
  g_assert_cmpint (plan->ops[plan->n_ops - 1].c, ==, plan->classes);
  for (int i = 0; i < plan->n_ops; i++) {
    const SkOp *op = &plan->ops[i];
    int n_inputs = op->kind == SK_OP_INPUT ? 0 : op->kind == SK_OP_ADD ? 2 : 1;

    g_assert_true (g_hash_table_add (names, op->name));
    g_assert_cmpint (op->h, >, 0);
    g_assert_cmpint (op->w, >, 0);
    g_assert_cmpint (op->group, >=, 0);
    g_assert_cmpint (op->group, <, plan->n_groups);
    for (int j = 0; j < 2; j++) {
      g_assert_cmpint (op->inputs[j], <, i);
      g_assert_cmpint (op->inputs[j] >= 0, ==, j < n_inputs);
    }
    if (op->kind == SK_OP_ADD)
      for (int j = 0; j < 2; j++) {
        const SkOp *input = &plan->ops[op->inputs[j]];

        g_assert_cmpint (input->h, ==, op->h);
        g_assert_cmpint (input->w, ==, op->w);
        g_assert_cmpint (input->c, ==, op->c);
      }
  }
}

static void
check_blocks (const SkPlan *plan) {
  const SkVariant *variant = &plan->variant;
  int n_blocks = 0;

  for (int s = 0; s < variant->n_stages; s++)
    n_blocks += variant->depths[s];
  g_assert_cmpint (plan->n_blocks, ==, n_blocks);
  g_assert_cmpint (plan->n_groups, ==, n_blocks + 2);
  for (int b = 0; b < plan->n_blocks; b++) {
    const SkBlock *block = &plan->blocks[b];

    g_assert_cmpint (block->input, ==, block->first - 1);
    g_assert_cmpint (plan->ops[block->last].kind, ==, SK_OP_RELU);
    g_assert_cmpint (plan->ops[block->branch].kind, ==, SK_OP_BATCHNORM);
    g_assert_cmpint (block->group, ==, b + 1);
    g_assert_cmpstr (plan->groups[block->group].name, ==, block->name);
    for (int i = block->first; i <= block->last; i++) {
      g_assert_cmpint (plan->ops[i].block, ==, b);
      g_assert_cmpint (plan->ops[i].group, ==, block->group);
    }
    if (variant->skips) {
      g_assert_cmpint (plan->ops[block->add].inputs[0], ==, block->branch);
      g_assert_cmpint (plan->ops[block->add].inputs[1], ==, block->skip);
      g_assert_cmpint (plan->ops[block->last].inputs[0], ==, block->add);
    } else {
      g_assert_cmpint (block->add, ==, -1);
      g_assert_cmpint (block->skip, ==, -1);
      g_assert_cmpint (plan->ops[block->last].inputs[0], ==, block->branch);
    }
  }
}

/* Tensors and groups tile both blocks, in order, without gap or overlap. */
static void
check_ranges (const SkPlan *plan) {
  gsize values = 0, statistics = 0;
  gint64 trainable = 0;
  int group = 0;

  for (int i = 0; i < plan->n_parameters; i++) {
    const SkParameter *parameter = &plan->parameters[i];
    gboolean running = parameter->kind == SK_PARAMETER_BN_MEAN ||
                       parameter->kind == SK_PARAMETER_BN_VAR;
    gsize *end = running ? &statistics : &values;
    gsize count = 1;

    for (int d = 0; d < parameter->n_dims; d++)
      count *= parameter->shape[d];
    g_assert_cmpuint (parameter->count, ==, count);
    g_assert_cmpuint (parameter->offset % SK_ARENA_ALIGN, ==, 0);
    g_assert_cmpuint (parameter->offset, ==, *end);
    g_assert_cmpint (parameter->group, >=, group);
    g_assert_cmpint (sk_plan_find_parameter (plan, parameter->name), ==, i);
    group = parameter->group;
    *end += sk_arena_round (count);
    trainable += running ? 0 : (gint64) count;
  }
  g_assert_cmpuint (values, ==, plan->n_values);
  g_assert_cmpuint (statistics, ==, plan->n_statistics);
  g_assert_cmpint (trainable, ==, plan->n_trainable);

  values = statistics = 0;
  for (int g = 0; g < plan->n_groups; g++) {
    g_assert_cmpuint (plan->groups[g].offset, ==, values);
    g_assert_cmpuint (plan->groups[g].stat_offset, ==, statistics);
    values += plan->groups[g].count;
    statistics += plan->groups[g].stat_count;
  }
  g_assert_cmpuint (values, ==, plan->n_values);
  g_assert_cmpuint (statistics, ==, plan->n_statistics);
}

static void
test_every_plan_is_consistent (void) {
  const char *const *names = sk_variant_names ();

  for (int i = 0; names[i]; i++) {
    g_autoptr (SkPlan) plan = plan_for (names[i], 4, 0, 0);

    check_ops (plan);
    check_blocks (plan);
    check_ranges (plan);
  }
}

static void
test_torchvision_names (void) {
  g_autoptr (SkPlan) plan = plan_for ("resnet50", 1, 0, 0);
  const struct {
    const char *name;
    int shape[4];
  } cases[] = { { "conv1.weight", { 64, 3, 7, 7 } },
                { "bn1.running_var", { 64 } },
                { "layer1.0.conv1.weight", { 64, 64, 1, 1 } },
                { "layer1.0.downsample.0.weight", { 256, 64, 1, 1 } },
                { "layer1.0.downsample.1.running_mean", { 256 } },
                { "layer3.0.conv2.weight", { 256, 256, 3, 3 } },
                { "layer4.2.conv3.weight", { 2048, 512, 1, 1 } },
                { "layer4.2.bn3.bias", { 2048 } },
                { "fc.weight", { 1000, 2048 } },
                { "fc.bias", { 1000 } } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    int index = sk_plan_find_parameter (plan, cases[i].name);

    g_assert_cmpint (index, >=, 0);
    g_assert_cmpmem (plan->parameters[index].shape, sizeof cases[i].shape,
                     cases[i].shape, sizeof cases[i].shape);
  }
  /* 161 tensors that learn and 2 for each of 53 batch norms. */
  g_assert_cmpint (plan->n_parameters, ==, 161 + 106);
  g_assert_cmpint (sk_plan_find_parameter (plan, "layer1.1.downsample.0.weight"), ==,
                   -1);
  g_assert_cmpint (sk_plan_find_parameter (plan, "conv1"), ==, -1);
}

static void
test_stride_stands_on_the_3x3 (void) {
  g_autoptr (SkPlan) plan = plan_for ("resnet50", 1, 0, 0);

  for (int i = 0; i < plan->n_ops; i++) {
    const SkOp *op = &plan->ops[i];

    if (g_strcmp0 (op->name, "layer2.0.conv1") == 0)
      g_assert_cmpint (op->stride, ==, 1);
    if (g_strcmp0 (op->name, "layer2.0.conv2") == 0)
      g_assert_cmpint (op->stride, ==, 2);
  }
}

static void
test_maps_of_odd_sizes (void) {
  const int sides[] = { 1, 2, 3, 31, 33, 97 };

  for (gsize i = 0; i < G_N_ELEMENTS (sides); i++) {
    g_autoptr (SkPlan) large = plan_for ("resnet18", 2, sides[i], 3);
    g_autoptr (SkPlan) small = plan_for ("resnet20", 2, sides[i], 3);

    check_ops (large);
    check_ops (small);
  }
}

static void
test_layout_is_the_same_for_any_size (void) {
  g_autoptr (SkPlan) a = plan_for ("resnet18", 1, 32, 10);
  g_autoptr (SkPlan) b = plan_for ("resnet18", 64, 224, 10);

  g_assert_cmpuint (a->n_values, ==, b->n_values);
  g_assert_cmpint (a->n_parameters, ==, b->n_parameters);
  for (int i = 0; i < a->n_parameters; i++)
    g_assert_cmpuint (a->parameters[i].offset, ==, b->parameters[i].offset);
}

static void
test_impossible_sizes_are_refused (void) {
  SkVariant variant;

  g_assert_true (sk_variant_find ("resnet20", &variant, NULL));
  for (int i = 0; i < 4; i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (sk_plan_new (&variant, i == 0 ? 0 : 1, i == 1 ? -3 : 0,
                                i == 2 ? G_MAXINT : 0, i == 3 ? -1 : 0, &error));
    g_assert_error (error, SK_ERROR, SK_ERROR_ARGUMENT);
  }
}

static int
count_selected (const SkPlan *plan, const char *what) {
  g_autofree gboolean *selected = g_new0 (gboolean, plan->n_groups);
  int n = 0;

  if (!sk_plan_select_groups (plan, what, selected, NULL))
    return -1;
  for (int g = 0; g < plan->n_groups; g++)
    n += selected[g];
  return n;
}

static void
test_selecting_groups (void) {
  g_autoptr (SkPlan) plan = plan_for ("resnet18", 1, 0, 0);
  g_autoptr (GError) error = NULL;
  gboolean selected[10] = { FALSE };

  g_assert_cmpint (plan->n_groups, ==, 10);
  g_assert_cmpint (count_selected (plan, "stem"), ==, 1);
  g_assert_cmpint (count_selected (plan, "layer2"), ==, 2);
  g_assert_cmpint (count_selected (plan, "layer2.1"), ==, 1);
  g_assert_cmpint (count_selected (plan, "trunk"), ==, 9);
  g_assert_cmpint (count_selected (plan, "stem, layer1 ,fc"), ==, 4);
  g_assert_cmpint (count_selected (plan, "layer1,layer1.0"), ==, 2);
  g_assert_cmpint (count_selected (plan, "layer"), ==, -1);
  g_assert_cmpint (count_selected (plan, "layer5"), ==, -1);
  g_assert_cmpint (count_selected (plan, "layer2.2"), ==, -1);
  g_assert_cmpint (count_selected (plan, ""), ==, -1);
  g_assert_cmpint (count_selected (plan, "stem,"), ==, -1);

  /* A list that is wrong in one place selects nothing. */
  g_assert_false (sk_plan_select_groups (plan, "stem,layer9", selected, &error));
  g_assert_error (error, SK_ERROR, SK_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "layer9"));
  g_assert_nonnull (strstr (error->message, "layer2.0 to layer2.1"));
  g_assert_false (selected[0]);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plan/parameters", test_parameter_counts);
  g_test_add_func ("/plan/multiply-adds", test_multiply_adds);
  g_test_add_func ("/plan/consistent", test_every_plan_is_consistent);
  g_test_add_func ("/plan/names", test_torchvision_names);
  g_test_add_func ("/plan/stride", test_stride_stands_on_the_3x3);
  g_test_add_func ("/plan/odd-sizes", test_maps_of_odd_sizes);
  g_test_add_func ("/plan/layout", test_layout_is_the_same_for_any_size);
  g_test_add_func ("/plan/refused", test_impossible_sizes_are_refused);
  g_test_add_func ("/plan/groups", test_selecting_groups);
  return g_test_run ();
}
