/* Any bytes as a picture. */

#include <stdint.h>

#include "decode.h"
#include "signature.h"

/* A solid WebP of any size is a few bytes: huge ones are allowed, but teach nothing. */
#define MAX_PIXELS ((guint64) 1 << 24)

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size) {
  SkFormat format = sk_format_detect (data, size);
  guint64 width, height;
  SkImage image;

  if (sk_format_size (format, data, size, &width, &height) && width > 0 &&
      height > MAX_PIXELS / width)
    return 0;
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, size);
  g_autoptr (GError) error = NULL;

  if (sk_image_decode (bytes, NULL, &image, &error)) {
    g_assert (image.pixels && image.width > 0 && image.height > 0 && !error);
    sk_image_clear (&image);
  } else {
    g_assert (error && !image.pixels);
  }
  return 0;
}
