#pragma once

#include "strip.h"

/* Each column of a level averages four of the level below. */
#define STRIP_FANOUT_BITS 2
#define STRIP_LEVELS 12

/* log10 in steps of 1/1500: −30 … 13 fits; the codes below are not numbers. */
#define STRIP_ZERO 0 /* nothing came through */
#define STRIP_BROKEN 1 /* NaN or ±inf */
#define STRIP_FIRST 2
#define STRIP_STEPS 1500.
#define STRIP_LOWEST (-30.)

/* For percentiles: codes that share their upper bits are counted together. */
#define STRIP_BIN_BITS 5
#define STRIP_BINS (1 << (16 - STRIP_BIN_BITS))

struct _SkStrip {
  int n_rows;
  char **names; /* (n_rows) "1.0" */
  int *stages; /* (n_rows) */
  GArray *steps; /* gint64, of each column */
  GArray *levels[STRIP_LEVELS]; /* guint16, n_rows a column */
  guint64 counts[STRIP_BINS]; /* of all codes that are numbers */
  guint64 n_counted;
  SkLogRange range; /* of the whole run, so that colours mean the same all along */
};

/* Returns: log10 of the value; only for codes from STRIP_FIRST */
static inline double
strip_log (guint16 code) {
  return STRIP_LOWEST + (code - STRIP_FIRST) / STRIP_STEPS;
}

/* Returns: the code of columns @from … @to − 1 taken together */
guint16
sk_strip_average (const SkStrip *self, int level, gsize from, gsize to, int row);

/* Returns: the first column whose step >= @step */
gsize
sk_strip_find (const SkStrip *self, double step);
