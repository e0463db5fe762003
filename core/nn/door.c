/* The door to kernels that exist once for each instruction set: the best one that this
 * processor has. SKIPSCOPE_ISA ("avx512", "avx2", "plain") asks for a lesser one. */

#include <string.h>

#include "conv.h"
#include "kernels.h"

extern const SkKernels sk_kernels_plain;
#ifdef SK_WIDE_VECTORS
extern const SkKernels sk_kernels_avx2;
extern const SkKernels sk_kernels_avx512;
#endif

static const SkKernels *
choose (void) {
#ifdef SK_WIDE_VECTORS
  const char *asked = g_getenv ("SKIPSCOPE_ISA");

  if (g_strcmp0 (asked, "plain") == 0)
    return &sk_kernels_plain;
  if (g_strcmp0 (asked, "avx2") != 0 && __builtin_cpu_supports ("avx512f") &&
      __builtin_cpu_supports ("avx512dq") && __builtin_cpu_supports ("avx512bw") &&
      __builtin_cpu_supports ("avx512vl"))
    return &sk_kernels_avx512;
  if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma"))
    return &sk_kernels_avx2;
#endif
  return &sk_kernels_plain;
}

/* The choice is made once, and is constant from then on. */
static const SkKernels *
kernels (void) {
  static gsize chosen = 0;

  if (g_once_init_enter (&chosen))
    g_once_init_leave (&chosen, (gsize) choose ());
  return (const SkKernels *) chosen;
}

void
sk_batchnorm_statistics (double *sums, const float *z, gsize pixels, int c,
                         float *scratch, SkPool *pool) {
  kernels ()->batchnorm_statistics (sums, z, pixels, c, scratch, pool);
}

void
sk_operand_materialise (float *y, const SkOperand *x, gsize pixels, int c,
                        SkPool *pool) {
  kernels ()->operand_materialise (y, x, pixels, c, pool);
}

void
sk_batchnorm_backward_sums (double *sums, const SkGradientOperand *dy, gsize pixels,
                            int c, float *scratch, SkPool *pool) {
  kernels ()->batchnorm_backward_sums (sums, dy, pixels, c, scratch, pool);
}

void
sk_gradient_materialise (float *dz, const SkGradientOperand *dy, gsize pixels, int c,
                         SkPool *pool) {
  kernels ()->gradient_materialise (dz, dy, pixels, c, pool);
}

void
sk_join_forward (const SkJoinForward *args, gsize pixels, int c, float *scratch,
                 SkPool *pool) {
  kernels ()->join_forward (args, pixels, c, scratch, pool);
}

void
sk_join_backward (const SkJoinBackward *args, gsize pixels, int c, float *scratch,
                  SkPool *pool) {
  kernels ()->join_backward (args, pixels, c, scratch, pool);
}

void
sk_maxpool_forward (float *y, guint8 *index, const SkOperand *x, int n, int h, int w,
                    int c, SkPool *pool) {
  kernels ()->maxpool_forward (y, index, x, n, h, w, c, pool);
}

void
sk_maxpool_backward (float *dx, double *sums, const float *dy, const guint8 *index,
                     const SkOperand *x, int n, int h, int w, int c, float *scratch,
                     SkPool *pool) {
  kernels ()->maxpool_backward (dx, sums, dy, index, x, n, h, w, c, scratch, pool);
}

void
sk_avgpool_forward (float *y, const SkOperand *x, int n, int hw, int c, SkPool *pool) {
  kernels ()->avgpool_forward (y, x, n, hw, c, pool);
}

void
sk_avgpool_backward (float *dx, const float *dy, int n, int hw, int c, SkPool *pool) {
  kernels ()->avgpool_backward (dx, dy, n, hw, c, pool);
}

void
sk_subsample_forward (float *y, const SkOperand *x, int n, int h, int w, int c, int k,
                      int stride, SkPool *pool) {
  kernels ()->subsample_forward (y, x, n, h, w, c, k, stride, pool);
}

void
sk_subsample_backward (float *dx, const float *dy, int n, int h, int w, int c, int k,
                       int stride, SkPool *pool) {
  kernels ()->subsample_backward (dx, dy, n, h, w, c, k, stride, pool);
}

gsize
sk_conv2d_scratch (const SkConvShape *shape, int n_workers) {
  return kernels ()->conv_blocks_scratch (shape, n_workers);
}

gsize
sk_conv2d_packed_scratch (const SkConvShape *shape, int n_workers) {
  return kernels ()->conv_blocks_packed_scratch (shape, n_workers);
}

void
sk_conv2d_forward (const SkConvShape *shape, const SkConvForward *args, float *scratch,
                   SkPool *pool) {
  kernels ()->conv_blocks_forward (shape, args, scratch, pool);
}

void
sk_conv2d_backward (const SkConvShape *shape, const SkConvBackward *args,
                    float *scratch, SkPool *pool) {
  kernels ()->conv_blocks_backward (shape, args, scratch, pool);
}

gsize
sk_conv2d_packed_size (const SkConvShape *shape) {
  return kernels ()->conv_blocks_packed_size (shape);
}

void
sk_conv2d_pack (float *packed, const float *w, const SkConvShape *shape) {
  kernels ()->conv_blocks_pack (packed, w, shape);
}
