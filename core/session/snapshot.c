#include "snapshot.h"

#include <string.h>

#define N_POINT_LISTS 5

SkAnswer *
sk_answer_new (SkCommandKind kind, guint serial) {
  SkAnswer *self = g_new0 (SkAnswer, 1);

  self->kind = kind;
  self->serial = serial;
  return self;
}

void
sk_answer_free (SkAnswer *self) {
  if (self == NULL)
    return;
  for (int i = 0; i < self->n_top; i++)
    g_free (self->top[i].name);
  g_free (self->file);
  g_free (self->data_title);
  g_free (self->thumbnail);
  g_clear_pointer (&self->report, sk_report_free);
  g_clear_pointer (&self->exits, sk_exits_free);
  g_clear_pointer (&self->explanation, sk_explanation_free);
  g_clear_pointer (&self->pictures, g_ptr_array_unref);
  sk_map_clear (&self->occlusion);
  g_clear_pointer (&self->inspection, sk_inspection_free);
  g_clear_pointer (&self->survey, sk_survey_unref);
  g_free (self->model);
  g_free (self->error);
  g_free (self);
}

void
sk_small_picture_free (SkSmallPicture *self) {
  g_free (self->pixels);
  g_free (self->file);
  g_free (self);
}

SkAnswer *
sk_answer_steal (SkAnswer *self) {
  SkAnswer *all = g_memdup2 (self, sizeof *self);

  *self = (SkAnswer){ .kind = all->kind, .serial = all->serial };
  return all;
}

SkEvent *
sk_event_new (gint64 step, const char *text) {
  SkEvent *self = g_new0 (SkEvent, 1);

  self->step = step;
  self->text = g_strdup (text);
  return self;
}

void
sk_event_free (SkEvent *self) {
  if (self == NULL)
    return;
  g_free (self->text);
  g_free (self);
}

void
sk_summary_clear (SkSummary *self) {
  g_free (self->data_title);
  g_free (self->problem);
  *self = (SkSummary){ 0 };
}

/* Answers and events travel by pointer: no list may free what another list took over. */
static void
create_lists (SkSnapshot *self) {
  self->train_points = g_array_new (FALSE, FALSE, sizeof (SkTrainPoint));
  self->test_points = g_array_new (FALSE, FALSE, sizeof (SkTestPoint));
  self->race_points = g_array_new (FALSE, FALSE, sizeof (SkRacePoint));
  self->race_epochs = g_array_new (FALSE, FALSE, sizeof (SkRaceEpoch));
  self->race_departures = g_array_new (FALSE, FALSE, sizeof (SkRaceDeparture));
  self->events = g_ptr_array_new_with_free_func ((GDestroyNotify) sk_event_free);
  self->answers = g_ptr_array_new_with_free_func ((GDestroyNotify) sk_answer_free);
}

SkSnapshot *
sk_snapshot_new (void) {
  SkSnapshot *self = g_new0 (SkSnapshot, 1);

  create_lists (self);
  self->lr_factor = 1;
  self->seconds_left = -1;
  return self;
}

void
sk_snapshot_free (SkSnapshot *self) {
  if (self == NULL)
    return;
  g_free (self->message);
  g_clear_pointer (&self->plan, sk_plan_unref);
  sk_summary_clear (&self->summary);
  sk_recipe_clear (&self->recipe);
  g_free (self->run_dir);
  g_free (self->model);
  g_strfreev (self->class_names);
  g_array_unref (self->train_points);
  g_array_unref (self->test_points);
  sk_race_state_free (self->race);
  g_array_unref (self->race_points);
  g_array_unref (self->race_epochs);
  g_array_unref (self->race_departures);
  g_ptr_array_unref (self->events);
  g_ptr_array_unref (self->answers);
  g_free (self->layers);
  g_free (self->blocks);
  g_free (self->frozen);
  g_free (self->lambda);
  g_clear_pointer (&self->offers, g_ptr_array_unref);
  g_free (self->offers_problem);
  sk_lesions_unref (self->lesions);
  g_free (self);
}

static void
copy_measurements (SkSnapshot *to, const SkSnapshot *from) {
  const SkPlan *plan = from->plan;

  to->layers = NULL;
  to->blocks = NULL;
  to->frozen = NULL;
  to->lambda = NULL;
  if (plan == NULL)
    return;
  if (from->layers)
    to->layers =
        g_memdup2 (from->layers, sizeof *from->layers * (gsize) plan->n_parameters);
  if (from->blocks)
    to->blocks =
        g_memdup2 (from->blocks, sizeof *from->blocks * (gsize) plan->n_blocks);
  if (from->frozen)
    to->frozen =
        g_memdup2 (from->frozen, sizeof *from->frozen * (gsize) plan->n_groups);
  if (from->lambda)
    to->lambda =
        g_memdup2 (from->lambda, sizeof *from->lambda * (gsize) plan->n_blocks);
}

