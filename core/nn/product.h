#pragma once

#include "vec.h"

/* The small matrix products that every convolution comes down to. Rows are tiles or
 * pixels, channels come in chunks of SK_VL, and a layout says how far apart they lie:
 * blocks of tiles are (chunks,rows,SK_VL), pixels of a tensor (rows,chunks,SK_VL).
 *
 *   U (panels,depth,lanes)  filters: a panel holds SK_NR chunks of columns (the last may
 *                           hold fewer), so that depth runs through memory in order
 *
 * A register block is SK_MR rows by SK_NR vectors. */

typedef struct {
  gsize row; /* floats from a row to the next */
  gsize chunk; /* floats from a chunk to the next */
} SkLayout;

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
 * @m: (rows,columns) as @m_layout says, overwritten
 * @v: (rows,depth) as @v_layout says
 * @u: panels of depth·SK_VL × columns·SK_VL
 * @depth, @columns: in chunks
 *
 * m = v·u
 */
void
sk_product (float *m, SkLayout m_layout, const float *v, SkLayout v_layout,
            const float *u, int rows, int depth, int columns);

/**
 * sk_product_outer:
 * @du: (depth·SK_VL, columns·SK_VL) added to, or overwritten where @first
 * @v: (rows,depth) as @v_layout says
 * @e: (rows,columns) as @e_layout says
 *
 * du += vᵀ·e
 */
void
sk_product_outer (float *du, const float *v, SkLayout v_layout, const float *e,
                  SkLayout e_layout, int rows, int depth, int columns, gboolean first);
