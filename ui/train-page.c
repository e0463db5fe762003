#include "train-page.h"

#include <glib/gi18n.h>

#include "doctor-pane.h"
#include "figures.h"
#include "graph-area.h"
#include "inspector.h"
#include "past.h"
#include "picture.h"
#include "resources.h"
#include "scrubber.h"
#include "train-views.h"

/* What a run that diverged goes on with. */
#define SLOWER 0.1
/* Size of a saved picture, in px. */
#define SAVED_WIDTH 1200
#define SAVED_HEIGHT 700
#define SAVED_SCALE 2

/* Responses of the message. */
enum {
  RESPONSE_SLOWER = 1,
};

struct _SkTrainPage {
  AdwBin parent;
  SkEngine *engine;
  GtkWidget *pictures, *side;
  SkGraphArea *graph;
  SkTrainViews *views;
  SkScrubber *scrubber;
  SkPast *past;
  gint64 step; /* that is looked at; 0: the newest */
  SkInspector *inspector;
  SkDoctorPane *doctor;
  GtkViewport *inspector_place;
  GtkInfoBar *message;
  GtkLabel *message_text;
  GtkWidget *message_slower, *message_set_up;
  gboolean inspecting, narrow;
};

G_DEFINE_FINAL_TYPE (SkTrainPage, sk_train_page, ADW_TYPE_BIN)

