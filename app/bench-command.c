#include "commands.h"

#include <cblas.h>
#include <string.h>
#include <sys/resource.h>

#include <glib/gi18n.h>

#include "bench-overhead.h"
#include "bench-profile.h"
#include "cli.h"
#include "json-line.h"
#include "network.h"
#include "optimizer.h"
#include "parallel.h"
#include "recipe.h"
#include "rng.h"

/* How fast steps are on random pictures, against the fastest matrix product here. */

/* Side of the square product that the roofline is measured with. */
#define PEAK_SIDE 1024
#define PEAK_RUNS 12

typedef struct {
  const char *net;
  gboolean train, probes, profile;
  int overhead; /* pairs of steps; 0: not asked for */
  int batch, threads, steps;
} Bench;

typedef struct {
  SkPlan *plan;
  SkParameters *parameters;
  SkPool *pool;
  SkNetwork *network;
  SkOptimizer *optimizer;
  SkRecipe recipe;
  float *images; /* (batch,H,W,3) */
  int *labels; /* (batch) */
  SkLayerProbe *layers; /* (plan->n_parameters) */
  gboolean *frozen; /* (plan->n_groups) */
  double *profile; /* (2,plan->n_ops) seconds over all steps timed; NULL: not wanted */
  double update; /* seconds of all updates timed */
} Job;

static void
job_clear (Job *self) {
  sk_optimizer_free (self->optimizer);
  sk_network_free (self->network);
  sk_pool_free (self->pool);
  sk_parameters_free (self->parameters);
  if (self->plan)
    sk_plan_unref (self->plan);
  sk_recipe_clear (&self->recipe);
  g_free (self->images);
  g_free (self->labels);
  g_free (self->layers);
  g_free (self->frozen);
  g_free (self->profile);
}

static gboolean
job_init (Job *self, const Bench *bench, GError **error) {
  SkVariant variant;
  SkRng rng = sk_rng_at (0, 0, 0);
  gsize n_floats;

  *self = (Job){ 0 };
  sk_recipe_init (&self->recipe);
  self->recipe.lr = 0.01f;
  if (!sk_variant_find (bench->net, &variant, error))
    return FALSE;
  self->plan = sk_plan_new (&variant, bench->batch, 0, 0, 0, error);
  if (self->plan == NULL)
    return FALSE;
  self->parameters = sk_parameters_new (self->plan, error);
  if (self->parameters == NULL)
    return FALSE;
  sk_parameters_initialise (self->parameters, self->plan, 0, FALSE);
  self->pool = sk_pool_new (bench->threads, 0);
  self->network =
      sk_network_new (self->plan, self->parameters, bench->train ? SK_NETWORK_TRAIN : 0,
                      self->pool, error);
  if (self->network == NULL)
    return FALSE;
  sk_network_set_probing (self->network, bench->probes);
  if (bench->train) {
    self->optimizer = sk_optimizer_new (&self->recipe, self->plan, self->pool, error);
    if (self->optimizer == NULL)
      return FALSE;
  }
  n_floats = (gsize) bench->batch * (gsize) self->plan->h * (gsize) self->plan->w * 3;
  self->images = g_new (float, n_floats);
  for (gsize i = 0; i < n_floats; i++)
    self->images[i] = 2 * sk_rng_uniform (&rng) - 1;
  self->labels = g_new (int, (gsize) bench->batch);
  for (int i = 0; i < bench->batch; i++)
    self->labels[i] = (int) sk_rng_below (&rng, (guint32) self->plan->classes);
  self->layers = g_new0 (SkLayerProbe, (gsize) self->plan->n_parameters);
  self->frozen = g_new0 (gboolean, (gsize) self->plan->n_groups);
  return TRUE;
}

/* As the peer's step: forward, cross-entropy, backward, SGD. @layers: NULL: not measured */
static void
train_step (SkLayerProbe *layers, gpointer data) {
  Job *self = data;
  gint64 start;

  sk_network_forward (self->network, self->images, self->plan->n, TRUE);
  sk_network_loss (self->network, self->labels, 0, NULL);
  sk_network_backward (self->network);
  start = g_get_monotonic_time ();
  sk_optimizer_step (self->optimizer, self->parameters->values,
                     sk_network_gradients (self->network), self->recipe.lr,
                     self->frozen, layers);
  self->update += (double) (g_get_monotonic_time () - start) * 1e-6;
}

