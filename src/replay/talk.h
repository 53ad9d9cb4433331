/* SPDX-License-Identifier: MIT */
/* talk.h: following a dialogue in the server's table from outside: what each line is, and which state it led
 * to.
 *
 * Only lines and answers are known, so a verdict is read off the answer: what carries on is taken as the row
 * that accepts, what refuses as the one that refuses. Enough to say "here the server would be in state
 * mail". Pure. */
#pragma once
#include "protocol/machine.h"
#include "replay/answer.h"

G_BEGIN_DECLS

typedef struct
{
  GpoProtocol protocol;
  const GpoMachine *machine;
  guint8 state;
  /*< private >*/
  GQueue asked;        /* inputs that wait for their answers, oldest first */
  gboolean in_literal; /* IMAP: the line before ended in a literal */
} GpoTalk;

void gpo_talk_init (GpoTalk *talk, GpoProtocol protocol);
void gpo_talk_clear (GpoTalk *talk);
/* The client says a line (with or without its ending). The word for what it is, static: "RCPT", "UID FETCH",
 * "response", "end-of-data", "DONE", "unknown"; "" for one that only goes on with another (behind a literal).
 */
const char *gpo_talk_line (GpoTalk *talk, const char *line, gsize length);
/* Whether the line just said has arguments. */
gboolean gpo_talk_has_arguments (const GpoTalk *talk, const char *line, gsize length);
/* The server answers the oldest that waits. */
void gpo_talk_answer (GpoTalk *talk, const GpoAnswer *answer);
/* Whether the server has asked for a line that is no command: a challenge, "+ idling". */
gboolean gpo_talk_wants_line (const GpoTalk *talk);
/* The handshake was done. */
void gpo_talk_secured (GpoTalk *talk);
/* The state's name. Static. */
const char *gpo_talk_state (const GpoTalk *talk);

G_END_DECLS
