/* SPDX-License-Identifier: MIT */
/* mail-session.h: what a session at the mailbox counter is, whichever protocol it speaks: shared by imap-*.c
 * and pop3-*.c.
 *
 * Both read lines that are recorded once and shown to the gate, both wait for the store, both let a person in
 * by a password or by SASL, both end by silence, by the office's closing and by a lost connection. What
 * differs is said by a GpoMailClass. GpoImap and GpoPop3 embed a GpoMailSession as their first member.
 *
 * Waiting: gpo_mail_wait() before the store is asked; first thing in the callback gpo_mail_awake(), and when
 * it says FALSE the session is gone and the callback returns at once (after freeing what it was given). */
#pragma once
#include "protocol/sasl.h"
#include "roles/mail-counter.h"

G_BEGIN_DECLS

typedef struct GpoMailSession GpoMailSession;

typedef struct
{
  GpoSessionClass session;
  const GpoMachine *machine;
  GpoProtocol protocol;
  guint8 closed, tls;                        /* states: the final one, the handshake */
  guint8 timeout, shutdown, lost, handshake; /* inputs */
  /* Takes the edge and sends the row's own reply, which belongs to no command. */
  void (*end) (GpoMailSession *mail, guint8 input, GpoVerdict verdict);
  /* The connection went, or goes: what the session holds in the store is let go. Called once or more. */
  void (*leave) (GpoMailSession *mail);
  /* Frees what the protocol added, and not the session itself. */
  void (*clear) (GpoMailSession *mail);
} GpoMailClass;

struct GpoMailSession
{
  GpoSession session;
  const GpoMailClass *class;
  GpoCounter *counter;
  gboolean offers_tls; /* there is a certificate */
  guint errors;        /* bad commands so far */
  gboolean asked;      /* the line at hand was recorded, and the gate has it */
  guint64 event;       /* as this event */
  GpoSasl *sasl;       /* the exchange under way */
  char *sasl_user;
  guint waiting; /* callbacks of the store still to come */
  gboolean dead; /* freed by its owner meanwhile */
};

/* Fills a zeroed session. */
void gpo_mail_init (GpoMailSession *mail, const GpoMailClass *class, GpoCounter *counter, guint32 number);

/* --- the class functions of GpoSession that both share --- */

void gpo_mail_timed_out (GpoSession *session);             /* for GpoSessionClass */
void gpo_mail_shutdown (GpoSession *session);              /* for GpoSessionClass */
void gpo_mail_lost (GpoSession *session, const char *why); /* for GpoSessionClass */
void gpo_mail_secured (GpoSession *session, const char *description,
                       const GError *error); /* for GpoSessionClass */
/* For GpoSessionClass: at once, or with the last callback of the store. */
void gpo_mail_free (GpoSession *session);

/* --- lines --- */

typedef enum
{
  GPO_MAIL_ACT,
  GPO_MAIL_WAIT,
  GPO_MAIL_ANSWERED
} GpoMailGate;

/* Records a line, but only once if the gate made us look at it again: TRUE the first time. */
gboolean gpo_mail_record (GpoMailSession *mail, const GpoLine *line, GpoSymbol verb);
/* Asks the gate about the line recorded. ACT: the caller consumes it and acts; WAIT: `take` returns FALSE;
 * ANSWERED: it is consumed, and *reply (the caller frees) is to be sent instead. */
GpoMailGate gpo_mail_ask (GpoMailSession *mail, const GpoLine *line, char **reply);
/* The symbol of an input's name. */
GpoSymbol gpo_mail_symbol (GpoMailSession *mail, guint8 input);
/* Counts a verdict that is the client's mistake: TRUE if there were too many of them now. */
gboolean gpo_mail_too_many_errors (GpoMailSession *mail, GpoVerdict verdict);

/* --- waiting --- */

/* The store is asked: the session is pending until its callback. */
void gpo_mail_wait (GpoMailSession *mail);
/* FALSE: the session is gone, the callback must return at once. */
gboolean gpo_mail_awake (GpoMailSession *mail);
/* Last thing in a callback: the session goes on with its input, unless it waits again. */
void gpo_mail_settle (GpoMailSession *mail);

/* --- who is it: mail-auth.c --- */

/* Whether a password may not be said yet: the scenario asks for TLS (LOGINDISABLED). */
gboolean gpo_mail_needs_tls (GpoMailSession *mail);
gboolean gpo_mail_offers_mechanism (GpoMailSession *mail,
                                    const char *mechanism); /* whether the scenario allows it */
/* Records an `auth` event. person and text may be NULL. */
void gpo_mail_auth_event (GpoMailSession *mail, const char *mechanism, const char *person, const char *result,
                          const char *text);
/* The person whose password this is, or NULL; an `auth` event says which. `how`: LOGIN, PASS. */
GpoPerson *gpo_mail_check_password (GpoMailSession *mail, const char *how, const char *name,
                                    const char *password);
/* Begins an exchange; FALSE: no such mechanism here. */
gboolean gpo_mail_sasl_begin (GpoMailSession *mail, const char *mechanism);
/* One step with the client's line (NULL: it said nothing yet). MORE: *text is the challenge; DONE: *person is
 * here; FAILED; SYNTAX: *text says what was wrong, or why it was given up. The caller frees *text. The
 * exchange is over but at MORE. */
GpoSaslStep gpo_mail_sasl_step (GpoMailSession *mail, const char *line, GpoPerson **person, char **text);

G_END_DECLS
