/* Speed of single convolutions, in GFLOP/s of the direct algorithm. Not a test.
 *   bench-nn-conv [WORKERS [ROUNDS [NAME…]]]
 * One worker is timed by the processor's time it used, so that a busy machine tells the
 * same; several by the clock. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "arena.h"
#include "conv.h"
#include "rng.h"

typedef struct {
  const char *name;
  int n, h, c, k, kernel, stride, pad;
} Layer;

static const Layer layers[] = {
  { "cifar-stem16", 128, 32, 3, 16, 3, 1, 1 },
  { "16@32", 128, 32, 16, 16, 3, 1, 1 },
  { "16-32/2@32", 128, 32, 16, 32, 3, 2, 1 },
  { "32@16", 128, 16, 32, 32, 3, 1, 1 },
  { "32-64/2@16", 128, 16, 32, 64, 3, 2, 1 },
  { "64@8", 128, 8, 64, 64, 3, 1, 1 },
  { "cifar-stem64", 128, 32, 3, 64, 3, 1, 1 },
  { "64@32", 128, 32, 64, 64, 3, 1, 1 },
  { "64-128/2@32", 128, 32, 64, 128, 3, 2, 1 },
  { "64-128/2p@32", 128, 32, 64, 128, 1, 2, 0 },
  { "128@16", 128, 16, 128, 128, 3, 1, 1 },
  { "128-256/2@16", 128, 16, 128, 256, 3, 2, 1 },
  { "256@8", 128, 8, 256, 256, 3, 1, 1 },
  { "256-512/2@8", 128, 8, 256, 512, 3, 2, 1 },
  { "512@4", 128, 4, 512, 512, 3, 1, 1 },
  { "stem7@224", 16, 224, 3, 64, 7, 2, 3 },
  { "64@56", 16, 56, 64, 64, 3, 1, 1 },
  { "128@28", 16, 28, 128, 128, 3, 1, 1 },
  { "256@14", 16, 14, 256, 256, 3, 1, 1 },
  { "512@7", 16, 7, 512, 512, 3, 1, 1 },
  { "128/2@56", 8, 56, 128, 128, 3, 2, 1 },
  { "128-256/2@28", 16, 28, 128, 256, 3, 2, 1 },
  { "256-512/2@14", 16, 14, 256, 512, 3, 2, 1 },
  { "256/2@28", 8, 28, 256, 256, 3, 2, 1 },
  { "512/2@14", 8, 14, 512, 512, 3, 2, 1 },
  { "1x1-64-256@56", 8, 56, 64, 256, 1, 1, 0 },
  { "1x1-256-64@56", 8, 56, 256, 64, 1, 1, 0 },
  { "1x1-128-512@28", 8, 28, 128, 512, 1, 1, 0 },
  { "1x1-512-128@28", 8, 28, 512, 128, 1, 1, 0 },
  { "1x1-256-1024@14", 8, 14, 256, 1024, 1, 1, 0 },
  { "1x1-1024-256@14", 8, 14, 1024, 256, 1, 1, 0 },
  { "1x1-512-2048@7", 8, 7, 512, 2048, 1, 1, 0 },
  { "1x1-2048-512@7", 8, 7, 2048, 512, 1, 1, 0 },
};

static double
seconds (const SkPool *pool) {
  struct timespec now;

  clock_gettime (sk_pool_size (pool) == 1 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC,
                 &now);
  return (double) now.tv_sec + 1e-9 * (double) now.tv_nsec;
}

static int
compare (const void *a, const void *b) {
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

typedef struct {
  SkConvShape shape;
  SkConvForward forward;
  SkConvBackward backward;
  float *scratch;
  SkPool *pool;
} Bench;

static void
run_forward (Bench *bench) {
  sk_conv2d_forward (&bench->shape, &bench->forward, bench->scratch, bench->pool);
}

static void
run_backward (Bench *bench) {
  sk_conv2d_backward (&bench->shape, &bench->backward, bench->scratch, bench->pool);
}

/* Least seconds of @rounds runs, each long enough to be timed. */
static double
fastest (void (*run) (Bench *), Bench *bench, int rounds) {
  double times[64], once = seconds (bench->pool);
  int repeat;

  run (bench);
  once = seconds (bench->pool) - once;
  repeat = CLAMP ((int) (0.02 / once), 1, 1000);
  for (int i = 0; i < rounds; i++) {
    double start = seconds (bench->pool);

    for (int j = 0; j < repeat; j++)
      run (bench);
    times[i] = (seconds (bench->pool) - start) / repeat;
  }
  qsort (times, (gsize) rounds, sizeof (double), compare);
  return times[0];
}

