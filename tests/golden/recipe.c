#include "recipe.h"

#include <math.h>
#include <string.h>

#define GRID 9

static guint32
fnv1a (const char *text) {
  guint32 value = 0x811c9dc5u;

  for (; *text; text++)
    value = (value ^ (guint8) *text) * 0x01000193u;
  return value;
}

static guint32
mix (guint32 x) {
  x ^= x >> 16;
  x *= 0x7feb352du;
  x ^= x >> 15;
  x *= 0x846ca68bu;
  x ^= x >> 16;
  return x;
}

void
golden_uniform (const char *name, gsize count, double *out) {
  guint32 start = mix (fnv1a (name));

  for (gsize i = 0; i < count; i++)
    out[i] = (mix ((guint32) i + start) >> 8) * 0x1p-24;
}

void
golden_between (const char *name, gsize count, double low, double high, float *out) {
  g_autofree double *uniform = g_new (double, count);

  golden_uniform (name, count, uniform);
  for (gsize i = 0; i < count; i++)
    out[i] = (float) (low + (high - low) * uniform[i]);
}

/* γ or β; @last of its block. */
static void
norm_values (const SkParameter *parameter, gboolean last, gboolean settled,
             float *out) {
  const char *name = parameter->name;
  gsize count = parameter->count;
  g_autofree char *open_name = g_strconcat ("open ", name, NULL);
  g_autofree double *open = g_new (double, count);
  g_autofree float *closed = g_new (float, count);

  if (parameter->kind == SK_PARAMETER_BN_SCALE) {
    if (last)
      golden_between (name, count, settled ? 0.05 : 0.1, settled ? 0.15 : 0.3, out);
    else
      golden_between (name, count, 0.7, settled ? 1.0 : 1.3, out);
    return;
  }
  if (!settled) {
    golden_between (name, count, -0.2, 0.2, out);
    return;
  }
  golden_uniform (open_name, count, open);
  golden_between (name, count, last ? 0.6 : 4, last ? 1 : 5, out);
  golden_between (name, count, last ? -16 : -5, last ? -14 : -4, closed);
  for (gsize i = 0; i < count; i++)
    if (open[i] >= 0.75)
      out[i] = closed[i];
}

static gboolean
is_last_norm (const SkPlan *plan, int parameter) {
  for (int b = 0; b < plan->n_blocks && plan->variant.skips; b++) {
    int first = plan->ops[plan->blocks[b].branch].parameter;

    if (parameter == first || parameter == first + 1)
      return TRUE;
  }
  return FALSE;
}

void
golden_fill (SkParameters *parameters, const SkPlan *plan, gboolean settled) {
  double head =
      1 / sqrt (plan->parameters[sk_plan_find_parameter (plan, "fc.weight")].shape[1]);

  for (int i = 0; i < plan->n_parameters; i++) {
    const SkParameter *parameter = &plan->parameters[i];
    const int *shape = parameter->shape;
    gsize count = parameter->count;
    g_autofree float *values = g_new (float, count);
    double bound = head;

    switch (parameter->kind) {
    case SK_PARAMETER_CONV:
      bound = sqrt (6.0 / ((double) shape[0] * shape[2] * shape[3]));
      golden_between (parameter->name, count, -bound, bound, values);
      break;
    case SK_PARAMETER_LINEAR:
    case SK_PARAMETER_BIAS:
      golden_between (parameter->name, count, -bound, bound, values);
      break;
    case SK_PARAMETER_BN_MEAN:
      golden_between (parameter->name, count, -0.2, 0.2, values);
      break;
    case SK_PARAMETER_BN_VAR:
      golden_between (parameter->name, count, 0.5, 1.5, values);
      break;
    default:
      norm_values (parameter, is_last_norm (plan, i), settled, values);
    }
    sk_parameters_import (parameters, plan, i, values);
  }
}

/* Where pixel @i of @size falls among the colours: @low and @low + 1, @part of the way. */
static void
place (int i, int size, int *low, double *part) {
  double at = i * (GRID - 1.0) / MAX (size - 1, 1);

  *low = MIN ((int) at, GRID - 2);
  *part = at - *low;
}

void
golden_pictures (int step, int n, int h, int w, float *out) {
  g_autofree char *name = g_strdup_printf ("images %d", step);
  g_autofree double *coarse = g_new (double, n * 3 * GRID * GRID);

  golden_uniform (name, n * 3 * GRID * GRID, coarse);
  for (int i = 0; i < n; i++)
    for (int y = 0; y < h; y++)
      for (int x = 0; x < w; x++)
        for (int c = 0; c < 3; c++) {
          const double *grid = coarse + (i * 3 + c) * GRID * GRID;
          int row, column;
          double fy, fx, top, low;

          place (y, h, &row, &fy);
          place (x, w, &column, &fx);
          grid += row * GRID + column;
          top = grid[0] * (1 - fx) + grid[1] * fx;
          low = grid[GRID] * (1 - fx) + grid[GRID + 1] * fx;
          *out++ = (float) (2 * (top * (1 - fy) + low * fy) - 1);
        }
}

void
golden_labels (int step, int n, int classes, int *out) {
  g_autofree char *name = g_strdup_printf ("labels %d", step);
  g_autofree double *uniform = g_new (double, n);

  golden_uniform (name, n, uniform);
  for (int i = 0; i < n; i++)
    out[i] = (int) floor (uniform[i] * classes);
}

gsize
golden_positions (const char *name, gsize count, gsize *out) {
  g_autofree char *at = g_strconcat ("at ", name, NULL);
  double uniform[GOLDEN_SAMPLES];
  gsize n = MIN (count, GOLDEN_SAMPLES);

  golden_uniform (at, n, uniform);
  for (gsize i = 0; i < n; i++)
    out[i] = (gsize) floor (uniform[i] * count);
  return n;
}
