#include "signature.h"

#include <string.h>

#include "exif.h"

#define TIFF_WIDTH 0x0100
#define TIFF_HEIGHT 0x0101
#define TIFF_COMPRESSION 0x0103
#define TIFF_SAMPLES 0x0115
#define TIFF_NO_COMPRESSION 1
#define TIFF_LZW 5
#define TIFF_DEFLATE 8
#define TIFF_OLD_DEFLATE 32946
#define TIFF_PACKBITS 32773

#define DEFLATE_RATIO 1032 /* bytes out for a byte in, at most */
#define LZW_RATIO 4096 /* bytes out for a byte in, more than at most */
#define PACKBITS_RATIO 64
#define RLE_RATIO 1024 /* a run of 255 in two bytes, and some room for skips */

#define BMP_COLORS_END 50 /* of the count of colours in its palette */
#define BMP_LONG_HEADER 34 /* bytes, up to its compression */
#define BMP_RLE8 1
#define BMP_RLE4 2

static const struct {
  SkFormat format;
  const char *name, *title;
  gsize offset;
  const char *bytes;
  gsize size;
} signatures[] = {
  { SK_FORMAT_JPEG, "jpeg", "JPEG", 0, "\xff\xd8\xff", 3 },
  { SK_FORMAT_PNG, "png", "PNG", 0, "\x89PNG\r\n\x1a\n", 8 },
  { SK_FORMAT_WEBP, "webp", "WebP", 8, "WEBP", 4 },
  { SK_FORMAT_GIF, "gif", "GIF", 0, "GIF87a", 6 },
  { SK_FORMAT_GIF, "gif", "GIF", 0, "GIF89a", 6 },
  { SK_FORMAT_BMP, "bmp", "BMP", 0, "BM", 2 },
  { SK_FORMAT_TIFF, "tiff", "TIFF", 0, "II*\0", 4 },
  { SK_FORMAT_TIFF, "tiff", "TIFF", 0, "MM\0*", 4 },
};

/* What people drop by mistake. */
static const struct {
  const char *bytes;
  gsize size, offset;
  const char *what;
} others[] = {
  { "version https://git-lfs", 23, 0, "a Git LFS pointer: fetch the file itself" },
  { "<!DOCTYPE", 9, 0, "a web page" },
  { "<!doctype", 9, 0, "a web page" },
  { "<html", 5, 0, "a web page" },
  { "<HTML", 5, 0, "a web page" },
  { "<svg", 4, 0, "an SVG drawing" },
  { "<?xml", 5, 0, "an XML document, perhaps an SVG drawing" },
  { "%PDF", 4, 0, "a PDF document" },
  { "PK\3\4", 4, 0, "a zip archive" },
  { "\0\0\1\0", 4, 0, "a Windows icon" },
  { "P6", 2, 0, "a PPM picture" },
  { "P5", 2, 0, "a PGM picture" },
  { "8BPS", 4, 0, "a Photoshop document" },
  { "\xfd"
    "7zXZ",
    5, 0, "something packed with xz: unpack it first" },
  { "\x1f\x8b", 2, 0, "something packed with gzip: unpack it first" },
  { "ftypavif", 8, 4, "an AVIF picture: save it as JPEG or PNG" },
  { "ftypheic", 8, 4, "a HEIC picture: save it as JPEG or PNG" },
  { "ftypmif1", 8, 4, "a HEIF picture: save it as JPEG or PNG" },
  { "ftyp", 4, 4, "a film" },
};

static guint64
big32 (const guint8 *p) {
  return (guint64) p[0] << 24 | (guint64) p[1] << 16 | (guint64) p[2] << 8 | p[3];
}

static guint64
little16 (const guint8 *p) {
  return p[0] | (guint64) p[1] << 8;
}

static guint64
little24 (const guint8 *p) {
  return little16 (p) | (guint64) p[2] << 16;
}

static guint64
little32 (const guint8 *p) {
  return little16 (p) | little16 (p + 2) << 16;
}

const char *
sk_format_name (SkFormat format) {
  for (gsize i = 0; i < G_N_ELEMENTS (signatures); i++)
    if (signatures[i].format == format)
      return signatures[i].name;
  return NULL;
}

const char *
sk_format_title (SkFormat format) {
  for (gsize i = 0; i < G_N_ELEMENTS (signatures); i++)
    if (signatures[i].format == format)
      return signatures[i].title;
  return NULL;
}

SkFormat
sk_format_detect (const guint8 *bytes, gsize size) {
  for (gsize i = 0; i < G_N_ELEMENTS (signatures); i++)
    if (size >= signatures[i].offset + signatures[i].size &&
        memcmp (bytes + signatures[i].offset, signatures[i].bytes,
                signatures[i].size) == 0)
      return signatures[i].format;
  return SK_FORMAT_UNKNOWN;
}

/* The three kinds of WebP keep their size in three ways. */
static gboolean
webp_size (const guint8 *bytes, gsize size, guint64 *width, guint64 *height) {
  if (size < 30)
    return FALSE;
  if (memcmp (bytes + 12, "VP8X", 4) == 0) {
    *width = little24 (bytes + 24) + 1;
    *height = little24 (bytes + 27) + 1;
  } else if (memcmp (bytes + 12, "VP8L", 4) == 0) {
    guint64 bits = little32 (bytes + 21);

    *width = (bits & 0x3fff) + 1;
    *height = (bits >> 14 & 0x3fff) + 1;
  } else if (memcmp (bytes + 12, "VP8 ", 4) == 0) {
    *width = little16 (bytes + 26) & 0x3fff;
    *height = little16 (bytes + 28) & 0x3fff;
  } else {
    return FALSE;
  }
  return TRUE;
}

