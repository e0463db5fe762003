#pragma once

#include "model.h"
#include "network.h"
#include "snapshot.h"

/* Longer side of the small picture that an answer carries. */
#define SK_THUMBNAIL_SIDE 256

/* A small picture of @image for @answer, @side the longer side: as it is where it is
 * smaller. */
void
sk_answer_set_thumbnail (SkAnswer *answer, const SkImage *image, int side);

/**
 * sk_answer_classify:
 * @network: of @model, for at least one picture
 * @input: (side,side,3) room for what the network reads
 *
 * Fills in @answer's best classes.
 */
void
sk_answer_classify (SkAnswer *answer, const SkModel *model, SkNetwork *network,
                    const SkImage *image, float *input);

typedef struct {
  int index; /* of the class */
  double probability;
} SkRank;

/**
 * sk_rank_logits:
 * @best: (n_best) overwritten; @n_best ≥ 1
 * @logits: (n)
 *
 * The largest of softmax(@logits), the largest first; of two alike the one that comes
 * first.
 *
 * Returns: how many there are: @n_best, or @n where that is less
 */
int
sk_rank_logits (SkRank *best, int n_best, const float *logits, int n);

/**
 * sk_answer_rank:
 * @logits: (n)
 *
 * The five largest of softmax(@logits), or all where there are fewer.
 */
void
sk_answer_rank (SkAnswer *answer, const SkModel *model, const float *logits, int n);
