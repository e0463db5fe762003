#pragma once

#include "file-fixture.h"
#include "trainer.h"

/* A folder of small pictures that a test draws, and trainers on it. */

#define N_CLASSES 2
#define N_TRAIN 10 /* a class: 20 pictures are batches of 8, 8 and 4 */
#define N_TEST 3

typedef struct {
  char *dir, *data_dir, *run_dir;
  SkPool *pool;
  SkDataset *dataset;
  SkRecipe recipe; /* of a ResNet-20 in three epochs, to be changed */
} Fixture;

void
set_up (Fixture *f, gconstpointer unused);

void
tear_down (Fixture *f, gconstpointer unused);

SkTrainer *
new_trainer (Fixture *f, const char *run_dir, gboolean resume);

/* Steps, ending epochs where they end; −1: until it is finished. */
void
advance (SkTrainer *trainer, int n_steps);

void
assert_same_bits (SkTrainer *a, SkTrainer *b);

/* Of two run folders, bit by bit: nothing in a record depends on a clock. */
void
assert_same_record (const char *a, const char *b);
