#pragma once

/* How fast training goes: a mean over the last few seconds, in which older steps count less
 * and less. Zeroed, it knows nothing yet. */
typedef struct {
  double seconds, images, steps;
} SkPace;

/* @seconds: what a step took for @images pictures; one without any does not count */
void
sk_pace_add (SkPace *self, double seconds, int images);

/* 0: not known yet */
double
sk_pace_images_per_s (const SkPace *self);

/* Seconds that a step takes; 0: not known yet */
double
sk_pace_step_seconds (const SkPace *self);
