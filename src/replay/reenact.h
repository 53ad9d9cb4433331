/* SPDX-License-Identifier: MIT */
/* reenact.h: the client's side of recorded sessions, played against a live server.
 *
 * What a client said is said again, the server's answers are compared with the recorded ones by meaning
 * (answer.h) and by the state they lead to in our table. It takes the time it takes; the pauses of the
 * recording are not kept. Sessions of one trace are played as they were interleaved, so that one may notice
 * what another did.
 *
 * Where the live server leaves the recorded way, the rest follows as far as it makes sense: after a refused
 * DATA no letter is sent, after an unexpected 354 the letter is an empty one; without STARTTLS the session
 * ends.
 *
 * Logging in: PLAIN, LOGIN and passwords in the clear are said as recorded, or with the name and password
 * given. CRAM-MD5 and SCRAM-SHA-256 (RFC 2195, RFC 7677) answer a challenge that is new each time, and are
 * computed anew. */
#pragma once
#include "replay/script.h"
#include "wire/tls.h"

G_BEGIN_DECLS

typedef struct
{
  const char *address;
  guint16 port;
  GpoTls *tls;
  gboolean implicit_tls;    /* before the greeting */
  guint timeout_ms;         /* for each answer */
  const char *name;         /* logs in by this name, or NULL: the recorded one */
  const char *password;     /* and this password, or NULL: the recorded one; challenges need it */
  const char *const *words; /* "OLD", "NEW", …, NULL: replaced in lines that are said; NULL: none */
  gboolean strict;          /* remarks count */
} GpoTarget;

/* One answer that was compared, or a thing that could not be done. */
typedef struct
{
  guint32 session;
  guint64 event;              /* in the trace */
  char *said;                 /* what was answered, for people: "RCPT TO:<bob@…>", "the greeting" */
  char *seen;                 /* "250 2.1.5" */
  GPtrArray *differences;     /* of GpoDeviation; empty: agrees */
  const char *state, *should; /* by the table: where the server is, where it was; static */
} GpoReenactedLine;

typedef struct
{
  GPtrArray *lines; /* of GpoReenactedLine, in the order they were played */
  guint n_sessions, n_differences, n_remarks;
  double seconds;
} GpoReenactment;

/* Plays the scripts (of GpoScript, all of one protocol). NULL and `error` if the first connection cannot be
 * made: it could not run. The caller frees. */
GpoReenactment *gpo_reenact (const GPtrArray *scripts, const GpoTarget *target, GError **error);
void gpo_reenactment_free (GpoReenactment *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoReenactment, gpo_reenactment_free)

/* Whether a line has a difference that counts. */
gboolean gpo_reenacted_line_differs (const GpoReenactedLine *line, gboolean strict);

G_END_DECLS
