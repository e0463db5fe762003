#include "conv-sums.h"

#include "reduce.h"
#include "vec.h"

void
sk_conv_input_sums (const SkConvBackward *args, gsize first, gsize pixels, int c,
                    double *sums) {
  const gsize step = sk_block_pixels (c);

  for (gsize at = first; at < first + pixels; at += step)
    for (int i = 0; i < c; i += SK_VL) {
      int n = sk_lanes_at (i, c);
      gsize end = MIN (at + step, first + pixels);
      SkLane lane = sk_operand_lane (&args->x, i, n);
      SkVec sum = { 0 }, dot = { 0 };

      for (gsize pixel = at; pixel < end; pixel++) {
        gsize offset = pixel * (gsize) c + (gsize) i;
        SkVec z = sk_load_part (args->x.data + offset, n);
        SkVec g = sk_load_part (args->dx + offset, n);

        g = sk_clear (g, sk_lane_dead (&lane, z));
        sum += g;
        dot += g * z;
      }
      sk_add_to_doubles (sums + i, sum, n);
      sk_add_to_doubles (sums + c + i, dot, n);
    }
}
