#include "epilogue.h"

#include "reduce.h"
#include "vec.h"

/* y as the reader will find it: bias, add and ReLU. */
static void
finish_vector (const SkConvForward *args, gsize begin, gsize end, int k, int i) {
  int n = sk_lanes_at (i, k);
  const float *add = args->add == args->y ? NULL : args->add;
  SkVec bias = args->bias ? sk_load_part (args->bias + i, n) : sk_splat (0);
  SkVec scale = sk_splat (args->add_scale);
  SkVec dead = sk_splat (args->relu ? 0.0f : NAN);

  for (gsize pixel = begin; pixel < end; pixel++) {
    gsize at = pixel * (gsize) k + (gsize) i;
    SkVec y = sk_load_part (args->y + at, n) + bias;

    if (add)
      y += scale * sk_load_part (add + at, n);
    sk_store_part (args->y + at, sk_clear (y, y <= dead), n);
  }
}

static void
sum_vector (const SkConvForward *args, gsize begin, gsize end, int k, int i,
            double *sums) {
  int n = sk_lanes_at (i, k);
  const float *y = args->y + i;
  SkMoments moments = sk_moments (sk_load_part (y + begin * (gsize) k, n));

  for (gsize pixel = begin; pixel < end; pixel++)
    sk_moments_add (&moments, sk_load_part (y + pixel * (gsize) k, n));
  sk_moments_flush (&moments, sums + i, sums + k + i, (double) (end - begin), n);
}

void
sk_epilogue_forward (const SkConvForward *args, gsize first, gsize pixels, int k,
                     double *sums) {
  const gboolean finish =
      args->bias || args->relu || (args->add && args->add != args->y);
  const gsize step = sk_block_pixels (k);

  for (gsize at = first; at < first + pixels; at += step)
    for (int i = 0; i < k; i += SK_VL) {
      gsize end = MIN (at + step, first + pixels);

      if (finish)
        finish_vector (args, at, end, k, i);
      if (sums)
        sum_vector (args, at, end, k, i, sums);
    }
}

void
sk_epilogue_backward (const SkConvBackward *args, gsize first, gsize pixels, int c,
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
