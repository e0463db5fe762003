#include "conv-sums.h"

#include "reduce.h"
#include "vec.h"

static inline void
add_vector (const SkConvBackward *args, gsize offset, int i, int c, int n,
            float *floats) {
  SkLane lane = sk_operand_lane (&args->x, i, n);
  SkVec z = sk_load_part (args->x.data + offset, n);
  SkVec g = sk_clear (sk_load_part (args->dx + offset, n), sk_lane_dead (&lane, z));

  sk_store_part (floats + i, sk_load_part (floats + i, n) + g, n);
  sk_store_part (floats + c + i, sk_load_part (floats + c + i, n) + g * z, n);
}

void
sk_conv_input_sums (const SkConvBackward *args, gsize first, gsize pixels, gsize row,
                    int c, double *sums, float *floats) {
  const int whole = c / SK_VL * SK_VL;

  memset (floats, 0, 2 * (gsize) c * sizeof (float));
  for (gsize at = first; at < first + pixels; at += SK_RUN_PIXELS) {
    for (gsize pixel = at; pixel < MIN (at + SK_RUN_PIXELS, first + pixels); pixel++) {
      gsize offset = pixel * row;

      for (int i = 0; i < whole; i += SK_VL)
        add_vector (args, offset + (gsize) i, i, c, SK_VL, floats);
      if (whole < c)
        add_vector (args, offset + (gsize) whole, whole, c, c - whole, floats);
    }
    sk_partial_flush (sums, floats, 2 * (gsize) c);
  }
}
