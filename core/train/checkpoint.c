/* The resume state is a safetensors file of the blocks as they lie in memory. */

#include "checkpoint.h"

#include <string.h>

#include "errors.h"
#include "safetensors.h"

#define FORMAT "skipscope resume state 1"

enum { STEP, EPOCH, BATCH, N_SEEN, N_CORRECT, N_INTEGERS };
enum { LOSS_SUM, SECONDS, WAITED, LR_FACTOR, BEST_ACCURACY, N_REALS };

/* Small things, gathered into rows that a file can hold. */
typedef struct {
  gint64 integers[N_INTEGERS];
  double reals[N_REALS];
  gint64 *frozen; /* (n_groups) */
  float *lambdas; /* (n_blocks) */
} Rows;

static void
rows_init (Rows *rows, const SkPlan *plan) {
  rows->frozen = g_new0 (gint64, MAX (plan->n_groups, 1));
  rows->lambdas = g_new0 (float, MAX (plan->n_blocks, 1));
}

static void
rows_clear (Rows *rows) {
  g_free (rows->frozen);
  g_free (rows->lambdas);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Rows, rows_clear)

/* Names, types and places of everything: the same list writes and reads. */
static int
list_tensors (const SkCheckpoint *c, Rows *rows, SkTensorToWrite *list) {
  static const char *const slots[SK_OPTIMIZER_MAX_SLOTS] = { "optimizer.0",
                                                             "optimizer.1" };
  gint64 n_values = (gint64) c->plan->n_values;
  int n = 0;

  list[n++] = (SkTensorToWrite){
    "values", SK_DTYPE_F32, { n_values }, 1, c->parameters->values
  };
  list[n++] = (SkTensorToWrite){ "statistics",
                                 SK_DTYPE_F32,
                                 { (gint64) c->plan->n_statistics },
                                 1,
                                 c->parameters->statistics };
  for (int i = 0; i < sk_optimizer_n_slots (c->optimizer); i++)
    list[n++] = (SkTensorToWrite){
      slots[i], SK_DTYPE_F32, { n_values }, 1, sk_optimizer_slot (c->optimizer, i)
    };
  list[n++] = (SkTensorToWrite){ "optimizer.counts",
                                 SK_DTYPE_I64,
                                 { c->plan->n_groups },
                                 1,
                                 sk_optimizer_counts (c->optimizer) };
  list[n++] = (SkTensorToWrite){
    "frozen", SK_DTYPE_I64, { c->plan->n_groups }, 1, rows->frozen
  };
  list[n++] = (SkTensorToWrite){
    "lambdas", SK_DTYPE_F32, { c->plan->n_blocks }, 1, rows->lambdas
  };
  list[n++] = (SkTensorToWrite){
    "position.integers", SK_DTYPE_I64, { N_INTEGERS }, 1, rows->integers
  };
  list[n++] =
      (SkTensorToWrite){ "position.reals", SK_DTYPE_F64, { N_REALS }, 1, rows->reals };
  return n;
}

#define MAX_TENSORS (7 + SK_OPTIMIZER_MAX_SLOTS)

gboolean
sk_checkpoint_save (const char *path, const SkCheckpoint *c, GError **error) {
  const SkPosition *p = c->position;
  g_autoptr (GHashTable) metadata = g_hash_table_new (g_str_hash, g_str_equal);
  SkTensorToWrite list[MAX_TENSORS];
  g_auto (Rows) rows = {
    .integers = { p->step, p->epoch, p->batch, p->n_seen, p->n_correct },
    .reals = { p->loss_sum, p->seconds, p->waited, p->lr_factor, p->best_accuracy },
  };

  rows_init (&rows, c->plan);
  for (int i = 0; i < c->plan->n_groups; i++)
    rows.frozen[i] = sk_network_is_frozen (c->network, i);
  for (int i = 0; i < c->plan->n_blocks; i++)
    rows.lambdas[i] = sk_network_lambda (c->network, i);
  g_hash_table_insert (metadata, (gpointer) "format", (gpointer) FORMAT);
  g_hash_table_insert (metadata, (gpointer) "net", (gpointer) c->plan->variant.name);
  return sk_safetensors_write (path, list, list_tensors (c, &rows, list), metadata,
                               error);
}

