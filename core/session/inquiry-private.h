#pragma once

#include "command-queue.h"
#include "explainer.h"
#include "inquiry-lane.h"
#include "model.h"
#include "network.h"

/* What the inquiry lane's files share: each answers one kind of question. */

/* Pictures at once where many are looked at: a dropped picture is answered between two
 * batches. */
#define SK_INQUIRY_BATCH 32

struct _SkInquiryLane {
  pthread_t thread;
  gboolean started;
  SkCommandQueue queue;
  SkBoard *board;
  SkExchange *exchange;
  SkDataCache *cache;

  gint cancel; /* closing; atomic: read between a network's operations */
  GCancellable *cancellable; /* closing: read while files are decoded */

  gint interrupted; /* the long question under way is to end; atomic */
  pthread_mutex_t question_mutex; /* of the three below */
  guint question; /* serial of the long question under way; 0: none */
  guint called_off; /* the newest serial that was called off */
  gboolean closing;

  SkPool *pool;
  SkModel *run; /* (nullable): our copy of the run's weights */
  SkModel *loaded; /* (nullable): from a file */
  SkModel *box; /* (nullable): that came with the program: for want of anything else */
  gboolean training; /* @run is under way */
  guint run_ended;

  SkNetwork *network; /* (nullable): for one picture, on @network_model's weights */
  const SkModel *network_model;
  float *input; /* (side,side,3) what @network reads */
  SkExplainer *explainer; /* (nullable): on @explainer_model's weights */
  const SkModel *explainer_model;

  SkDataset *evaluated; /* (nullable): what EVALUATE looked at last */
  gboolean evaluating; /* weights may not change now */
  gint64 published_at; /* µs, monotonic */
};

/* @answer: (transfer full): goes to the board; @begin: µs, when the work began */
void
sk_inquiry_publish (SkInquiryLane *self, SkAnswer *answer, gint64 begin);

/* The run's weights while one is under way, else whichever came last: (transfer none). */
SkModel *
sk_inquiry_choose_model (SkInquiryLane *self, GError **error);

/* The picture that a command names or carries. */
gboolean
sk_inquiry_decode (SkInquiryLane *self, const SkCommand *command, SkImage *image,
                   GError **error);

/* An SkProgressFunc; data: the lane. Tells how far it is, and answers pictures that were
 * dropped meanwhile. While it is called self->evaluating must be TRUE. */
void
sk_inquiry_progress_cb (double fraction, gpointer data);

/* Answers pictures and files of weights that were dropped while a long question is being
 * answered. */
void
sk_inquiry_serve_pictures (SkInquiryLane *self);

/* (transfer full): the data a command asks for, the model's own, or the latest; whose
 * classes @model tells apart, with test pictures. */
SkDataset *
sk_inquiry_open_data (SkInquiryLane *self, const SkCommand *command,
                      const SkModel *model, GError **error);

/**
 * sk_inquiry_begin:
 *
 * A question that takes long begins: from now on self->interrupted becomes TRUE when it is
 * called off (CANCEL with its serial, also one that came before) or the lane is closed.
 */
void
sk_inquiry_begin (SkInquiryLane *self, const SkCommand *command);

/* Returns: whether it was interrupted */
gboolean
sk_inquiry_end (SkInquiryLane *self);

/* inquiry-explain.c */
void
sk_inquiry_explain (SkInquiryLane *self, const SkCommand *command);

void
sk_inquiry_occlude (SkInquiryLane *self, const SkCommand *command);

/* inquiry-survey.c */
void
sk_inquiry_survey (SkInquiryLane *self, const SkCommand *command);

/* inquiry-evaluate.c */
void
sk_inquiry_evaluate (SkInquiryLane *self, const SkCommand *command);

void
sk_inquiry_pictures (SkInquiryLane *self, const SkCommand *command);

/* inquiry-lesion.c */
void
sk_inquiry_lesion (SkInquiryLane *self, const SkCommand *command);
