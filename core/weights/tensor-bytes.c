/* Tensors as the bytes of a file. */

#include <string.h>

#include "safetensors.h"

gsize
sk_tensor_to_write_count (const SkTensorToWrite *tensor) {
  gsize count = 1;

  for (int i = 0; i < tensor->n_dims; i++)
    count *= (gsize) tensor->shape[i];
  return count;
}

gsize
sk_tensor_to_write_size (const SkTensorToWrite *tensor) {
  return sk_tensor_to_write_count (tensor) * sk_dtype_size (tensor->dtype);
}

/* Rounded to the nearest, ties to even; what is too large becomes infinite. */
static guint16
half_from_float (float value) {
  guint32 bits, sign, magnitude;
  guint32 middle, half, rest;

  memcpy (&bits, &value, sizeof bits);
  sign = bits >> 16 & 0x8000;
  magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000)
    return (guint16) (sign | 0x7e00);
  if (magnitude >= 0x47800000)
    return (guint16) (sign | 0x7c00);
  if (magnitude < 0x33000000)
    return (guint16) sign;
  if (magnitude < 0x38800000) { /* subnormal as half */
    guint32 shift = 126 - (magnitude >> 23);
    guint32 fraction = (magnitude & 0x7fffff) | 0x800000;

    half = fraction >> shift;
    rest = fraction & ((1u << shift) - 1);
    middle = 1u << (shift - 1);
  } else {
    half = (magnitude - 0x38000000) >> 13;
    rest = magnitude & 0x1fff;
    middle = 0x1000;
  }
  if (rest > middle || (rest == middle && (half & 1) != 0))
    half++;
  return (guint16) (sign | half);
}

void
sk_tensor_to_write_bytes (const SkTensorToWrite *tensor, guint8 *out) {
  gsize count = sk_tensor_to_write_count (tensor), size = sk_dtype_size (tensor->dtype);
  const guint8 *in = tensor->data;
  const float *floats = tensor->data;

  if (tensor->raw) {
    if (count > 0)
      memcpy (out, in, count * size);
  } else if (tensor->dtype == SK_DTYPE_F16) {
    for (gsize i = 0; i < count; i++) {
      guint16 half = GUINT16_TO_LE (half_from_float (floats[i]));

      memcpy (out + 2 * i, &half, 2);
    }
  } else if (G_BYTE_ORDER == G_LITTLE_ENDIAN) {
    if (count > 0)
      memcpy (out, in, count * size);
  } else {
    for (gsize i = 0; i < count; i++)
      for (gsize b = 0; b < size; b++)
        out[i * size + b] = in[i * size + size - 1 - b];
  }
}
