#pragma once

#include "answer-row.h"

/* How a list of answers is ordered, in the order of the choice on the page. */
typedef enum {
  SK_ORDER_NEWEST,
  SK_ORDER_NAME,
  SK_ORDER_CLASS, /* from here on what has a reason in place of an answer is last */
  SK_ORDER_SUREST,
  SK_ORDER_LEAST_SURE,
} SkAnswerOrder;

/* Returns: less than 0 where @a comes first; equals come newest first */
int
sk_answer_order_compare (SkAnswerOrder order, SkAnswerRow *a, SkAnswerRow *b);
