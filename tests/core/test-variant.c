/* The table of networks. */

#include <string.h>

#include "errors.h"
#include "variant.h"

static void
test_every_name_is_found (void) {
  const char *const *names = sk_variant_names ();
  int n = 0;

  for (; names[n]; n++) {
    SkVariant variant;

    g_assert_true (sk_variant_find (names[n], &variant, NULL));
    g_assert_cmpstr (variant.name, ==, names[n]);
    g_assert_cmpint (variant.skips, ==, g_str_has_prefix (names[n], "resnet"));
    for (int before = 0; before < n; before++)
      g_assert_cmpstr (names[before], !=, names[n]);
  }
  g_assert_cmpint (n, ==, 50);
}

static void
test_names_of_the_manual (void) {
  const char *const names[] = { "resnet18",      "resnet34-cifar", "resnet50-stem7",
                                "resnet101",     "resnet152",      "resnet110",
                                "resnet44-b",    "plain18-cifar",  "plain56",
                                "plain18-stem7", "plain18" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    SkVariant variant;

    g_assert_true (sk_variant_find (names[i], &variant, NULL));
  }
}

static void
test_twins (void) {
  const char *const *names = sk_variant_names ();

  for (int i = 0; names[i]; i++) {
    SkVariant variant, plain, back;

    g_assert_true (sk_variant_find (names[i], &variant, NULL));
    sk_variant_twin (&variant, FALSE, &plain);
    sk_variant_twin (&plain, TRUE, &back);
    g_assert_false (plain.skips);
    g_assert_true (back.skips);
    g_assert_cmpstr (plain.name + strlen ("plain"), ==, back.name + strlen ("resnet"));
    g_assert_cmpstr (variant.skips ? back.name : plain.name, ==, names[i]);
    g_assert_cmpmem (plain.depths, sizeof plain.depths, back.depths,
                     sizeof back.depths);
    g_assert_cmpint (plain.width, ==, back.width);
    g_assert_cmpint (plain.stem, ==, back.stem);
    g_assert_cmpint (plain.block, ==, back.block);
  }
}

static void
test_unknown_names_suggest_the_nearest (void) {
  const struct {
    const char *name, *nearest;
  } cases[] = { { "resnet19", "resnet18" },
                { "ResNet20", "resnet20" },
                { "resnet18-cifra", "resnet18-cifar" },
                { "plain-56", "plain56" } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *hint = g_strdup_printf ("did you mean %s?", cases[i].nearest);
    SkVariant variant;

    g_assert_false (sk_variant_find (cases[i].name, &variant, &error));
    g_assert_error (error, SK_ERROR, SK_ERROR_ARGUMENT);
    g_assert_nonnull (strstr (error->message, cases[i].name));
    g_assert_nonnull (strstr (error->message, hint));
  }
}

/* Two letters are a slip, three are another word. */
static void
test_far_names_suggest_nothing (void) {
  const char *const cases[] = { "foo", "vgg16", "resne", "resnet20xx-c", "" };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    SkVariant variant;

    g_assert_false (sk_variant_find (cases[i], &variant, &error));
    g_assert_null (strstr (error->message, "did you mean"));
    g_assert_nonnull (strstr (error->message, ". Known are resnet20,"));
  }
}

static void
test_odd_names_are_refused (void) {
  g_autofree char *long_name = g_strnfill (100000, 'r');
  SkVariant variant;

  g_assert_false (sk_variant_find ("", &variant, NULL));
  g_assert_false (sk_variant_find (long_name, &variant, NULL));
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/variant/found", test_every_name_is_found);
  g_test_add_func ("/variant/manual", test_names_of_the_manual);
  g_test_add_func ("/variant/twins", test_twins);
  g_test_add_func ("/variant/unknown", test_unknown_names_suggest_the_nearest);
  g_test_add_func ("/variant/far", test_far_names_suggest_nothing);
  g_test_add_func ("/variant/odd", test_odd_names_are_refused);
  return g_test_run ();
}
