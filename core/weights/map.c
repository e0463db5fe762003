/* The mapping between a file's tensors and a plan's parameters. */

#include <string.h>

#include "errors.h"
#include "names.h"
#include "weights.h"

/* The end of a reason. */
#define BEGINS_ANEW ": it begins anew"

static void
row_free (gpointer data) {
  SkMapRow *row = data;

  g_free (row->why);
  g_free (row);
}

static void
add_row (GPtrArray *rows, SkMapKind kind, int parameter, const SkTensor *tensor,
         char *why) {
  SkMapRow *row = g_new (SkMapRow, 1);

  *row = (SkMapRow){ kind, parameter, tensor, why };
  g_ptr_array_add (rows, row);
}

static gboolean
same_shape (const SkTensor *tensor, const SkParameter *parameter) {
  if (tensor->n_dims != parameter->n_dims)
    return FALSE;
  for (int d = 0; d < parameter->n_dims; d++)
    if (tensor->shape[d] != parameter->shape[d])
      return FALSE;
  return TRUE;
}

/* The same but for sizes of 1: a head written as a 1×1 convolution, a scale as C×1×1. */
static gboolean
same_numbers (const SkTensor *tensor, const SkParameter *parameter) {
  int a = 0, b = 0;

  for (;;) {
    while (a < tensor->n_dims && tensor->shape[a] == 1)
      a++;
    while (b < parameter->n_dims && parameter->shape[b] == 1)
      b++;
    if (a == tensor->n_dims || b == parameter->n_dims)
      return a == tensor->n_dims && b == parameter->n_dims;
    if (tensor->shape[a++] != parameter->shape[b++])
      return FALSE;
  }
}

/* The head alone may differ, and only in how many classes it tells apart. */
static gboolean
is_other_head (const SkTensor *tensor, const SkParameter *parameter) {
  if (!g_str_has_prefix (parameter->name, "fc.") ||
      tensor->n_dims < parameter->n_dims || tensor->shape[0] == parameter->shape[0])
    return FALSE;
  return tensor->n_dims < 2 || tensor->shape[1] == parameter->shape[1];
}

static char *
describe_shapes (const SkTensor *tensor, const SkParameter *parameter,
                 const char *end) {
  gint64 wanted[SK_TENSOR_MAX_DIMS] = { 0 };
  g_autofree char *theirs = sk_shape_to_string (tensor->shape, tensor->n_dims);
  g_autofree char *ours = NULL;

  for (int d = 0; d < parameter->n_dims; d++)
    wanted[d] = parameter->shape[d];
  ours = sk_shape_to_string (wanted, parameter->n_dims);
  return g_strdup_printf ("its shape is %s, the network's is %s%s", theirs, ours, end);
}

static void
map_parameter (GPtrArray *rows, const SkPlan *plan, int index, const SkTensor *tensor,
               SkFit fit) {
  const SkParameter *parameter = &plan->parameters[index];
  gboolean parts = fit == SK_FIT_PARTS;
  const char *why = NULL;

  if (tensor == NULL) {
    add_row (
        rows, parts ? SK_MAP_NEW : SK_MAP_MISSING, index, NULL,
        g_strconcat ("the file does not have it", parts ? BEGINS_ANEW : NULL, NULL));
  } else if (same_shape (tensor, parameter)) {
    g_free (sk_name_canonical (tensor->name, &why));
    add_row (rows, why != NULL ? SK_MAP_RENAMED : SK_MAP_MATCHED, index, tensor,
             g_strdup (why));
  } else if (same_numbers (tensor, parameter)) {
    add_row (
        rows, SK_MAP_RESHAPED, index, tensor,
        describe_shapes (tensor, parameter, ": the same numbers in the same order"));
  } else if (fit != SK_FIT_WHOLE && is_other_head (tensor, parameter)) {
    add_row (rows, SK_MAP_NEW, index, tensor,
             g_strdup_printf ("the file tells %" G_GINT64_FORMAT
                              " classes apart, the network %d" BEGINS_ANEW,
                              tensor->shape[0], parameter->shape[0]));
  } else {
    add_row (rows, parts ? SK_MAP_NEW : SK_MAP_MISFIT, index, tensor,
             describe_shapes (tensor, parameter, parts ? BEGINS_ANEW : ""));
  }
}

/* Which of the file's other tensors may be left lying without changing what the network
 * computes. */
static gboolean
may_be_ignored (const char *name, const SkPlan *plan, char **why) {
  if (g_str_has_suffix (name, ".num_batches_tracked") ||
      strcmp (name, "n_averaged") == 0) {
    *why = g_strdup ("a counter that nothing here reads");
    return TRUE;
  }
  if (!plan->variant.skips && strstr (name, ".downsample.") != NULL) {
    *why = g_strdup ("the plain twin has no shortcuts");
    return TRUE;
  }
  *why =
      g_strdup_printf ("%s does not have it",
                       plan->variant.name != NULL ? plan->variant.name : "the network");
  return FALSE;
}

GPtrArray *
sk_weights_map (const SkTensorFile *file, const SkPlan *plan, SkFit fit,
                GError **error) {
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (row_free);
  g_autoptr (GHashTable) used = g_hash_table_new (NULL, NULL);
  SkNamedTensors tensors;

  if (!sk_named_tensors_init (&tensors, file, error))
    return NULL;
  for (int i = 0; i < plan->n_parameters; i++) {
    const SkTensor *tensor =
        sk_named_tensors_find (&tensors, "%s", plan->parameters[i].name);

    if (tensor != NULL)
      g_hash_table_add (used, (gpointer) tensor);
    map_parameter (rows, plan, i, tensor, fit);
  }
  for (guint i = 0; i < file->tensors->len; i++) {
    const SkTensor *tensor = file->tensors->pdata[i];
    g_autofree char *name = sk_name_canonical (tensor->name, NULL);
    char *why = NULL;
    gboolean ignored;

    if (g_hash_table_contains (used, tensor))
      continue;
    ignored = may_be_ignored (name, plan, &why);
    add_row (rows, ignored || fit == SK_FIT_PARTS ? SK_MAP_IGNORED : SK_MAP_MISFIT, -1,
             tensor, why);
  }
  sk_named_tensors_clear (&tensors);
  return g_steal_pointer (&rows);
}
