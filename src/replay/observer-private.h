/* SPDX-License-Identifier: MIT */
/* observer-private.h: what the files of the observer share.
 *
 *     observer.c          connections, recording, edges
 *     observer-hidden.c   what is missing in a record, and what TLS hides
 *     observer-frame.c    cutting bytes into units
 *     observer-smtp.c …   one follower a protocol
 *     observer-letter.c   letters' numbers and what is known of them; who logs in */
#pragma once
#include "protocol/machine.h"
#include "replay/observer.h"
#include "trace/edge-event.h"

G_BEGIN_DECLS

/* How the next bytes of a side are cut. */
typedef enum
{
  GPO_FRAME_LINES,
  GPO_FRAME_WAIT,   /* a reply decides */
  GPO_FRAME_DOTS,   /* a letter up to a line with a dot alone */
  GPO_FRAME_LIST,   /* POP3: lines up to a dot alone */
  GPO_FRAME_OCTETS, /* so many bytes */
  GPO_FRAME_TLS,    /* STARTTLS was granted: a handshake, or a record that goes on in the clear */
  GPO_FRAME_OPAQUE
} GpoFrame;

typedef struct
{
  GpoFrame frame;
  guint64 octets;      /* OCTETS: still to come */
  guint64 offset;      /* of the next data in its letter or literal */
  guint64 opaque;      /* bytes not looked into */
  guint64 stuffed;     /* DOTS: dots that were doubled */
  gboolean line_start; /* DOTS: the next byte begins a line */
  gboolean rest;       /* a line that was too long goes on */
  gboolean resync;     /* behind a gap: up to the next line's end nothing is sure */
  GString *kept;       /* bytes not cut yet; NULL: none */
} GpoSide;

/* A command whose reply has not come. */
typedef struct
{
  guint8 input;
  gboolean partial;   /* IMAP: a literal of it is still to come */
  gboolean letter;    /* IMAP: that literal is an APPEND's letter */
  gboolean taken;     /* IMAP: … and the server has said to go on with it */
  gboolean last;      /* BDAT LAST */
  gboolean list;      /* POP3: the positive reply has many lines */
  guint64 event;      /* its `line` */
  guint16 tag_length; /* IMAP; 0: the line had none */
  char tag[30];       /* as much of it as goes in */
} GpoAsked;

/* One line as seen. */
typedef struct
{
  const char *text;
  gsize length; /* without its ending */
  gsize whole;
} GpoSeen;

typedef struct GpoFollower GpoFollower;

struct GpoObserver
{
  GpoLog *log;
  guint32 letters;   /* the last number given */
  guint32 (*next) (gpointer data); /* who gives them else; NULL: nobody */
  gpointer next_data;
  GHashTable *known; /* Message-ID → number */
};

struct GpoObserved
{
  GpoObserver *observer;
  GpoLog *log;
  const GpoFollower *follower;
  const GpoMachine *machine;
  guint32 session, letter;
  GpoSymbol host;
  guint8 protocol, state;
  gboolean over; /* the last edge led to the final state */
  gboolean lost; /* the state is not known: a late beginning, a gap */
  gboolean server_spoke;
  gboolean said_opaque;
  GpoSide server, client;
  GArray *asked; /* of GpoAsked; those before `head` are answered */
  guint head;

  /* a reply of several lines: SMTP */
  gboolean more;
  GpoSymbol reply_verb;
  int reply_code;
  gboolean ends_letter; /* with this reply's last line the session is about no letter any more */
  /* IMAP */
  gboolean server_goes_on, client_goes_on; /* behind a literal: the same response or command */
  GString *command;                        /* an APPEND's lines so far */

  /* the envelope and the letter under way */
  gboolean has_sender;
  GString *sender;
  guint recipients;
  GString *header; /* as much of the letter as is needed to know it */
  gboolean header_done;
  /* who is logging in */
  char mechanism[24];
  char *person;
};

struct GpoFollower
{
  const GpoMachine *machine;
  guint8 handshake, timeout, shutdown, lost; /* inputs */
  /* Each records the line and follows it. */
  guint64 (*client_line) (GpoObserved *o, const GpoSeen *seen);
  guint64 (*server_line) (GpoObserved *o, const GpoSeen *seen);
  /* Behind bytes that were recorded as data. `bytes` may be NULL. May be NULL. */
  void (*client_data) (GpoObserved *o, const char *bytes, gsize n);
  void (*server_data) (GpoObserved *o, const char *bytes, gsize n);
  /* The connection ends in the middle of something that is an edge already. May be NULL. */
  void (*unfinished) (GpoObserved *o);
  /* Which states a command may be in that is the first we hear, the likeliest first; ended by 0xff. */
  const guint8 *late_states;
};

extern const GpoFollower gpo_follow_smtp, gpo_follow_imap, gpo_follow_pop3;

/* --- observer.c --- */

void gpo_observed_event (GpoObserved *o, GpoEventBuilder *b, GpoKind kind);
guint64 gpo_observed_record (GpoObserved *o, gboolean from_client, const GpoSeen *seen, GpoSymbol verb,
                             int code);
/* Records bytes that are no line we understand (before a late beginning is understood). */
guint64 gpo_observed_record_data (GpoObserved *o, gboolean from_client, const char *bytes, gsize n);
/* Takes an edge; `extra` has what stands before (begun with gpo_observed_event) or is NULL. */
void gpo_observed_take (GpoObserved *o, guint8 input, GpoVerdict verdict, int code, const char *reply,
                        gsize length, guint64 cause, GpoEventBuilder *extra);
GpoAsked *gpo_observed_ask (GpoObserved *o, guint8 input, guint64 event);
GpoAsked *gpo_observed_asked (GpoObserved *o, guint i);
/* Forgets the i-th that waits; what it was is copied to *out. */
void gpo_observed_answered (GpoObserved *o, guint i, GpoAsked *out);
/* The verdict of a refusal: that of the row whose default reply is this text; else the first of `likely`
 * (ended by GPO_N_VERDICTS) for which the table has a row. */
GpoVerdict gpo_observed_refusal (GpoObserved *o, guint8 input, const char *reply, gsize length,
                                 const GpoVerdict *likely);
/* The argument of the command recorded as `event`: the line without its ending. NULL if it is gone. */
const char *gpo_observed_text (GpoObserved *o, guint64 event, gsize *length);
gboolean gpo_seen_has (const GpoSeen *seen, const char *words);

/* --- observer-hidden.c --- */

/* A first command after a late beginning or a gap: the state it was said in is guessed. FALSE: not yet. */
gboolean gpo_observed_resync (GpoObserved *o, guint8 input);

/* --- observer-letter.c --- */

void gpo_observed_begin_letter (GpoObserved *o);
void gpo_observed_letter_bytes (GpoObserved *o, const char *bytes, gsize n);
/* It was accepted: records `letter`. */
void gpo_observed_letter_taken (GpoObserved *o, guint64 size, guint64 cause);
void gpo_observed_forget_letter (GpoObserved *o);
/* A letter that is read: its number, if it is one we saw. */
void gpo_observed_recognise (GpoObserved *o, const char *bytes, gsize n);
/* AUTH: remembers what is said, and records `auth` at its end. */
void gpo_observed_auth_begin (GpoObserved *o, const char *argument, gsize n);
void gpo_observed_auth_line (GpoObserved *o, const char *line, gsize n);
void gpo_observed_auth_end (GpoObserved *o, const char *mechanism, gboolean good, guint64 cause);

G_END_DECLS
