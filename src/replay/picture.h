/* SPDX-License-Identifier: MIT */
/* picture.h: the world as of event n.
 *
 * The window shows the world as of event n; live means that n follows the end. To jump anywhere at
 * once nothing is replayed from the start: while events come in, the picture notes *which* events
 * concern each session, letter, queue and mailbox. What was true at n is then found by looking up the
 * last event of its list that is not later than n. Queues and mailboxes are sums of many events: of those a
 * checkpoint is kept now and then, so that only a few events have to be added to the nearest one.
 *
 *     gpo_picture_update()        reads what the log has gained
 *     gpo_picture_session_at()    what one session was at n: state, envelope, who, open or closed
 *     gpo_picture_letter_at()     where one letter was at n, and what every hop had added
 *     gpo_picture_queue_at() …    who waits where, what lies in a mailbox
 *
 * What stays true: the picture is a function of the events and n, whether they came live, from a file,
 * forwards or backwards; it asks no server. One thread: its reader's. */
#pragma once
#include "replay/tally.h"
#include "replay/world-facts.h"

G_BEGIN_DECLS

typedef struct GpoPicture GpoPicture;

/* Numbers of events in ascending order (guint32 offsets fit: a trace has less than 4 billion). */
typedef struct
{
  guint32 *events;
  guint n, size;
} GpoTrack;

/* How many events of the track are not later than n: the index behind the last one. */
guint gpo_track_until (const GpoTrack *track, guint64 n);

/* --- sessions --- */

typedef struct
{
  guint32 number;
  GpoProtocol protocol;
  GpoSymbol host;   /* the server's host, or the client's if the server is a stranger */
  GpoSymbol caller; /* the client's host, 0 if a stranger calls */
  GpoSymbol role;   /* "smtp", "submission", "imap" … ; 0 if unknown */
  guint64 opened;   /* first event */
  guint64 closed;   /* its `close` event, or G_MAXUINT64 */
  GpoTrack events;  /* all its events */
  GpoTrack edges;   /* its `edge` events, of server and client machine */
  GpoTrack lines;   /* its `line` and `data` events */
  GpoTrack marks;   /* its `auth`, `tls` and `hold` events */
} GpoSessionTrack;

/* What a session was as of event n. Strings belong to the log's events. */
typedef struct
{
  gboolean open;
  const char *state;        /* of the server's machine; NULL if we saw none */
  const char *client_state; /* of the client's machine; NULL if the client is a stranger */
  guint64 edge;             /* last edge of the server's machine, G_MAXUINT64 if none */
  guint32 letter;           /* the letter under way, 0 if none */
  const char *person;       /* who logged in, or NULL */
  const char *mailbox;      /* IMAP: selected; or NULL */
  gboolean tls;
  gboolean held; /* the gate holds a line of it */
} GpoSessionAt;

/* --- letters --- */

typedef struct
{
  guint32 number;
  guint64 first;      /* first event */
  GpoTrack events;    /* all that name it */
  GpoTrack letters;   /* its `letter` events: whole at a host */
  GpoTrack envelopes; /* its `envelope` events */
  GpoTrack queue;     /* its `queue` events */
  GpoTrack mailboxes; /* its `mailbox` events */
  GpoTrack data;      /* its `data` events that hold bytes */
} GpoLetterTrack;

/* One recipient of the envelope as one host was told it. */
typedef struct
{
  const char *path;
  guint64 event; /* the `envelope` event */
  gint64 code;   /* of RCPT's answer */
} GpoRecipientAt;

/* Where a letter was at n. */
typedef struct
{
  GpoSymbol host;     /* the host that had it last */
  const char *place;  /* "session", "queue", "mailbox", "bounced" … */
  const char *sender; /* reverse-path on the newest envelope; NULL before MAIL */
  GArray *recipients; /* of GpoRecipientAt, of the newest envelope; free with g_array_unref */
  guint64 whole;      /* first `letter` event, G_MAXUINT64 before it is whole */
  gint64 size;        /* bytes, -1 if unknown */
} GpoLetterAt;

/* --- the picture --- */

/* Of a log that outlives it. */
GpoPicture *gpo_picture_new (GpoLog *log);
void gpo_picture_free (GpoPicture *picture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoPicture, gpo_picture_free)

/* Reads at most `limit` new events (0: all there are). Returns TRUE if there are more. */
gboolean gpo_picture_update (GpoPicture *picture, guint64 limit);
/* Events read: n may be anything below this. */
guint64 gpo_picture_length (GpoPicture *picture);
GpoLog *gpo_picture_log (GpoPicture *picture);
/* Grows whenever a session, letter, host or mailbox appears: views compare it to redraw lists. */
guint gpo_picture_generation (GpoPicture *picture);

