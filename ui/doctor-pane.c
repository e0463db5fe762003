#include "doctor-pane.h"

#include <glib/gi18n.h>

#include "finding-row.h"
#include "resources.h"

/* Numbers in sentences are for reading: renewed so often, in µs. */
#define RENEW_EVERY (3 * G_USEC_PER_SEC / 2)
/* What was done about something is given so many steps to help before it can be done
 * again. */
#define REMEDY_STEPS 20
/* Of the rows together, in px; more of them scroll. */
#define MAX_HEIGHT 340

struct _SkDoctorPane {
  GtkBox parent;
  SkEngine *engine;
  GtkLabel *words;
  GtkWidget *scroller;
  GtkBox *rows;
  GtkWidget *row[SK_N_FINDINGS]; /* (nullable): by kind */
  guint shown; /* bits of the kinds that have a row */
  gint64 renewed_at; /* µs, monotonic */
  gint64 remedied_at; /* step at which something was done; −1: nothing was */
  guint run_serial;
};

G_DEFINE_FINAL_TYPE (SkDoctorPane, sk_doctor_pane, GTK_TYPE_BOX)

static guint show_signal;

static void
set_lr (SkDoctorPane *self, double factor) {
  const SkSnapshot *state = sk_engine_state (self->engine);
  SkCommand command = { .kind = SK_COMMAND_LR,
                        .value = state->lr_factor * (float) factor };

  sk_engine_send (self->engine, &command);
}

/* The run's recipe with the one thing changed, put together anew on the Build page. */
static void
set_up (SkDoctorPane *self, const SkFinding *finding) {
  SkRecipe recipe = { 0 };
  SkVariant variant;
  g_autofree char *json = NULL;

  sk_recipe_copy (&recipe, &sk_engine_state (self->engine)->recipe);
  if (finding->remedy == SK_REMEDY_NEW_RUN_DECAY) {
    recipe.weight_decay = (float) finding->remedy_value;
  } else if (sk_variant_find (recipe.net, &variant, NULL)) {
    sk_variant_twin (&variant, TRUE, &variant);
    g_free (recipe.net);
    recipe.net = g_strdup (variant.name);
    recipe.skips = TRUE;
  }
  json = sk_recipe_to_json (&recipe);
  sk_recipe_clear (&recipe);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.set-up", "s", json);
}

static void
remedy_cb (SkFindingRow *row, SkDoctorPane *self) {
  const SkFinding *finding = sk_finding_row_finding (row);
  SkCommand restore = { .kind = SK_COMMAND_LAMBDA, .block = -1, .value = 1 };

  switch (finding->remedy) {
  case SK_REMEDY_LR:
    set_lr (self, finding->remedy_value);
    break;
  case SK_REMEDY_ROLL_BACK:
    sk_engine_send_verb (self->engine, SK_COMMAND_ROLL_BACK);
    set_lr (self, finding->remedy_value);
    sk_engine_send_verb (self->engine, SK_COMMAND_RESUME);
    break;
  case SK_REMEDY_RESTORE_SKIPS:
    sk_engine_send (self->engine, &restore);
    break;
  case SK_REMEDY_NEW_RUN_SKIPS:
  case SK_REMEDY_NEW_RUN_DECAY:
    set_up (self, finding);
    return;
  case SK_REMEDY_NONE:
  default:
    return;
  }
  self->remedied_at = sk_engine_state (self->engine)->step;
  sk_finding_row_set_ready (row, FALSE);
}

static void
show_cb (SkFindingRow *row, SkDoctorPane *self) {
  const SkFinding *finding = sk_finding_row_finding (row);

  g_signal_emit (self, show_signal, 0, (int) finding->evidence, finding->block);
}

/* (transfer full) (nullable): what the button says */
static char *
remedy_label (const SkFinding *finding) {
  switch (finding->remedy) {
  case SK_REMEDY_LR:
    return g_strdup_printf (_ ("Rate × %g"), finding->remedy_value);
  case SK_REMEDY_ROLL_BACK:
    return g_strdup_printf (_ ("Go Back, Rate × %g"), finding->remedy_value);
  case SK_REMEDY_RESTORE_SKIPS:
    return g_strdup (_ ("Restore Skips"));
  case SK_REMEDY_NEW_RUN_SKIPS:
    return g_strdup (_ ("Set Up with Skips"));
  case SK_REMEDY_NEW_RUN_DECAY:
    return g_strdup_printf (_ ("Set Up with Decay %g"), finding->remedy_value);
  case SK_REMEDY_NONE:
  default:
    return NULL;
  }
}

static gboolean
is_new_run (SkRemedy remedy) {
  return remedy == SK_REMEDY_NEW_RUN_SKIPS || remedy == SK_REMEDY_NEW_RUN_DECAY;
}

