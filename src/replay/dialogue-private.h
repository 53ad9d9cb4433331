/* SPDX-License-Identifier: MIT */
/* dialogue-private.h: what dialogue.c, dialogue-words.c and dialogue-auth.c share. */
#pragma once
#include "protocol/sasl.h"
#include "replay/dialogue.h"
#include "replay/observer-private.h"

G_BEGIN_DECLS

struct GpoDialogue
{
  GpoProtocol protocol;
  GpoLog *log; /* nobody reads it: the observer writes somewhere */
  GpoObserver *observer;
  GpoObserved *observed;
  GString *line; /* of the server, so far */
  char *last;    /* its last whole line */
  guint n_tags;  /* the highest "aN" that was used */
  GpoSasl *sasl; /* a proof under way */
};

G_END_DECLS