static void
job_step (Job *self, const Bench *bench) {
  if (bench->train)
    train_step (bench->probes ? self->layers : NULL, self);
  else
    sk_network_forward (self->network, self->images, bench->batch, FALSE);
}

static int
compare_doubles (const void *a, const void *b) {
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* Median seconds of a step, after one that warms up. */
static double
time_steps (Job *job, const Bench *bench) {
  g_autofree double *seconds = g_new (double, (gsize) bench->steps);

  job_step (job, bench);
  job->update = 0;
  if (bench->profile) {
    job->profile = g_new0 (double, 2 * (gsize) job->plan->n_ops);
    sk_network_set_profile (job->network, job->profile);
  }
  for (int i = 0; i < bench->steps; i++) {
    gint64 start = g_get_monotonic_time ();

    job_step (job, bench);
    seconds[i] = (double) (g_get_monotonic_time () - start) * 1e-6;
  }
  qsort (seconds, (gsize) bench->steps, sizeof *seconds, compare_doubles);
  return seconds[bench->steps / 2];
}

/* GFLOP/s of OpenBLAS's large square sgemm with as many threads, the best of several. */
static double
measure_peak (int threads) {
  const gsize n = PEAK_SIDE;
  g_autofree float *a = g_new (float, n *n);
  g_autofree float *b = g_new (float, n *n);
  g_autofree float *c = g_new0 (float, n *n);
  double best = 0;

  for (gsize i = 0; i < n * n; i++) {
    a[i] = (float) (i % 7) * 0.25f;
    b[i] = (float) (i % 5) * 0.5f;
  }
  openblas_set_num_threads (threads);
  for (int run = 0; run < PEAK_RUNS; run++) {
    gint64 start = g_get_monotonic_time ();
    double seconds;

    cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, PEAK_SIDE, PEAK_SIDE,
                 PEAK_SIDE, 1, a, PEAK_SIDE, b, PEAK_SIDE, 0, c, PEAK_SIDE);
    seconds = (double) (g_get_monotonic_time () - start) * 1e-6;
    best = MAX (best, 2e-9 * (double) n * (double) n * (double) n / seconds);
  }
  openblas_set_num_threads (1);
  return best;
}

