/* An epoch in words of its own: a line of metrics.jsonl and of `skipscope train --json`. */

#include "json.h"
#include "trainer.h"

static void
append_block (GString *text, const char *name, const SkBlockState *block) {
  const struct {
    const char *name;
    float value;
  } numbers[] = {
    { "skip", block->skip },         { "residual", block->residual },
    { "share", block->share },       { "agreement", block->agreement },
    { "gain", block->gain },         { "branch", block->branch },
    { "gamma", block->gamma },       { "update", block->update },
    { "dead", block->dead },         { "lambda", block->lambda },
    { "gradient", block->gradient },
  };

  g_string_append (text, "{\"name\":");
  sk_json_append_string (text, name);
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++) {
    g_string_append_printf (text, ",\"%s\":", numbers[i].name);
    sk_json_append_float (text, numbers[i].value);
  }
  g_string_append_printf (text, ",\"frozen\":%s}", block->frozen ? "true" : "false");
}

static void
append_blocks (GString *text, const SkPlan *plan, const SkBlockState *blocks) {
  g_string_append (text, ",\"blocks\":[");
  for (int i = 0; i < plan->n_blocks; i++) {
    if (i > 0)
      g_string_append_c (text, ',');
    append_block (text, plan->blocks[i].name, &blocks[i]);
  }
  g_string_append_c (text, ']');
}

char *
sk_epoch_to_json (const SkEpoch *epoch, const SkPlan *plan,
                  const SkBlockState *blocks) {
  const struct {
    const char *name;
    double value;
  } numbers[] = {
    { "train_loss", epoch->train_loss }, { "train_accuracy", epoch->train_accuracy },
    { "test_loss", epoch->test_loss },   { "test_accuracy", epoch->test_accuracy },
    { "lr", (double) epoch->lr },        { "images_per_s", epoch->images_per_s },
    { "seconds", epoch->seconds },       { "waited", epoch->waited },
  };
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "{\"epoch\":%d", epoch->epoch);
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++) {
    g_string_append_printf (text, ",\"%s\":", numbers[i].name);
    /* A rate is a float; as a double it would show digits that nobody meant. */
    if (numbers[i].value == (double) epoch->lr)
      sk_json_append_float (text, epoch->lr);
    else
      sk_json_append_double (text, numbers[i].value);
  }
  if (epoch->kept)
    g_string_append (text, ",\"kept\":true");
  g_string_append_printf (text, ",\"step\":%" G_GINT64_FORMAT, epoch->step);
  if (blocks != NULL)
    append_blocks (text, plan, blocks);
  g_string_append_c (text, '}');
  return g_string_free (text, FALSE);
}
