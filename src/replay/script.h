/* SPDX-License-Identifier: MIT */
/* script.h: one recorded session as a script: what the client said, what it was answered, by meaning.
 *
 *     answer  2        220                       → greeted
 *     say     EHLO     "EHLO reader\r\n"
 *     answer  2        250, offers SIZE …        → ready
 *     say     STARTTLS …
 *
 * Re-enacting plays the client's part of it; comparing aligns two of them. Made from `line`, `data` and `tls`
 * events alone, so a trace of foreign traffic does as well as one of ours.
 *
 * A `note` event of the session with the name "together" and a count N says that the next N things said went
 * out in one write (pipelining, RFC 2920): from the lines alone that cannot be seen. */
#pragma once
#include "replay/answer.h"
#include "replay/picture.h"

G_BEGIN_DECLS

typedef enum
{
  GPO_STEP_SAY,     /* the client sends `bytes` */
  GPO_STEP_ANSWER,  /* the server answers; an unfinished one where only untagged responses came */
  GPO_STEP_TLS,     /* the handshake */
  GPO_STEP_HANG_UP, /* the client closes the connection */
  GPO_STEP_CLOSED   /* the server does */
} GpoStepKind;

typedef struct GpoStep GpoStep;
struct GpoStep
{
  GpoStepKind kind;
  guint64 event, end; /* the first of its events, and the last */
  const char *verb;   /* SAY: what the line is; ANSWER: to what. "" for bytes of letters. Static */
  const char *state;  /* ANSWER, TLS: where the server is then, by the table. Static */
  GBytes *bytes;      /* SAY */
  gboolean line;      /* SAY: a line, not bytes of a letter or literal */
  gboolean arguments; /* SAY: the line has arguments */
  gboolean together;  /* SAY: goes out with the one before */
  gboolean made_up;   /* SAY: the bytes are not in the trace; these are the letter's as first recorded */
  GpoAnswer *answer;  /* ANSWER */
  const GpoStep *to;  /* ANSWER: the SAY step it answers, or NULL */
};

typedef struct
{
  guint32 session;
  GpoProtocol protocol;
  const char *host, *role; /* of the server; static */
  char *person;            /* who logged in, or NULL */
  gboolean tls_first;      /* TLS before the greeting: imaps */
  GPtrArray *steps;        /* of GpoStep */
} GpoScript;

/* The session up to event n. The caller frees. */
GpoScript *gpo_script_new (GpoPicture *picture, const GpoSessionTrack *session, guint64 n);
void gpo_script_free (GpoScript *script);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoScript, gpo_script_free)

/* The capabilities that a SAY step makes use of, as GpoAnswer names them; none if it was refused in the
 * recording. A set; the caller frees. */
GHashTable *gpo_script_step_needs (const GpoScript *script, const GpoStep *say);
/* The line of a SAY step for people: without its ending, valid UTF-8; "(12 bytes)" for data. The caller
 * frees. */
char *gpo_step_words (const GpoStep *step);

G_END_DECLS