SkSnapshot *
sk_snapshot_copy_state (const SkSnapshot *self) {
  SkSnapshot *copy = g_new0 (SkSnapshot, 1);

  /* Numbers come over at once; everything that is owned is then made anew. */
  *copy = *self;
  create_lists (copy);
  copy->message = g_strdup (self->message);
  copy->plan = self->plan ? sk_plan_ref (self->plan) : NULL;
  copy->summary.data_title = g_strdup (self->summary.data_title);
  copy->summary.problem = g_strdup (self->summary.problem);
  copy->recipe = (SkRecipe){ 0 };
  sk_recipe_copy (&copy->recipe, &self->recipe);
  copy->run_dir = g_strdup (self->run_dir);
  copy->model = g_strdup (self->model);
  copy->class_names = g_strdupv (self->class_names);
  copy->race = sk_race_state_copy (self->race);
  copy->offers = self->offers ? g_ptr_array_ref (self->offers) : NULL;
  copy->offers_problem = g_strdup (self->offers_problem);
  copy_measurements (copy, self);
  copy->lesions = self->lesions ? sk_lesions_ref (self->lesions) : NULL;
  return copy;
}

static void
append_points (GArray *to, const GArray *from) {
  if (from->len > 0)
    g_array_append_vals (to, from->data, from->len);
}

static void
swap_pointers (GPtrArray **a, GPtrArray **b) {
  GPtrArray *kept = *a;

  *a = *b;
  *b = kept;
}

/* Pointers move: @from is left empty and is freed with the shell of its snapshot. */
static void
move_pointers (GPtrArray *to, GPtrArray *from) {
  for (guint i = 0; i < from->len; i++)
    g_ptr_array_add (to, from->pdata[i]);
  g_ptr_array_set_free_func (from, NULL);
  g_ptr_array_set_size (from, 0);
}

/* The lists of points, each as long as it has grown since the last take. */
static void
list_points (SkSnapshot *self, GArray **lists[N_POINT_LISTS]) {
  GArray **all[N_POINT_LISTS] = { &self->train_points, &self->test_points,
                                  &self->race_points, &self->race_epochs,
                                  &self->race_departures };

  memcpy (lists, all, sizeof all);
}

void
sk_snapshot_forget_run (SkSnapshot *self) {
  self->n_findings = 0;
  g_clear_pointer (&self->message, g_free);
  g_clear_pointer (&self->layers, g_free);
  g_clear_pointer (&self->blocks, g_free);
  g_clear_pointer (&self->frozen, g_free);
  g_clear_pointer (&self->lambda, g_free);
  g_clear_pointer (&self->plan, sk_plan_unref);
  g_clear_pointer (&self->race, sk_race_state_free);
  g_clear_pointer (&self->class_names, g_strfreev);
}

void
sk_snapshot_forget_points (SkSnapshot *self) {
  GArray **lists[N_POINT_LISTS];

  list_points (self, lists);
  for (int i = 0; i < N_POINT_LISTS; i++)
    g_array_set_size (*lists[i], 0);
  g_ptr_array_set_size (self->events, 0);
}

void
sk_snapshot_swap_lists (SkSnapshot *self, SkSnapshot *other) {
  GArray **mine[N_POINT_LISTS], **theirs[N_POINT_LISTS];

  list_points (self, mine);
  list_points (other, theirs);
  for (int i = 0; i < N_POINT_LISTS; i++) {
    GArray *kept = *mine[i];

    *mine[i] = *theirs[i];
    *theirs[i] = kept;
  }
  swap_pointers (&self->events, &other->events);
  swap_pointers (&self->answers, &other->answers);
}

void
sk_snapshot_merge (SkSnapshot *self, SkSnapshot *newer) {
  GArray **mine[N_POINT_LISTS], **theirs[N_POINT_LISTS];
  SkSnapshot older;

  g_return_if_fail (self != newer);

  if (newer->run_serial != self->run_serial)
    sk_snapshot_forget_points (self);
  list_points (self, mine);
  list_points (newer, theirs);
  for (int i = 0; i < N_POINT_LISTS; i++)
    append_points (*mine[i], *theirs[i]);
  move_pointers (self->events, newer->events);
  move_pointers (self->answers, newer->answers);

  /* @self takes the newer state and keeps its lists; the old state goes with @newer. */
  sk_snapshot_swap_lists (self, newer);
  older = *self;
  *self = *newer;
  *newer = older;
  sk_snapshot_free (newer);
}
