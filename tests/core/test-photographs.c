/* Photographs from the file to the answer: decoding, resizing, cropping, normalising and
 * the network, against what PyTorch and Pillow made of the same files. */

#include <string.h>

#include "decode.h"
#include "file-fixture.h"
#include "network.h"
#include "transform.h"
#include "weights.h"

#define N_PHOTOGRAPHS 40

/* JPEG decoders and filters round differently; one answer may turn. */
#define ALIKE 39

typedef struct {
  SkPlan *plan;
  SkParameters *parameters;
  SkPool *pool;
  SkNetwork *network;
} Model;

static void
open_model (Model *self, const char *path, const char *net) {
  g_autoptr (GBytes) bytes = unpack_xz (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (SkTensorFile) file = sk_tensor_file_parse (bytes, &error);
  SkWeightsInfo info;

  g_assert_no_error (error);
  g_assert_true (sk_weights_inspect_file (file, NULL, &info, &error));
  g_assert_cmpstr (info.variant.name, ==, net);
  self->plan = sk_plan_new (&info.variant, 1, 0, 0, info.classes, &error);
  self->parameters = sk_parameters_new (self->plan, &error);
  g_assert_true (sk_weights_load_file (file, self->plan, self->parameters, SK_FIT_WHOLE,
                                       NULL, &error));
  self->pool = sk_pool_new (2, 0);
  self->network = sk_network_new (self->plan, self->parameters, 0, self->pool, &error);
  g_assert_no_error (error);
  sk_weights_info_clear (&info);
}

static void
close_model (Model *self) {
  sk_network_free (self->network);
  sk_pool_free (self->pool);
  sk_parameters_free (self->parameters);
  sk_plan_unref (self->plan);
}

/* The five best, best first. */
static void
answer (Model *self, const char *name, int top[5]) {
  SkTransform transform = sk_transform_default (224);
  g_autofree char *folder = shared_path ("imagenet-samples");
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree float *input = g_new (float, 224 * 224 * 3);
  g_autofree float *logits = NULL;
  g_autoptr (GError) error = NULL;
  SkImage image;

  g_assert_true (sk_image_load (path, NULL, &image, &error));
  g_assert_no_error (error);
  sk_transform_apply (&transform, &image, SK_AUGMENT_NONE, NULL, input);
  sk_image_clear (&image);
  logits = g_memdup2 (sk_network_forward (self->network, input, 1, FALSE),
                      (gsize) self->plan->classes * sizeof (float));
  for (int place = 0; place < 5; place++) {
    top[place] = 0;
    for (int i = 1; i < self->plan->classes; i++)
      if (logits[i] > logits[top[place]])
        top[place] = i;
    logits[top[place]] = -1e30f;
  }
}

/* A line of REFERENCE.tsv: file, size, true index, network, then index:logit:probability
 * of the five best. */
static void
judge (Model *self, char **fields, int *first, int *common) {
  int top[5];

  answer (self, fields[0], top);
  *first += atoi (fields[4]) == top[0];
  for (int i = 0; i < 5; i++)
    for (int j = 0; j < 5; j++)
      *common += atoi (fields[4 + i]) == top[j];
}

static void
test_network (gconstpointer data) {
  const char *net = data;
  g_autofree char *name =
      g_strconcat ("weights/", net, "-imagenet.safetensors.xz", NULL);
  g_autofree char *weights = shared_path (name);
  g_autofree char *table = shared_path ("imagenet-samples/REFERENCE.tsv");
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  int first = 0, common = 0, n = 0;
  Model model;

  if (!g_file_test (weights, G_FILE_TEST_EXISTS) ||
      !g_file_get_contents (table, &text, NULL, NULL)) {
    g_test_skip ("needs shared/data/weights and shared/data/imagenet-samples");
    return;
  }
  open_model (&model, weights, net);
  lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line != NULL; line++) {
    g_auto (GStrv) fields = g_strsplit (*line, "\t", -1);

    if (g_strv_length (fields) < 9 || strcmp (fields[3], net) != 0)
      continue;
    judge (&model, fields, &first, &common);
    n++;
  }
  close_model (&model);
  g_test_message (
      "%s: the first as PyTorch's on %d of %d photographs, of the first five "
      "%d of %d",
      net, first, n, common, 5 * n);
  g_assert_cmpint (n, ==, N_PHOTOGRAPHS);
  g_assert_cmpint (first, >=, ALIKE);
  g_assert_cmpint (common, >=, 5 * ALIKE - 5);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/photographs/resnet18", "resnet18", test_network);
  g_test_add_data_func ("/photographs/resnet50", "resnet50", test_network);
  return g_test_run ();
}
