/* Memory: pieces that share it, what building takes and says, and steps that take none. */

#include <errno.h>
#include <stdlib.h>

#include "errors.h"
#include "network-fixture.h"
#include "spans.h"

/* Counts what the program allocates while @counting, on whichever thread. */
static gint counting = 0, allocations = 0;

extern void *
__libc_malloc (size_t size);

extern void *
__libc_calloc (size_t n, size_t size);

extern void *
__libc_realloc (void *old, size_t size);

extern void *
__libc_memalign (size_t alignment, size_t size);

static void
count (void) {
  if (g_atomic_int_get (&counting))
    g_atomic_int_inc (&allocations);
}

void *
malloc (size_t size) {
  count ();
  return __libc_malloc (size);
}

void *
calloc (size_t n, size_t size) {
  count ();
  return __libc_calloc (n, size);
}

void *
realloc (void *old, size_t size) {
  count ();
  return __libc_realloc (old, size);
}

int
posix_memalign (void **out, size_t alignment, size_t size) {
  count ();
  *out = __libc_memalign (alignment, size);
  return *out ? 0 : ENOMEM;
}

static void
test_steps_allocate_nothing (void) {
  const struct {
    const char *net;
    SkNetworkFlags flags;
  } cases[] = {
    { "resnet20", SK_NETWORK_TRAIN },
    { "resnet20", SK_NETWORK_TRAIN | SK_NETWORK_UNFUSED },
    { "plain20", SK_NETWORK_TRAIN },
    { "resnet18", SK_NETWORK_TRAIN | SK_NETWORK_LEAN },
    { "resnet50-cifar", SK_NETWORK_TRAIN | SK_NETWORK_KEEP_BLOCKS },
    { "resnet50-cifar", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (int n_workers = 1; n_workers <= 2; n_workers++) {
      Fixture fixture;
      int taken;

      fixture_open (&fixture, cases[i].net, 4, 32, 5, cases[i].flags, n_workers);
      /* Libraries may set themselves up when first called. */
      sk_network_forward (fixture.network, fixture.images, 4, TRUE);
      g_atomic_int_set (&allocations, 0);
      g_atomic_int_set (&counting, 1);
      for (int step = 0; step < 2; step++) {
        sk_network_forward (fixture.network, fixture.images, 4 - step, step == 0);
        if (cases[i].flags & SK_NETWORK_TRAIN) {
          sk_network_loss (fixture.network, fixture.labels, 0.1f, NULL);
          sk_network_backward (fixture.network);
        }
      }
      g_atomic_int_set (&counting, 0);
      taken = g_atomic_int_get (&allocations);
      g_assert_cmpint (taken, ==, 0);
      fixture_close (&fixture);
    }
}

/* The counter counts, or the test above would say nothing. */
static void
test_allocations_are_seen (void) {
  void *volatile piece;

  g_atomic_int_set (&allocations, 0);
  g_atomic_int_set (&counting, 1);
  piece = g_malloc (10);
  g_atomic_int_set (&counting, 0);
  g_free (piece);
  g_assert_cmpint (g_atomic_int_get (&allocations), >=, 1);
}

static void
test_spans_do_not_collide (void) {
  for (guint64 seed = 0; seed < 50; seed++) {
    SkRng rng = sk_rng_at (seed, 0, 0);
    SkSpans spans;
    const SkSpan *items;
    gsize most = 0;

    sk_spans_init (&spans);
    for (int i = 0; i < 60; i++) {
      int first = (int) sk_rng_below (&rng, 100);

      sk_spans_add (&spans, 1 + sk_rng_below (&rng, 1000), first,
                    first + (int) sk_rng_below (&rng, 30));
    }
    sk_spans_place (&spans);
    items = &g_array_index (spans.items, SkSpan, 0);
    for (guint i = 0; i < spans.items->len; i++) {
      g_assert_cmpuint (items[i].offset % SK_ARENA_ALIGN, ==, 0);
      g_assert_cmpuint (items[i].offset + items[i].count, <=, spans.total);
      for (guint j = 0; j < i; j++)
        g_assert_true (items[i].last < items[j].first ||
                       items[j].last < items[i].first ||
                       items[i].offset + items[i].count <= items[j].offset ||
                       items[j].offset + items[j].count <= items[i].offset);
    }
    for (int moment = 0; moment < 130; moment++) {
      gsize live = 0;

      for (guint i = 0; i < spans.items->len; i++)
        if (items[i].first <= moment && moment <= items[i].last)
          live += items[i].count;
      most = MAX (most, live);
    }
    /* No placement needs less than what is live at once; ours not much more. */
    g_assert_cmpuint (spans.total, >=, most);
    g_assert_cmpuint (spans.total, <=, most * 3 / 2);
    sk_spans_clear (&spans);
  }
}

static SkPlan *
plan_for (const char *name, int n) {
  SkVariant variant;

  g_assert_true (sk_variant_find (name, &variant, NULL));
  return sk_plan_new (&variant, n, 0, 0, 0, NULL);
}

static void
test_estimates (void) {
  g_autoptr (SkPlan) plan = plan_for ("resnet18-cifar", 128);
  g_autoptr (SkPlan) half = plan_for ("resnet18-cifar", 64);
  guint64 fused = sk_network_memory (plan, SK_NETWORK_TRAIN, 2);
  guint64 kept = sk_network_memory (plan, SK_NETWORK_TRAIN | SK_NETWORK_KEEP_BLOCKS, 2);
  guint64 unfused = sk_network_memory (plan, SK_NETWORK_TRAIN | SK_NETWORK_UNFUSED, 2);
  guint64 inference = sk_network_memory (plan, 0, 2);

  g_test_message ("resnet18-cifar, batch 128: fused %.0f, kept %.0f, unfused %.0f, "
                  "inference %.0f MiB",
                  fused / 1048576.0, kept / 1048576.0, unfused / 1048576.0,
                  inference / 1048576.0);
  g_assert_cmpuint (inference, <, fused);
  g_assert_cmpuint (sk_network_memory (half, SK_NETWORK_TRAIN | SK_NETWORK_LEAN, 2), <,
                    sk_network_memory (half, SK_NETWORK_TRAIN, 2));
  g_assert_cmpuint (fused, <, kept);
  g_assert_cmpuint (kept, <, unfused);
  g_assert_cmpuint (sk_network_memory (half, SK_NETWORK_TRAIN, 2), <, fused);
}

/* The refusal says what would fit, and that does fit. */
static void
test_too_large_says_what_fits (void) {
  g_autoptr (SkPlan) plan = plan_for ("resnet152", 4096);
  g_autoptr (SkParameters) parameters = sk_parameters_new (plan, NULL);
  g_autoptr (SkPool) pool = sk_pool_new (2, 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (SkPlan) smaller = NULL;
  const char *at;
  int fits;

  if (sk_network_memory (plan, SK_NETWORK_TRAIN, 2) < sk_memory_available ()) {
    g_test_skip ("this machine has memory for ResNet-152 with 4,096 pictures");
    return;
  }
  g_assert_null (sk_network_new (plan, parameters, SK_NETWORK_TRAIN, pool, &error));
  g_assert_error (error, SK_ERROR, SK_ERROR_MEMORY);
  at = strstr (error->message, "a batch of ");
  g_assert_nonnull (at);
  fits = atoi (at + strlen ("a batch of "));
  g_assert_cmpint (fits, >, 0);
  smaller = plan_for ("resnet152", fits);
  g_assert_cmpuint (sk_network_memory (smaller, SK_NETWORK_TRAIN, 2), <,
                    sk_memory_available () * 11 / 10);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/memory/counter", test_allocations_are_seen);
  g_test_add_func ("/memory/steps", test_steps_allocate_nothing);
  g_test_add_func ("/memory/spans", test_spans_do_not_collide);
  g_test_add_func ("/memory/estimates", test_estimates);
  g_test_add_func ("/memory/too-large", test_too_large_says_what_fits);
  return g_test_run ();
}