enum {
  PROP_0,
  PROP_INSPECTING,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

static void
show_message (SkTrainPage *self, const SkSnapshot *snapshot) {
  gboolean diverged = snapshot->phase == SK_PHASE_DIVERGED;
  gboolean failed = snapshot->phase == SK_PHASE_FAILED;

  gtk_info_bar_set_revealed (self->message, snapshot->message != NULL);
  if (snapshot->message == NULL)
    return;
  gtk_label_set_text (self->message_text, snapshot->message);
  gtk_info_bar_set_message_type (self->message, failed     ? GTK_MESSAGE_ERROR
                                                : diverged ? GTK_MESSAGE_WARNING
                                                           : GTK_MESSAGE_INFO);
  gtk_widget_set_visible (self->message_slower, diverged);
  gtk_widget_set_visible (self->message_set_up, failed);
}

/* Every view as it is at one moment, be it long ago. */
static void
show (SkTrainPage *self, const SkSnapshot *moment) {
  sk_graph_area_take (self->graph, moment);
  sk_train_views_show (self->views, moment);
}

static void
mark (SkTrainPage *self) {
  const SkGraph *graph = sk_graph_area_graph (self->graph);
  int node = sk_graph_area_selected (self->graph);
  gboolean block =
      graph != NULL && node >= 0 && graph->nodes[node].kind == SK_NODE_BLOCK;

  sk_train_views_mark (self->views, block ? graph->nodes[node].block : -1, self->step);
}

/* 0: the newest. What is not recorded cannot be shown: then the newest, too. */
static void
go_to (SkTrainPage *self, gint64 step) {
  const SkSnapshot *state = sk_engine_state (self->engine);
  gboolean past = step > 0 && step < sk_past_last (self->past, state);
  g_autoptr (SkSnapshot) moment =
      past ? sk_past_moment (self->past, state, step) : NULL;

  self->step = moment != NULL ? moment->step : 0;
  sk_inspector_set_moment (self->inspector, moment);
  if (moment != NULL || state->phase != SK_PHASE_IDLE)
    show (self, moment != NULL ? moment : state);
  sk_scrubber_show_step (self->scrubber, self->step);
  mark (self);
}

static void
moved_cb (SkTrainPage *self, gint64 step) {
  go_to (self, step);
}

/* What the run recorded by now; all of it at first where it is opened again. */
static void
follow (SkTrainPage *self, const SkSnapshot *snapshot) {
  gboolean other = sk_past_follow (self->past, snapshot);

  if (other) {
    self->step = 0;
    sk_inspector_set_moment (self->inspector, NULL);
    sk_scrubber_clear_events (self->scrubber);
    sk_train_views_begin (self->views, snapshot);
    sk_past_fill (self->past, sk_train_views_strip (self->views));
    sk_past_fill (self->past, sk_train_views_awakening (self->views));
  }
  for (guint i = 0; i < snapshot->events->len; i++) {
    const SkEvent *event = g_ptr_array_index (snapshot->events, i);

    sk_scrubber_add_event (self->scrubber, event->step, event->text);
  }
  sk_scrubber_set_range (self->scrubber, sk_past_first (self->past),
                         sk_past_last (self->past, snapshot));
  sk_scrubber_set_running (self->scrubber, sk_engine_has_run (self->engine));
}

static void
snapshot_cb (SkTrainPage *self, SkSnapshot *snapshot) {
  show_message (self, snapshot);
  /* What is being put together on another page is no run. */
  if (snapshot->phase == SK_PHASE_IDLE || snapshot->race != NULL)
    return;
  follow (self, snapshot);
  sk_train_views_append (self->views, snapshot);
  if (self->step == 0)
    show (self, snapshot);
  sk_doctor_pane_take (self->doctor, snapshot);
}

static void
selected_cb (SkTrainPage *self, int node) {
  sk_inspector_show (self->inspector, sk_graph_area_graph (self->graph), node);
  mark (self);
}

/* Something in a plot is to be looked at. */
static void
picked_cb (SkTrainPage *self, int block, gint64 step) {
  if (block >= 0)
    sk_graph_area_select_block (self->graph, block);
  if (step > 0)
    go_to (self, step);
}

/* Where the doctor's finding can be seen. */
static void
show_evidence_cb (SkTrainPage *self, int evidence, int block) {
  static const char *const views[] = {
    [SK_EVIDENCE_LOSS] = "curves",      [SK_EVIDENCE_DEPTH_RATIO] = "time",
    [SK_EVIDENCE_UPDATE] = "gradients", [SK_EVIDENCE_WEIGHT] = "gradients",
    [SK_EVIDENCE_BRANCH] = "branches",  [SK_EVIDENCE_DEAD] = NULL, /* the inspector */
    [SK_EVIDENCE_LAMBDA] = NULL,
  };

  if (evidence == SK_EVIDENCE_UPDATE)
    sk_train_views_set_quantity (self->views, SK_LAYER_UPDATE_RATIO);
  else if (evidence == SK_EVIDENCE_WEIGHT)
    sk_train_views_set_quantity (self->views, SK_LAYER_WEIGHT_NORM);
  if (views[evidence] != NULL)
    sk_train_views_open (self->views, views[evidence]);
  if (block >= 0)
    sk_graph_area_select_block (self->graph, block);
}

/* What diverged is forgotten: the last saved state goes on, more carefully. */
static void
response_cb (SkTrainPage *self, int response) {
  const SkSnapshot *state = sk_engine_state (self->engine);
  SkCommand slower = { .kind = SK_COMMAND_LR,
                       .value = state->lr_factor * (float) SLOWER };

  if (response != RESPONSE_SLOWER)
    return;
  sk_engine_send_verb (self->engine, SK_COMMAND_ROLL_BACK);
  sk_engine_send (self->engine, &slower);
  sk_engine_send_verb (self->engine, SK_COMMAND_RESUME);
}

GtkWidget *
sk_train_page_graph (SkTrainPage *self) {
  return GTK_WIDGET (self->graph);
}

void
sk_train_page_move_selection (SkTrainPage *self, int delta) {
  sk_graph_area_move_selection (self->graph, delta);
}

void
sk_train_page_select_block (SkTrainPage *self, int block) {
  sk_graph_area_select_block (self->graph, block);
}

void
sk_train_page_toggle_frozen (SkTrainPage *self) {
  sk_inspector_toggle_frozen (self->inspector);
}

void
sk_train_page_toggle_skip (SkTrainPage *self) {
  sk_inspector_toggle_skip (self->inspector);
}

void
sk_train_page_set_quantity (SkTrainPage *self, SkLayerQuantity quantity) {
  sk_train_views_set_quantity (self->views, quantity);
}

void
sk_train_page_set_log_loss (SkTrainPage *self, gboolean log_loss) {
  sk_curves_area_set_log_loss (sk_train_views_curves (self->views), log_loss);
}

void
sk_train_page_set_in_steps (SkTrainPage *self, gboolean in_steps) {
  sk_curves_area_set_in_steps (sk_train_views_curves (self->views), in_steps);
}

void
sk_train_page_set_smooth (SkTrainPage *self, gboolean smooth) {
  sk_curves_area_set_smooth (sk_train_views_curves (self->views), smooth);
}

void
sk_train_page_scrub (SkTrainPage *self, int hundredths) {
  if (hundredths == 0)
    go_to (self, 0);
  else
    sk_scrubber_move (self->scrubber, hundredths);
}

gint64
sk_train_page_step (SkTrainPage *self) {
  return self->step;
}

void
sk_train_page_zoom (SkTrainPage *self, double factor) {
  sk_graph_area_zoom (self->graph, factor);
}

gboolean
sk_train_page_save_picture (SkTrainPage *self, SkPicture picture, const char *path,
                            GError **error) {
  static const SkPictureFunc funcs[] = { sk_figure_network, sk_figure_curves,
                                         sk_figure_gradients, sk_figure_time,
                                         sk_figure_branches };
  const SkSnapshot *state = sk_engine_state (self->engine);
  const SkGraph *graph = sk_graph_area_graph (self->graph);
  SkFigures figures = {
    .title = graph ? graph->plan->variant.title : "Skipscope",
    .subtitle = state->summary.data_title,
    .plan = graph ? graph->plan : NULL,
    .curves = sk_curves_area_curves (sk_train_views_curves (self->views)),
    .bars = sk_bars_area_bars (sk_train_views_bars (self->views)),
    .live = sk_graph_area_live (self->graph),
    .strip = sk_strip_area_strip (sk_train_views_strip (self->views)),
    .branch = sk_train_views_branch (self->views),
    .awakening = sk_strip_area_strip (sk_train_views_awakening (self->views))
  };
  SkPalette palette;

  sk_picture_palette (GTK_WIDGET (self), &palette);
  return sk_export (path, SAVED_WIDTH, SAVED_HEIGHT, SAVED_SCALE, &palette,
                    funcs[picture], &figures, error);
}

/* Where there is no room for both, the details stand in place of the pictures. */
static void
place (SkTrainPage *self) {
  gtk_widget_set_visible (self->side, self->inspecting);
  gtk_widget_set_hexpand (self->side, self->narrow);
  gtk_widget_set_visible (self->pictures, !(self->narrow && self->inspecting));
}

static void
set_inspecting (SkTrainPage *self, gboolean inspecting) {
  if (inspecting == self->inspecting)
    return;
  self->inspecting = inspecting;
  place (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_INSPECTING]);
}

