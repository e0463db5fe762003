/* Any bytes as EXIF, and as the chunks that hold it. */

#include <stdint.h>

#include "chunks.h"
#include "exif.h"
#include "signature.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check (int orientation) {
  g_assert (orientation >= 1 && orientation <= 8);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size) {
  guint64 width, height;

  check (sk_exif_orientation (data, size));
  check (sk_png_orientation (data, size));
  check (sk_webp_orientation (data, size));
  sk_png_has_end (data, size);
  for (int format = SK_FORMAT_JPEG; format <= SK_FORMAT_TIFF; format++)
    if (sk_format_size ((SkFormat) format, data, size, &width, &height))
      sk_format_could_hold ((SkFormat) format, data, size, width, height);
  sk_format_guess_other (data, size);
  return 0;
}
