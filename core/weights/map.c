/* The mapping between a file's tensors and a plan's parameters. */

#include <string.h>

#include "errors.h"
#include "names.h"
#include "weights.h"

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

/* The head alone may differ, and only in how many classes it tells apart. */
static gboolean
is_other_head (const SkTensor *tensor, const SkParameter *parameter) {
  if (!g_str_has_prefix (parameter->name, "fc.") ||
      tensor->n_dims != parameter->n_dims || tensor->shape[0] == parameter->shape[0])
    return FALSE;
  return tensor->n_dims < 2 || tensor->shape[1] == parameter->shape[1];
}

static char *
describe_misfit (const SkTensor *tensor, const SkParameter *parameter) {
  gint64 wanted[SK_TENSOR_MAX_DIMS] = { 0 };
  g_autofree char *theirs = sk_shape_to_string (tensor->shape, tensor->n_dims);
  g_autofree char *ours = NULL;

  for (int d = 0; d < parameter->n_dims; d++)
    wanted[d] = parameter->shape[d];
  ours = sk_shape_to_string (wanted, parameter->n_dims);
  return g_strdup_printf ("its shape is %s, the network's is %s", theirs, ours);
}

static void
map_parameter (GPtrArray *rows, const SkPlan *plan, int index, const SkTensor *tensor,
               gboolean new_head) {
  const SkParameter *parameter = &plan->parameters[index];
  const char *why = NULL;

  if (tensor == NULL) {
    add_row (rows, SK_MAP_MISSING, index, NULL, g_strdup ("the file does not have it"));
  } else if (same_shape (tensor, parameter)) {
    g_free (sk_name_canonical (tensor->name, &why));
    add_row (rows, why != NULL ? SK_MAP_RENAMED : SK_MAP_MATCHED, index, tensor,
             g_strdup (why));
  } else if (new_head && is_other_head (tensor, parameter)) {
    add_row (rows, SK_MAP_NEW, index, tensor,
             g_strdup_printf ("the file tells %" G_GINT64_FORMAT
                              " classes apart, the network %d: it begins anew",
                              tensor->shape[0], parameter->shape[0]));
  } else {
    add_row (rows, SK_MAP_MISFIT, index, tensor, describe_misfit (tensor, parameter));
  }
}

/* Which of the file's other tensors may be left lying without changing what the network
 * computes. */
static gboolean
may_be_ignored (const char *name, const SkPlan *plan, char **why) {
  if (g_str_has_suffix (name, ".num_batches_tracked")) {
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
sk_weights_map (const SkTensorFile *file, const SkPlan *plan, gboolean new_head,
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
    map_parameter (rows, plan, i, tensor, new_head);
  }
  for (guint i = 0; i < file->tensors->len; i++) {
    const SkTensor *tensor = file->tensors->pdata[i];
    g_autofree char *name = sk_name_canonical (tensor->name, NULL);
    char *why = NULL;
    gboolean ignored;

    if (g_hash_table_contains (used, tensor))
      continue;
    ignored = may_be_ignored (name, plan, &why);
    add_row (rows, ignored ? SK_MAP_IGNORED : SK_MAP_MISFIT, -1, tensor, why);
  }
  sk_named_tensors_clear (&tensors);
  return g_steal_pointer (&rows);
}