/* All sessions in the order they opened. */
guint gpo_picture_n_sessions (GpoPicture *picture);
const GpoSessionTrack *gpo_picture_session (GpoPicture *picture, guint i);
/* The session with this number, or NULL. */
const GpoSessionTrack *gpo_picture_session_numbered (GpoPicture *picture, guint32 number);
/* How many sessions had opened by n: the first so many of gpo_picture_session(). */
guint gpo_picture_sessions_until (GpoPicture *picture, guint64 n);
void gpo_picture_session_at (GpoPicture *picture, const GpoSessionTrack *session, guint64 n,
                             GpoSessionAt *out);

/* All letters in the order they were first named; the one with this number, or NULL; how many there were by
 * n. */
guint gpo_picture_n_letters (GpoPicture *picture);
const GpoLetterTrack *gpo_picture_letter (GpoPicture *picture, guint i);
const GpoLetterTrack *gpo_picture_letter_numbered (GpoPicture *picture, guint32 number);
guint gpo_picture_letters_until (GpoPicture *picture, guint64 n);
/* The caller frees out->recipients. */
void gpo_picture_letter_at (GpoPicture *picture, const GpoLetterTrack *letter, guint64 n, GpoLetterAt *out);
/* The letter's bytes as its first client sent them, dots undone, from the `data` events up to n, at most
 * `limit` bytes (0: all). NULL if none are in the trace. */
GBytes *gpo_picture_letter_bytes (GpoPicture *picture, const GpoLetterTrack *letter, guint64 n, gsize limit);

/* A host of the world, from the `office` events; those only seen in events come without a domain. */
typedef struct
{
  GpoSymbol symbol;
  const char *name;
  char *domain, *roles; /* NULL until its `office` event has told them */
  gboolean gateway;     /* passes letters on, has no mailboxes */
  guint64 first;
  GpoTrack events;   /* all that happened there */
  GpoTrack queue;    /* `queue` events of this host */
  GpoTally waiting;  /* beside them: how many letters wait */
  GpoTrack sessions; /* `connect` and `close` events */
  GpoTrack state;    /* `office` and `fault` events */
  GpoTrack power;    /* its `office` events that say whether it is up */
  GpoTrack rules;    /* `fault` events that set rules for this host and took them away */
  /*< private >*/
  struct GpoQueueFold *fold;
} GpoHostTrack;
guint gpo_picture_n_hosts (GpoPicture *picture);
const GpoHostTrack *gpo_picture_host (GpoPicture *picture, guint i);
/* The host of this name, or NULL. */
const GpoHostTrack *gpo_picture_host_of (GpoPicture *picture, GpoSymbol symbol);

/* Who lives where and which way letters go. Belongs to the picture; grows with it. */
const GpoWorldFacts *gpo_picture_world (GpoPicture *picture);
gboolean gpo_picture_host_is_down (GpoPicture *picture, const GpoHostTrack *host, guint64 n);
/* The names of the fault rules that stand for this host at n (const char *, of the log's events). The caller
 * frees (g_ptr_array_unref). */
GPtrArray *gpo_picture_rules_at (GpoPicture *picture, const GpoHostTrack *host, guint64 n);
/* How many letters wait in the host's queue at n. */
guint gpo_picture_queue_length (const GpoHostTrack *host, guint64 n);

/* The letters in a host's queue at n, in order of arrival: their newest `queue` event (guint64). The
 * caller frees (g_array_unref). */
GArray *gpo_picture_queue_at (GpoPicture *picture, const GpoHostTrack *host, guint64 n);

typedef struct
{
  GpoSymbol host;
  char *name; /* "bob/INBOX" */
  guint64 first;
  GpoTrack events;
  GpoTally lying; /* beside them: how many messages lie there */
  /*< private >*/
  struct GpoMailboxFold *fold;
} GpoMailboxTrack;
/* How many messages lie in it at n. */
guint gpo_picture_mailbox_length (const GpoMailboxTrack *mailbox, guint64 n);
/* All mailboxes in the order they were first named. */
guint gpo_picture_n_mailboxes (GpoPicture *picture);
const GpoMailboxTrack *gpo_picture_mailbox (GpoPicture *picture, guint i);

typedef struct
{
  guint32 letter;
  gint64 uid;        /* 0 while no IMAP session has numbered it */
  const char *flags; /* "\\Seen \\Flagged", or NULL */
  guint64 event;     /* its newest `mailbox` event */
} GpoMessageAt;
/* What lies in a mailbox at n, oldest first (GpoMessageAt). The caller frees (g_array_unref). */
GArray *gpo_picture_mailbox_at (GpoPicture *picture, const GpoMailboxTrack *mailbox, guint64 n);

G_END_DECLS
