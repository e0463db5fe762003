#include "training-doctor.h"

#include <inttypes.h>
#include <string.h>

#include <glib/gi18n.h>

#include "finding-json.h"
#include "finding-words.h"

static const SkPlan *
plan_of (const SkTraining *self) {
  return sk_network_plan (sk_trainer_network (self->trainer));
}

static void
say (SkTraining *self, const SkFinding *finding, gint64 step) {
  g_autofree char *sentence = sk_words_finding (finding, plan_of (self));
  g_autofree char *evidence = sk_words_evidence (finding, plan_of (self));
  g_autofree char *remedy = sk_words_remedy (finding);

  sk_progress_clear (self->progress);
  /* Translators: a step, what is wrong, what would help, the numbers behind it */
  g_printerr (_ ("doctor, step %" PRId64 ": %s%s%s (%s)\n"), step, sentence,
              remedy != NULL ? " " : "", remedy != NULL ? remedy : "", evidence);
}

void
sk_training_examine (SkTraining *self, const SkStep *step) {
  const SkFinding *findings;
  SkVitals vitals;
  guint holding = 0;
  int n;

  if (step->n == 0 || !sk_trainer_recipe (self->trainer)->probes)
    return;
  if (self->doctor == NULL)
    self->doctor =
        sk_doctor_new (plan_of (self), sk_trainer_recipe (self->trainer)->weight_decay);
  sk_vitals_measure (&vitals, self->trainer, step, sk_doctor_wants_blocks (step->step));
  sk_doctor_observe (self->doctor, &vitals);
  findings = sk_doctor_findings (self->doctor, &n);
  for (int i = 0; i < n; i++) {
    holding |= 1u << findings[i].kind;
    if ((self->said & 1u << findings[i].kind) == 0)
      say (self, &findings[i], step->step);
  }
  self->said = holding;
}

char *
sk_training_epoch_json (SkTraining *self) {
  g_autofree char *line =
      sk_epoch_to_json (&self->last, plan_of (self), sk_trainer_blocks (self->trainer));
  GString *text;
  const SkFinding *findings;
  int n;

  if (self->doctor == NULL)
    return g_steal_pointer (&line);
  /* An object's last brace gives way to one more member. */
  line[strlen (line) - 1] = '\0';
  text = g_string_new (line);
  findings = sk_doctor_findings (self->doctor, &n);
  g_string_append (text, ",\"doctor\":");
  sk_findings_append_json (text, findings, n, plan_of (self));
  g_string_append_c (text, '}');
  return g_string_free (text, FALSE);
}
