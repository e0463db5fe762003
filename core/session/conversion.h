#pragma once

#include <glib.h>

/* Weights from one container into another. */

typedef struct {
  const char *net; /* (nullable): the network, where the file leaves it open */
  gboolean fold; /* .onnx: batch norm into the convolution before it */
  gboolean half; /* the others: filters and matrices as float16 */
} SkConversion;

/* What was written. */
typedef struct {
  char *net; /* (nullable): its network; NULL: none of ours, copied as it is */
  char *
      transform_why; /* (nullable): where the stored transform is known from; NULL: none
                          is stored */
  int n_tensors;
  int n_renamed; /* that now have torchvision's names */
  int n_halved; /* as float16 now */
  int n_large; /* hold numbers that float16 has not, and stay as they were */
} SkConverted;

void
sk_converted_clear (SkConverted *self);

/* Whether @path ends in .safetensors, .pth, .pt, .th or .onnx. */
gboolean
sk_conversion_is_known (const char *path);

gboolean
sk_conversion_is_onnx (const char *path);

/**
 * sk_convert:
 * @in: any container that is read
 * @out: its ending says what is written; replaced in one moment, or left as it was
 * @done: (out): sk_converted_clear()
 * @error: the file is unreadable, or not the network that was named, or no network of
 *   ours where ONNX is wanted
 *
 * Numbers are never changed unless @how->half says so: types, bits and counters stay, only
 * names become torchvision's. What is known of classes and transform goes along.
 */
gboolean
sk_convert (const char *in, const char *out, const SkConversion *how, SkConverted *done,
            GError **error);
