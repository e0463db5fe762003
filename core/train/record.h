#pragma once

#include "measured.h"
#include "plan.h"

/* A run's record: what the views show, step by step, in one file of the run folder. It is
 * a header and then records of one size, little-endian, in the order of their steps:
 *
 *   header  8 bytes SK_RECORD_MAGIC
 *           ten uint32: version, bytes of the header, bytes of a record, blocks, tensors
 *             that learn, groups, floats a block, floats a tensor, classes, steps an epoch
 *           48 bytes reserved, zeros
 *           80 bytes name of the network, ended and filled up by NUL
 *   record  int64 step
 *           float32 loss, accuracy, learning rate
 *           a byte a group: frozen
 *           for each block gradient, skip, residual, share, agreement, gain, branch,
 *             gamma, update, dead, lambda as float32
 *           for each tensor that learns gradient_rms, weight_norm, update_ratio */

#define SK_RECORD_FILE "record.bin"
#define SK_RECORD_MAGIC "SKRECORD"
#define SK_RECORD_VERSION 1
#define SK_RECORD_HEADER 176

/* One step, of the run that @plan describes. */
typedef struct {
  SkTrainPoint point;
  SkBlockState *blocks; /* (plan->n_blocks) */
  SkLayerState *layers; /* (plan->n_parameters), running statistics hold zeros */
  gboolean *frozen; /* (plan->n_groups) */
} SkRecord;

/* (transfer full): zeros, for networks like @plan; sk_record_free() */
SkRecord *
sk_record_new (const SkPlan *plan);

void
sk_record_free (SkRecord *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkRecord, sk_record_free)

/* Bytes of a record. */
gsize
sk_record_size (const SkPlan *plan);

/* @bytes: (SK_RECORD_HEADER) overwritten */
void
sk_record_write_header (guint8 *bytes, const SkPlan *plan, int steps_per_epoch);

/**
 * sk_record_read_header:
 * @bytes: (SK_RECORD_HEADER)
 * @steps_per_epoch: (out)
 * @error: SK_ERROR_FORMAT, SK_ERROR_UNSUPPORTED for another version
 *
 * Returns: (transfer full): the network that the header names, its sizes those of the
 *   header
 */
SkPlan *
sk_record_read_header (const guint8 *bytes, int *steps_per_epoch, GError **error);

/* @bytes: (sk_record_size (plan)) overwritten */
void
sk_record_write (guint8 *bytes, const SkPlan *plan, const SkRecord *record);

/* @bytes: (sk_record_size (plan)). Any bytes will do: what is no number becomes 0. */
void
sk_record_read (const guint8 *bytes, const SkPlan *plan, int steps_per_epoch,
                SkRecord *record);

/* Bytes of a record that say its step. */
#define SK_RECORD_STEP 8

/* @bytes: (SK_RECORD_STEP) */
gint64
sk_record_step (const guint8 *bytes);
