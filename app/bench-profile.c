#include "bench-profile.h"

#include <glib/gi18n.h>

/* Shares below this are not worth a line. */
#define LEAST_SHARE 0.0005

static double
sum (const double *values, int n) {
  double total = 0;

  for (int i = 0; i < n; i++)
    total += values[i];
  return total;
}

static void
print_line (const char *name, const char *phase, double seconds, double flops,
            double total) {
  if (seconds < LEAST_SHARE * total)
    return;
  g_printerr ("%-28s %-9s %9.2f ", name, phase, 1e3 * seconds);
  if (flops > 0)
    g_printerr ("%9.0f ", 1e-9 * flops / seconds);
  else
    g_printerr ("%9s ", "");
  g_printerr ("%6.1f %%\n", 100 * seconds / total);
}

void
sk_bench_print_profile (const SkPlan *plan, const double *seconds, double update,
                        int steps) {
  double forward = sum (seconds, plan->n_ops) / steps;
  double backward = sum (seconds + plan->n_ops, plan->n_ops) / steps;
  double total = forward + backward + update / steps;

  g_printerr ("%-28s %-9s %9s %9s %8s\n", _ ("layer"), _ ("phase"), _ ("ms"),
              _ ("GFLOP/s"), _ ("share"));
  for (int phase = 0; phase < 2; phase++)
    for (int i = 0; i < plan->n_ops; i++) {
      const SkOp *op = &plan->ops[i];
      /* Backward is two products of the forward's size. */
      double flops = 2.0 * (double) op->macs * plan->n * (phase + 1);

      print_line (op->name, phase ? _ ("backward") : _ ("forward"),
                  seconds[phase * plan->n_ops + i] / steps, flops, total);
    }
  print_line (_ ("all layers"), _ ("forward"), forward,
              2.0 * (double) plan->macs * plan->n, total);
  print_line (_ ("all layers"), _ ("backward"), backward,
              4.0 * (double) plan->macs * plan->n, total);
  print_line (_ ("optimiser"), _ ("update"), update / steps, 0, total);
}
