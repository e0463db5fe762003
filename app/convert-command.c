#include "commands.h"

#include <glib/gi18n.h>

#include "conversion.h"
#include "named-files.h"

static void
print_result (const SkConverted *done, const char *out) {
  g_autofree char *shown = sk_cli_show_path (out);

  if (done->net)
    g_print (_ ("%s: %s, %d tensors\n"), shown, done->net, done->n_tensors);
  else
    g_print (_ ("%s: no network of ours, %d tensors as they were\n"), shown,
             done->n_tensors);
  if (done->n_renamed > 0)
    g_print (_ ("%d have torchvision's names now\n"), done->n_renamed);
  if (done->n_halved > 0)
    g_print (_ ("%d are float16 now\n"), done->n_halved);
  if (done->n_large > 0)
    g_print (_ ("%d hold numbers that float16 has not, and stay as they were\n"),
             done->n_large);
  if (done->transform_why)
    g_print (_ ("mean, std and size of pictures are stored with it: %s\n"),
             done->transform_why);
  else if (done->net)
    g_print (_ ("nothing says how its pictures are prepared, so nothing is stored\n"));
}

static SkExit
convert (const char *in, const char *out, const SkConversion *how) {
  g_autoptr (GError) error = NULL;
  g_autofree char *path = sk_named_weights_find (in, &error);
  SkConverted done = { 0 };
  gboolean ok = path != NULL && sk_convert (path, out, how, &done, &error);

  if (ok)
    print_result (&done, out);
  sk_converted_clear (&done);
  return ok ? SK_EXIT_OK : sk_cli_refuse (error);
}

SkExit
sk_convert_command (int argc, char **argv) {
  SkConversion how = { 0 };
  g_autofree char *net = NULL;
  g_auto (GStrv) files = NULL;
  const GOptionEntry entries[] = {
    { "net", 0, 0, G_OPTION_ARG_STRING, &net,
      N_ ("the network, where the file leaves it open"), N_ ("NAME") },
    { "fold", 0, 0, G_OPTION_ARG_NONE, &how.fold,
      N_ (".onnx: fold batch norm into convolutions"), NULL },
    { "half", 0, 0, G_OPTION_ARG_NONE, &how.half,
      N_ ("filters and matrices as float16; batch norm stays float32"), NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &files, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  GOptionContext *context = g_option_context_new (_ ("IN OUT"));

  g_option_context_set_summary (
      context, _ ("Writes weights in another container: IN is .pth, .pt, .th or "
                  ".safetensors,\nor a run folder for its best weights; OUT ends in "
                  ".safetensors, .pth or .onnx."));
  g_option_context_add_main_entries (context, entries, NULL);
  if (!sk_cli_parse (context, &argc, &argv))
    return SK_EXIT_USAGE;
  if (files == NULL || g_strv_length (files) != 2)
    return sk_cli_usage ("convert", _ ("two files are needed: IN and OUT"));
  if (!sk_conversion_is_known (files[1]))
    return sk_cli_usage (
        "convert", _ ("“%s” should end in .safetensors, .pth or .onnx"), files[1]);
  if (how.fold && !sk_conversion_is_onnx (files[1]))
    return sk_cli_usage ("convert", _ ("--fold is for .onnx only"));
  if (how.half && sk_conversion_is_onnx (files[1]))
    return sk_cli_usage ("convert", _ ("--half is for .safetensors and .pth only"));
  how.net = net;
  return convert (files[0], files[1], &how);
}
