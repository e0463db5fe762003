#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

#include "decoders.h"
#include "errors.h"
#include "exif.h"

/* JPEG by libjpeg. It leaves by longjmp() when it meets an error, and only ever lands in
 * sk_jpeg_decode(); what it allocates belongs to its own pool. */

#define MAX_SCANS 100 /* of a progressive file; real ones have about ten */
#define BYTES_PER_PIXEL 12 /* coefficients of a progressive file, and our RGB twice */
#define ROWS_BETWEEN_CHECKS 16

typedef struct {
  struct jpeg_decompress_struct cinfo;
  struct jpeg_error_mgr errors;
  struct jpeg_source_mgr source;
  struct jpeg_progress_mgr progress;
  jmp_buf escape;
  GCancellable *cancellable;
  GError *error; /* set before the jump where libjpeg has no message for it */
  SkImage image;
  guint8 *row; /* (width, 4): of a CMYK picture */
  int orientation;
  gboolean cut_short; /* data ended before the last row of blocks */
} Decoder;

static const JOCTET end_of_image[2] = { 0xff, JPEG_EOI };

static Decoder *
decoder_of (j_common_ptr cinfo) {
  return cinfo->client_data;
}

G_NORETURN static void
error_exit (j_common_ptr cinfo) {
  longjmp (decoder_of (cinfo)->escape, 1);
}

/* Warnings are not errors, and nothing is printed. */
static void
emit_message (j_common_ptr cinfo, int level) {
  if (level < 0)
    cinfo->err->num_warnings++;
}

static void
output_message (j_common_ptr cinfo) {
}

static void
do_nothing (j_decompress_ptr cinfo) {
}

/* The data has ended: libjpeg is given an end marker, and fills what is missing with
 * grey. That is only tolerable in the last row of blocks. */
static boolean
fill_input_buffer (j_decompress_ptr cinfo) {
  Decoder *self = decoder_of ((j_common_ptr) cinfo);

  if (cinfo->input_iMCU_row + 1 < cinfo->total_iMCU_rows)
    self->cut_short = TRUE;
  cinfo->src->next_input_byte = end_of_image;
  cinfo->src->bytes_in_buffer = sizeof end_of_image;
  return TRUE;
}

static void
skip_input_data (j_decompress_ptr cinfo, long n) {
  struct jpeg_source_mgr *source = cinfo->src;

  if (n <= 0)
    return;
  if ((gsize) n >= source->bytes_in_buffer) {
    fill_input_buffer (cinfo);
    return;
  }
  source->next_input_byte += n;
  source->bytes_in_buffer -= (gsize) n;
}

/* Called for every row of blocks, also while a progressive file is read in. */
static void
progress_monitor (j_common_ptr common) {
  Decoder *self = decoder_of (common);

  if (sk_image_cancelled (self->cancellable, &self->error))
    longjmp (self->escape, 1);
  if (self->cinfo.input_scan_number > MAX_SCANS) {
    g_set_error (&self->error, SK_ERROR, SK_ERROR_FORMAT,
                 "broken JPEG: more than %d scans", MAX_SCANS);
    longjmp (self->escape, 1);
  }
}

static void
decoder_init (Decoder *self, const guint8 *bytes, gsize size,
              GCancellable *cancellable) {
  *self =
      (Decoder){ .cancellable = cancellable, .orientation = SK_ORIENTATION_UPRIGHT };
  self->cinfo.err = jpeg_std_error (&self->errors);
  self->errors.error_exit = error_exit;
  self->errors.emit_message = emit_message;
  self->errors.output_message = output_message;
  self->source = (struct jpeg_source_mgr){
    .next_input_byte = bytes,
    .bytes_in_buffer = size,
    .init_source = do_nothing,
    .fill_input_buffer = fill_input_buffer,
    .skip_input_data = skip_input_data,
    .resync_to_restart = jpeg_resync_to_restart,
    .term_source = do_nothing,
  };
  self->progress.progress_monitor = progress_monitor;
}

static void
decoder_clear (Decoder *self) {
  jpeg_destroy_decompress (&self->cinfo);
  sk_image_clear (&self->image);
  g_free (self->row);
  g_clear_error (&self->error);
}

G_NORETURN static void
refuse (Decoder *self) {
  g_assert (self->error != NULL);
  longjmp (self->escape, 1);
}

/* Every block takes a bit at least (arithmetic coding may do with less): a header that
 * promises more than the file could hold is not believed, before anything is allocated. */
static void
check_plausible (Decoder *self, gsize size) {
  const struct jpeg_decompress_struct *cinfo = &self->cinfo;
  guint64 wide = 8 * (guint64) cinfo->max_h_samp_factor;
  guint64 high = 8 * (guint64) cinfo->max_v_samp_factor;
  guint64 units = ((cinfo->image_width + wide - 1) / wide) *
                  ((cinfo->image_height + high - 1) / high);

  if (cinfo->arith_code || (guint64) size * 8 >= units)
    return;
  g_set_error (&self->error, SK_ERROR, SK_ERROR_FORMAT,
               "broken JPEG: its header says %u×%u, but it has only %" G_GSIZE_FORMAT
               " bytes",
               cinfo->image_width, cinfo->image_height, size);
  refuse (self);
}

