/* The update rules, compiled for the plain instruction set and for AVX2 with FMA, chosen
 * when the program runs. Rules are written for eight floats at a time: lanes of the sums
 * are then added in an order that does not depend on the instruction set's width. */

#include "update.h"

#include <math.h>
#include <string.h>

#define LANES 8

#define INLINE static inline __attribute__ ((always_inline))

typedef struct {
  double gradient[LANES], weight[LANES], update[LANES];
} LaneSums;

/* d: what the weight moves by, as PyTorch's torch/optim/sgd.py defines it. */
INLINE float
sgd_rule (const SkUpdate *u, float w, float g, float *first, float *second) {
  return u->lr * (g + u->weight_decay * w);
}

/* The first step's buffer is the gradient itself: 0 · momentum + gradient. */
INLINE float
momentum_rule (const SkUpdate *u, float w, float g, float *first, float *second) {
  *first = u->momentum * *first + (g + u->weight_decay * w);
  return u->lr * *first;
}

INLINE float
nesterov_rule (const SkUpdate *u, float w, float g, float *first, float *second) {
  float d = g + u->weight_decay * w;

  *first = u->momentum * *first + d;
  return u->lr * (d + u->momentum * *first);
}

/* Adam; AdamW where decay takes the place of weight_decay. */
INLINE float
adam_rule (const SkUpdate *u, float w, float g, float *first, float *second) {
  float d = g + u->weight_decay * w;
  float denominator;

  *first = u->momentum * *first + (1 - u->momentum) * d;
  *second = u->beta2 * *second + (1 - u->beta2) * d * d;
  denominator = sqrtf (*second) * u->inverse_root + u->epsilon;
  return u->decay * w + u->step_size * (*first / denominator);
}

typedef float (*Rule) (const SkUpdate *u, float w, float g, float *first,
                       float *second);

INLINE void
lanes (Rule rule, const SkUpdate *u, float *w, const float *g, float *first,
       float *second, gboolean has_first, gboolean has_second, LaneSums *sums) {
  for (int l = 0; l < LANES; l++) {
    float a = has_first ? first[l] : 0, b = has_second ? second[l] : 0;
    float before = w[l], gradient = g[l];
    float d = rule (u, before, gradient, &a, &b);

    w[l] = before - d;
    if (has_first)
      first[l] = a;
    if (has_second)
      second[l] = b;
    sums->gradient[l] += (double) gradient * (double) gradient;
    sums->weight[l] += (double) before * (double) before;
    sums->update[l] += (double) d * (double) d;
  }
}

static double
add_lanes (const double *lane) {
  double sum = 0;

  for (int l = 0; l < LANES; l++)
    sum += lane[l];
  return sum;
}

INLINE void
apply (Rule rule, const SkUpdate *update, float *w, const float *g, float *first,
       float *second, gboolean has_first, gboolean has_second, gsize n,
       SkUpdateSums *sums) {
  const SkUpdate u = *update;
  LaneSums lane = { { 0 }, { 0 }, { 0 } };
  gsize i = 0;

  for (; i + LANES <= n; i += LANES)
    lanes (rule, &u, w + i, g + i, has_first ? first + i : NULL,
           has_second ? second + i : NULL, has_first, has_second, &lane);
  if (i < n) {
    gsize bytes = (n - i) * sizeof (float);
    float tail[4][LANES] = { { 0 } };

    memcpy (tail[0], w + i, bytes);
    memcpy (tail[1], g + i, bytes);
    if (has_first)
      memcpy (tail[2], first + i, bytes);
    if (has_second)
      memcpy (tail[3], second + i, bytes);
    lanes (rule, &u, tail[0], tail[1], tail[2], tail[3], has_first, has_second, &lane);
    memcpy (w + i, tail[0], bytes);
    if (has_first)
      memcpy (first + i, tail[2], bytes);
    if (has_second)
      memcpy (second + i, tail[3], bytes);
  }
  sums->gradient = add_lanes (lane.gradient);
  sums->weight = add_lanes (lane.weight);
  sums->update = add_lanes (lane.update);
}

/* Zero times anything finite is zero; times infinity or NaN it is NaN, which stays. */
INLINE gboolean
all_finite (const float *g, gsize n) {
  float lane[LANES] = { 0 };
  float sum = 0;
  gsize i = 0;

  for (; i + LANES <= n; i += LANES)
    for (int l = 0; l < LANES; l++)
      lane[l] += g[i + l] * 0.0f;
  for (; i < n; i++)
    sum += g[i] * 0.0f;
  for (int l = 0; l < LANES; l++)
    sum += lane[l];
  return sum == 0;
}

#define DEFINE_RULES(suffix, attribute)                                                \
  attribute static void sgd_##suffix (const SkUpdate *u, float *w, const float *g,     \
                                      float *first, float *second, gsize n,            \
                                      SkUpdateSums *sums) {                            \
    apply (sgd_rule, u, w, g, first, second, FALSE, FALSE, n, sums);                   \
  }                                                                                    \
  attribute static void momentum_##suffix (                                            \
      const SkUpdate *u, float *w, const float *g, float *first, float *second,        \
      gsize n, SkUpdateSums *sums) {                                                   \
    apply (momentum_rule, u, w, g, first, second, TRUE, FALSE, n, sums);               \
  }                                                                                    \
  attribute static void nesterov_##suffix (                                            \
      const SkUpdate *u, float *w, const float *g, float *first, float *second,        \
      gsize n, SkUpdateSums *sums) {                                                   \
    apply (nesterov_rule, u, w, g, first, second, TRUE, FALSE, n, sums);               \
  }                                                                                    \
  attribute static void adam_##suffix (const SkUpdate *u, float *w, const float *g,    \
                                       float *first, float *second, gsize n,           \
                                       SkUpdateSums *sums) {                           \
    apply (adam_rule, u, w, g, first, second, TRUE, TRUE, n, sums);                    \
  }                                                                                    \
  attribute static gboolean is_finite_##suffix (const float *g, gsize n) {             \
    return all_finite (g, n);                                                          \
  }                                                                                    \
  static const SkUpdateTable table_##suffix = { sgd_##suffix, momentum_##suffix,       \
                                                nesterov_##suffix, adam_##suffix,      \
                                                is_finite_##suffix };

DEFINE_RULES (plain, )

#if defined(__x86_64__)
DEFINE_RULES (avx2, __attribute__ ((target ("avx2,fma"))))
#endif

const SkUpdateTable *
sk_update_table (void) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma"))
    return &table_avx2;
#endif
  return &table_plain;
}
