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

/**
 * sk_answer_rank:
 * @logits: (n)
 *
 * The five largest of softmax(@logits), or all where there are fewer.
 */
void
sk_answer_rank (SkAnswer *answer, const SkModel *model, const float *logits, int n);
