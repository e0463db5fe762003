#include "answer-order.h"

/* (nullable): the likeliest class */
static const SkRanked *
best_of (SkAnswerRow *row) {
  const SkAnswer *answer = sk_answer_row_answer (row);

  return answer != NULL && answer->n_top > 0 ? &answer->top[0] : NULL;
}

/* What has no class comes after what has one. */
static int
compare_best (SkAnswerOrder order, const SkRanked *x, const SkRanked *y) {
  double surer;

  if (x == NULL || y == NULL)
    return (x == NULL) - (y == NULL);
  if (order == SK_ORDER_CLASS)
    return g_utf8_collate (x->name, y->name);
  surer = (double) x->probability - (double) y->probability;
  if (order == SK_ORDER_LEAST_SURE)
    surer = -surer;
  return surer > 0 ? -1 : surer < 0;
}

int
sk_answer_order_compare (SkAnswerOrder order, SkAnswerRow *a, SkAnswerRow *b) {
  int by = 0;

  if (order == SK_ORDER_NAME)
    by = g_utf8_collate (sk_answer_row_name (a), sk_answer_row_name (b));
  else if (order != SK_ORDER_NEWEST)
    by = compare_best (order, best_of (a), best_of (b));
  return by != 0 ? by : (int) sk_answer_row_serial (b) - (int) sk_answer_row_serial (a);
}
