/* The bytes of a run's record: writing and reading stand side by side. */

#include "record.h"

#include <math.h>
#include <string.h>

#include "errors.h"

#define BLOCK_FLOATS 11
#define LAYER_FLOATS 3
#define MAX_CLASSES 1000000
#define NET_OFFSET 96

/* Where each of the header's numbers stands, as multiples of four bytes after the magic. */
typedef enum {
  VERSION,
  HEADER_BYTES,
  RECORD_BYTES,
  N_BLOCKS,
  N_LAYERS,
  N_GROUPS,
  PER_BLOCK,
  PER_LAYER,
  CLASSES,
  STEPS_PER_EPOCH,
  N_NUMBERS,
} HeaderNumber;

SkRecord *
sk_record_new (const SkPlan *plan) {
  SkRecord *self = g_new0 (SkRecord, 1);

  self->blocks = g_new0 (SkBlockState, plan->n_blocks);
  self->layers = g_new0 (SkLayerState, plan->n_parameters);
  self->frozen = g_new0 (gboolean, plan->n_groups);
  return self;
}

void
sk_record_free (SkRecord *self) {
  if (self == NULL)
    return;
  g_free (self->blocks);
  g_free (self->layers);
  g_free (self->frozen);
  g_free (self);
}

static gboolean
learns (const SkParameter *parameter) {
  return parameter->kind != SK_PARAMETER_BN_MEAN &&
         parameter->kind != SK_PARAMETER_BN_VAR;
}

static gsize
count_layers (const SkPlan *plan) {
  gsize n = 0;

  for (int i = 0; i < plan->n_parameters; i++)
    n += learns (&plan->parameters[i]);
  return n;
}

gsize
sk_record_size (const SkPlan *plan) {
  gsize floats =
      3 + BLOCK_FLOATS * (gsize) plan->n_blocks + LAYER_FLOATS * count_layers (plan);

  return sizeof (gint64) + (gsize) plan->n_groups + floats * sizeof (float);
}

/* What every header of a record of @plan says, but for the steps of an epoch. */
static void
fill_numbers (guint32 numbers[N_NUMBERS], const SkPlan *plan) {
  numbers[VERSION] = SK_RECORD_VERSION;
  numbers[HEADER_BYTES] = SK_RECORD_HEADER;
  numbers[RECORD_BYTES] = (guint32) sk_record_size (plan);
  numbers[N_BLOCKS] = (guint32) plan->n_blocks;
  numbers[N_LAYERS] = (guint32) count_layers (plan);
  numbers[N_GROUPS] = (guint32) plan->n_groups;
  numbers[PER_BLOCK] = BLOCK_FLOATS;
  numbers[PER_LAYER] = LAYER_FLOATS;
  numbers[CLASSES] = (guint32) plan->classes;
}

void
sk_record_write_header (guint8 *bytes, const SkPlan *plan, int steps_per_epoch) {
  guint32 numbers[N_NUMBERS];

  fill_numbers (numbers, plan);
  numbers[STEPS_PER_EPOCH] = (guint32) steps_per_epoch;
  memset (bytes, 0, SK_RECORD_HEADER);
  memcpy (bytes, SK_RECORD_MAGIC, 8);
  for (int i = 0; i < N_NUMBERS; i++) {
    guint32 number = GUINT32_TO_LE (numbers[i]);

    memcpy (bytes + 8 + 4 * i, &number, sizeof number);
  }
  g_strlcpy ((char *) bytes + NET_OFFSET, plan->variant.name,
             SK_RECORD_HEADER - NET_OFFSET);
}

static gboolean
read_numbers (const guint8 *bytes, guint32 numbers[N_NUMBERS], GError **error) {
  if (memcmp (bytes, SK_RECORD_MAGIC, 8) != 0)
    return sk_refuse (error, SK_ERROR_FORMAT, "it is not the record of a run");
  for (int i = 0; i < N_NUMBERS; i++) {
    guint32 number;

    memcpy (&number, bytes + 8 + 4 * i, sizeof number);
    numbers[i] = GUINT32_FROM_LE (number);
  }
  if (numbers[VERSION] != SK_RECORD_VERSION)
    return sk_refuse (error, SK_ERROR_UNSUPPORTED,
                      "another version of the program recorded it");
  if (numbers[CLASSES] < 1 || numbers[CLASSES] > MAX_CLASSES ||
      numbers[STEPS_PER_EPOCH] < 1 || numbers[STEPS_PER_EPOCH] > G_MAXINT)
    return sk_refuse (error, SK_ERROR_FORMAT, "its header makes no sense");
  return TRUE;
}

/* Everything that follows is measured with the plan, so the two have to agree. */
static gboolean
check_numbers (const guint32 *numbers, const SkPlan *plan, GError **error) {
  guint32 expected[N_NUMBERS];

  fill_numbers (expected, plan);
  expected[STEPS_PER_EPOCH] = numbers[STEPS_PER_EPOCH];
  if (memcmp (numbers, expected, sizeof expected) == 0)
    return TRUE;
  return sk_refuse (error, SK_ERROR_FORMAT, "its sizes are not those of its network");
}

