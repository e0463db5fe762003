#include "occlusion.h"

#include <math.h>
#include <string.h>

/* Of the picture's side. */
#define PATCH_SHARE 4
#define STRIDE_SHARE 8

static double
probability (const float *logits, int n, int class) {
  double top = (double) logits[0], sum = 0;

  for (int i = 1; i < n; i++)
    top = MAX (top, (double) logits[i]);
  for (int i = 0; i < n; i++)
    sum += exp ((double) logits[i] - top);
  return exp ((double) logits[class] - top) / sum;
}

/* The picture with one square of the mean's colour. */
static void
cover (float *out, const float *image, const SkPlan *plan, int y, int x, int patch) {
  gsize row = (gsize) plan->w * 3;

  memcpy (out, image, (gsize) plan->h * row * sizeof (float));
  for (int i = y; i < MIN (y + patch, plan->h); i++)
    memset (out + (gsize) i * row + (gsize) x * 3, 0,
            (gsize) MIN (patch, plan->w - x) * 3 * sizeof (float));
}

gboolean
sk_occlusion_fill (SkOcclusion *self, SkNetwork *network, const float *image, int class,
                   SkProgressFunc progress, gpointer data, const gint *cancel) {
  const SkPlan *plan = sk_network_plan (network);
  gsize size = (gsize) plan->h * (gsize) plan->w * 3;
  g_autofree float *covered = g_new (float, (gsize) plan->n *size);
  int patch = MAX (MIN (plan->h, plan->w) / PATCH_SHARE, 1);
  int stride = MAX (MIN (plan->h, plan->w) / STRIDE_SHARE, 1);
  double whole;
  int total;

  g_return_val_if_fail (class >= 0 && class < plan->classes, FALSE);

  *self = (SkOcclusion){ .rows = (plan->h - patch) / stride + 1,
                         .columns = (plan->w - patch) / stride + 1,
                         .patch = patch,
                         .stride = stride };
  total = self->rows * self->columns;
  self->lost = g_new0 (float, total);
  whole =
      probability (sk_network_forward (network, image, 1, FALSE), plan->classes, class);
  for (int at = 0; at < total; at += plan->n) {
    int n = MIN (plan->n, total - at);
    const float *logits;

    for (int i = 0; i < n; i++)
      cover (covered + (gsize) i * size, image, plan, (at + i) / self->columns * stride,
             (at + i) % self->columns * stride, patch);
    logits = sk_network_forward (network, covered, n, FALSE);
    if (cancel && g_atomic_int_get (cancel)) {
      sk_occlusion_clear (self);
      return FALSE;
    }
    for (int i = 0; i < n; i++)
      self->lost[at + i] =
          (float) (whole - probability (logits + (gsize) i * (gsize) plan->classes,
                                        plan->classes, class));
    if (progress)
      progress ((double) (at + n) / total, data);
  }
  return TRUE;
}

void
sk_occlusion_clear (SkOcclusion *self) {
  g_free (self->lost);
  *self = (SkOcclusion){ 0 };
}
