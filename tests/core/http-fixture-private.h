#pragma once

#include "http-fixture.h"

/* Between http-fixture.c, which listens, and http-answers.c, which speaks. */

#define HTTP_LENGTH ((gsize) 300 * 1000) /* of what is served */

/* A request, as far as it matters. */
typedef struct {
  HttpFixture *server;
  GOutputStream *out;
  char *path, *if_range;
  gint64 begin; /* of "Range: bytes=N-"; −1: the whole */
  int number; /* 1 … */
} HttpRequest;

/* Sends some of a body, and counts it. FALSE: the other side is gone. */
gboolean
http_request_say (HttpRequest *request, const void *data, gsize size);

/* What /wrong serves: one bit of it is another. */
GBytes *
http_fixture_wrong (HttpFixture *self);

/* By the path that was asked for. */
void
http_request_answer (HttpRequest *request);
