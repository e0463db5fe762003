#pragma once

#include "vec.h"

/* The small matrix products that every convolution comes down to, on tensors laid out
 * in chunks of SK_VL channels:
 *
 *   V (chunks,rows,SK_VL)   a block of rows (tiles or pixels), "rows" apart per chunk
 *   U (panels,depth,lanes)  filters: a panel holds SK_NR chunks of columns (the last may
 *                           hold fewer), so that depth runs through memory in order
 *
 * A register block is SK_MR rows by SK_NR vectors. */

#if SK_VL == 16
#define SK_MR 12
#define SK_NR 2
#else
#define SK_MR 6
#define SK_NR 2
#endif

/* Rows of a register block of sk_product_outer(): they divide a chunk. */
#define SK_OUTER_MR (SK_VL / 2)

/**
 * sk_product:
 * @m: (columns,stride,SK_VL) overwritten, @rows of them
 * @v: (depth,stride,SK_VL)
 * @u: panels of depth·SK_VL × columns·SK_VL
 * @rows: rows computed, <= stride
 * @stride: rows that a chunk of @m and of @v has room for
 * @depth, @columns: in chunks
 *
 * m = v·u
 */
void
sk_product (float *m, const float *v, const float *u, int rows, int stride, int depth,
            int columns);

/**
 * sk_product_outer:
 * @du: (depth·SK_VL, columns·SK_VL) added to, or overwritten where @first
 * @v: (depth,stride,SK_VL)
 * @e: (columns,stride,SK_VL)
 *
 * du += vᵀ·e over @rows rows
 */
void
sk_product_outer (float *du, const float *v, const float *e, int rows, int stride,
                  int depth, int columns, gboolean first);
