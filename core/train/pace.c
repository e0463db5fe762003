#include "pace.h"

#include <math.h>

/* Steady enough to read, quick enough to follow. */
#define RATE_SECONDS 3.0

void
sk_pace_add (SkPace *self, double seconds, int images) {
  double decay;

  /* A step that only ends an epoch took no time. */
  if (images == 0)
    return;
  decay = exp (-seconds / RATE_SECONDS);
  self->seconds = self->seconds * decay + seconds;
  self->images = self->images * decay + images;
  self->steps = self->steps * decay + 1;
}

double
sk_pace_images_per_s (const SkPace *self) {
  return self->seconds > 0 ? self->images / self->seconds : 0;
}

double
sk_pace_step_seconds (const SkPace *self) {
  return self->seconds > 0 ? self->seconds / self->steps : 0;
}
