#pragma once

#include <glib.h>

#include "recipe.h"

/* What may be asked of the engine. Plain data; sk_session_send() copies it. A command that
 * makes no sense at its moment (PAUSE with nothing training) changes nothing. */

typedef enum {
  SK_COMMAND_PLAN, /* recipe: describe its network and data without training. The newest
                      counts; while a run is under way it is ignored */
  SK_COMMAND_START, /* recipe, path: run folder, or NULL for a new one under the user's
                       data folder: train. A run under way is saved and ended first */
  SK_COMMAND_RESUME_RUN, /* path: go on from a run folder's checkpoint */
  SK_COMMAND_VIEW_RUN, /* path, serial: show what a run folder holds, without its data and
                          without training on; refused while a run is under way */
  SK_COMMAND_PAUSE,
  SK_COMMAND_RESUME,
  SK_COMMAND_STEP, /* one batch, then paused */
  SK_COMMAND_STOP, /* saves and ends the run */
  SK_COMMAND_LR, /* value: factor on the schedule */
  SK_COMMAND_FREEZE, /* group, flag */
  SK_COMMAND_LAMBDA, /* value: λ of skips; stage > 0: of every block of that stage, else
                        of one block, block −1: of all. flag: a fader is moving; it
                        becomes one event when it rests */
  SK_COMMAND_LOAD, /* path, serial: weights for classifying when nothing trains; recipe: of
                      the run that they are of, whose data they are tested on */
  SK_COMMAND_CLASSIFY, /* path or bytes, serial */
  SK_COMMAND_EVALUATE, /* serial: test split with the run's or the loaded weights;
                          recipe (nullable): the data to take instead of the run's.
                          flag: a few hundred of its pictures, always the same */
  SK_COMMAND_PICTURES, /* serial, indices: small pictures of the test split that EVALUATE
                          looked at last */
  SK_COMMAND_EXPLAIN, /* path or bytes, class_index, serial: why the network says what it
                         says */
  SK_COMMAND_OCCLUDE, /* the same: what each part of the picture is worth; takes long */
  SK_COMMAND_SURVEY, /* path: data as recipes name them ("folder:DIR"), serial: what is in
                        them; answered at once, and again when every file was read */
  SK_COMMAND_LESION, /* serial: what the network gets wrong without each of its blocks;
                        recipe (nullable): the data. path (nullable): names of blocks to
                        cut together as well. pictures: 0: 256. flag: 1, 2, … blocks at
                        random as well */
  SK_COMMAND_CANCEL, /* serial: of a question that takes long; obeyed at once */
  SK_COMMAND_INSPECT, /* path, serial: what a file of weights holds and what would become
                         of it. recipe (nullable): its network is to take them. classes:
                         of that network, 0: the file's own. flag: take what fits */
  SK_COMMAND_OFFERS, /* tell what can be downloaded, and what is here; asks no address */
  SK_COMMAND_FETCH, /* path: name of an offer: download it, or go on with that */
  SK_COMMAND_FETCH_CANCEL, /* path: the same; what came stays, for another FETCH */
  SK_COMMAND_RACE, /* recipe, nets, path: race's folder, or NULL for a new one: networks
                      learn in lock-step. Then PAUSE, RESUME, STEP (one of each) and STOP
                      are the race's, and RESUME_RUN goes on with one */
  SK_COMMAND_ROLL_BACK, /* to the run's last saved state, or to its beginning where none
                           was saved; then paused: for a run that diverged */
} SkCommandKind;

typedef struct {
  SkCommandKind kind;
  const SkRecipe *recipe;
  const char *path; /* run folder, weights, picture */
  const char *nets; /* RACE: names with commas */
  GBytes *bytes; /* picture from the clipboard or another program */
  int group, block, stage; /* stage 1 … 4; 0: none is meant */
  int classes, pictures;
  gboolean flag;
  float value;
  int class_index; /* EXPLAIN, OCCLUDE: −1: the most probable */
  const int *indices; /* (n_indices) PICTURES */
  int n_indices;
  guint serial; /* answers carry it back */
} SkCommand;

/* (transfer full): with its own recipe, path, indices and reference to the bytes */
SkCommand *
sk_command_copy (const SkCommand *self);

/* Only for what sk_command_copy() returned. */
void
sk_command_free (SkCommand *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkCommand, sk_command_free)