/* (nullable): what the file has for @wanted, of its type and size. */
static const SkTensor *
find (const SkTensorFile *file, const SkTensorToWrite *wanted, const char *path,
      GError **error) {
  const SkTensor *tensor = sk_tensor_file_find (file, wanted->name);

  if (tensor != NULL && tensor->dtype == wanted->dtype && tensor->n_dims == 1 &&
      tensor->shape[0] == wanted->shape[0])
    return tensor;
  g_set_error (error, SK_ERROR, SK_ERROR_FORMAT,
               "%s belongs to another run: its “%s” does not fit; start a new run",
               path, wanted->name);
  return NULL;
}

static void
copy (const SkTensor *tensor, const SkTensorToWrite *to) {
  gsize size = sk_dtype_size (tensor->dtype);
  guint8 *out = (guint8 *) to->data;

  if (G_BYTE_ORDER == G_LITTLE_ENDIAN) {
    memcpy (out, tensor->data, tensor->count * size);
    return;
  }
  for (gsize i = 0; i < tensor->count; i++)
    for (gsize b = 0; b < size; b++)
      out[i * size + b] = tensor->data[i * size + size - 1 - b];
}

static gboolean
is_sound (const SkPosition *p) {
  return p->step >= 0 && p->epoch >= 0 && p->epoch <= G_MAXINT && p->batch >= 0 &&
         p->batch <= G_MAXINT && p->n_seen >= 0 && p->n_correct >= 0;
}

gboolean
sk_checkpoint_load (const char *path, const SkCheckpoint *c, GError **error) {
  g_autoptr (SkTensorFile) file = sk_tensor_file_read (path, error);
  g_auto (Rows) rows = { { 0 }, { 0 }, NULL, NULL };
  const SkTensor *found[MAX_TENSORS];
  SkTensorToWrite list[MAX_TENSORS];
  SkPosition position;
  int n;

  if (file == NULL)
    return FALSE;
  rows_init (&rows, c->plan);
  n = list_tensors (c, &rows, list);
  for (int i = 0; i < n; i++) {
    found[i] = find (file, &list[i], path, error);
    if (found[i] == NULL)
      return FALSE;
  }
  /* The rows first: they may still say that nothing is to be believed. */
  for (int i = n - 1; i >= 0; i--) {
    if (list[i].data == rows.integers || list[i].data == rows.reals)
      copy (found[i], &list[i]);
  }
  position = (SkPosition){
    .step = rows.integers[STEP],
    .epoch = rows.integers[EPOCH],
    .batch = rows.integers[BATCH],
    .n_seen = rows.integers[N_SEEN],
    .n_correct = rows.integers[N_CORRECT],
    .loss_sum = rows.reals[LOSS_SUM],
    .seconds = rows.reals[SECONDS],
    .waited = rows.reals[WAITED],
    .lr_factor = rows.reals[LR_FACTOR],
    .best_accuracy = rows.reals[BEST_ACCURACY],
  };
  if (!is_sound (&position))
    return sk_refuse (error, SK_ERROR_FORMAT,
                      "%s says that the run stands nowhere; start a new run", path);
  for (int i = 0; i < n; i++)
    copy (found[i], &list[i]);
  *c->position = position;
  for (int i = 0; i < c->plan->n_groups; i++)
    sk_network_set_frozen (c->network, i, rows.frozen[i] != 0);
  for (int i = 0; i < c->plan->n_blocks; i++)
    sk_network_set_lambda (c->network, i, rows.lambdas[i]);
  return TRUE;
}