SkPlan *
sk_record_read_header (const guint8 *bytes, int *steps_per_epoch, GError **error) {
  g_autoptr (SkPlan) plan = NULL;
  guint32 numbers[N_NUMBERS];
  char net[SK_RECORD_HEADER - NET_OFFSET];
  SkVariant variant;

  if (!read_numbers (bytes, numbers, error))
    return NULL;
  memcpy (net, bytes + NET_OFFSET, sizeof net);
  if (net[sizeof net - 1] != '\0' || !g_utf8_validate (net, -1, NULL)) {
    sk_refuse (error, SK_ERROR_FORMAT, "its network has no name");
    return NULL;
  }
  if (!sk_variant_find (net, &variant, error))
    return NULL;
  plan = sk_plan_new (&variant, 1, 0, 0, (int) numbers[CLASSES], error);
  if (plan == NULL || !check_numbers (numbers, plan, error))
    return NULL;
  *steps_per_epoch = (int) numbers[STEPS_PER_EPOCH];
  return g_steal_pointer (&plan);
}

static void
put_float (guint8 **at, float value) {
  guint32 bits;

  memcpy (&bits, &value, sizeof bits);
  bits = GUINT32_TO_LE (bits);
  memcpy (*at, &bits, sizeof bits);
  *at += sizeof bits;
}

/* What is no number is shown as nothing. */
static float
take_float (const guint8 **at) {
  guint32 bits;
  float value;

  memcpy (&bits, *at, sizeof bits);
  bits = GUINT32_FROM_LE (bits);
  memcpy (&value, &bits, sizeof value);
  *at += sizeof bits;
  return isfinite (value) ? value : 0;
}

static void
put_block (guint8 **at, const SkBlockState *block) {
  const float values[BLOCK_FLOATS] = {
    block->gradient,  block->skip, block->residual, block->share,
    block->agreement, block->gain, block->branch,   block->gamma,
    block->update,    block->dead, block->lambda
  };

  for (int i = 0; i < BLOCK_FLOATS; i++)
    put_float (at, values[i]);
}

static void
take_block (const guint8 **at, SkBlockState *block) {
  float *const values[BLOCK_FLOATS] = {
    &block->gradient,  &block->skip, &block->residual, &block->share,
    &block->agreement, &block->gain, &block->branch,   &block->gamma,
    &block->update,    &block->dead, &block->lambda
  };

  for (int i = 0; i < BLOCK_FLOATS; i++)
    *values[i] = take_float (at);
  block->non_finite = 0;
}

void
sk_record_write (guint8 *bytes, const SkPlan *plan, const SkRecord *record) {
  gint64 step = GINT64_TO_LE (record->point.step);
  guint8 *at = bytes;

  memcpy (at, &step, sizeof step);
  at += sizeof step;
  put_float (&at, record->point.loss);
  put_float (&at, record->point.accuracy);
  put_float (&at, record->point.lr);
  for (int i = 0; i < plan->n_groups; i++)
    *at++ = record->frozen[i] ? 1 : 0;
  for (int i = 0; i < plan->n_blocks; i++)
    put_block (&at, &record->blocks[i]);
  for (int i = 0; i < plan->n_parameters; i++)
    if (learns (&plan->parameters[i])) {
      put_float (&at, record->layers[i].gradient_rms);
      put_float (&at, record->layers[i].weight_norm);
      put_float (&at, record->layers[i].update_ratio);
    }
  g_assert (at == bytes + sk_record_size (plan));
}

void
sk_record_read (const guint8 *bytes, const SkPlan *plan, int steps_per_epoch,
                SkRecord *record) {
  const guint8 *at = bytes + sizeof (gint64);

  record->point.step = sk_record_step (bytes);
  record->point.epoch = (double) record->point.step / steps_per_epoch;
  record->point.loss = take_float (&at);
  record->point.accuracy = take_float (&at);
  record->point.lr = take_float (&at);
  for (int i = 0; i < plan->n_groups; i++)
    record->frozen[i] = *at++ != 0;
  for (int i = 0; i < plan->n_blocks; i++) {
    take_block (&at, &record->blocks[i]);
    record->blocks[i].frozen = record->frozen[plan->blocks[i].group];
  }
  for (int i = 0; i < plan->n_parameters; i++)
    if (learns (&plan->parameters[i])) {
      SkLayerState *layer = &record->layers[i];

      layer->gradient_rms = take_float (&at);
      layer->weight_norm = take_float (&at);
      layer->update_ratio = take_float (&at);
      layer->gradient_norm =
          layer->gradient_rms * sqrtf ((float) plan->parameters[i].count);
    }
}

gint64
sk_record_step (const guint8 *bytes) {
  gint64 step;

  memcpy (&step, bytes, sizeof step);
  return GINT64_FROM_LE (step);
}
