#include "reference.h"

#include <math.h>
#include <string.h>

void
ref_maxpool (double *y, double *dx, const double *dy, const double *x, int n, int h,
             int w, int c) {
  int rows = (h - 1) / 2 + 1, columns = (w - 1) / 2 + 1;

  memset (dx, 0, sizeof (double) * (gsize) (n * h * w * c));
  for (int i = 0; i < n; i++)
    for (int p = 0; p < rows; p++)
      for (int q = 0; q < columns; q++)
        for (int channel = 0; channel < c; channel++) {
          gsize at = (gsize) (((i * rows + p) * columns + q) * c + channel);
          gsize chosen = 0;

          y[at] = -INFINITY;
          for (int a = MAX (2 * p - 1, 0); a <= MIN (2 * p + 1, h - 1); a++)
            for (int b = MAX (2 * q - 1, 0); b <= MIN (2 * q + 1, w - 1); b++) {
              gsize from = (gsize) (((i * h + a) * w + b) * c + channel);

              if (x[from] > y[at]) {
                y[at] = x[from];
                chosen = from;
              }
            }
          dx[chosen] += dy[at];
        }
}