static void
read_header (Decoder *self, gsize size) {
  struct jpeg_decompress_struct *cinfo = &self->cinfo;

  jpeg_save_markers (cinfo, JPEG_APP0 + 1, 0xffff);
  jpeg_read_header (cinfo, TRUE);
  if (!sk_image_check_size (cinfo->image_width, cinfo->image_height, BYTES_PER_PIXEL,
                            &self->error))
    refuse (self);
  check_plausible (self, size);
  for (jpeg_saved_marker_ptr marker = cinfo->marker_list; marker; marker = marker->next)
    if (marker->data_length > 6 && memcmp (marker->data, "Exif\0\0", 6) == 0) {
      self->orientation = sk_exif_orientation (marker->data, marker->data_length);
      break;
    }
}

/* Inks as Adobe stores them, 255 for none: what Photoshop writes, and Pillow assumes. */
static void
convert_cmyk (const guint8 *in, int n, guint8 *out) {
  for (int i = 0; i < n; i++)
    for (int c = 0; c < 3; c++)
      out[3 * i + c] = (guint8) ((in[4 * i + c] * in[4 * i + 3] + 127) / 255);
}

static void
read_rows (Decoder *self) {
  struct jpeg_decompress_struct *cinfo = &self->cinfo;
  gboolean cmyk = cinfo->out_color_space == JCS_CMYK;
  gsize stride = (gsize) cinfo->output_width * 3;

  self->image = (SkImage){ g_malloc (stride * cinfo->output_height),
                           (int) cinfo->output_width, (int) cinfo->output_height };
  if (cmyk)
    self->row = g_malloc ((gsize) cinfo->output_width * 4);
  while (cinfo->output_scanline < cinfo->output_height) {
    guint8 *to = self->image.pixels + (gsize) cinfo->output_scanline * stride;
    JSAMPROW row = cmyk ? self->row : to;

    if (cinfo->output_scanline % ROWS_BETWEEN_CHECKS == 0 &&
        sk_image_cancelled (self->cancellable, &self->error))
      refuse (self);
    jpeg_read_scanlines (cinfo, &row, 1);
    if (cmyk)
      convert_cmyk (self->row, self->image.width, to);
    if (self->cut_short) {
      g_set_error (&self->error, SK_ERROR, SK_ERROR_FORMAT,
                   "broken JPEG: its data ends in row %u of %u", cinfo->output_scanline,
                   cinfo->output_height);
      refuse (self);
    }
  }
}

static void
decode (Decoder *self, gsize size) {
  struct jpeg_decompress_struct *cinfo = &self->cinfo;

  jpeg_create_decompress (cinfo);
  cinfo->client_data = self;
  cinfo->src = &self->source;
  cinfo->progress = &self->progress;
  read_header (self, size);
  cinfo->out_color_space = cinfo->num_components == 4 ? JCS_CMYK : JCS_RGB;
  jpeg_start_decompress (cinfo);
  read_rows (self);
}

/* What libjpeg jumped out for, as an error of ours. */
static void
set_libjpeg_error (Decoder *self, GError **error) {
  char message[JMSG_LENGTH_MAX];
  int code = self->errors.msg_code;

  self->errors.format_message ((j_common_ptr) &self->cinfo, message);
  if (code == JERR_BAD_PRECISION)
    g_set_error (
        error, SK_ERROR, SK_ERROR_UNSUPPORTED,
        "a JPEG of %d bits a sample, of which only 8 are supported; convert it "
        "first",
        self->cinfo.data_precision);
  else if (code == JERR_SOF_UNSUPPORTED)
    g_set_error (error, SK_ERROR, SK_ERROR_UNSUPPORTED,
                 "a lossless or hierarchical JPEG, which is not supported; convert it "
                 "first (%s)",
                 message);
  else if (code == JERR_OUT_OF_MEMORY)
    g_set_error_literal (error, SK_ERROR, SK_ERROR_MEMORY,
                         "not enough memory to decode it");
  else
    g_set_error (error, SK_ERROR, SK_ERROR_FORMAT, "broken JPEG: %s", message);
}

gboolean
sk_jpeg_decode (const guint8 *bytes, gsize size, GCancellable *cancellable,
                SkImage *image, GError **error) {
  /* Not on the stack: nothing that a jump could leave in a register is used after it. */
  Decoder *self = g_new0 (Decoder, 1);
  gboolean ok = FALSE;

  decoder_init (self, bytes, size, cancellable);
  if (setjmp (self->escape) == 0) {
    decode (self, size);
    *image = self->image;
    self->image = (SkImage){ 0 };
    sk_image_orient (image, self->orientation);
    ok = TRUE;
  } else if (self->error) {
    g_propagate_error (error, g_steal_pointer (&self->error));
  } else {
    set_libjpeg_error (self, error);
  }
  decoder_clear (self);
  g_free (self);
  return ok;
}