/* Random numbers in memory as a network has it: large pages, from one arena. */
static float *
numbers (SkArena *arena, SkRng *rng, gsize n) {
  float *values = sk_arena_take (arena, n);

  for (gsize i = 0; i < n; i++)
    values[i] = sk_rng_uniform (rng) - 0.5f;
  return values;
}

static void
prepare (Bench *bench, SkArena *arena) {
  const SkConvShape *s = &bench->shape;
  SkRng rng = sk_rng_at (1, 0, 0);
  gsize x = (gsize) (s->n * s->h * s->w * s->c),
        y = (gsize) (s->n * s->p * s->q * s->k);
  gsize w = (gsize) (s->r * s->s * s->c * s->k);
  gsize scratch = sk_conv2d_scratch (s, sk_pool_size (bench->pool));
  float *channels;

  sk_arena_init (arena,
                 3 * sk_arena_round (x) + 3 * sk_arena_round (y) +
                     3 * sk_arena_round (w) + sk_arena_round (scratch) +
                     sk_arena_round (8 * 2048),
                 "tensors", NULL);
  channels = numbers (arena, &rng, 8 * 2048);
  bench->forward.w = bench->backward.w = numbers (arena, &rng, w);
  bench->forward.x = sk_operand (numbers (arena, &rng, x));
  if (s->c > 3) {
    bench->forward.x.scale = channels;
    bench->forward.x.shift = channels + 2048;
    bench->forward.x.relu = TRUE;
  }
  bench->backward.x = bench->forward.x;
  bench->backward.dy = (SkGradientOperand){ .scale = channels,
                                            .shift = channels + 2048,
                                            .alpha = channels + 4096,
                                            .beta = channels + 6144,
                                            .delta = channels,
                                            .relu = TRUE };
  bench->backward.dy.data = numbers (arena, &rng, y);
  bench->backward.dy.z = numbers (arena, &rng, y);
  bench->forward.y = sk_arena_take (arena, y);
  bench->backward.dx = sk_arena_take (arena, x);
  bench->backward.dw = sk_arena_take (arena, w);
  bench->scratch = sk_arena_take (arena, scratch);
}

static void
bench_layer (const Layer *layer, SkPool *pool, int rounds) {
  Bench bench = { .shape =
                      sk_conv_shape (layer->n, layer->h, layer->h, layer->c, layer->k,
                                     layer->kernel, layer->stride, layer->pad),
                  .pool = pool };
  const SkConvShape *s = &bench.shape;
  double flops = 2.0 * s->n * s->p * s->q * s->k * s->r * s->s * s->c;
  double forward, dx, dw, both;
  double sums[2 * 2048];
  SkArena arena;
  float *kept;

  prepare (&bench, &arena);
  bench.forward.sums = bench.backward.sums = sums;
  forward = fastest (run_forward, &bench, rounds);
  both = fastest (run_backward, &bench, rounds);
  kept = bench.backward.dw;
  bench.backward.dw = NULL;
  dx = fastest (run_backward, &bench, rounds);
  bench.backward.dw = kept;
  bench.backward.dx = NULL;
  bench.backward.sums = NULL;
  dw = fastest (run_backward, &bench, rounds);
  printf ("%-16s forward %7.2f ms %5.0f GF | backward %7.2f ms %5.0f GF | dx %5.0f dw "
          "%5.0f | all %5.0f GF | scratch %.1f MiB\n",
          layer->name, forward * 1e3, flops / forward * 1e-9, both * 1e3,
          2 * flops / both * 1e-9, flops / dx * 1e-9, flops / dw * 1e-9,
          3 * flops / (forward + both) * 1e-9,
          (double) sk_conv2d_scratch (s, sk_pool_size (pool)) * 4 / 1048576);
  fflush (stdout);
  sk_arena_clear (&arena);
}

static gboolean
wanted (const char *name, int argc, char **argv) {
  for (int i = 3; i < argc; i++)
    if (strcmp (argv[i], name) == 0)
      return TRUE;
  return argc <= 3;
}

int
main (int argc, char **argv) {
  g_autoptr (SkPool) pool = sk_pool_new (argc > 1 ? atoi (argv[1]) : 0, 0);
  int rounds = CLAMP (argc > 2 ? atoi (argv[2]) : 7, 1, 64);

  for (guint i = 0; i < G_N_ELEMENTS (layers); i++)
    if (wanted (layers[i].name, argc, argv))
      bench_layer (&layers[i], pool, rounds);
  return 0;
}