/* Of the whole process, MiB. */
static gint64
peak_memory (void) {
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

static void
print_result (const Job *job, const Bench *bench, double seconds) {
  g_autoptr (SkJsonLine) json = sk_json_line_new ();
  /* Of the direct convolution; a train step is three forwards. */
  double flops = 2.0 * (double) job->plan->macs * bench->batch * (bench->train ? 3 : 1);
  gint64 memory = peak_memory ();
  double peak = measure_peak (sk_pool_size (job->pool));
  double gflops = 1e-9 * flops / seconds;

  sk_json_begin_object (json, NULL);
  sk_json_string (json, "net", bench->net);
  sk_json_string (json, "mode", bench->train ? "train" : "infer");
  sk_json_number (json, "batch", bench->batch);
  sk_json_number (json, "threads", sk_pool_size (job->pool));
  sk_json_number (json, "images_per_s", bench->batch / seconds);
  sk_json_number (json, "gflops", gflops);
  sk_json_number (json, "sgemm_gflops", peak);
  sk_json_number (json, "roofline", gflops / peak);
  sk_json_number (json, "peak_rss_mib", (double) memory);
  sk_json_end_object (json);
  sk_json_line_print (json);
}

/* On standard output, a line of its own. */
static gboolean
print_overhead (Job *job, const Bench *bench, GError **error) {
  g_autoptr (SkOverhead) overhead =
      sk_overhead_new (job->network, job->parameters, train_step, job, error);
  g_autoptr (SkJsonLine) json = sk_json_line_new ();
  SkOverheadResult result;

  if (overhead == NULL)
    return FALSE;
  result = sk_overhead_measure (overhead, bench->overhead);
  sk_json_begin_object (json, NULL);
  sk_json_string (json, "net", bench->net);
  sk_json_number (json, "batch", bench->batch);
  sk_json_number (json, "threads", sk_pool_size (job->pool));
  sk_json_number (json, "pairs", bench->overhead);
  sk_json_number (json, "seconds_measured", result.with);
  sk_json_number (json, "seconds_alone", result.without);
  sk_json_number (json, "overhead", result.clock);
  sk_json_number (json, "overhead_processor", result.processor);
  sk_json_end_object (json);
  sk_json_line_print (json);
  return TRUE;
}

static gboolean
run_job (Job *job, const Bench *bench, GError **error) {
  if (!job_init (job, bench, error))
    return FALSE;
  if (bench->overhead > 0)
    return print_overhead (job, bench, error);
  print_result (job, bench, time_steps (job, bench));
  if (bench->profile)
    sk_bench_print_profile (job->plan, job->profile, job->update, bench->steps);
  return TRUE;
}

static SkExit
run_bench (const Bench *bench) {
  g_autoptr (GError) error = NULL;
  SkExit status = SK_EXIT_OK;
  Job job;

  openblas_set_num_threads (1);
  if (!run_job (&job, bench, &error))
    status = sk_cli_refuse (error);
  job_clear (&job);
  return status;
}

SkExit
sk_bench_command (int argc, char **argv) {
  g_autofree char *net = NULL;
  g_autofree char *mode = NULL;
  gboolean no_probes = FALSE, profile = FALSE;
  Bench bench = { .batch = 128, .steps = 5 };
  const GOptionEntry entries[] = {
    { "net", 0, 0, G_OPTION_ARG_STRING, &net, N_ ("network"), N_ ("NAME") },
    { "mode", 0, 0, G_OPTION_ARG_STRING, &mode, N_ ("what to time"),
      N_ ("train|infer") },
    { "batch", 0, 0, G_OPTION_ARG_INT, &bench.batch, N_ ("pictures at once"),
      N_ ("N") },
    { "threads", 0, 0, G_OPTION_ARG_INT, &bench.threads,
      N_ ("threads (0: one per core)"), N_ ("N") },
    { "steps", 0, 0, G_OPTION_ARG_INT, &bench.steps,
      N_ ("steps timed; their median counts"), N_ ("N") },
    { "no-probes", 0, 0, G_OPTION_ARG_NONE, &no_probes,
      N_ ("without measuring gradients"), NULL },
    { "overhead", 0, 0, G_OPTION_ARG_INT, &bench.overhead,
      N_ ("instead: what measuring and recording cost, N steps with and N without in "
          "turn"),
      N_ ("N") },
    { "profile", 0, 0, G_OPTION_ARG_NONE, &profile,
      N_ ("a table of what each layer takes, on standard error"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  GOptionContext *context = g_option_context_new (NULL);

  g_option_context_set_summary (
      context, _ ("Times steps on random pictures and prints one JSON object."));
  g_option_context_add_main_entries (context, entries, NULL);
  if (!sk_cli_parse (context, &argc, &argv))
    return SK_EXIT_USAGE;
  if (mode != NULL && strcmp (mode, "train") != 0 && strcmp (mode, "infer") != 0)
    return sk_cli_usage ("bench", _ ("--mode is train or infer"));
  if (argc > 1 || bench.batch < 1 || bench.steps < 1 || bench.threads < 0)
    return sk_cli_usage ("bench", _ ("--batch and --steps are at least 1"));
  if (bench.overhead < 0 ||
      (bench.overhead > 0 && mode != NULL && strcmp (mode, "train") != 0))
    return sk_cli_usage ("bench", _ ("--overhead takes steps of training, 1 or more"));
  bench.net = net ? net : "resnet18-cifar";
  bench.train = mode == NULL || strcmp (mode, "train") == 0;
  bench.probes = !no_probes;
  bench.profile = profile;
  return run_bench (&bench);
}
