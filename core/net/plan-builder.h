#pragma once

#include "plan.h"

/* Fills a plan whose variant, sizes and class count are set and in range. */
void
sk_plan_expand (SkPlan *self);
