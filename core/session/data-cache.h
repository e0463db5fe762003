#pragma once

#include <pthread.h>

#include "dataset.h"

/* The data opened last: changing the batch size must not unpack an archive again. */
typedef struct {
  pthread_mutex_t mutex;
  SkDataset *dataset; /* (nullable) */
  char *spec;
} SkDataCache;

void
sk_data_cache_init (SkDataCache *self);

void
sk_data_cache_clear (SkDataCache *self);

/**
 * sk_data_cache_open:
 *
 * As sk_dataset_open(), at once where the last one asked for was the same. Any thread;
 * others do not wait while one opens.
 *
 * Returns: (transfer full): sk_dataset_unref()
 */
SkDataset *
sk_data_cache_open (SkDataCache *self, const char *spec, GCancellable *cancellable,
                    GError **error);

/* (transfer full) (nullable): the data opened last */
SkDataset *
sk_data_cache_latest (SkDataCache *self);
