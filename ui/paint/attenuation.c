#include "attenuation.h"

double
sk_attenuation_predicted (const SkPlan *plan, const float *lambda, int block) {
  double product = 1;

  for (int b = block; b < plan->n_blocks; b++)
    product *= (double) lambda[b];
  return product;
}

double
sk_attenuation_measured (const SkPlan *plan, const SkBlockState *blocks, int block) {
  const SkBlockState *last;

  if (blocks == NULL || block >= plan->n_blocks)
    return 0;
  /* A block's gain is the gradient that leaves it over that which enters it. */
  last = &blocks[plan->n_blocks - 1];
  if (!(last->gradient > 0) || !(last->gain > 0))
    return 0;
  return (double) blocks[block].gradient * (double) last->gain /
         (double) last->gradient;
}