static gboolean
bmp_size (const guint8 *bytes, gsize size, guint64 *width, guint64 *height) {
  guint64 header;

  if (size < 26)
    return FALSE;
  header = little32 (bytes + 14);
  if (header == 12) { /* of OS/2 */
    *width = little16 (bytes + 18);
    *height = little16 (bytes + 20);
  } else {
    gint32 h = (gint32) little32 (bytes + 22); /* negative: rows from the top */

    *width = little32 (bytes + 18);
    *height = (guint64) ABS ((gint64) h);
  }
  return TRUE;
}

static gboolean
tiff_size (const guint8 *bytes, gsize size, guint64 *width, guint64 *height) {
  guint32 w, h;

  if (!sk_tiff_find (bytes, size, TIFF_WIDTH, &w) ||
      !sk_tiff_find (bytes, size, TIFF_HEIGHT, &h))
    return FALSE;
  *width = w;
  *height = h;
  return TRUE;
}

gboolean
sk_format_size (SkFormat format, const guint8 *bytes, gsize size, guint64 *width,
                guint64 *height) {
  switch (format) {
  case SK_FORMAT_PNG:
    if (size < 24)
      return FALSE;
    *width = big32 (bytes + 16);
    *height = big32 (bytes + 20);
    return TRUE;
  case SK_FORMAT_GIF:
    if (size < 10)
      return FALSE;
    *width = little16 (bytes + 6);
    *height = little16 (bytes + 8);
    return TRUE;
  case SK_FORMAT_WEBP:
    return webp_size (bytes, size, width, height);
  case SK_FORMAT_BMP:
    return bmp_size (bytes, size, width, height);
  case SK_FORMAT_TIFF:
    return tiff_size (bytes, size, width, height);
  case SK_FORMAT_JPEG:
  case SK_FORMAT_UNKNOWN:
  default:
    return FALSE;
  }
}

/* Of a PNG, by depth and colour type; 1 where they make no sense. */
static guint64
png_bits_per_pixel (const guint8 *bytes) {
  static const guint64 channels[7] = { 1, 1, 3, 1, 2, 1, 4 };

  return bytes[25] < G_N_ELEMENTS (channels) ? MAX (bytes[24], 1) * channels[bytes[25]]
                                             : 1;
}

/* How many bytes a byte of a TIFF's strips may become; 0: no bound. */
static guint64
tiff_ratio (const guint8 *bytes, gsize size) {
  guint32 compression;

  if (!sk_tiff_find (bytes, size, TIFF_COMPRESSION, &compression))
    return 1;
  switch (compression) {
  case TIFF_NO_COMPRESSION:
    return 1;
  case TIFF_LZW:
    return LZW_RATIO;
  case TIFF_DEFLATE:
  case TIFF_OLD_DEFLATE:
    return DEFLATE_RATIO;
  case TIFF_PACKBITS:
    return PACKBITS_RATIO;
  default:
    return 0;
  }
}

static gboolean
bmp_could_hold (const guint8 *bytes, gsize size, guint64 width, guint64 height) {
  guint64 header, compression = 0, bits;

  if (size < BMP_LONG_HEADER)
    return FALSE;
  header = little32 (bytes + 14);
  /* The decoder would make room for a header or a palette of any length. */
  if (header > size || little32 (bytes + 10) > size)
    return FALSE;
  if (header >= 40)
    compression = little32 (bytes + 30);
  if (header >= 40 && size >= BMP_COLORS_END &&
      header + 4 * (guint64) little32 (bytes + BMP_COLORS_END - 4) > size)
    return FALSE;
  bits = MAX (little16 (bytes + (header == 12 ? 24 : 28)), 1);
  if (compression == BMP_RLE8 || compression == BMP_RLE4)
    return width * height <= (guint64) size * RLE_RATIO;
  return (width * bits + 7) / 8 * height <= size;
}

/* Samples of one bit each are assumed: how many they have stands elsewhere in the file. */
static gboolean
tiff_could_hold (const guint8 *bytes, gsize size, guint64 width, guint64 height) {
  guint64 ratio = tiff_ratio (bytes, size);
  guint32 samples;

  if (!sk_tiff_find (bytes, size, TIFF_SAMPLES, &samples) || samples > 64)
    samples = 1;
  return ratio == 0 || (width * samples + 7) / 8 * height <= (guint64) size * ratio;
}

gboolean
sk_format_could_hold (SkFormat format, const guint8 *bytes, gsize size, guint64 width,
                      guint64 height) {
  switch (format) {
  case SK_FORMAT_PNG:
    return size > 26 && (width * png_bits_per_pixel (bytes) + 7) / 8 * height <=
                            (guint64) size * DEFLATE_RATIO;
  case SK_FORMAT_GIF:
    return width * height <= (guint64) size * LZW_RATIO;
  case SK_FORMAT_BMP:
    return bmp_could_hold (bytes, size, width, height);
  case SK_FORMAT_TIFF:
    return tiff_could_hold (bytes, size, width, height);
  case SK_FORMAT_WEBP: /* one colour takes no bits at all */
  case SK_FORMAT_JPEG: /* bounded by its decoder, who knows the sampling */
  case SK_FORMAT_UNKNOWN:
  default:
    return TRUE;
  }
}

const char *
sk_format_guess_other (const guint8 *bytes, gsize size) {
  if (size == 0)
    return "an empty file";
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    if (size >= others[i].offset + others[i].size &&
        memcmp (bytes + others[i].offset, others[i].bytes, others[i].size) == 0)
      return others[i].what;
  for (gsize i = 0; i < MIN (size, 64); i++)
    if (bytes[i] == 0 || bytes[i] > 126)
      return "something that is not known here";
  return "plain text";
}