static void
add_row (SkDoctorPane *self, SkFindingKind kind) {
  self->row[kind] = sk_finding_row_new ();
  g_signal_connect (self->row[kind], "show-evidence", G_CALLBACK (show_cb), self);
  g_signal_connect (self->row[kind], "remedy", G_CALLBACK (remedy_cb), self);
}

/* Rows stand in the order of the findings; those that stay keep the focus they may have. */
static void
arrange (SkDoctorPane *self, const SkSnapshot *snapshot) {
  GtkWidget *before = NULL;
  guint wanted = 0;

  for (int i = 0; i < snapshot->n_findings; i++)
    wanted |= 1u << snapshot->findings[i].kind;
  for (int kind = 0; kind < SK_N_FINDINGS; kind++)
    if (self->row[kind] != NULL && (wanted & 1u << kind) == 0) {
      gtk_box_remove (self->rows, self->row[kind]);
      self->row[kind] = NULL;
    }
  for (int i = 0; i < snapshot->n_findings; i++) {
    SkFindingKind kind = snapshot->findings[i].kind;

    if (self->row[kind] == NULL) {
      add_row (self, kind);
      gtk_box_insert_child_after (self->rows, self->row[kind], before);
    } else {
      gtk_box_reorder_child_after (self->rows, self->row[kind], before);
    }
    before = self->row[kind];
  }
  self->shown = wanted;
}

static void
tell (SkDoctorPane *self, const SkSnapshot *snapshot) {
  gboolean running = sk_engine_has_run (self->engine);
  gboolean patient =
      self->remedied_at >= 0 && snapshot->step < self->remedied_at + REMEDY_STEPS;
  guint offered = 0;

  for (int i = 0; i < snapshot->n_findings; i++) {
    const SkFinding *finding = &snapshot->findings[i];
    SkFindingRow *row = SK_FINDING_ROW (self->row[finding->kind]);
    gboolean again = (offered & 1u << finding->remedy) != 0;
    g_autofree char *label = again ? NULL : remedy_label (finding);

    offered |= 1u << finding->remedy;
    sk_finding_row_tell (row, finding, snapshot->plan, label);
    sk_finding_row_set_ready (row,
                              is_new_run (finding->remedy) || (running && !patient));
  }
}

/* As high as the rows are, up to a limit: a scrolled window does not know by itself how
 * high text is that wraps. */
static void
fit_height (SkDoctorPane *self) {
  int width = gtk_widget_get_width (self->scroller);
  int natural = 0;

  gtk_widget_measure (GTK_WIDGET (self->rows), GTK_ORIENTATION_VERTICAL,
                      width > 0 ? width : -1, NULL, &natural, NULL, NULL);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (self->scroller),
                                              MIN (natural, MAX_HEIGHT));
}

static void
say_well (SkDoctorPane *self, const SkSnapshot *snapshot) {
  gboolean seen = snapshot->step > 0;
  gboolean probed = snapshot->recipe.probes;

  gtk_widget_set_visible (GTK_WIDGET (self->words), snapshot->n_findings == 0);
  gtk_label_set_text (self->words, !probed ? _ ("nothing is measured")
                                   : seen  ? _ ("all is well")
                                           : _ ("nothing to look at yet"));
}

void
sk_doctor_pane_take (SkDoctorPane *self, const SkSnapshot *snapshot) {
  gint64 now = g_get_monotonic_time ();
  guint kinds = 0;

  if (snapshot->plan == NULL)
    return;
  for (int i = 0; i < snapshot->n_findings; i++)
    kinds |= 1u << snapshot->findings[i].kind;
  if (snapshot->run_serial != self->run_serial)
    self->remedied_at = -1;
  else if (kinds == self->shown && now - self->renewed_at < RENEW_EVERY)
    return;
  self->run_serial = snapshot->run_serial;
  self->renewed_at = now;
  say_well (self, snapshot);
  arrange (self, snapshot);
  gtk_widget_set_visible (self->scroller, snapshot->n_findings > 0);
  tell (self, snapshot);
  fit_height (self);
}

static void
sk_doctor_pane_dispose (GObject *object) {
  g_clear_object (&SK_DOCTOR_PANE (object)->engine);
  G_OBJECT_CLASS (sk_doctor_pane_parent_class)->dispose (object);
}

static void
sk_doctor_pane_class_init (SkDoctorPaneClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sk_doctor_pane_dispose;
  show_signal =
      g_signal_new ("show-evidence", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                    NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_INT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               SK_RESOURCES "ui/doctor-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, SkDoctorPane, words);
  gtk_widget_class_bind_template_child (widget_class, SkDoctorPane, scroller);
  gtk_widget_class_bind_template_child (widget_class, SkDoctorPane, rows);
}

static void
sk_doctor_pane_init (SkDoctorPane *self) {
  self->remedied_at = -1;
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sk_doctor_pane_new (SkEngine *engine) {
  SkDoctorPane *self = g_object_new (SK_TYPE_DOCTOR_PANE, NULL);

  self->engine = g_object_ref (engine);
  return GTK_WIDGET (self);
}