void
sk_train_page_set_narrow (SkTrainPage *self, gboolean narrow) {
  if (narrow == self->narrow)
    return;
  self->narrow = narrow;
  set_inspecting (self, !narrow);
  place (self);
}

static void
sk_train_page_get_property (GObject *object, guint id, GValue *value,
                            GParamSpec *pspec) {
  g_value_set_boolean (value, SK_TRAIN_PAGE (object)->inspecting);
}

static void
sk_train_page_set_property (GObject *object, guint id, const GValue *value,
                            GParamSpec *pspec) {
  set_inspecting (SK_TRAIN_PAGE (object), g_value_get_boolean (value));
}

static void
sk_train_page_finalize (GObject *object) {
  sk_past_free (SK_TRAIN_PAGE (object)->past);
  G_OBJECT_CLASS (sk_train_page_parent_class)->finalize (object);
}

static void
sk_train_page_dispose (GObject *object) {
  g_clear_object (&SK_TRAIN_PAGE (object)->engine);
  G_OBJECT_CLASS (sk_train_page_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *class) {
  gtk_widget_class_set_template_from_resource (class, SK_RESOURCES "ui/train-page.ui");
  gtk_widget_class_bind_template_child (class, SkTrainPage, pictures);
  gtk_widget_class_bind_template_child (class, SkTrainPage, side);
  gtk_widget_class_bind_template_child (class, SkTrainPage, graph);
  gtk_widget_class_bind_template_child (class, SkTrainPage, views);
  gtk_widget_class_bind_template_child (class, SkTrainPage, scrubber);
  gtk_widget_class_bind_template_child (class, SkTrainPage, inspector_place);
  gtk_widget_class_bind_template_child (class, SkTrainPage, message);
  gtk_widget_class_bind_template_child (class, SkTrainPage, message_text);
  gtk_widget_class_bind_template_child (class, SkTrainPage, message_slower);
  gtk_widget_class_bind_template_child (class, SkTrainPage, message_set_up);
  gtk_widget_class_bind_template_callback (class, response_cb);
  gtk_widget_class_bind_template_callback (class, picked_cb);
  gtk_widget_class_bind_template_callback (class, moved_cb);
}

static void
sk_train_page_class_init (SkTrainPageClass *class) {
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->dispose = sk_train_page_dispose;
  object_class->finalize = sk_train_page_finalize;
  object_class->get_property = sk_train_page_get_property;
  object_class->set_property = sk_train_page_set_property;
  props[PROP_INSPECTING] = g_param_spec_boolean (
      "inspecting", NULL, NULL, TRUE,
      G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  bind_template (GTK_WIDGET_CLASS (class));
}

static void
sk_train_page_init (SkTrainPage *self) {
  g_type_ensure (SK_TYPE_GRAPH_AREA);
  g_type_ensure (SK_TYPE_TRAIN_VIEWS);
  g_type_ensure (SK_TYPE_SCRUBBER);
  self->past = sk_past_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_swapped (self->graph, "selected", G_CALLBACK (selected_cb), self);
  self->inspecting = TRUE;
}

GtkWidget *
sk_train_page_new (SkEngine *engine, SkTouches *touches) {
  SkTrainPage *self = g_object_new (SK_TYPE_TRAIN_PAGE, NULL);
  GtkWidget *inspector = sk_inspector_new (engine, touches);

  self->engine = g_object_ref (engine);
  self->inspector = SK_INSPECTOR (inspector);
  sk_graph_area_set_touches (self->graph, touches);
  gtk_viewport_set_child (self->inspector_place, inspector);
  self->doctor = SK_DOCTOR_PANE (sk_doctor_pane_new (engine));
  gtk_box_append (GTK_BOX (self->side), GTK_WIDGET (self->doctor));
  g_signal_connect_object (self->doctor, "show-evidence", G_CALLBACK (show_evidence_cb),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (engine, "snapshot", G_CALLBACK (snapshot_cb), self,
                           G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
